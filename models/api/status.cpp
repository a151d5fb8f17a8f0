#include "models/api/status.h"

#include <algorithm>

namespace stepwell::api {

namespace {

constexpr std::array<std::string_view, 10> statusNames = {
    "queued",   "running",         "paused",  "errored",     "terminated",
    "complete", "waitingForPause", "waiting", "rollingBack", "unknown"};
constexpr std::array<std::string_view, 5> sourceNames = {"api", "binding", "event", "cron", "unknown"};
constexpr std::array<std::string_view, 5> kindNames = {"step", "sleep", "sleep", "waitForEvent", "rollback"};
constexpr std::array<std::string_view, 3> backoffNames = {"constant", "linear", "exponential"};

template <std::size_t N>
std::optional<std::size_t> indexOf(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) return std::nullopt;
    return static_cast<std::size_t>(it - names.begin());
}

}  // namespace

std::string_view toString(Status status) {
    return statusNames.at(static_cast<std::size_t>(status));
}

std::optional<Status> statusFrom(std::string_view name) {
    const auto index = indexOf(statusNames, name);
    if (!index || *index == static_cast<std::size_t>(Status::unknown)) return std::nullopt;
    return static_cast<Status>(*index);
}

bool isFinal(Status status) {
    return status == Status::complete || status == Status::errored || status == Status::terminated;
}

std::string_view toString(TriggerSource source) {
    return sourceNames.at(static_cast<std::size_t>(source));
}

TriggerSource triggerSourceFrom(std::string_view name) {
    return static_cast<TriggerSource>(indexOf(sourceNames, name).value_or(4));
}

std::string_view toString(StepKind kind) {
    return kindNames.at(static_cast<std::size_t>(kind));
}

std::string_view toString(Backoff backoff) {
    return backoffNames.at(static_cast<std::size_t>(backoff));
}

std::optional<Backoff> backoffFrom(std::string_view name) {
    const auto index = indexOf(backoffNames, name);
    if (!index) return std::nullopt;
    return static_cast<Backoff>(*index);
}

}  // namespace stepwell::api
