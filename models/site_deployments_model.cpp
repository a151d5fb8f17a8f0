#include "models/site_deployments_model.h"

#include "models/backend.h"
#include "models/poll_pace.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::chrono::seconds pollInterval{5};
constexpr std::chrono::seconds waitAfterFailure{2};
constexpr std::size_t mostInFlight = 3;
/// Older wishes than this are of a place long scrolled away from.
constexpr std::size_t mostWanted = 8;
constexpr int mostVisiblePages = 8;
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("State")},   {QStringLiteral("Deployment")},   {QStringLiteral("Branch")},
            {QStringLiteral("Message")}, {QStringLiteral("Files"), right}, {QStringLiteral("Size"), right},
            {QStringLiteral("Created")}};
}

}  // namespace

QString siteStateWord(const api::SiteDeployment& deployment) {
    if (deployment.live.value_or(false)) return QObject::tr("Live");
    const auto& status = deployment.latestStage.status;
    if (status == "failure") return QObject::tr("Failed");
    if (status == "canceled") return QObject::tr("Canceled");
    if (status == "skipped") return QObject::tr("Skipped");
    if (status == "active") return QObject::tr("Deploying");
    if (status == "idle") return QObject::tr("Waiting");
    return QObject::tr("Ready");
}

api::Status siteStatus(const api::SiteDeployment& deployment) {
    const auto& status = deployment.latestStage.status;
    if (status == "failure") return api::Status::errored;
    if (status == "canceled" || status == "skipped") return api::Status::terminated;
    if (status == "active") return api::Status::running;
    return status == "idle" ? api::Status::queued : api::Status::complete;
}

SiteDeploymentsModel::SiteDeploymentsModel(QObject* parent)
    : ListModel(columns(), parent) {
    m_pump.setSingleShot(true);
    connect(&m_pump, &QTimer::timeout, this, &SiteDeploymentsModel::pump);
    m_poll.setInterval(pollInterval);
    connect(&m_poll, &QTimer::timeout, this,
            [this] { inBackground(m_backend, m_total > 0, [this] { refetchVisible(); }); });
}

void SiteDeploymentsModel::setSource(Backend* backend, const std::string& project) {
    m_backend = backend;
    m_project = project;
    m_filter = {};
    m_offersFilters = true;
    restart();
}

void SiteDeploymentsModel::setFilter(const SiteDeploymentFilter& filter) {
    if (filter == m_filter) return;
    m_filter = filter;
    restart();
}

void SiteDeploymentsModel::restart() {
    ++m_generation;
    m_inFlight.clear();
    m_again.clear();
    m_short.clear();
    m_wanted.clear();
    m_firstVisible = m_lastVisible = 0;
    beginResetModel();
    m_pages.clear();
    m_total = 0;
    m_totalIsExact = true;
    endResetModel();
    setState(LoadState::idle);
    refresh();
}

void SiteDeploymentsModel::refresh() {
    if (!m_backend || m_project.empty()) return;
    m_pages.outdate();
    refetchVisible();
}

void SiteDeploymentsModel::setActive(bool active) {
    const bool woken = active && !m_active;
    m_active = active;
    if (!active) return m_poll.stop();
    m_poll.start();
    if (woken) refresh();
}

void SiteDeploymentsModel::setVisibleRows(int first, int last) {
    m_firstVisible = std::max(0, first);
    m_lastVisible = std::clamp(last, m_firstVisible, m_firstVisible + mostVisiblePages * pageSize - 1);
    for (int page = m_firstVisible / pageSize; page <= m_lastVisible / pageSize; ++page)
        if (m_pages.isOutdated(page) || !m_pages.isWhole(page, m_total)) want(page);
}

void SiteDeploymentsModel::want(int page) const {
    std::erase(m_wanted, page);
    m_wanted.push_back(page);
    if (m_wanted.size() > mostWanted) m_wanted.erase(m_wanted.begin());
    if (m_active && !m_pump.isActive())
        m_pump.start(state() == LoadState::failed ? waitAfterFailure : std::chrono::seconds{0});
}

void SiteDeploymentsModel::pump() {
    while (m_active && !m_wanted.empty() && m_inFlight.size() < mostInFlight) {
        const int page = m_wanted.back();
        m_wanted.pop_back();
        // Views look at rows while these are being announced, a moment before they are here.
        const bool isThere = m_short.contains(page) || m_pages.isWhole(page, m_total);
        if (isThere && !m_pages.isOutdated(page)) continue;
        if (page == 0 || std::int64_t{page} * pageSize < m_total) fetch(page);
    }
}

void SiteDeploymentsModel::fetch(int page) {
    if (!m_backend || !m_inFlight.insert(page).second) return;
    if (state() == LoadState::idle || (state() == LoadState::failed && m_total == 0))
        setState(LoadState::loading);
    const api::SiteDeploymentQuery query{
        m_project, m_filter.environment, m_filter.branch, m_filter.text, page + 1, pageSize};
    m_backend->siteDeployments(query, this, [this, page, generation = m_generation](auto answer) {
        if (generation == m_generation) take(page, std::move(answer));
    });
}

