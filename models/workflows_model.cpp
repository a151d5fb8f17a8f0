#include "models/workflows_model.h"

#include "models/api/duration.h"
#include "models/backend.h"
#include "models/poll_pace.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

namespace stepwell {

namespace {

using api::Status;

constexpr std::chrono::milliseconds refreshInterval{500};
constexpr std::chrono::seconds pollInterval{5};
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("Workflow")},       {QStringLiteral("Last 24 hours")},
            {QStringLiteral("Running"), right}, {QStringLiteral("Waiting"), right},
            {QStringLiteral("Errored"), right}, {QStringLiteral("Complete"), right},
            {QStringLiteral("Duration")},       {QStringLiteral("Last or next run")}};
}

/// The earliest run that a schedule is going to start.
std::optional<api::Time> nextRun(const api::Workflow& workflow) {
    std::optional<api::Time> next;
    for (const auto& schedule : workflow.schedules)
        if (schedule.next && (!next || *schedule.next < *next)) next = schedule.next;
    return next;
}

/// Last run, and each schedule with its next one.
QVariant runsText(const api::Workflow& workflow) {
    QStringList lines;
    if (workflow.triggeredOn)
        lines << QStringLiteral("Last run %1").arg(toQt(api::toIso(*workflow.triggeredOn)));
    for (const auto& schedule : workflow.schedules)
        lines << (schedule.next ? QStringLiteral("%1: next run %2")
                                      .arg(toQt(schedule.cron), toQt(api::toIso(*schedule.next)))
                                : toQt(schedule.cron));
    return lines.isEmpty() ? QVariant() : QVariant(lines.join(QLatin1Char('\n')));
}

std::optional<Status> statusOf(int column) {
    switch (column) {
    case WorkflowsModel::Running:
        return Status::running;
    case WorkflowsModel::Waiting:
        return Status::waiting;
    case WorkflowsModel::Errored:
        return Status::errored;
    case WorkflowsModel::Complete:
        return Status::complete;
    default:
        return std::nullopt;
    }
}

qlonglong countOf(const api::Workflow& workflow, Status status) {
    const auto found = workflow.counts.find(status);
    return found == workflow.counts.end() ? 0 : found->second;
}

QVariantMap countsOf(const api::Workflow& workflow) {
    QVariantMap map;
    for (const auto& [status, count] : workflow.counts)
        map.insert(toQt(api::toString(status)), qlonglong{count});
    for (const auto& [status, count] : workflow.otherCounts)
        map.insert(toQt(status), qlonglong{count});
    return map;
}

QVariant milliseconds(const std::optional<api::WorkflowActivity>& activity,
                      std::optional<api::Milliseconds> api::WorkflowActivity::*member) {
    if (!activity || !((*activity).*member)) return {};
    return qlonglong{((*activity).*member)->count()};
}

QString durationText(const api::Workflow& workflow) {
    if (!workflow.activity || !workflow.activity->p50) return {};
    auto text = QStringLiteral("p50 ") + toQt(api::humanDuration(*workflow.activity->p50));
    if (workflow.activity->p99)
        text += QStringLiteral(" · p99 ") + toQt(api::humanDuration(*workflow.activity->p99));
    return text;
}

bool byName(const api::Workflow& a, const api::Workflow& b) {
    return a.name < b.name;
}

}  // namespace

WorkflowsModel::WorkflowsModel(QObject* parent)
    : ListModel(columns(), parent)
    , m_refresh(
          refreshInterval, [this] { inBackground(m_backend, rowCount() > 0, [this] { load(); }); }, this) {
    connect(&m_poll, &QTimer::timeout, this, [this] { m_refresh.request(); });
}

void WorkflowsModel::setBackend(Backend* backend) {
    if (m_backend) m_backend->disconnect(this);
    m_backend = backend;
    ++m_generation;
    m_inFlight = false;
    m_refresh.clear();
    beginResetModel();
    m_workflows.clear();
    endResetModel();
    setState(LoadState::idle);
    if (backend) {
        connect(backend, &Backend::live, this, [this] { m_refresh.request(); });
        connect(backend, &Backend::liveReset, this, [this] { m_refresh.request(); });
        connect(backend, &Backend::liveStateChanged, this, [this] { onLiveState(); });
        refresh();
    }
    onLiveState();
}

void WorkflowsModel::refresh() {
    if (m_backend) load();
}

