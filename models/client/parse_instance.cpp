#include "models/client/other_fields.h"
#include "models/client/other_name.h"
#include "models/client/parse.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace stepwell::client {

using json = nlohmann::ordered_json;  // what users wrote keeps its order
using namespace detail;

namespace {

constexpr std::string_view truncatedSuffix = "[truncated output]";

std::optional<api::Milliseconds> cpuTime(const json& extension) {
    if (!at(extension, "cpu_ms").is_number()) return std::nullopt;
    return api::Milliseconds{std::llround(number(extension, "cpu_ms"))};
}

std::optional<bool> outcome(const json& object) {
    const auto& value = at(object, "success");
    if (!value.is_boolean()) return std::nullopt;
    return value.get<bool>();
}

api::Attempt attemptFrom(const json& item) {
    api::Attempt attempt;
    attempt.start = time(item, "start");
    attempt.end = time(item, "end");
    attempt.success = outcome(item);
    attempt.error = namedError(at(item, "error"));
    const auto& extension = at(item, "stepwell");
    if (attempt.error && attempt.error->stack.empty()) attempt.error->stack = text(extension, "stack");
    attempt.retryOn = time(extension, "retry_on");
    attempt.cpu = cpuTime(extension);
    attempt.otherFields = otherFields(item, {"start", "end", "success", "error", "stepwell"});
    return attempt;
}

api::OutboundRequest requestFrom(const json& item, int stepIndex) {
    api::OutboundRequest request;
    request.id = integer(item, "id");
    request.stepIndex = stepIndex;
    request.attempt = static_cast<int>(integer(item, "attempt"));
    request.method = text(item, "method");
    request.url = text(item, "url");
    request.status = static_cast<int>(integer(item, "status"));
    request.error = text(item, "error");
    request.start = time(item, "start").value_or(api::Time{});
    if (at(item, "duration_ms").is_number())
        request.duration = api::Milliseconds{integer(item, "duration_ms")};
    request.requestBytes = integer(item, "request_bytes");
    request.responseBytes = integer(item, "response_bytes");
    return request;
}

std::vector<api::OutboundRequest> requestsFrom(const json& list, int stepIndex) {
    std::vector<api::OutboundRequest> requests;
    if (list.is_array())
        for (const auto& item : list)
            requests.push_back(requestFrom(item, stepIndex));
    return requests;
}

/// As configured: numbers and texts alike; `null` stands for a number JSON has no word for, which is
/// Infinity.
std::string configText(const json& object, const char* key) {
    const auto& value = at(object, key);
    if (value.is_null() && object.is_object() && object.contains(key)) return "Infinity";
    return text(object, key);
}

void readConfig(const json& config, api::Step& step) {
    const auto& retries = at(config, "retries");
    step.retryLimit = configText(retries, "limit");
    step.retryDelay = text(retries, "delay");
    step.backoff = text(retries, "backoff");
    step.timeout = text(config, "timeout");
}

api::StepState stateOfStep(const json& item, const api::Step& step) {
    if (const auto success = outcome(item))
        return *success ? api::StepState::complete : api::StepState::errored;
    if (step.attempts.empty()) return api::StepState::running;
    const auto& last = step.attempts.back();
    return last.success == false && last.end ? api::StepState::retrying : api::StepState::running;
}

api::StepState stateOfWait(const json& item, const api::Step& step) {
    if (!flag(item, "finished", step.end.has_value())) return api::StepState::running;
    return step.error ? api::StepState::errored : api::StepState::complete;
}

/// JSON text, or "undefined" where the backend tells that this is what was returned: null is something else.
std::optional<std::string> outputOf(const json& object, OutputForm form) {
    if (text(at(object, "stepwell"), "output_type") == "undefined") return "undefined";
    const auto& output = at(object, "output");
    if (form == OutputForm::text) return jsonText(output);
    if (output.is_null()) return std::nullopt;
    return dump(output);
}

void readOutput(const json& item, api::Step& step, OutputForm form) {
    step.output = outputOf(item, form);
    step.outputTruncated = flag(at(item, "stepwell"), "output_truncated",
                                step.output && step.output->ends_with(truncatedSuffix));
}

void readExtension(const json& extension, api::Step& step) {
    if (!extension.is_object()) return;
    step.wakeOn = time(extension, "wake_on");
    step.cpu = cpuTime(extension);
    if (auto error = namedError(at(extension, "error"))) step.error = std::move(error);
    step.requests = requestsFrom(at(extension, "requests"), step.index);
}

/// A plain backend says why a step failed only in its attempts, and never when the next one starts.
void deriveFromAttempts(api::Step& step) {
    if (step.attempts.empty() || !step.attempts.back().error) return;
    const bool failing = step.state == api::StepState::errored || step.state == api::StepState::retrying;
    if (failing && !step.error) step.error = step.attempts.back().error;
}

/// Of a kind of step that we do not know: by whatever of this it sends.
api::StepState stateOfOther(const json& item, const api::Step& step) {
    const bool tells = outcome(item).has_value() || !step.attempts.empty();
    return tells ? stateOfStep(item, step) : stateOfWait(item, step);
}

api::Step stepFrom(const json& item, int position, OutputForm form) {
    const auto type = text(item, "type");
    const auto& extension = at(item, "stepwell");
    api::Step step;
    step.index = static_cast<int>(integer(extension, "index", position));
    step.name = text(item, "name");
    step.isRollback = type == "rollback";
    if (!type.empty() && type != "step" && type != "rollback" && type != "sleep" && type != "waitForEvent")
        step.otherType = type;
    step.otherFields = otherFields(item, {"type", "name", "start", "end", "success", "finished", "output",
                                          "error", "config", "attempts", "event_type", "stepwell"});
    step.start = time(item, "start");
    step.end = time(item, "end");
    step.error = namedError(at(item, "error"));
    readOutput(item, step, form);
    if (type == "sleep" || type == "waitForEvent") {
        step.kind = type == "sleep" ? api::StepKind::sleep : api::StepKind::waitForEvent;
        step.eventType = text(item, "event_type");
        step.state = stateOfWait(item, step);
    } else {
        readConfig(at(item, "config"), step);
        if (const auto& attempts = at(item, "attempts"); attempts.is_array())
            for (const auto& attempt : attempts)
                step.attempts.push_back(attemptFrom(attempt));
        step.state = step.otherType.empty() ? stateOfStep(item, step) : stateOfOther(item, step);
        deriveFromAttempts(step);
    }
    readExtension(extension, step);
    return step;
}

void readSteps(const json& list, api::InstanceDetail& detail, OutputForm form) {
    if (!list.is_array()) return;
    int position = 0;
    for (const auto& item : list) {
        if (!item.is_object() || text(item, "type") == "termination") continue;
        detail.steps.push_back(stepFrom(item, position++, form));
    }
}

api::RollbackOutcome rollbackFrom(const std::string& outcome, std::optional<api::NamedError> error) {
    const bool isKnown = outcome.empty() || outcome == "complete" || outcome == "failed";
    return {outcome == "complete", std::move(error), isKnown ? std::string() : outcome};
}

api::InstanceDetail detailFrom(const json& result, const std::string& id, OutputForm form) {
    api::InstanceDetail detail;
    detail.id = id;
    detail.status = status(result, "status");
    detail.versionId = text(result, "versionId");
    if (detail.status == api::Status::unknown) detail.otherStatus = otherName(text(result, "status"));
    const auto source = text(at(result, "trigger"), "source");
    detail.trigger = api::triggerSourceFrom(source);
    if (detail.trigger == api::TriggerSource::unknown) detail.otherTrigger = otherName(source);
    if (const auto& params = at(result, "params"); result.contains("params")) detail.params = dump(params);
    detail.output = outputOf(result, form);
    detail.error = namedError(at(result, "error"));
    if (const auto& rollback = at(result, "rollback"); rollback.is_object())
        detail.rollback = rollbackFrom(text(rollback, "outcome"), namedError(at(rollback, "error")));
    detail.queued = time(result, "queued");
    detail.start = time(result, "start");
    detail.end = time(result, "end");
    readSteps(at(result, "steps"), detail, form);
    detail.stepCount =
        static_cast<int>(integer(result, "step_count", static_cast<std::int64_t>(detail.steps.size())));
    detail.otherFields =
        otherFields(result, {"id", "status", "params", "trigger", "versionId", "queued", "start", "end",
                             "success", "error", "output", "rollback", "steps", "step_count", "stepwell"});
    const auto& extension = at(result, "stepwell");
    detail.versionNumber = static_cast<int>(integer(extension, "version_number"));
    detail.sleeping = flag(extension, "sleeping", false);
    detail.cpu = cpuTime(extension);
    detail.sequence = integer(extension, "sequence");
    detail.partial = flag(extension, "partial", false);
    detail.requests = requestsFrom(at(extension, "requests"), -1);
    if (detail.error && detail.error->stack.empty()) detail.error->stack = text(extension, "error_stack");
    return detail;
}

}  // namespace

api::Result<api::InstanceDetail> parseInstance(const Response& response, const std::string& id,
                                               OutputForm form) {
    const auto answer = envelope(response);
    if (!answer) return api::fail(answer.error());
    const auto& result = at(*answer, "result");
    if (text(result, "status").empty())
        return api::fail(response.status, api::code::internal,
                         "The backend sent no details of instance " + id + ".");
    return detailFrom(result, id, form);
}

}  // namespace stepwell::client
