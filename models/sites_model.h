#pragma once

#include "models/api/site.h"
#include "models/coalescer.h"
#include "models/list_model.h"

#include <QPointer>
#include <QTimer>

namespace stepwell {

class Backend;

/// All projects of sites of a backend, sorted by name. No backend tells of changes by itself: it asks every
/// 5 s while active. Rows keep their identity over refreshes, so selections stay.
class SitesModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Name, Address, Deployed, Size, Deployments, Requests, ColumnCount };
    /// Every role answers in every column.
    enum Role {
        NameRole = Qt::UserRole + 1,  ///< QString
        UrlRole,                      ///< QString, of the live site; empty: nothing is live
        BranchRole,                   ///< QString, of the latest deployment
        DeployedRole,                 ///< QDateTime, UTC; invalid: never
        BytesRole,                    ///< qlonglong, of what is live; invalid when unknown
        FilesRole,                    ///< qlonglong, the same
        CountRole,                    ///< qlonglong, deployments; invalid when unknown
        RequestsRole,                 ///< qlonglong; invalid when unknown
    };

    explicit SitesModel(QObject* parent = nullptr);

    /// Loads from this backend from now on; not owned, may be null.
    void setBackend(Backend* backend);
    void refresh();
    /// A hidden page sets false: no loads until it is true again.
    void setActive(bool active);
    int rowOf(const QString& name) const;  ///< -1 when it is not listed
    bool tellsRequests() const;

  protected:
    int rows() const override { return static_cast<int>(m_rows.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    void load();
    QVariant display(const api::SiteProject& row, int column) const;
    QVariant tip(const api::SiteProject& row, int column) const;

    QPointer<Backend> m_backend;
    std::vector<api::SiteProject> m_rows;
    Coalescer m_refresh;
    QTimer m_poll;
    int m_generation = 0;
    bool m_inFlight = false;
};

}  // namespace stepwell