void WorkflowsModel::setActive(bool active) {
    m_active = active;
    m_refresh.setActive(active);
    onLiveState();
}

int WorkflowsModel::rowOf(const std::string& name) const {
    const auto found =
        std::find_if(m_workflows.begin(), m_workflows.end(), [&](auto& w) { return w.name == name; });
    return found == m_workflows.end() ? -1 : static_cast<int>(found - m_workflows.begin());
}

int WorkflowsModel::scriptCount() const {
    std::vector<std::string> names;
    for (const auto& workflow : m_workflows)
        names.push_back(workflow.scriptName);
    std::sort(names.begin(), names.end());
    return static_cast<int>(std::unique(names.begin(), names.end()) - names.begin());
}

void WorkflowsModel::load() {
    if (!m_backend) return;
    if (m_inFlight) return m_refresh.request();
    m_inFlight = true;
    if (state() != LoadState::ready) setState(LoadState::loading);
    m_backend->workflows(this, [this, generation = m_generation](auto answer) {
        if (generation == m_generation) take(std::move(answer));
    });
}

void WorkflowsModel::take(api::Result<std::vector<api::Workflow>> answer) {
    m_inFlight = false;
    if (!answer) return setState(LoadState::failed, answer.error());
    std::sort(answer->begin(), answer->end(), byName);
    merge(m_workflows, std::move(*answer), byName);
    setState(LoadState::ready);
}

void WorkflowsModel::onLiveState() {
    if (m_backend && m_backend->liveState() == LiveState::live && state() == LoadState::failed)
        m_refresh.request();
    const bool wanted = m_active && m_backend && m_backend->liveState() == LiveState::polling;
    if (!wanted) return m_poll.stop();
    if (!m_poll.isActive()) m_poll.start(pollPace(*m_backend, pollInterval));
}

int WorkflowsModel::rows() const {
    return static_cast<int>(m_workflows.size());
}

QVariant WorkflowsModel::display(const api::Workflow& workflow, int column) const {
    if (const auto status = statusOf(column)) {
        const auto count = countOf(workflow, *status);
        return count == 0 ? QStringLiteral("–") : QLocale().toString(count);
    }
    switch (column) {
    case Name:
        return toQt(workflow.name);
    case Duration:
        return durationText(workflow);
    case LastRun:
        if (const auto next = nextRun(workflow)) return relativeTime(*next, now());
        return workflow.triggeredOn ? relativeTime(*workflow.triggeredOn, now()) : QStringLiteral("never");
    default:
        return {};
    }
}

QVariant WorkflowsModel::sortKey(const api::Workflow& workflow, int column) const {
    if (const auto status = statusOf(column)) return countOf(workflow, *status);
    switch (column) {
    case Activity: {
        qlonglong sum = 0;
        if (workflow.activity)
            for (const auto hour : workflow.activity->created)
                sum += hour;
        return sum;
    }
    case Duration:
        return milliseconds(workflow.activity, &api::WorkflowActivity::p50);
    case LastRun:
        return toQt(workflow.triggeredOn);
    default:
        return toQt(workflow.name);
    }
}

QVariant WorkflowsModel::value(int row, int column, int role) const {
    const auto& workflow = m_workflows[static_cast<std::size_t>(row)];
    switch (role) {
    case Qt::DisplayRole:
        return display(workflow, column);
    case Qt::ToolTipRole:
        return column == LastRun ? runsText(workflow) : QVariant();
    case NameRole:
        return toQt(workflow.name);
    case ClassRole:
        return toQt(workflow.className);
    case ScriptRole:
        return toQt(workflow.scriptName);
    case ActivityRole:
        return workflow.activity ? QVariant::fromValue(*workflow.activity) : QVariant();
    case CountRole: {
        const auto status = statusOf(column);
        return status ? QVariant(countOf(workflow, *status)) : QVariant();
    }
    case CountsRole:
        return countsOf(workflow);
    case P50Role:
        return milliseconds(workflow.activity, &api::WorkflowActivity::p50);
    case P99Role:
        return milliseconds(workflow.activity, &api::WorkflowActivity::p99);
    case TriggeredRole:
        return toQt(workflow.triggeredOn);
    case NextRunRole:
        return toQt(nextRun(workflow));
    case VersionRole:
        return workflow.versionNumber;
    case WorkflowRole:
        return QVariant::fromValue(workflow);
    case SortRole:
        return sortKey(workflow, column);
    default:
        return {};
    }
}

}  // namespace stepwell
