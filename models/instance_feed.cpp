#include "models/instance_feed.h"

#include "models/backend.h"
#include "models/backends/reach.h"
#include "models/poll_pace.h"
#include "models/text.h"

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::chrono::milliseconds refreshInterval{100};
constexpr std::chrono::milliseconds logInterval{250};
constexpr std::chrono::seconds pollInterval{1};
constexpr std::size_t mostLogLines = 20'000;
/// When the limit is passed this many go at once, so that not every new line moves all others.
constexpr std::size_t logLinesCut = 2'000;

void mergeRequests(std::vector<api::OutboundRequest>& known, std::vector<api::OutboundRequest> fresh) {
    for (auto& request : fresh) {
        const auto found =
            std::find_if(known.begin(), known.end(), [&](auto& r) { return r.id == request.id; });
        if (found == known.end())
            known.push_back(std::move(request));
        else
            *found = std::move(request);
    }
}

/// Steps are in order of start, and so of their index. Returns the position.
int mergeStep(std::vector<api::Step>& steps, api::Step fresh) {
    const auto place = std::lower_bound(steps.begin(), steps.end(), fresh.index,
                                        [](const api::Step& step, int index) { return step.index < index; });
    const int position = static_cast<int>(place - steps.begin());
    if (place == steps.end() || place->index != fresh.index) {
        steps.insert(place, std::move(fresh));
        return position;
    }
    auto requests = std::move(place->requests);
    mergeRequests(requests, std::move(fresh.requests));
    *place = std::move(fresh);
    place->requests = std::move(requests);
    return position;
}

}  // namespace

int applyChange(api::InstanceDetail& detail, api::InstanceDetail change) {
    if (!change.partial || detail.id != change.id) {
        detail = std::move(change);
        detail.partial = false;
        return -1;
    }
    auto steps = std::move(detail.steps);
    auto requests = std::move(detail.requests);
    auto params = std::move(detail.params);
    const int untouched = static_cast<int>(steps.size() + change.steps.size());
    int first = untouched;
    for (auto& step : change.steps)
        first = std::min(first, mergeStep(steps, std::move(step)));
    mergeRequests(requests, std::move(change.requests));
    detail = std::move(change);
    detail.partial = false;
    detail.steps = std::move(steps);
    detail.requests = std::move(requests);
    if (detail.params.empty()) detail.params = std::move(params);
    return first == untouched ? static_cast<int>(detail.steps.size()) : first;
}

InstanceFeed::InstanceFeed(QObject* parent)
    : QObject(parent)
    , m_refresh(
          refreshInterval, [this] { inBackground(m_backend, isLoaded(), [this] { loadDetail(); }); }, this)
    , m_logRefresh(
          logInterval, [this] { inBackground(m_backend, isLoaded(), [this] { loadLogs(); }); }, this) {
    connect(&m_poll, &QTimer::timeout, this, [this] {
        m_refresh.request();
        m_logRefresh.request();
    });
}

void InstanceFeed::open(Backend* backend, const std::string& workflow, const std::string& id) {
    if (m_backend) m_backend->disconnect(this);
    m_backend = id.empty() ? nullptr : backend;
    m_workflow = workflow;
    m_id = id;
    m_hasLogs = true;
    restart();
    setState(LoadState::idle);
    emit changed(-1);
    emit logsChanged(0);
    if (m_backend) {
        connect(backend, &Backend::live, this, &InstanceFeed::onLive);
        connect(backend, &Backend::liveReset, this, &InstanceFeed::reload);
        connect(backend, &Backend::liveStateChanged, this, &InstanceFeed::updatePolling);
        reload();
    }
    updatePolling();
}

void InstanceFeed::restart() {
    ++m_generation;
    m_detailInFlight = m_logsInFlight = m_detailAgain = m_logsAgain = false;
    m_wholeWanted = true;
    m_gone = false;
    m_refresh.clear();
    m_logRefresh.clear();
    m_detail = {};
    m_logs.clear();
}

void InstanceFeed::reload() {
    m_wholeWanted = true;
    if (!m_active) {
        m_refresh.request();
        m_logRefresh.request();
        return;
    }
    loadDetail();
    loadLogs();
}

void InstanceFeed::setActive(bool active) {
    m_active = active;
    m_refresh.setActive(active);
    m_logRefresh.setActive(active);
    updatePolling();
}

api::Time InstanceFeed::clock() const {
    return m_backend ? Reach::of(*m_backend).clock(m_storedAt) : now();
}

