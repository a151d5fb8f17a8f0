#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace stepwell::engine {

/// An integer that cannot be mixed up with another kind of integer.
template <class Tag, class Number = std::int64_t>
struct StrongId {
    Number value = 0;
    constexpr StrongId() = default;
    constexpr explicit StrongId(Number number)
        : value(number) {}
    constexpr explicit operator bool() const { return value != 0; }
    friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
};

using ScriptKey = StrongId<struct ScriptTag>;  ///< row of `scripts`
using ScriptVersionKey =
    StrongId<struct ScriptVersionTag>;  ///< row of `script_versions`: one uploaded bundle
using WorkflowKey = StrongId<struct WorkflowTag>;
using WorkflowVersionKey = StrongId<struct WorkflowVersionTag>;
using InstanceKey = StrongId<struct InstanceTag>;  ///< row of `instances`, grows in order of creation
/// Counts how often an instance was (re)started in a runtime; messages of an older run are stale and dropped.
using Run = StrongId<struct RunTag, std::uint32_t>;
/// Position of a step in its instance, in order of first start.
using StepIndex = StrongId<struct StepIndexTag, std::int32_t>;
/// Number of an event in the order of commits; the cursor of the live stream.
using Sequence = StrongId<struct SequenceTag>;

}  // namespace stepwell::engine

template <class Tag, class Number>
struct std::hash<stepwell::engine::StrongId<Tag, Number>> {
    std::size_t operator()(const stepwell::engine::StrongId<Tag, Number>& id) const noexcept {
        return std::hash<Number>{}(id.value);
    }
};
