#pragma once

#include "app/engine/runtime/runtime.h"

namespace stepwell::engine {

/// Writes the folder of a process that analyses a bundle: the analyser of `driver` as its only code, and the
/// JavaScript of the bundle as text that never runs. `folder` is made anew.
api::Result<void> writeAnalysisFolder(const std::filesystem::path& folder, const Bundle& bundle,
                                      const std::vector<std::string>& classNames,
                                      const std::filesystem::path& driver, int heapLimitMiB);

/// The analyser's answer, checked: one entry per class, in order; a missing or odd one has a reason instead
/// of a graph. `json` is an array of {"class_name","graph"} or {"class_name","reason"}.
std::vector<ClassGraph> readGraphs(const std::string& json, const std::vector<std::string>& classNames);

}  // namespace stepwell::engine
