#pragma once

#include "models/api/types.h"

#include <optional>
#include <string>
#include <vector>

/// Two instances side by side. Pure; takes milliseconds for 25,000 steps.
namespace stepwell::between {

/// How far a pair of steps is alike.
enum class Likeness {
    same,       ///< same end, same output
    sameSoFar,  ///< same end, and outputs that are the same as far as they are told: they are cut
    output,     ///< both complete, with different outputs
    outcome,    ///< one ended otherwise than the other: failed, waits, was retried to another end
    onlyLeft,   ///< the right one never came to it
    onlyRight,
};

/// A row of the comparison: the step of either side, as a position in its `steps`.
struct StepPair {
    std::optional<std::size_t> left;
    std::optional<std::size_t> right;
    Likeness likeness = Likeness::same;
    friend bool operator==(const StepPair&, const StepPair&) = default;
};

struct InstanceComparison {
    std::vector<StepPair> steps;  ///< in the order of the left one; what only the right one has where it came
    std::optional<std::size_t> firstDifference;  ///< in `steps`
    bool sameParams = true;  ///< as JSON: neither white space nor the order of keys counts
    bool sameOutput = true;
    bool sameEnd = true;  ///< status and error
};

/// Steps are paired by kind, name and counter.
InstanceComparison compare(const api::InstanceDetail& left, const api::InstanceDetail& right);

/// Time from first start to end; nothing while it is not over.
std::optional<api::Milliseconds> durationOf(const api::Step& step);
std::optional<api::Milliseconds> durationOf(const api::InstanceDetail& instance);

/// `{"name":...,"message":...}`, without the stack: that is of places in the code.
std::string errorJson(const api::NamedError& error);

/// Whether two texts are the same JSON; texts that are no JSON are compared as they are.
bool sameJson(std::string_view left, std::string_view right);

/// By what steps of two runs are one another's: kind and name.
std::string keyOf(const api::Step& step);

}  // namespace stepwell::between
