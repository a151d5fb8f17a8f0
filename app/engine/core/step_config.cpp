#include "app/engine/core/step_config.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine {

namespace {

using Json = nlohmann::json;

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void readConfig(const std::string& text, StepRow& row) {
    if (text.size() > longestConfig) return;
    const auto json = parseBounded<Json>(text);
    if (!json.is_object()) return;
    const auto number = [&](const char* key, std::int64_t otherwise) {
        const auto it = json.find(key);
        return it != json.end() && it->is_number() ? static_cast<std::int64_t>(it->get<double>()) : otherwise;
    };
    row.retryLimit = static_cast<int>(std::clamp<std::int64_t>(number("limit", 5), -1, 1'000'000));
    row.delayMs = std::max<std::int64_t>(-1, number("delay", 10'000));
    row.timeoutMs = std::clamp<std::int64_t>(number("timeout", 600'000), 1, longestTimeoutMs);
    const auto backoff = json.find("backoff");
    if (backoff != json.end() && backoff->is_string())
        row.backoff = api::backoffFrom(backoff->get<std::string>()).value_or(api::Backoff::exponential);
    const auto shown = json.find("shown");
    row.config = shown != json.end() ? dumped(*shown) : "{}";
    const auto rollback = json.find("rollback");
    if (rollback != json.end() && rollback->is_object()) row.rollback = dumped(*rollback);
}

bool isSensitive(const StepRow& row) {
    return row.config.find("\"sensitive\":\"output\"") != std::string::npos;
}

std::string configJson(const StepRow& row) {
    return "{\"limit\":" + std::to_string(row.retryLimit) + ",\"delay\":" + std::to_string(row.delayMs) +
           ",\"backoff\":\"" + std::string(api::toString(row.backoff)) +
           "\",\"timeout\":" + std::to_string(row.timeoutMs) +
           ",\"shown\":" + (row.config.empty() ? "{}" : row.config) + "}";
}

}  // namespace stepwell::engine