void InstanceFeed::loadDetail() {
    if (!m_backend) return;
    if (m_detailInFlight) {
        m_detailAgain = true;
        return;
    }
    m_detailInFlight = true;
    if (!isLoaded()) setState(LoadState::loading);
    std::optional<std::int64_t> since;
    if (!m_wholeWanted && m_detail.sequence > 0) since = m_detail.sequence;
    m_wholeWanted = false;
    m_backend->instance(m_workflow, m_id, since, this, [this, generation = m_generation](auto answer) {
        if (generation == m_generation) takeDetail(std::move(answer));
    });
}

void InstanceFeed::takeDetail(api::Result<api::InstanceDetail> answer) {
    m_detailInFlight = false;
    if (!answer) {
        m_wholeWanted = true;
        const int code = answer.error().code;
        const bool notFound = code == api::code::instanceNotFound || code == api::code::workflowNotFound;
        setState(LoadState::failed, answer.error());
        if (notFound && !std::exchange(m_gone, true)) emit gone();
        return updatePolling();
    }
    m_gone = false;
    if (m_backend) m_storedAt = m_backend->freshness().shownFrom;
    const int first = applyChange(m_detail, std::move(*answer));
    setState(LoadState::ready);
    emit changed(first);
    if (std::exchange(m_detailAgain, false)) m_refresh.request();
    updatePolling();
}

void InstanceFeed::loadLogs() {
    if (!m_backend || !m_hasLogs) return;
    if (m_logsInFlight) {
        m_logsAgain = true;
        return;
    }
    m_logsInFlight = true;
    const std::int64_t after = m_logs.empty() ? 0 : m_logs.back().id;
    m_backend->logs(m_workflow, m_id, std::nullopt, after, this,
                    [this, generation = m_generation](auto answer) {
                        if (generation == m_generation) takeLogs(std::move(answer));
                    });
}

void InstanceFeed::takeLogs(api::Result<std::vector<api::LogLine>> answer) {
    m_logsInFlight = false;
    if (!answer) {
        // An instance that is not there yet has no logs either: that says nothing about the backend.
        if (isLoaded() && !m_gone) m_hasLogs = answer.error().http != 404;
        return;
    }
    const bool more = std::exchange(m_logsAgain, false);
    if (answer->empty()) {
        if (more) m_logRefresh.request();
        return;
    }
    auto from = m_logs.size();
    m_logs.insert(m_logs.end(), std::make_move_iterator(answer->begin()),
                  std::make_move_iterator(answer->end()));
    if (m_logs.size() > mostLogLines) {
        const auto cut = m_logs.size() - mostLogLines + logLinesCut;
        m_logs.erase(m_logs.begin(), m_logs.begin() + static_cast<std::ptrdiff_t>(cut));
        from = 0;
    }
    emit logsChanged(static_cast<int>(from));
    // There may be more than one answer holds; an empty one ends this.
    loadLogs();
}

void InstanceFeed::onLive(const std::vector<api::LiveEvent>& events) {
    bool detail = false;
    bool logs = false;
    for (const auto& event : events) {
        if (event.workflow != m_workflow) continue;
        if (event.type == "workflow_deleted") detail = true;
        if (event.instance != m_id) continue;
        if (event.type == "instance_restarted") {
            m_wholeWanted = true;
            m_logs.clear();
            // A stretch of the old log that is still under way must not be taken for the new one.
            ++m_generation;
            m_detailInFlight = m_logsInFlight = false;
            emit logsChanged(0);
            detail = logs = true;
        } else if (event.type == "log") {
            logs = true;
        } else {
            detail = true;
        }
    }
    if (detail) m_refresh.request();
    if (logs) m_logRefresh.request();
}

void InstanceFeed::updatePolling() {
    const auto live = m_backend ? m_backend->liveState() : LiveState::off;
    const bool unfinished = !isLoaded() || !api::isFinal(m_detail.status);
    const bool retry = m_state == LoadState::failed && !m_gone;
    const bool wanted =
        m_active && m_backend && (retry || (live == LiveState::polling && unfinished && !m_gone));
    if (!wanted) return m_poll.stop();
    if (!m_poll.isActive()) m_poll.start(pollPace(*m_backend, pollInterval));
}

void InstanceFeed::setState(LoadState state, std::optional<api::Error> error) {
    if (state == m_state && error == m_error) return;
    m_state = state;
    m_error = std::move(error);
    emit stateChanged();
}

}  // namespace stepwell