void SiteDeploymentsModel::take(int page, api::Result<api::SiteDeploymentList> answer) {
    m_inFlight.erase(page);
    const bool again = m_again.erase(page) > 0;
    if (!answer) return setState(LoadState::failed, answer.error());
    m_offersFilters = answer->filters;
    // Of a list whose length nobody tells a full page says nothing against what is known of the rest.
    const auto count = static_cast<std::int64_t>(answer->rows.size());
    if (!answer->totalIsExact && count == pageSize) answer->total = std::max(answer->total, m_total);
    const bool grewElsewhere =
        page != 0 && answer->totalIsExact && m_totalIsExact && answer->total != m_total;
    setTotal(answer->total, shiftOf(page, *answer));
    m_totalIsExact = answer->totalIsExact;
    if (grewElsewhere) m_pages.outdate();
    const auto promised = std::clamp<std::int64_t>(m_total - std::int64_t{page} * pageSize, 0, pageSize);
    if (count < promised)
        m_short.insert(page);
    else
        m_short.erase(page);
    m_pages.put(page, std::move(answer->rows));
    const int first = page * pageSize;
    const int last = std::min(first + pageSize, rows()) - 1;
    if (first <= last) emit dataChanged(index(first, 0), index(last, ColumnCount - 1));
    if (grewElsewhere) want(0);
    setState(LoadState::ready);
    if (again) fetch(page);
    if (!m_wanted.empty() && !m_pump.isActive()) m_pump.start(0);
}

/// How many places the rows have moved: new deployments come on top. Seen best on the first page, where a row
/// we know shows up again; elsewhere a longer list is all there is to go by.
std::int64_t SiteDeploymentsModel::shiftOf(int page, const api::SiteDeploymentList& list) const {
    const bool isTold = list.totalIsExact && m_totalIsExact;
    const std::int64_t grown = isTold ? std::max<std::int64_t>(0, list.total - m_total) : 0;
    if (m_total == 0) return 0;
    if (page != 0) return grown;
    for (int row = 0; row < pageSize; ++row) {
        const auto* known = m_pages.peek(row);
        if (!known) continue;
        for (std::size_t place = 0; place < list.rows.size(); ++place)
            if (list.rows[place].id == known->id)
                return std::clamp<std::int64_t>(static_cast<std::int64_t>(place) - row, -m_total, list.total);
    }
    return grown;
}

void SiteDeploymentsModel::setTotal(std::int64_t total, std::int64_t onTop) {
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

/// The first page tells about new deployments, so it always comes along.
void SiteDeploymentsModel::refetchVisible() {
    std::set<int> pages{0};
    for (int page = m_firstVisible / pageSize; page <= m_lastVisible / pageSize; ++page)
        if (std::int64_t{page} * pageSize < m_total) pages.insert(page);
    for (const int page : pages) {
        if (m_inFlight.contains(page))
            m_again.insert(page);
        else
            fetch(page);
    }
}

QVariant SiteDeploymentsModel::display(const api::SiteDeployment& row, int column) const {
    const QLocale locale(QLocale::English);
    switch (column) {
    case State:
        return siteStateWord(row);
    case Deployment:
        return toQt(row.shortId);
    case Branch:
        return toQt(row.branch);
    case Message:
        return toQt(row.commitMessage.substr(0, row.commitMessage.find('\n')));
    case Files:
        return row.files ? locale.toString(static_cast<qlonglong>(*row.files)) : QStringLiteral("–");
    case Size:
        return row.bytes ? sizeText(*row.bytes) : QStringLiteral("–");
    default:
        return row.createdOn ? relativeTime(*row.createdOn, now()) : QStringLiteral("–");
    }
}

QVariant SiteDeploymentsModel::value(int at, int column, int role) const {
    const auto* row = m_pages.row(at);
    if (role == PlaceholderRole) return row == nullptr;
    if (row == nullptr) {
        if (role == Qt::DisplayRole) want(at / pageSize);
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return display(*row, column);
    case Qt::ToolTipRole:
        if (column == Created && row->createdOn) return toQt(api::toIso(*row->createdOn));
        if (column == Message) return toQt(row->commitMessage);
        return column == Deployment ? toQt(row->url) : QVariant();
    case IdRole:
        return toQt(row->id);
    case LiveRole:
        return row->live.value_or(false);
    case EnvironmentRole:
        return row->environment == api::SiteEnvironment::production ? tr("Production") : tr("Preview");
    case CreatedRole:
        return toQt(row->createdOn);
    case DeploymentRole:
        return QVariant::fromValue(*row);
    default:
        return {};
    }
}

}  // namespace stepwell
