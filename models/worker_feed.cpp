#include "models/worker_feed.h"

#include "models/poll_pace.h"

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::chrono::seconds pollInterval{10};
constexpr std::chrono::milliseconds refreshInterval{500};
constexpr std::chrono::seconds logInterval{1};

}  // namespace

WorkerFeed::WorkerFeed(Backend& backend, std::string name, QObject* parent)
    : QObject(parent)
    , m_backend(backend)
    , m_name(std::move(name))
    , m_refresh(
          refreshInterval, [this] { refreshUnlessAsking(); }, this) {
    m_refresh.setActive(false);
    connect(&m_poll, &QTimer::timeout, this,
            [this] { inBackground(&m_backend, true, [this] { askForWorker(); }); });
    connect(&m_logPoll, &QTimer::timeout, this, &WorkerFeed::askForLogs);
    connect(&backend, &Backend::live, this, [this](const std::vector<api::LiveEvent>& events) {
        const auto concerns = [](const api::LiveEvent& event) { return event.instance.empty(); };
        if (m_active && std::any_of(events.begin(), events.end(), concerns)) m_refresh.request();
    });
    connect(&backend, &Backend::liveReset, this, [this] {
        restartLogs();
        if (m_active) m_refresh.request();
    });
    connect(&backend, &Backend::liveStateChanged, this, [this](LiveState live) {
        if (live != LiveState::live) return;
        restartLogs();
        if (m_active) m_refresh.request();
    });
}

bool WorkerFeed::hasHandler(const std::string& handler) const {
    return !m_worker.value || m_worker.value->mayHandle(handler);
}

void WorkerFeed::setActive(bool active) {
    if (active == m_active) return;
    m_active = active;
    m_refresh.setActive(active);
    if (active) refresh();
    schedule();
}

void WorkerFeed::setFollowsLogs(bool follows) {
    if (follows == m_followsLogs) return;
    m_followsLogs = follows;
    if (follows) askForLogs();
    schedule();
}

void WorkerFeed::schedule() {
    m_active ? m_poll.start(pollInterval) : m_poll.stop();
    m_active&& m_followsLogs&& m_offersLogs ? m_logPoll.start(logInterval) : m_logPoll.stop();
}

/// Puts an answer where it belongs and tells; answers to older questions are dropped.
template <class T>
Done<T> WorkerFeed::into(Loaded<T>& part) {
    ++m_unanswered;
    return [this, &part, generation = m_generation](api::Result<T> answer) {
        if (generation != m_generation) return;
        --m_unanswered;
        part.error = answer ? std::nullopt : std::optional(answer.error());
        if (answer) part.value = std::move(*answer);
        emit changed();
    };
}

void WorkerFeed::refresh() {
    m_refresh.clear();
    ++m_generation;
    m_unanswered = 1;
    m_backend.workers(this, [this, generation = m_generation](const auto& answer) {
        if (generation != m_generation) return;
        --m_unanswered;
        takeList(answer);
    });
    askForParts();
    askForLogs();
}

/// Answers that are on their way would be dropped, so that a backend slower than its events was never shown.
void WorkerFeed::refreshUnlessAsking() {
    m_unanswered > 0 ? m_refresh.request() : refresh();
}

/// Only what tells whether there is more to ask for.
void WorkerFeed::askForWorker() {
    m_backend.workers(this, [this, generation = m_generation](const auto& answer) {
        if (generation != m_generation) return;
        const auto before = m_worker.value;
        takeList(answer);
        const auto& now = m_worker.value;
        if (now && before && (now->modifiedOn != before->modifiedOn || now->url != before->url))
            m_refresh.request();
    });
}

void WorkerFeed::takeList(const api::Result<std::vector<api::Worker>>& answer) {
    if (!answer) {
        m_worker.error = answer.error();
        return emit changed();
    }
    const auto found = std::find_if(answer->begin(), answer->end(),
                                    [this](const api::Worker& worker) { return worker.name == m_name; });
    if (found != answer->end()) {
        m_worker = {*found, std::nullopt};
    } else {
        m_worker = {std::nullopt, api::Error{404, api::code::scriptNotFound,
                                             "There is no Worker \"" + m_name +
                                                 "\" here. It may have been "
                                                 "deleted."}};
    }
    emit changed();
}

void WorkerFeed::askForParts() {
    m_backend.workerAddress(m_name, this, into(m_address));
    m_backend.workerCrons(m_name, this, into(m_crons));
    m_backend.secretNames(m_name, this, into(m_secrets));
    m_backend.workerVersions(m_name, this, into(m_versions));
    m_backend.workerDeployments(m_name, this, into(m_deployments));
    m_backend.workerBindings(
        m_name, this, [take = into(m_bindings)](api::Result<std::vector<api::Binding>> answer) {
            if (answer)
                std::erase_if(*answer, [](const auto& binding) { return binding.type == "secret_text"; });
            take(std::move(answer));
        });
    m_backend.workflows(this, [this,
                               take = into(m_workflows)](api::Result<std::vector<api::Workflow>> answer) {
        if (answer)
            std::erase_if(*answer, [this](const auto& workflow) { return workflow.scriptName != m_name; });
        take(std::move(answer));
    });
}

void WorkerFeed::restartLogs() {
    ++m_logGeneration;
    m_asksForLogs = false;
    m_logs.clear();
    emit logsChanged(false);
    if (m_active) askForLogs();
}

void WorkerFeed::askForLogs() {
    if (m_asksForLogs || !m_offersLogs) return;
    m_asksForLogs = true;
    const auto after = m_logs.empty() ? 0 : m_logs.back().id;
    m_backend.workerLogs(m_name, after, this, [this, generation = m_logGeneration](const auto& answer) {
        if (generation != m_logGeneration) return;
        m_asksForLogs = false;
        if (answer) return takeLogs(*answer);
        // A backend that is no engine of ours does not know the route; one that does knows the Worker or not.
        m_offersLogs = answer.error().http != 404 || answer.error().code == api::code::scriptNotFound;
        m_logError = answer.error();
        schedule();
        emit changed();
    });
}

void WorkerFeed::takeLogs(const std::vector<api::LogLine>& lines) {
    const bool recovered = m_logError.has_value();
    m_logError.reset();
    if (recovered) emit changed();
    if (lines.empty()) return;
    m_logs.insert(m_logs.end(), lines.begin(), lines.end());
    const bool tooMany = m_logs.size() > mostLogLines;
    if (tooMany) m_logs.erase(m_logs.begin(), m_logs.end() - static_cast<std::ptrdiff_t>(mostLogLines));
    emit logsChanged(!tooMany);
    if (m_active) askForLogs();  // there may be more than one answer holds
}

}  // namespace stepwell
