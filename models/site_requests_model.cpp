#include "models/site_requests_model.h"

#include "models/backend.h"
#include "models/text.h"

#include <QDateTime>
#include <QUrl>

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::chrono::seconds pollInterval{1};
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("Time")},   {QStringLiteral("Method")},      {QStringLiteral("Path")},
            {QStringLiteral("Status")}, {QStringLiteral("Answered by")}, {QStringLiteral("Took"), right}};
}

/// The host is that of the page already.
QString pathOf(const std::string& url) {
    const QString text = toQt(url);
    const auto host = text.indexOf(QStringLiteral("://"));
    const auto path = host < 0 ? -1 : text.indexOf(QLatin1Char('/'), host + 3);
    return path < 0 ? text : text.mid(path);
}

QString statusText(const api::SiteRequest& request) {
    if (request.outcome == "exceededCpu") return QObject::tr("over the CPU limit");
    if (request.outcome == "exceededMemory") return QObject::tr("out of memory");
    if (request.outcome == "canceled") return QObject::tr("canceled");
    if (request.status == 0) return QObject::tr("no answer");
    const QString status = QString::number(request.status);
    return request.outcome == "exception" ? QObject::tr("%1 exception").arg(status) : status;
}

QString sourceText(const api::SiteRequest& request) {
    if (request.byCode) return QObject::tr("code");
    const bool elsewhere = request.status > 300 && request.status < 400 && request.status != 304;
    return elsewhere ? QObject::tr("redirect") : QObject::tr("file");
}

QString tookText(std::chrono::duration<double, std::milli> took) {
    if (took.count() < 0.05) return QObject::tr("< 0.1 ms");
    return took.count() < 10 ? QObject::tr("%1 ms").arg(took.count(), 0, 'f', 1)
                             : QObject::tr("%1 ms").arg(took.count(), 0, 'f', 0);
}

}  // namespace

SiteRequestsModel::SiteRequestsModel(QObject* parent)
    : ListModel(columns(), parent) {
    m_poll.setInterval(pollInterval);
    connect(&m_poll, &QTimer::timeout, this, &SiteRequestsModel::load);
}

void SiteRequestsModel::setSource(Backend* backend, std::string project, std::string deployment) {
    m_backend = backend;
    m_project = std::move(project);
    m_deployment = std::move(deployment);
    ++m_generation;
    m_inFlight = false;
    m_total = 0;
    beginResetModel();
    m_shown.clear();
    m_all.clear();
    endResetModel();
    setState(LoadState::idle);
}

void SiteRequestsModel::setActive(bool active) {
    if (!active) return m_poll.stop();
    m_poll.start();
    load();
}

void SiteRequestsModel::refresh() {
    load();
}

void SiteRequestsModel::load() {
    if (m_backend == nullptr || m_inFlight) return;
    m_inFlight = true;
    if (state() == LoadState::idle) setState(LoadState::loading);
    const std::int64_t after = m_all.empty() ? -1 : m_all.back().id;
    m_backend->siteRequests(m_project, m_deployment, after, this,
                            [this, generation = m_generation](const auto& answer) {
                                if (generation != m_generation) return;
                                m_inFlight = false;
                                take(answer);
                            });
}

void SiteRequestsModel::take(const api::Result<api::SiteRequestList>& answer) {
    if (!answer) return setState(LoadState::failed, answer.error());
    // The log is the engine's memory. A lower total, or one that grew by requests with numbers that were
    // there before, is that of an engine that started anew.
    if (answer->total < m_total || (answer->total > m_total && answer->rows.empty())) {
        beginResetModel();
        m_shown.clear();
        m_all.clear();
        endResetModel();
        m_total = 0;
        setState(LoadState::ready);
        return load();
    }
    m_total = answer->total;
    const bool more = !answer->rows.empty();
    add(answer->rows);
    if (more && state() == LoadState::ready) return emit stateChanged();  // the counts
    setState(LoadState::ready);
}

void SiteRequestsModel::add(std::vector<api::SiteRequest> fresh) {
    if (fresh.size() > mostKept) fresh.erase(fresh.begin(), fresh.end() - mostKept);
    while (m_all.size() + fresh.size() > mostKept)
        dropOldest();
    for (auto& request : fresh) {
        const auto* kept = &m_all.emplace_back(std::move(request));
        if (!passes(*kept, m_kind)) continue;
        beginInsertRows({}, 0, 0);
        m_shown.push_front(kept);
        endInsertRows();
    }
}

void SiteRequestsModel::dropOldest() {
    const int last = rows() - 1;
    if (last >= 0 && m_shown.back() == &m_all.front()) {
        beginRemoveRows({}, last, last);
        m_shown.pop_back();
        endRemoveRows();
    }
    m_all.pop_front();
}

void SiteRequestsModel::setFilter(Kind kind, const QString& text) {
    m_kind = kind;
    m_text = text;
    rebuild();
}

bool SiteRequestsModel::passes(const api::SiteRequest& request, Kind kind) const {
    if (kind == Kind::code && !request.byCode) return false;
    if (kind == Kind::failed && !request.failed()) return false;
    return m_text.isEmpty() || toQt(request.url).contains(m_text, Qt::CaseInsensitive);
}

void SiteRequestsModel::rebuild() {
    beginResetModel();
    m_shown.clear();
    for (const auto& request : m_all)
        if (passes(request, m_kind)) m_shown.push_front(&request);
    endResetModel();
    emit stateChanged();
}

const api::SiteRequest* SiteRequestsModel::at(int row) const {
    return row >= 0 && row < rows() ? m_shown[static_cast<std::size_t>(row)] : nullptr;
}

int SiteRequestsModel::count(Kind kind) const {
    return static_cast<int>(std::count_if(m_all.begin(), m_all.end(), [&](const auto& request) {
        return kind == Kind::all || (kind == Kind::code ? request.byCode : request.failed());
    }));
}

QVariant SiteRequestsModel::value(int row, int column, int role) const {
    const auto& request = *m_shown[static_cast<std::size_t>(row)];
    if (role == IdRole) return QVariant::fromValue<qlonglong>(request.id);
    if (role == FailedRole) return request.failed();
    if (role == TimeRole) return QVariant::fromValue<qlonglong>(request.time.time_since_epoch().count());
    if (role == Qt::ToolTipRole && column == Path) return toQt(request.url);
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Time: {
        using namespace std::chrono;
        const auto ms = duration_cast<milliseconds>(request.time.time_since_epoch()).count();
        return QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("HH:mm:ss.zzz"));
    }
    case Method:
        return toQt(request.method);
    case Path:
        return pathOf(request.url);
    case Status:
        return statusText(request);
    case Source:
        return sourceText(request);
    case Took:
        return tookText(request.took);
    default:
        return {};
    }
}

}  // namespace stepwell
