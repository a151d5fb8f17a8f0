#pragma once

#include "models/graph/run_states.h"

namespace stepwell::graph {

/// The way of a run through the layout of its graph. Steps are seen; what lies between them is concluded: who
/// was seen behind a fork, and in none of its branches, went round them. Where several ways fit, none is
/// told.
struct Way {
    std::vector<bool> items;  ///< by item: reached. Empty without a run
    std::vector<bool> lines;  ///< by line: taken
};

Way wayOf(const RunStates& run, const api::Graph& graph, const Layout& layout);

}  // namespace stepwell::graph
