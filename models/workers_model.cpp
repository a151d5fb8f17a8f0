#include "models/workers_model.h"

#include "models/api/cron.h"
#include "models/poll_pace.h"
#include "models/text.h"

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::chrono::milliseconds refreshInterval{500};
constexpr std::chrono::seconds pollInterval{10};

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("Worker")},
            {QStringLiteral("Address")},
            {QStringLiteral("Workflows")},
            {QStringLiteral("Next cron run")},
            {QStringLiteral("Modified")}};
}

QStringList listOf(const std::vector<std::string>& texts) {
    QStringList list;
    for (const auto& text : texts)
        list << toQt(text);
    return list;
}

QString whenText(const std::optional<api::Time>& time) {
    return time ? relativeTime(*time, now()) : QStringLiteral("–");
}

}  // namespace

std::optional<api::Time> nextRunOf(const std::vector<api::Schedule>& crons, api::Time now) {
    std::optional<api::Time> earliest;
    for (const auto& cron : crons) {
        auto next = cron.next;
        if (!next || *next <= now)  // told before it came
            if (const auto parsed = api::Cron::parse(cron.cron)) next = parsed->next(now);
        if (next && (!earliest || *next < *earliest)) earliest = next;
    }
    return earliest;
}

WorkersModel::WorkersModel(QObject* parent)
    : ListModel(columns(), parent)
    , m_refresh(
          refreshInterval, [this] { inBackground(m_backend, rowCount() > 0, [this] { load(); }); }, this) {
    connect(&m_poll, &QTimer::timeout, this, [this] { m_refresh.request(); });
}

void WorkersModel::setBackend(Backend* backend) {
    if (m_backend) m_backend->disconnect(this);
    m_backend = backend;
    ++m_generation;
    m_inFlight = false;
    m_refresh.clear();
    m_crons.clear();
    m_workflowsError.reset();
    beginResetModel();
    m_rows.clear();
    endResetModel();
    setState(LoadState::idle);
    if (!backend) return m_poll.stop();
    connect(backend, &Backend::live, this, [this](const std::vector<api::LiveEvent>& events) {
        const auto concerns = [](const api::LiveEvent& event) { return event.instance.empty(); };
        if (std::any_of(events.begin(), events.end(), concerns)) m_refresh.request();
    });
    connect(backend, &Backend::liveReset, this, [this] { m_refresh.request(); });
    connect(backend, &Backend::liveStateChanged, this, [this](LiveState live) {
        if (live == LiveState::live) m_refresh.request();
    });
    m_refresh.request();
    schedulePoll();
}

void WorkersModel::refresh() {
    m_crons.clear();
    if (m_backend) load();
}

void WorkersModel::setActive(bool active) {
    m_active = active;
    m_refresh.setActive(active);
    if (active && state() != LoadState::idle) m_refresh.request();
    schedulePoll();
}

void WorkersModel::schedulePoll() {
    if (!m_active || !m_backend) return m_poll.stop();
    if (!m_poll.isActive()) m_poll.start(pollInterval);
}

