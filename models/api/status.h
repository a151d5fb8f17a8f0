#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace stepwell::api {

/// Instance status, letter for letter as the API names it (reference, section 1.2). The numbers are stored in
/// the database and never change; 0-7 are those of the local engine (section 4.1).
enum class Status {
    queued = 0,
    running = 1,
    paused = 2,
    errored = 3,
    terminated = 4,
    complete = 5,
    waitingForPause = 6,
    waiting = 7,
    rollingBack = 8,
    unknown = 9,  ///< what another backend said and we do not know; never stored
};

inline constexpr std::array<Status, 9> allStatuses = {
    Status::queued,   Status::running,         Status::paused,  Status::errored,    Status::terminated,
    Status::complete, Status::waitingForPause, Status::waiting, Status::rollingBack};

std::string_view toString(Status status);
std::optional<Status> statusFrom(std::string_view name);
/// True for complete, errored and terminated: nothing will happen any more without a restart.
bool isFinal(Status status);

enum class TriggerSource { api = 0, binding = 1, event = 2, cron = 3, unknown = 4 };
std::string_view toString(TriggerSource source);
TriggerSource triggerSourceFrom(std::string_view name);

/// Kind of a step; `toString` gives the `type` of the instance detail ("step", "sleep", "waitForEvent",
/// "rollback").
enum class StepKind { step = 0, sleep = 1, sleepUntil = 2, waitForEvent = 3, rollback = 4 };
std::string_view toString(StepKind kind);

enum class StepState {
    running = 0,   ///< an attempt is executing, a sleep sleeps, a wait waits
    retrying = 1,  ///< the last attempt failed, another one will start
    complete = 2,
    errored = 3,  ///< failed for good, or a wait that timed out
};

enum class Backoff { constant = 0, linear = 1, exponential = 2 };
std::string_view toString(Backoff backoff);
std::optional<Backoff> backoffFrom(std::string_view name);

}  // namespace stepwell::api
