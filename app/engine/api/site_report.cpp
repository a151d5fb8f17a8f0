#include "app/engine/api/site_report.h"

#include "app/engine/api/body.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine::rest {

namespace {

using nlohmann::json;

constexpr std::size_t longestName = 256;
constexpr std::size_t longestText = 16 << 10;
constexpr std::size_t longestObject = 64 << 10;
constexpr std::size_t mostExceptions = 10;
constexpr std::size_t deepest = 64;
constexpr double longestWall = 86'400'000;                ///< ms
constexpr std::int64_t latestTime = 253'402'300'799'999;  ///< the end of the year 9999, in ms

std::string text(const json& object, const char* key, std::size_t longest) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_string()) return {};
    return it->get_ref<const std::string&>().substr(0, longest);
}

double number(const json& object, const char* key, double most) {
    const auto it = object.find(key);
    return it != object.end() && it->is_number() ? std::clamp(it->get<double>(), 0.0, most) : 0.0;
}

std::string dumped(const json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_object()) return "{}";
    auto whole = it->dump(-1, ' ', false, json::error_handler_t::replace);
    return whole.size() <= longestObject ? whole : "{}";
}

pages::SiteException exceptionOf(const json& told) {
    const auto time = static_cast<std::int64_t>(number(told, "timestamp", static_cast<double>(latestTime)));
    return {text(told, "name", longestName), text(told, "message", longestText),
            text(told, "stack", longestText), api::Time{api::Milliseconds{time}}};
}

}  // namespace

pages::SiteLog::Answered readReport(const std::string& details) {
    pages::SiteLog::Answered answered;
    answered.outcome = pages::outcome::unknown;
    answered.headers = answered.cf = "{}";
    if (nestsDeeperThan(details, deepest)) return answered;
    const auto told = parseBounded<json>(details);
    if (!told.is_object()) return answered;
    answered.status = static_cast<int>(number(told, "status", 999));
    answered.duration =
        std::chrono::microseconds(static_cast<std::int64_t>(number(told, "wallTime", longestWall) * 1000));
    const auto outcome = text(told, "outcome", longestName);
    if (outcome == pages::outcome::ok || outcome == pages::outcome::exception) answered.outcome = outcome;
    answered.headers = dumped(told, "headers");
    answered.cf = dumped(told, "cf");
    const auto exceptions = told.find("exceptions");
    if (exceptions == told.end() || !exceptions->is_array()) return answered;
    for (const auto& one : *exceptions)
        if (one.is_object() && answered.exceptions.size() < mostExceptions)
            answered.exceptions.push_back(exceptionOf(one));
    return answered;
}

}  // namespace stepwell::engine::rest
