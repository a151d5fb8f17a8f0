#include "models/analytics/cost.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace stepwell::analytics {
namespace {

using nlohmann::json;

constexpr double largest = 1e15;

/// Calls `each` with the key and the place of every number of the prices.
template <class P, class Each>
void forEachNumber(P& prices, Each each) {
    const auto tariff = [&](const std::string& name, auto& one) {
        each(name + "_included", one.included);
        each(name + "_price", one.price);
        each(name + "_per", one.per);
    };
    each("subscription", prices.subscription);
    tariff("requests", prices.requests);
    tariff("cpu", prices.cpu);
    tariff("steps", prices.steps);
    tariff("storage", prices.storage);
    each("free_requests_a_day", prices.freeRequestsADay);
    each("free_steps_a_day", prices.freeStepsADay);
    each("free_storage", prices.freeStorage);
    each("free_step_cpu", prices.freeStepCpu);
    each("free_retention", prices.freeRetention);
    each("paid_retention", prices.paidRetention);
    each("bytes_per_instance", prices.bytesPerInstance);
}

void takeText(const json& object, const char* key, std::string& into) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) into = found->get<std::string>().substr(0, 500);
}

bool isDate(const std::string& text) {
    return text.size() == 10 && api::fromIso(text).has_value();
}

}  // namespace

std::string toJson(const Prices& prices) {
    json object{{"as_of", prices.asOf}, {"source", prices.source}};
    forEachNumber(prices, [&](const std::string& key, const double& value) { object[key] = value; });
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

api::Result<Prices> pricesFromJson(std::string_view text) {
    const json object = parseBounded<json>(text);
    if (!object.is_object()) return api::fail(0, api::code::badBody, "The saved prices are no JSON object.");
    Prices prices;
    takeText(object, "as_of", prices.asOf);
    takeText(object, "source", prices.source);
    forEachNumber(prices, [&](const std::string& key, double& value) {
        const auto found = object.find(key);
        if (found != object.end() && found->is_number()) value = found->get<double>();
    });
    const std::string problem = problemOf(prices);
    if (!problem.empty()) return api::fail(0, api::code::badBody, problem);
    return prices;
}

std::string problemOf(const Prices& prices) {
    std::string problem;
    forEachNumber(prices, [&](const std::string& key, const double& value) {
        const bool wrong = !std::isfinite(value) || value < 0 || value > largest;
        if (wrong && problem.empty()) problem = "The price " + key + " must be a number from 0 to 1e15.";
        if (key.ends_with("_per") && value <= 0 && problem.empty())
            problem = "The price " + key + " must be for more than 0 units.";
    });
    if (problem.empty() && !isDate(prices.asOf))
        problem = "The date of the prices must be like 2026-07-07, not \"" + prices.asOf + "\".";
    return problem;
}

}  // namespace stepwell::analytics
