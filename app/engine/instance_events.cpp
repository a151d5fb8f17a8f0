#include "app/engine/instance_events.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stepwell::engine {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 31> types = {"workflow_queued",          "workflow_started",
                                                    "workflow_running",         "workflow_paused",
                                                    "workflow_waiting",         "workflow_waiting_for_pause",
                                                    "workflow_terminated",      "workflow_completed",
                                                    "workflow_errored",         "step_started",
                                                    "step_completed",           "step_errored",
                                                    "attempt_started",          "attempt_completed",
                                                    "attempt_errored",          "sleep_started",
                                                    "sleep_completed",          "wait_started",
                                                    "wait_completed",           "wait_timed_out",
                                                    "rollback_started",         "rollback_completed",
                                                    "rollback_errored",         "rollback_step_started",
                                                    "rollback_step_completed",  "rollback_step_errored",
                                                    "rollback_attempt_started", "rollback_attempt_completed",
                                                    "rollback_attempt_errored", "workflow_rolling_back",
                                                    "instance_restarted"};

/// What our own stream has under other names, or beyond.
constexpr std::array<std::string_view, 6> dropped = {"seq",  "time",      "workflow",
                                                     "type", "stepIndex", "instance"};

std::optional<api::Time> timeOf(const FeedLine& line) {
    constexpr std::string_view key = "\"time\":\"";
    const auto at = line.json.find(key);
    if (at == std::string::npos) return std::nullopt;
    const auto start = at + key.size();
    return api::fromIso(line.json.substr(start, line.json.find('"', start) - start));
}

}  // namespace

bool InstanceEvents::isType(std::string_view type) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

EventSubject eventSubject(std::string workflow, const InstanceRow& instance) {
    return {std::move(workflow),
            instance.workflow,
            instance.key,
            instance.id,
            instance.created,
            instance.changed,
            api::isFinal(instance.status)};
}

InstanceEvents::InstanceEvents(EventSubject subject, std::vector<std::string> filter)
    : m_subject(std::move(subject))
    , m_filter(std::move(filter)) {}

bool InstanceEvents::isOverAt(Sequence cursor) const {
    return m_subject.isFinal && !(cursor < m_subject.changed);
}

/// An instance that was restarted has an end in its history that is none.
bool InstanceEvents::ends(std::string_view type, const FeedLine& line) const {
    if (type == "instance_deleted") return true;
    const bool terminal =
        type == "workflow_completed" || type == "workflow_errored" || type == "workflow_terminated";
    const auto changed = m_subject.changed;
    return terminal && (line.sequence > changed || (m_subject.isFinal && line.sequence == changed));
}

InstanceEvents::Told InstanceEvents::tell(const FeedLine& line) const {
    if (line.instance != m_subject.id || line.workflow != m_subject.workflow) return {};
    const auto source = parseBounded<Json>(line.json);
    if (!source.is_object()) return {};
    const auto type = source.value("type", std::string{});
    Told told;
    told.over = ends(type, line);
    told.restarted = type == "instance_restarted" && line.sequence > m_subject.changed;
    const bool wanted =
        m_filter.empty() || std::find(m_filter.begin(), m_filter.end(), type) != m_filter.end();
    if (!wanted || !isType(type)) return told;
    const auto time = api::fromIso(source.value("time", std::string{}));
    Json event = {{"instanceId", m_subject.id},
                  {"eventId", line.sequence.value},
                  {"timestamp", time ? time->time_since_epoch().count() : 0},
                  {"type", type}};
    for (const auto& [key, value] : source.items())
        if (std::find(dropped.begin(), dropped.end(), key) == dropped.end()) event[key] = value;
    told.type = type;
    told.stepName = source.value("stepName", std::string{});
    told.step = StepIndex{source.value("stepIndex", std::int32_t{-1})};
    told.message = event.dump(-1, ' ', false, Json::error_handler_t::replace);
    return told;
}

api::Result<Sequence> placeBefore(Reader& reader, api::Time created) {
    auto feed = reader.feed(Sequence{0}, 1);
    if (!feed) return tl::unexpected(feed.error());
    std::int64_t low = feed->first.value - 1;
    std::int64_t high = feed->last.value;
    while (high - low > 1) {
        const auto middle = low + (high - low) / 2;
        feed = reader.feed(Sequence{middle}, 1);
        if (!feed) return tl::unexpected(feed.error());
        const auto time = feed->lines.empty() ? std::nullopt : timeOf(feed->lines.front());
        // The clock may have been set between: then a little too much is looked through, or the beginning is
        // lost.
        if (time && *time < created)
            low = middle;
        else
            high = middle;
    }
    return Sequence{std::max<std::int64_t>(low, 0)};
}

}  // namespace stepwell::engine
