#pragma once

#include "models/api/site_request.h"
#include "models/list_model.h"

#include <QTimer>

#include <deque>

namespace stepwell {

class Backend;

/// The last requests to one deployment, newest first, followed while active. GUI thread.
class SiteRequestsModel : public ListModel {
    Q_OBJECT
  public:
    enum Column { Time, Method, Path, Status, Source, Took };
    enum Role { IdRole = Qt::UserRole, FailedRole, TimeRole };
    enum class Kind { all, code, failed };
    static constexpr std::size_t mostKept = 1'000;

    explicit SiteRequestsModel(QObject* parent = nullptr);

    /// `backend` must outlive the model or the next call.
    void setSource(Backend* backend, std::string project, std::string deployment);
    /// Whether it is on screen: asks every second then, and once at the start.
    void setActive(bool active);
    void refresh();
    /// `text`: in the URL, in any case; empty: any.
    void setFilter(Kind kind, const QString& text);
    bool isFiltered() const { return m_kind != Kind::all || !m_text.isEmpty(); }

    /// Null when there is no such row.
    const api::SiteRequest* at(int row) const;
    /// How many of each kind are kept, whatever the filter says.
    int count(Kind kind) const;
    /// Requests since the engine started; more than are kept.
    std::int64_t total() const { return m_total; }

  protected:
    int rows() const override { return static_cast<int>(m_shown.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    void load();
    void take(const api::Result<api::SiteRequestList>& answer);
    void add(std::vector<api::SiteRequest> fresh);
    bool passes(const api::SiteRequest& request, Kind kind) const;
    void rebuild();
    void dropOldest();

    Backend* m_backend = nullptr;
    std::string m_project;
    std::string m_deployment;
    std::deque<api::SiteRequest> m_all;           ///< oldest first
    std::deque<const api::SiteRequest*> m_shown;  ///< newest first, into m_all: only its ends change
    Kind m_kind = Kind::all;
    QString m_text;
    std::int64_t m_total = 0;
    int m_generation = 0;
    bool m_inFlight = false;
    QTimer m_poll;
};

}  // namespace stepwell
