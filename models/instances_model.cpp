#include "models/instances_model.h"

#include "models/backend.h"
#include "models/backends/reach.h"
#include "models/poll_pace.h"
#include "models/text.h"

#include <algorithm>
#include <unordered_set>

namespace stepwell {

namespace {

constexpr std::chrono::milliseconds refreshInterval{250};
constexpr std::chrono::seconds pollInterval{2};
constexpr std::chrono::seconds waitAfterFailure{2};
constexpr std::size_t mostInFlight = 3;
/// Older wishes than this are of a place long scrolled away from.
constexpr std::size_t mostWanted = 6;
constexpr int mostVisiblePages = 4;
constexpr std::size_t mostOtherStatuses = 8;
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("Status")},         {QStringLiteral("Instance")},
            {QStringLiteral("Steps")},          {QStringLiteral("Duration"), right},
            {QStringLiteral("Retries"), right}, {QStringLiteral("Version")},
            {QStringLiteral("Trigger")},        {QStringLiteral("Created")}};
}

}  // namespace

InstancesModel::InstancesModel(QObject* parent)
    : ListModel(columns(), parent)
    , m_refresh(
          refreshInterval, [this] { inBackground(m_backend, m_total > 0, [this] { refetchVisible(); }); },
          this) {
    m_pump.setSingleShot(true);
    connect(&m_pump, &QTimer::timeout, this, &InstancesModel::pump);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        m_pages.outdate();
        m_refresh.request();
    });
}

void InstancesModel::setSource(Backend* backend, const std::string& workflow, InstanceFilter filter) {
    if (m_backend) m_backend->disconnect(this);
    m_backend = backend;
    m_workflow = workflow;
    m_filter = filter;
    m_otherStatuses.clear();
    if (backend) {
        connect(backend, &Backend::live, this, &InstancesModel::onLive);
        connect(backend, &Backend::liveReset, this, &InstancesModel::refresh);
        connect(backend, &Backend::liveStateChanged, this, &InstancesModel::onLiveState);
    }
    restart();
    onLiveState();
}

void InstancesModel::setFilter(const InstanceFilter& filter) {
    if (filter == m_filter) return;
    m_filter = filter;
    restart();
}

void InstancesModel::clearRows() {
    beginResetModel();
    m_pages.clear();
    m_total = 0;
    m_totalIsExact = true;
    endResetModel();
}

void InstancesModel::restart() {
    ++m_generation;
    m_inFlight.clear();
    m_again.clear();
    m_short.clear();
    m_wanted.clear();
    m_refresh.clear();
    m_firstVisible = m_lastVisible = 0;
    clearRows();
    setState(LoadState::idle);
    refresh();
}

void InstancesModel::refresh() {
    if (!m_backend || m_workflow.empty()) return;
    m_pages.outdate();
    if (m_active)
        refetchVisible();
    else
        m_refresh.request();
}

void InstancesModel::setActive(bool active) {
    m_active = active;
    m_refresh.setActive(active);
    if (active && !m_wanted.empty()) m_pump.start(0);
    onLiveState();
}

void InstancesModel::setVisibleRows(int first, int last) {
    m_firstVisible = std::max(0, first);
    m_lastVisible = std::clamp(last, m_firstVisible, m_firstVisible + mostVisiblePages * pageSize - 1);
    for (int page = m_firstVisible / pageSize; page <= m_lastVisible / pageSize; ++page)
        if (m_pages.isOutdated(page) || !m_pages.isWhole(page, m_total)) want(page);
}

api::Time InstancesModel::clock() const {
    return m_backend ? Reach::of(*m_backend).clock(m_storedAt) : now();
}

int InstancesModel::rowOf(const std::string& id) const {
    return static_cast<int>(m_pages.locate(id));
}

const api::InstanceSummary* InstancesModel::at(int row) const {
    return m_pages.peek(row);
}

void InstancesModel::want(int page) const {
    std::erase(m_wanted, page);
    m_wanted.push_back(page);
    if (m_wanted.size() > mostWanted) m_wanted.erase(m_wanted.begin());
    if (m_active && !m_pump.isActive())
        m_pump.start(state() == LoadState::failed ? waitAfterFailure : std::chrono::seconds{0});
}

void InstancesModel::pump() {
    while (m_active && !m_wanted.empty() && m_inFlight.size() < mostInFlight) {
        const int page = m_wanted.back();
        m_wanted.pop_back();
        // Views look at rows while these are being announced, a moment before they are here.
        const bool isThere = m_short.contains(page) || m_pages.isWhole(page, m_total);
        if (isThere && !m_pages.isOutdated(page)) continue;
        if (page == 0 || std::int64_t{page} * pageSize < m_total) fetch(page);
    }
}

void InstancesModel::fetch(int page) {
    if (!m_backend) return;
    if (!m_inFlight.insert(page).second) return;
    if (state() == LoadState::idle || (state() == LoadState::failed && m_total == 0))
        setState(LoadState::loading);
    InstanceListQuery query{m_workflow, m_filter.status, m_filter.from, m_filter.to, page + 1, pageSize};
    query.otherStatus = m_filter.otherStatus;
    m_backend->instances(query, this, [this, page, generation = m_generation](auto answer) {
        if (generation == m_generation) take(page, std::move(answer));
    });
}

