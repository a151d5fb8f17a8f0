#include "models/analytics/cost.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace stepwell::analytics {
namespace {

constexpr double daysOfMonth = 30;  // as Cloudflare averages storage
constexpr double bytesOfGigabyte = 1e9;

double beyond(const Tariff& tariff, double used) {
    return tariff.per > 0 ? std::max(0.0, used - tariff.included) / tariff.per * tariff.price : 0;
}

double atTheMargin(const Tariff& tariff, double used) {
    return tariff.per > 0 ? used / tariff.per * tariff.price : 0;
}

double shareOf(double cost, double part, double whole) {
    return whole > 0 ? cost * part / whole : 0;
}

Load scaled(const Load& load, double scale) {
    return {load.kind,        load.name,          load.requests * scale,
            load.cpu * scale, load.steps * scale, load.isCpuKnown};
}

/// GB that lie there on an average day: what comes in a day stays for the days it is kept.
double storedBy(const Load& month, const Prices& prices, double retention) {
    if (month.kind != LoadKind::workflow) return 0;
    return month.requests / daysOfMonth * retention * prices.bytesPerInstance / bytesOfGigabyte;
}

Money marginOf(const Load& load, double storage, const Prices& prices) {
    return {atTheMargin(prices.requests, load.requests), atTheMargin(prices.cpu, load.cpu),
            atTheMargin(prices.steps, load.steps), atTheMargin(prices.storage, storage)};
}

/// The average day stands in where the busiest is not known.
std::vector<LimitCheck> freeLimitsOf(const Prices& prices, const Usage& usage, const Bill& bill) {
    double stored = 0;
    for (const auto& one : bill.loads)
        stored += storedBy(one.month, prices, prices.freeRetention);
    const double requests = std::max(usage.busiestDayRequests, bill.month.requests / daysOfMonth);
    const double steps = std::max(usage.busiestDaySteps, bill.month.steps / daysOfMonth);
    return {{"Requests on the busiest day", requests, prices.freeRequestsADay, "",
             "further requests and new instances are refused until midnight UTC"},
            {"Steps on the busiest day", steps, prices.freeStepsADay, "",
             "steps beyond the allowance do not run"},
            {"CPU time of the longest step", usage.longestStepCpu, prices.freeStepCpu, "ms",
             "the step is ended with an error and retried"},
            {"Stored state", stored, prices.freeStorage, "GB",
             "instances that store more end with an error until others are deleted"}};
}

std::string withSeparators(double whole) {
    std::array<char, 64> digits{};
    std::snprintf(digits.data(), digits.size(), "%.0f", whole);
    std::string text(digits.data());
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

}  // namespace

bool Bill::fitsFree() const {
    return std::none_of(freeLimits.begin(), freeLimits.end(), [](const auto& one) { return one.exceeded(); });
}

bool Bill::lacksCpu() const {
    return std::any_of(loads.begin(), loads.end(), [](const auto& one) { return !one.load.isCpuKnown; });
}

Bill billOf(const Prices& prices, const Usage& usage) {
    Bill bill;
    bill.subscription = prices.subscription;
    const double milliseconds = static_cast<double>((usage.to - usage.from).count());
    bill.scale = milliseconds > 0 ? daysOfMonth * 86400e3 / milliseconds : 0;
    for (const auto& load : usage.loads) {
        LoadCost cost{load, scaled(load, bill.scale), 0, {}, 0};
        cost.storage = storedBy(cost.month, prices, prices.paidRetention);
        if (cost.month.requests > 0)
            cost.perThousand = marginOf(cost.month, cost.storage, prices).sum() / cost.month.requests * 1000;
        bill.month.requests += cost.month.requests;
        bill.month.cpu += cost.month.cpu;
        bill.month.steps += cost.month.steps;
        bill.storage += cost.storage;
        bill.loads.push_back(std::move(cost));
    }
    bill.beyond = {beyond(prices.requests, bill.month.requests), beyond(prices.cpu, bill.month.cpu),
                   beyond(prices.steps, bill.month.steps), beyond(prices.storage, bill.storage)};
    for (auto& one : bill.loads)
        one.share = {shareOf(bill.beyond.requests, one.month.requests, bill.month.requests),
                     shareOf(bill.beyond.cpu, one.month.cpu, bill.month.cpu),
                     shareOf(bill.beyond.steps, one.month.steps, bill.month.steps),
                     shareOf(bill.beyond.storage, one.storage, bill.storage)};
    // The allowances hide small loads from the bill; among those, the order is what they would cost without.
    const auto weight = [&](const LoadCost& one) {
        return std::pair(one.share.sum(), one.perThousand * one.month.requests);
    };
    std::stable_sort(bill.loads.begin(), bill.loads.end(),
                     [&](const auto& a, const auto& b) { return weight(a) > weight(b); });
    bill.freeLimits = freeLimitsOf(prices, usage, bill);
    return bill;
}

std::string moneyText(double dollars) {
    if (!std::isfinite(dollars)) return "–";
    if (dollars <= 0) return "$0";
    if (dollars < 0.005) return "< $0.01";
    if (dollars >= 1000) return "$" + withSeparators(std::round(dollars));
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "$%.2f", dollars);
    return text.data();
}

}  // namespace stepwell::analytics
