#pragma once

#include "app/engine/store/rows.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine {

/// The events of one turn as they are stored. Most of an event says what the one before it said too (its
/// time, its workflow, its instance), so these are written once: `@` + workflow + TAB + instance starts the
/// events of another instance, every other line is the type of an event and the rest of its JSON members.
/// Names of workflows and instances hold nothing that JSON escapes.
struct Feed {
    api::Time time{};
    Sequence first;     ///< of the first event
    Sequence last;      ///< of the last event; less than `first` when there is none
    std::string lines;  ///< each with a line feed at its end

    /// The events that follow are about this instance, or about a workflow when `instance` is empty.
    void startSubject(std::string_view workflow, std::string_view instance);
    bool empty() const { return lines.empty(); }
    std::size_t size() const { return empty() ? 0 : static_cast<std::size_t>(last.value - first.value + 1); }
};

/// The events after `cursor`, each whole.
std::vector<FeedLine> expand(const Feed& feed, Sequence cursor = {});

}  // namespace stepwell::engine
