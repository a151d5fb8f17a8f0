#include "models/between/reproduction.h"

#include "models/json/bounded_json.h"
#include "models/timeline/step_bars.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::between {

namespace {

using Json = nlohmann::ordered_json;
using Whole = std::vector<std::pair<int, std::string>>;

const std::string* wholeOf(const Whole& whole, int index) {
    const auto found =
        std::find_if(whole.begin(), whole.end(), [&](const auto& one) { return one.first == index; });
    return found == whole.end() ? nullptr : &found->second;
}

std::optional<std::string> outputOf(const api::Step& step, const Whole& whole) {
    if (const auto* text = wholeOf(whole, step.index)) return *text;
    return step.output;
}

bool isJson(const std::string& text) {
    return !parseBounded<Json>(text).is_discarded();
}

bool isEvent(const Json& event) {
    return event.is_object() && event.contains("type") && event["type"].is_string() &&
           event.contains("timestamp") && event["timestamp"].is_string();
}

/// Why a step cannot be taken over; empty when it can.
std::string obstacle(const api::Step& step, const Whole& whole) {
    const auto named = "\"" + step.name + "\" ";
    if (step.isRollback) return named + "undoes another step";
    if (step.state != api::StepState::complete && step.state != api::StepState::errored)
        return named + "has not ended";
    if (step.state == api::StepState::errored)
        return step.error ? std::string() : named + "failed, and how is not told";
    if (step.kind == api::StepKind::sleep || step.kind == api::StepKind::sleepUntil) return {};
    if (step.outputTruncated && wholeOf(whole, step.index) == nullptr)
        return "the whole output of " + named + "is not known";
    const auto output = outputOf(step, whole);
    if (step.kind == api::StepKind::waitForEvent)
        return output && isEvent(parseBounded<Json>(*output)) ? std::string()
                                                              : "the event of " + named + "is not told";
    return !output || isJson(*output) ? std::string() : "the output of " + named + "is no JSON";
}

std::string typeOf(api::StepKind kind) {
    switch (kind) {
    case api::StepKind::sleep:
    case api::StepKind::sleepUntil:
        return "sleep";
    case api::StepKind::waitForEvent:
        return "waitForEvent";
    case api::StepKind::step:
    case api::StepKind::rollback:
        break;
    }
    return "do";
}

Json recorded(const api::Step& step, const Whole& whole) {
    const auto [name, count] = timeline::splitCounter(QString::fromStdString(step.name));
    Json json = {{"type", typeOf(step.kind)}, {"name", name.toStdString()}, {"count", count}};
    if (step.state == api::StepState::errored) {
        json["error"] = {{"name", step.error->name}, {"message", step.error->message}};
        return json;
    }
    const auto output = outputOf(step, whole);
    if (!output) return json;
    if (step.kind == api::StepKind::step) json["output"] = parseBounded<Json>(*output);
    if (step.kind == api::StepKind::waitForEvent) json["event"] = parseBounded<Json>(*output);
    return json;
}

}  // namespace

Recordable recordableSteps(const api::InstanceDetail& instance, const Whole& whole) {
    Recordable result;
    for (const auto& step : instance.steps) {
        if (auto reason = obstacle(step, whole); !reason.empty()) {
            result.reason = std::move(reason);
            break;
        }
        ++result.steps;
    }
    return result;
}

std::vector<int> cutOutputs(const api::InstanceDetail& instance, int steps) {
    std::vector<int> indices;
    const auto end = std::min(static_cast<std::size_t>(std::max(steps, 0)), instance.steps.size());
    for (std::size_t i = 0; i < end; ++i)
        if (instance.steps[i].outputTruncated) indices.push_back(instance.steps[i].index);
    return indices;
}

std::string recordedSteps(const api::InstanceDetail& instance, int steps, const Whole& whole) {
    auto list = Json::array();
    const auto end = std::min(static_cast<std::size_t>(std::max(steps, 0)), instance.steps.size());
    for (std::size_t i = 0; i < end; ++i)
        list.push_back(recorded(instance.steps[i], whole));
    return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string bodyOf(const Reproduction& reproduction) {
    Json body = Json::object();
    if (!reproduction.instanceId.empty()) body["instance_id"] = reproduction.instanceId;
    if (!reproduction.versionId.empty()) body["version_id"] = reproduction.versionId;
    if (!reproduction.origin.empty()) body["origin"] = reproduction.origin;
    auto text = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    text.pop_back();
    const auto add = [&text](const char* key, const std::string& json) {
        if (text.size() > 1) text += ',';
        text.append("\"").append(key).append("\":").append(json);
    };
    // Passed on as it was told: numbers keep every digit.
    if (!reproduction.paramsJson.empty()) add("params", reproduction.paramsJson);
    add("steps", reproduction.stepsJson);
    return text + '}';
}

}  // namespace stepwell::between
