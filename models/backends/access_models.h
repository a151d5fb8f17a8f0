#pragma once

#include "models/backends/access_service.h"
#include "models/list_model.h"

namespace stepwell {

/// What a product of a token is called in the window: "Sites" for "pages".
QString productName(const std::string& product);
/// What a token may do: "Edit: Sites · Read: Workers, Workflows".
QString permissionsText(const std::map<std::string, std::string>& permissions);
/// What was done, as words: "Send event" for "send_event".
QString actionWords(const std::string& action);

/// The tokens of an account. GUI thread.
class TokensModel : public ListModel {
    Q_OBJECT
  public:
    enum Column { Name, Permissions, State, Expires, LastUsed, ColumnCount };
    enum Role { IdRole = Qt::UserRole, ActiveRole, TimeRole };

    /// `access` outlives the model.
    explicit TokensModel(AccessService& access, QObject* parent = nullptr);
    void refresh();
    /// Null when there is no such row.
    const AccessToken* at(int row) const;

  protected:
    int rows() const override { return static_cast<int>(m_rows.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    AccessService& m_access;
    std::vector<AccessToken> m_rows;
    int m_generation = 0;
};

/// One page of the audit log, newest first. GUI thread.
class AuditModel : public ListModel {
    Q_OBJECT
  public:
    enum Column { When, Action, Resource, Who, From, Result, ColumnCount };
    enum Role { TimeRole = Qt::UserRole, SucceededRole };

    /// `access` outlives the model.
    explicit AuditModel(AccessService& access, QObject* parent = nullptr);
    /// Loads what the query asks for; what is shown stays until it is there.
    void load(const AuditQuery& query);
    void refresh() { load(m_asked); }
    /// What the rows answer.
    const AuditQuery& query() const { return m_query; }
    /// What was asked for last.
    const AuditQuery& asked() const { return m_asked; }
    std::int64_t total() const { return m_total; }
    const AuditEntry* at(int row) const;

  protected:
    int rows() const override { return static_cast<int>(m_rows.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    AccessService& m_access;
    AuditQuery m_query;
    AuditQuery m_asked;
    std::vector<AuditEntry> m_rows;
    std::int64_t m_total = 0;
    int m_generation = 0;
};

}  // namespace stepwell