int WorkersModel::rowOf(const QString& name) const {
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&](const Row& row) { return toQt(row.worker.name) == name; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void WorkersModel::load() {
    if (!m_backend) return;
    if (m_inFlight) return m_refresh.request();
    m_inFlight = true;
    if (state() != LoadState::ready) setState(LoadState::loading);
    m_backend->workers(this, [this, generation = m_generation](const auto& list) {
        if (generation != m_generation) return;
        if (!list) {
            m_inFlight = false;
            return setState(LoadState::failed, list.error());
        }
        m_backend->workflows(this, [this, generation, list = *list](const auto& workflows) {
            if (generation == m_generation) take(list, workflows);
        });
    });
}

void WorkersModel::take(const std::vector<api::Worker>& workers,
                        const api::Result<std::vector<api::Workflow>>& workflows) {
    m_inFlight = false;
    m_workflowsError = workflows ? std::nullopt : std::optional(workflows.error());
    std::vector<Row> fresh;
    for (const auto& worker : workers)
        fresh.push_back(rowFor(worker, workflows));
    const auto byName = [](const Row& a, const Row& b) { return a.worker.name < b.worker.name; };
    std::sort(fresh.begin(), fresh.end(), byName);
    merge(m_rows, std::move(fresh), byName);
    std::erase_if(m_crons, [this](const auto& asked) { return rowOf(toQt(asked.first)) < 0; });
    setState(LoadState::ready);
    askForCrons();
}

WorkersModel::Row WorkersModel::rowFor(const api::Worker& worker,
                                       const api::Result<std::vector<api::Workflow>>& workflows) const {
    Row row{worker, {}, worker.crons.has_value()};
    if (workflows) {
        auto& names = row.workflows.emplace();
        for (const auto& workflow : *workflows)
            if (workflow.scriptName == worker.name) names.push_back(workflow.name);
        std::sort(names.begin(), names.end());
    } else if (const int before = rowOf(toQt(worker.name)); before >= 0) {
        row.workflows = m_rows[static_cast<std::size_t>(before)].workflows;
    }
    if (const auto asked = m_crons.find(worker.name); !row.listsCrons && asked != m_crons.end())
        row.worker.crons = asked->second.crons;
    return row;
}

/// Once for each state of a Worker: a deployment may have changed them.
void WorkersModel::askForCrons() {
    for (const auto& row : m_rows) {
        const auto& name = row.worker.name;
        if (row.listsCrons) continue;
        const auto asked = m_crons.find(name);
        const bool isKnown = asked != m_crons.end();
        if (isKnown ? asked->second.modified == row.worker.modifiedOn : m_crons.size() >= mostAskedForCrons)
            continue;
        m_crons[name].modified = row.worker.modifiedOn;
        m_backend->workerCrons(name, this, [this, name, generation = m_generation](const auto& answer) {
            if (generation == m_generation) takeCrons(name, answer);
        });
    }
}

void WorkersModel::takeCrons(const std::string& name, const api::Result<Crons>& answer) {
    const int at = rowOf(toQt(name));
    if (!answer || at < 0) {  // the next load asks again
        m_crons.erase(name);
        return;
    }
    m_crons[name].crons = *answer;
    m_rows[static_cast<std::size_t>(at)].worker.crons = *answer;
    emit dataChanged(index(at, 0), index(at, ColumnCount - 1));
}

QVariant WorkersModel::display(const Row& row, int column) const {
    switch (column) {
    case Name:
        return toQt(row.worker.name);
    case Address:
        return row.worker.mayHandle("fetch") ? toQt(row.worker.url) : QString();
    case Workflows:
        if (!row.workflows) return tr("not known");
        return row.workflows->empty() ? QStringLiteral("–")
                                      : listOf(*row.workflows).join(QStringLiteral(", "));
    case NextRun:
        return whenText(nextRunOf(row.worker.crons.value_or(Crons{}), now()));
    default:
        return whenText(row.worker.modifiedOn);
    }
}

QVariant WorkersModel::tip(const Row& row, int column) const {
    if (column == Modified && row.worker.modifiedOn) return toQt(api::toIso(*row.worker.modifiedOn));
    if (column == Workflows && m_workflowsError)
        return tr("The workflows could not be asked for: %1").arg(toQt(m_workflowsError->message));
    if (column == Address && !row.worker.mayHandle("fetch")) return tr("It has no fetch handler");
    if (column != NextRun || !row.worker.crons) return {};
    QStringList lines;
    for (const auto& cron : *row.worker.crons) {
        const auto next = nextRunOf({cron}, now());
        lines << (next ? tr("%1: next run %2").arg(toQt(cron.cron), toQt(api::toIso(*next)))
                       : toQt(cron.cron));
    }
    return lines.isEmpty() ? QVariant() : QVariant(lines.join(QLatin1Char('\n')));
}

QVariant WorkersModel::value(int at, int column, int role) const {
    const auto& row = m_rows[static_cast<std::size_t>(at)];
    const auto& worker = row.worker;
    switch (role) {
    case Qt::DisplayRole:
        return display(row, column);
    case Qt::ToolTipRole:
        return tip(row, column);
    case NameRole:
        return toQt(worker.name);
    case UrlRole:
        return worker.mayHandle("fetch") ? toQt(worker.url) : QString();
    case HandlersRole:
        return worker.handlers ? QVariant(listOf(*worker.handlers)) : QVariant();
    case WorkflowsRole:
        return row.workflows ? QVariant(listOf(*row.workflows)) : QVariant();
    case CronsRole: {
        if (!worker.crons) return {};
        QStringList texts;
        for (const auto& cron : *worker.crons)
            texts << toQt(cron.cron);
        return texts;
    }
    case NextRunRole:
        return toQt(nextRunOf(worker.crons.value_or(Crons{}), now()));
    case ModifiedRole:
        return toQt(worker.modifiedOn);
    default:
        return {};
    }
}

}  // namespace stepwell
