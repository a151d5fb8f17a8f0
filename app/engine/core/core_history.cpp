#include "app/engine/core/core.h"
#include "app/engine/core/step_config.h"
#include "models/api/json_text.h"

/// Telling a driver what an instance has done so far: the `h` lines of the protocol.
namespace stepwell::engine {

namespace {

std::string_view kindLetter(api::StepKind kind) {
    switch (kind) {
    case api::StepKind::step:
        return "d";
    case api::StepKind::sleep:
        return "z";
    case api::StepKind::sleepUntil:
        return "Z";
    case api::StepKind::waitForEvent:
        return "w";
    case api::StepKind::rollback:
        break;
    }
    return "d";
}

std::string namedError(const std::string& name, const std::string& message) {
    std::string json = "{\"name\":";
    api::appendJsonString(json, name);
    json += ",\"message\":";
    api::appendJsonString(json, message);
    return json + "}";
}

/// What the driver needs beside the value: see `h` in the protocol.
std::string extraOf(const StepRow& row) {
    switch (row.kind) {
    case api::StepKind::sleep:
        return std::to_string(row.timeoutMs);
    case api::StepKind::sleepUntil:
        return std::to_string(row.target);
    case api::StepKind::step:
    case api::StepKind::waitForEvent:
    case api::StepKind::rollback:
        break;
    }
    if (row.state == api::StepState::errored) return namedError(row.errorName, row.errorMessage);
    if (row.state != api::StepState::complete) return row.kind == api::StepKind::step ? configJson(row) : "";
    return "";
}

}  // namespace

void Core::describeStep(std::string& out, const LiveInstance& live, const StepRow& row) {
    const bool over = row.state == api::StepState::complete || row.state == api::StepState::errored;
    std::string extra = extraOf(row);
    std::string value = row.value;
    if (row.kind == api::StepKind::waitForEvent && row.state == api::StepState::complete) {
        LineReader stored(row.value);  // timestamp, type, payload: see deliver()
        const auto timestamp = stored.raw();
        extra = "{\"timestamp\":" + std::string(timestamp) + ",\"type\":";
        api::appendJsonString(extra, stored.raw());
        extra += '}';
        value = stored.text();
    }
    LineWriter(out, "h")
        .number(live.row.key.value)
        .number(live.row.run.value)
        .number(row.index.value)
        .text(kindLetter(row.kind))
        .number(row.count)
        .text(!over                                   ? "open"
              : row.state == api::StepState::complete ? "ok"
                                                      : "err")
        .text(row.name)
        .text(extra)
        .text(value);
}

}  // namespace stepwell::engine
