#pragma once

#include "models/api/types.h"
#include "models/coalescer.h"
#include "models/list_model.h"
#include "models/page_cache.h"

#include <QPointer>

#include <set>

Q_DECLARE_METATYPE(stepwell::api::InstanceSummary)
Q_DECLARE_METATYPE(std::vector<stepwell::api::StepGlimpse>)

namespace stepwell {

class Backend;
struct InstanceList;

/// What to show: one workflow, narrowed at the backend.
struct InstanceFilter {
    std::optional<api::Status> status;
    std::optional<api::Time> from;  ///< created at or after
    std::optional<api::Time> to;    ///< created before
    std::string otherStatus = {};   ///< in place of `status`: one that we do not know, as it came
    friend bool operator==(const InstanceFilter&, const InstanceFilter&) = default;
};

/// The instances of one workflow, newest first, as a window over a list of any length. The row count is the
/// true one; rows are fetched by pages of 100 when somebody looks at them (reads a value or calls
/// `setVisibleRows`), others are placeholders. At most 50 pages are kept and 3 requests are under way; the
/// stretch asked for last is fetched first. Live events refetch the visible pages at most four times a
/// second; without a live stream every 2 s.
class InstancesModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex {
        StatusColumn,
        Instance,
        Steps,
        Duration,
        Retries,
        Version,
        Trigger,
        Created,
        ColumnCount
    };
    /// Every role answers in every column. All but PlaceholderRole are invalid for placeholders.
    enum Role {
        PlaceholderRole = Qt::UserRole + 1,  ///< bool: not loaded yet
        IdRole,                              ///< QString
        StatusRole,                          ///< int of api::Status
        SleepingRole,                        ///< bool: waiting, and for a sleep
        GlimpseRole,                         ///< std::vector<api::StepGlimpse>
        DurationRole,                        ///< qlonglong, ms from start to end, or to now while it runs
        RetriesRole,                         ///< int; invalid when unknown
        StepCountRole,                       ///< int; invalid when unknown
        CreatedRole,                         ///< QDateTime, UTC
        SummaryRole,                         ///< api::InstanceSummary
    };
    /// Rows and pages are counted from 0 here.
    static constexpr int pageSize = PageCache::pageSize;
    static constexpr int mostPages = 50;

    explicit InstancesModel(QObject* parent = nullptr);

    /// Shows the instances of `workflow`; not owned, may be null. Drops everything shown.
    void setSource(Backend* backend, const std::string& workflow, InstanceFilter filter = {});
    void setFilter(const InstanceFilter& filter);
    const InstanceFilter& filter() const { return m_filter; }
    const std::string& workflow() const { return m_workflow; }
    bool isFiltered() const { return m_filter != InstanceFilter{}; }

    /// Loads the first page and the visible ones anew.
    void refresh();
    /// A hidden page sets false: no loads until it is true again.
    void setActive(bool active);
    /// What the view shows, both inclusive; these rows are fetched, and kept fresh by live events.
    void setVisibleRows(int first, int last);

    /// The row, when it is loaded; -1 otherwise.
    int rowOf(const std::string& id) const;
    /// Null for placeholders; valid until the model changes.
    const api::InstanceSummary* at(int row) const;
    std::int64_t total() const { return m_total; }
    /// False: there are at least `total() - 1`, and how many more the backend does not tell.
    bool totalIsExact() const { return m_totalIsExact; }
    /// Statuses of the rows seen so far that this program does not know, as they came; at most 8.
    const std::set<std::string>& otherStatuses() const { return m_otherStatuses; }
    /// The time for what runs: see Reach.
    api::Time clock() const;
    int loadedPages() const { return static_cast<int>(m_pages.size()); }

  signals:
    /// The rows of instances moved by this many places (new ones came on top): a view that holds a selection
    /// by row needs nothing, persistent indexes were moved; one that scrolls by pixels may want to stay with
    /// its rows.
    void rowsShifted(int by);

  protected:
    int rows() const override { return static_cast<int>(std::min<std::int64_t>(m_total, 100'000'000)); }
    QVariant value(int row, int column, int role) const override;

  private:
    void restart();
    void clearRows();
    void want(int page) const;
    void pump();
    void fetch(int page);
    void take(int page, api::Result<InstanceList> answer);
    void takeRows(int page, InstanceList list);
    void noteStatuses(const std::vector<api::InstanceSummary>& rows);
    void setTotal(std::int64_t total, std::int64_t onTop);
    std::int64_t shiftOf(int page, const InstanceList& list) const;
    void onLive(const std::vector<api::LiveEvent>& events);
    void onLiveState();
    void refetchVisible();
    QVariant display(const api::InstanceSummary& row, int column) const;
    QVariant valueOf(const api::InstanceSummary& row, int column, int role) const;

    QPointer<Backend> m_backend;
    std::string m_workflow;
    InstanceFilter m_filter;
    std::int64_t m_total = 0;
    bool m_totalIsExact = true;
    std::set<std::string> m_otherStatuses;
    // Reading a value moves its page to the front and may ask for it: both are no change anyone sees.
    mutable PageCache m_pages{mostPages};
    mutable std::vector<int> m_wanted;  ///< pages asked for, the newest last
    mutable QTimer m_pump;
    std::set<int> m_inFlight;
    std::set<int> m_again;  ///< asked for once more while under way
    std::set<int> m_short;  ///< pages that came with fewer rows than the total promises
    int m_generation = 0;
    std::optional<api::Time> m_storedAt;  ///< the last answer was kept since then, and is no newer
    int m_firstVisible = 0;
    int m_lastVisible = 0;
    Coalescer m_refresh;
    QTimer m_poll;
    bool m_active = true;
};

}  // namespace stepwell
