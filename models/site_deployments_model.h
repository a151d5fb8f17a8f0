#pragma once

#include "models/api/site.h"
#include "models/coalescer.h"
#include "models/list_model.h"
#include "models/page_cache.h"

#include <QPointer>

#include <set>

Q_DECLARE_METATYPE(stepwell::api::SiteDeployment)

namespace stepwell {

class Backend;

/// Which deployments of a project; what is empty asks for nothing.
struct SiteDeploymentFilter {
    std::optional<api::SiteEnvironment> environment;
    std::string branch;
    std::string text;
    friend bool operator==(const SiteDeploymentFilter&, const SiteDeploymentFilter&) = default;
};

/// The deployments of one project, newest first, as a window over a list of any length. The row count is the
/// true one; rows are fetched by pages of 25 when somebody looks at them, others are placeholders. At most
/// 120 pages are kept and 3 requests are under way; the stretch asked for last is fetched first. While active
/// it looks for new ones every 5 s.
class SiteDeploymentsModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { State, Deployment, Branch, Message, Files, Size, Created, ColumnCount };
    /// Every role answers in every column. All but PlaceholderRole are invalid for placeholders.
    enum Role {
        PlaceholderRole = Qt::UserRole + 1,  ///< bool: not loaded yet
        IdRole,                              ///< QString, the whole id
        LiveRole,                            ///< bool
        EnvironmentRole,                     ///< QString: "Production", "Preview"
        CreatedRole,                         ///< QDateTime, UTC
        DeploymentRole,                      ///< api::SiteDeployment
    };
    static constexpr int pageSize = SitePageCache::pageSize;
    static constexpr int mostPages = 120;

    explicit SiteDeploymentsModel(QObject* parent = nullptr);

    /// Shows the deployments of `project`; not owned, may be null. Drops everything shown.
    void setSource(Backend* backend, const std::string& project);
    void setFilter(const SiteDeploymentFilter& filter);
    const SiteDeploymentFilter& filter() const { return m_filter; }
    bool isFiltered() const { return m_filter != SiteDeploymentFilter{}; }
    /// Whether the backend can filter by branch and text; true until it is known.
    bool offersFilters() const { return m_offersFilters; }
    void refresh();
    /// A hidden page sets false: no loads until it is true again.
    void setActive(bool active);
    /// What the view shows, both inclusive; these rows are fetched and kept fresh.
    void setVisibleRows(int first, int last);
    /// Null for placeholders; valid until the model changes.
    const api::SiteDeployment* at(int row) const { return m_pages.peek(row); }
    std::int64_t total() const { return m_total; }
    /// False: there are at least `total() - 1`, and how many more the backend does not tell.
    bool totalIsExact() const { return m_totalIsExact; }

  signals:
    /// The rows moved by this many places: new ones came on top.
    void rowsShifted(int by);

  protected:
    int rows() const override { return static_cast<int>(std::min<std::int64_t>(m_total, 100'000'000)); }
    QVariant value(int row, int column, int role) const override;

  private:
    void restart();
    void want(int page) const;
    void pump();
    void fetch(int page);
    void take(int page, api::Result<api::SiteDeploymentList> answer);
    void setTotal(std::int64_t total, std::int64_t onTop);
    std::int64_t shiftOf(int page, const api::SiteDeploymentList& list) const;
    void refetchVisible();
    QVariant display(const api::SiteDeployment& row, int column) const;

    QPointer<Backend> m_backend;
    std::string m_project;
    SiteDeploymentFilter m_filter;
    std::int64_t m_total = 0;
    bool m_totalIsExact = true;
    // Reading a value moves its page to the front and may ask for it: both are no change anyone sees.
    mutable SitePageCache m_pages{mostPages};
    mutable std::vector<int> m_wanted;  ///< pages asked for, the newest last
    mutable QTimer m_pump;
    std::set<int> m_inFlight;
    std::set<int> m_again;  ///< asked for once more while under way
    std::set<int> m_short;  ///< pages that came with fewer rows than the total promises
    int m_generation = 0;
    int m_firstVisible = 0;
    int m_lastVisible = 0;
    QTimer m_poll;
    bool m_active = true;
    bool m_offersFilters = true;
};

/// "Live", "Ready", "Failed", ...
QString siteStateWord(const api::SiteDeployment& deployment);
/// Of the state, for its shape.
api::Status siteStatus(const api::SiteDeployment& deployment);

}  // namespace stepwell
