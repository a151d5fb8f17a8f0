#include "models/between/instance_comparison.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <unordered_map>

namespace stepwell::between {

namespace {

using Json = nlohmann::json;

bool sameError(const std::optional<api::NamedError>& left, const std::optional<api::NamedError>& right) {
    if (!left || !right) return left.has_value() == right.has_value();
    return left->name == right->name && left->message == right->message;
}

bool sameOutput(const std::optional<std::string>& left, const std::optional<std::string>& right) {
    if (!left || !right) return left.has_value() == right.has_value();
    return sameJson(*left, *right);
}

Likeness likenessOf(const api::Step& left, const api::Step& right) {
    if (left.state != right.state || !sameError(left.error, right.error)) return Likeness::outcome;
    if (!sameOutput(left.output, right.output)) return Likeness::output;
    return left.outputTruncated || right.outputTruncated ? Likeness::sameSoFar : Likeness::same;
}

/// The positions of right steps by key. A key that comes twice, which only a backend that tells nonsense
/// sends, means its first step.
std::unordered_map<std::string, std::size_t> positionsOf(const std::vector<api::Step>& steps) {
    std::unordered_map<std::string, std::size_t> positions;
    positions.reserve(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i)
        positions.emplace(keyOf(steps[i]), i);
    return positions;
}

/// Puts pairs in the order of the left steps, and before each of them what only the right one had done by
/// then.
class Merge {
  public:
    Merge(const std::vector<api::Step>& left, const std::vector<api::Step>& right)
        : m_left(left)
        , m_right(right)
        , m_taken(right.size(), false) {}

    std::vector<StepPair> run() {
        const auto positions = positionsOf(m_right);
        std::vector<std::optional<std::size_t>> partners(m_left.size());
        for (std::size_t i = 0; i < m_left.size(); ++i) {
            const auto found = positions.find(keyOf(m_left[i]));
            if (found == positions.end() || m_taken[found->second]) continue;
            partners[i] = found->second;
            m_taken[found->second] = true;
        }
        for (std::size_t i = 0; i < m_left.size(); ++i) {
            if (partners[i]) addRightUpTo(*partners[i]);
            const auto likeness =
                partners[i] ? likenessOf(m_left[i], m_right[*partners[i]]) : Likeness::onlyLeft;
            m_pairs.push_back({i, partners[i], likeness});
        }
        addRightUpTo(m_right.size());
        return std::move(m_pairs);
    }

  private:
    void addRightUpTo(std::size_t end) {
        for (; m_next < end; ++m_next)
            if (!m_taken[m_next]) m_pairs.push_back({std::nullopt, m_next, Likeness::onlyRight});
    }

    const std::vector<api::Step>& m_left;
    const std::vector<api::Step>& m_right;
    std::vector<bool> m_taken;  ///< has a partner on the left
    std::vector<StepPair> m_pairs;
    std::size_t m_next = 0;  ///< the first right step that was not looked at
};

template <class T>
std::optional<api::Milliseconds> between(const std::optional<T>& from, const std::optional<T>& to) {
    if (!from || !to) return std::nullopt;
    return *to - *from;
}

}  // namespace

std::string keyOf(const api::Step& step) {
    const char kind = step.isRollback ? 'r' : static_cast<char>('0' + static_cast<int>(step.kind));
    return kind + step.name;
}

bool sameJson(std::string_view left, std::string_view right) {
    if (left == right) return true;
    const auto first = parseBounded<Json>(left);
    const auto second = parseBounded<Json>(right);
    return !first.is_discarded() && !second.is_discarded() && first == second;
}

std::string errorJson(const api::NamedError& error) {
    return Json{{"name", error.name}, {"message", error.message}}.dump(-1, ' ', false,
                                                                       Json::error_handler_t::replace);
}

std::optional<api::Milliseconds> durationOf(const api::Step& step) {
    return between(step.start, step.end);
}

std::optional<api::Milliseconds> durationOf(const api::InstanceDetail& instance) {
    return between(instance.start, instance.end);
}

InstanceComparison compare(const api::InstanceDetail& left, const api::InstanceDetail& right) {
    InstanceComparison result;
    result.steps = Merge(left.steps, right.steps).run();
    for (std::size_t i = 0; i < result.steps.size() && !result.firstDifference; ++i)
        if (const auto l = result.steps[i].likeness; l != Likeness::same && l != Likeness::sameSoFar)
            result.firstDifference = i;
    result.sameParams = sameJson(left.params, right.params);
    result.sameOutput = sameOutput(left.output, right.output);
    result.sameEnd = left.status == right.status && sameError(left.error, right.error);
    return result;
}

}  // namespace stepwell::between
