#pragma once

#include "app/engine/store/rows.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Parts of the reader that need no database.
namespace stepwell::engine {

/// A LIKE pattern (with `\\` as escape) for names that hold `search`.
std::string likePattern(const std::string& search);

/// The wall time below which `share` (0..1) of the counted instances lie; nothing when there are none.
std::optional<api::Milliseconds> quantile(const std::map<int, std::int64_t>& buckets, double share);

}  // namespace stepwell::engine
