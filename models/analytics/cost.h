#pragma once

#include "models/api/error.h"
#include "models/api/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a load would cost on Cloudflare. Pure functions over plain values; money is in US dollars.
namespace stepwell::analytics {

/// An allowance of a month and what is paid beyond it.
struct Tariff {
    double included = 0;  ///< units a month
    double price = 0;     ///< for each `per` units beyond
    double per = 1;
    friend bool operator==(const Tariff&, const Tariff&) = default;
};

/// Prices of a day. The defaults are the public ones, see `source`; a person may change each.
struct Prices {
    std::string asOf = "2026-07-07";  ///< YYYY-MM-DD
    std::string source = "https://developers.cloudflare.com/workflows/reference/pricing/";
    double subscription = 5;           ///< a month, Workers Paid
    Tariff requests{10e6, 0.30, 1e6};  ///< invocations
    Tariff cpu{30e6, 0.02, 1e6};       ///< milliseconds
    Tariff steps{500e3, 0.80, 100e3};  ///< sleeps and waits too; billed from 10 August 2026
    Tariff storage{1, 0.20, 1};        ///< GB-months
    double freeRequestsADay = 100e3;
    double freeStepsADay = 3e3;
    double freeStorage = 1;    ///< GB
    double freeStepCpu = 10;   ///< milliseconds, of one step
    double freeRetention = 3;  ///< days that an ended instance is kept
    double paidRetention = 7;
    /// Stored for each instance, in bytes: params, results of steps, output. No service tells it, so it is
    /// assumed.
    double bytesPerInstance = 20e3;
    friend bool operator==(const Prices&, const Prices&) = default;
};

std::string toJson(const Prices& prices);
/// Reads what `toJson` wrote; what is missing keeps its default. Fails when it is no such text or a number is
/// negative or beyond 1e15.
api::Result<Prices> pricesFromJson(std::string_view json);
/// Empty, or what is wrong with a price and what it should be.
std::string problemOf(const Prices& prices);

enum class LoadKind { workflow, worker, pages };

/// What one workflow, Worker or site has used in the range.
struct Load {
    LoadKind kind = LoadKind::workflow;
    std::string name;
    double requests = 0;  ///< instances begun, or requests answered by code
    double cpu = 0;       ///< milliseconds
    double steps = 0;     ///< with sleeps and waits
    /// False when nobody told it: `cpu` is then 0 and means nothing.
    bool isCpuKnown = true;
};

/// What was used in a stretch of time.
struct Usage {
    api::Time from{};
    api::Time to{};
    std::vector<Load> loads;
    double busiestDayRequests = 0;  ///< of UTC days, as the free plan counts them; 0: not known
    double busiestDaySteps = 0;
    double longestStepCpu = 0;  ///< milliseconds; 0: not known
};

/// Money by what it is for.
struct Money {
    double requests = 0;
    double cpu = 0;
    double steps = 0;
    double storage = 0;
    double sum() const { return requests + cpu + steps + storage; }
};

struct LoadCost {
    Load load;           ///< in the range
    Load month;          ///< the same load for 30 days
    double storage;      ///< GB-months
    Money share;         ///< of the month's bill: what lies beyond the allowances, split as it was used
    double perThousand;  ///< 1,000 instances or requests of this kind when the allowances are used up
};

/// One limit of the free plan.
struct LimitCheck {
    std::string name;  ///< "Steps on the busiest day"
    double used = 0;
    double limit = 0;
    std::string unit;    ///< "", "ms", "GB"
    std::string effect;  ///< what happens beyond it
    bool exceeded() const { return used > limit; }
};

struct Bill {
    double scale = 0;             ///< the range times this is a month of 30 days; 0: the range is empty
    std::vector<LoadCost> loads;  ///< the dearest first
    Load month;                   ///< all of them, 30 days
    double storage = 0;           ///< GB-months
    Money beyond;                 ///< what lies beyond the allowances of the paid plan
    double subscription = 0;
    double paid() const { return subscription + beyond.sum(); }
    std::vector<LimitCheck> freeLimits;
    bool fitsFree() const;
    /// CPU time of some load was not told, and is not in the bill.
    bool lacksCpu() const;
    bool isRough() const { return scale > 30; }  ///< projected from less than a day
};

Bill billOf(const Prices& prices, const Usage& usage);

/// "$1.84", "$0", "< $0.01", "$1,204".
std::string moneyText(double dollars);

/// Selections below an account that `usageFrom` reads, for a document with $from and $to (exclusive); their
/// aliases begin with "cost". `extended`: also the longest CPU time of a step, which Cloudflare itself does
/// not tell.
std::string usageFields(bool extended);
/// A whole document of them: $accountTag, $from, $to.
std::string usageDocument(bool extended);
/// Variables for it, as JSON text.
std::string usageVariables(const std::string& account, api::Time from, api::Time to);
/// Reads the answer; fields that are not there count as zero. Fails when it carries errors or is none.
api::Result<Usage> usageFrom(std::string_view answer, api::Time from, api::Time to);

}  // namespace stepwell::analytics
