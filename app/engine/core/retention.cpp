#include "app/engine/core/retention.h"

#include "models/api/duration.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine {

namespace {

constexpr double longestMs = 9e15;

std::optional<api::Milliseconds> durationIn(const nlohmann::json& json, const char* key) {
    const auto it = json.find(key);
    if (it == json.end()) return std::nullopt;
    if (it->is_string()) return api::parseDuration(it->get<std::string>());
    if (!it->is_number()) return std::nullopt;
    return api::Milliseconds{static_cast<std::int64_t>(std::clamp(it->get<double>(), 0.0, longestMs))};
}

}  // namespace

Retention retentionOf(std::string_view json) {
    if (json.size() < 4) return {};  // "{}", which nearly all are
    const auto parsed = parseBounded<nlohmann::json>(json);
    if (!parsed.is_object()) return {};
    return {durationIn(parsed, "success_retention"), durationIn(parsed, "error_retention")};
}

}  // namespace stepwell::engine
