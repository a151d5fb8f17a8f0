#pragma once

#include "models/api/graph.h"

#include <QString>

namespace stepwell::graph {

/// What stands on a node: its name, or what it is.
QString titleOf(const api::GraphNode& node);
/// The second line: "5 retries · 30 seconds", "until new year", "event approved".
QString subtitleOf(const api::GraphNode& node);
/// "Step", "Sleep", "Event wait", ...
QString kindOf(const api::GraphNode& node);
/// A time as a person reads it: "2 s" for 2000, texts as they are.
QString span(const std::string& text);
bool isStep(const api::GraphNode& node);

}  // namespace stepwell::graph
