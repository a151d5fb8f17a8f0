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

/// Appends the events of one turn after `cursor`: a turn's text holds one line of JSON per event, numbered
/// from `first` without gaps.
void appendFeedLines(std::vector<FeedLine>& lines, std::int64_t first, Sequence cursor,
                     const std::string& text);

}  // namespace stepwell::engine