void InstancesModel::take(int page, api::Result<InstanceList> answer) {
    m_inFlight.erase(page);
    const bool again = m_again.erase(page) > 0;
    if (answer && m_backend) m_storedAt = m_backend->freshness().shownFrom;
    if (!answer) return setState(LoadState::failed, answer.error());
    takeRows(page, std::move(*answer));
    setState(LoadState::ready);
    if (again) fetch(page);
    if (!m_wanted.empty() && !m_pump.isActive()) m_pump.start(0);
}

void InstancesModel::takeRows(int page, InstanceList list) {
    // Of a list whose length nobody tells a full page says nothing against what is known of the rest.
    const auto count = static_cast<std::int64_t>(list.rows.size());
    if (!list.totalIsExact && count == pageSize) list.total = std::max(list.total, m_total);
    const bool grewElsewhere = page != 0 && list.totalIsExact && m_totalIsExact && list.total != m_total;
    setTotal(list.total, shiftOf(page, list));
    m_totalIsExact = list.totalIsExact;
    if (grewElsewhere) m_pages.outdate();
    const auto promised = std::clamp<std::int64_t>(m_total - std::int64_t{page} * pageSize, 0, pageSize);
    if (count < promised)
        m_short.insert(page);
    else
        m_short.erase(page);
    noteStatuses(list.rows);
    m_pages.put(page, std::move(list.rows));
    const int first = page * pageSize;
    const int last = std::min(first + pageSize, rows()) - 1;
    if (first <= last) emit dataChanged(index(first, 0), index(last, ColumnCount - 1));
    if (grewElsewhere) want(0);
}

void InstancesModel::noteStatuses(const std::vector<api::InstanceSummary>& rows) {
    for (const auto& row : rows)
        if (!row.otherStatus.empty() && m_otherStatuses.size() < mostOtherStatuses)
            m_otherStatuses.insert(row.otherStatus);
}

/// How many places the rows have moved: new instances come on top. Seen best on the first page, where a row
/// we know shows up again; elsewhere a longer list is all there is to go by.
std::int64_t InstancesModel::shiftOf(int page, const InstanceList& list) const {
    const bool isTold = list.totalIsExact && m_totalIsExact;
    const std::int64_t grown = isTold ? list.total - m_total : 0;
    if (m_total == 0) return 0;
    if (page != 0) return std::max<std::int64_t>(0, grown);
    for (int row = 0; row < pageSize; ++row) {
        const auto* known = m_pages.peek(row);
        if (!known) continue;
        for (std::size_t place = 0; place < list.rows.size(); ++place)
            if (list.rows[place].id == known->id)
                return std::clamp<std::int64_t>(static_cast<std::int64_t>(place) - row, -m_total, list.total);
    }
    return std::max<std::int64_t>(0, grown);
}

void InstancesModel::setTotal(std::int64_t total, std::int64_t onTop) {
    if (onTop != 0 || total != m_total) m_short.clear();
    const auto lastRow = [](std::int64_t count) { return static_cast<int>(count - 1); };
    if (onTop > 0) {
        beginInsertRows({}, 0, lastRow(onTop));
        m_pages.shift(onTop);
        m_total += onTop;
        endInsertRows();
    } else if (onTop < 0) {
        beginRemoveRows({}, 0, lastRow(-onTop));
        m_pages.shift(onTop);
        m_total += onTop;
        endRemoveRows();
    }
    if (onTop != 0) emit rowsShifted(static_cast<int>(onTop));
    if (total > m_total) {
        beginInsertRows({}, static_cast<int>(m_total), lastRow(total));
        m_total = total;
        endInsertRows();
    } else if (total < m_total) {
        beginRemoveRows({}, static_cast<int>(total), lastRow(m_total));
        m_total = total;
        m_pages.cutAt(total);
        endRemoveRows();
    }
}

void InstancesModel::onLive(const std::vector<api::LiveEvent>& events) {
    std::unordered_set<std::string_view> visible;
    for (int row = m_firstVisible; row <= m_lastVisible; ++row)
        if (const auto* known = m_pages.peek(row)) visible.insert(known->id);
    const bool isByStatus = m_filter.status || !m_filter.otherStatus.empty();
    bool concerned = false;
    bool elsewhere = false;
    for (const auto& event : events) {
        if (event.workflow != m_workflow) continue;
        // A status may take an instance into a filtered list, or out of it.
        const bool listed = event.type == "workflow_queued" || event.type == "workflow_deleted" ||
                            event.type == "instance_deleted" ||
                            (isByStatus && event.type.starts_with("workflow_"));
        concerned = concerned || listed || visible.contains(event.instance);
        elsewhere = true;
    }
    if (elsewhere) m_pages.outdate();
    if (concerned) m_refresh.request();
}

void InstancesModel::onLiveState() {
    const auto live = m_backend ? m_backend->liveState() : LiveState::off;
    if (live == LiveState::live && state() == LoadState::failed) m_refresh.request();
    if (live != LiveState::polling || !m_active) return m_poll.stop();
    if (!m_poll.isActive()) m_poll.start(pollPace(*m_backend, pollInterval));
}

/// The first page tells about new instances, so it always comes along.
void InstancesModel::refetchVisible() {
    std::set<int> pages{0};
    for (int page = m_firstVisible / pageSize; page <= m_lastVisible / pageSize; ++page)
        if (page == 0 || std::int64_t{page} * pageSize < m_total) pages.insert(page);
    for (const int page : pages) {
        if (m_inFlight.contains(page))
            m_again.insert(page);
        else
            fetch(page);
    }
}

}  // namespace stepwell
