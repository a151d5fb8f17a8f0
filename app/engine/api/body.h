#pragma once

#include "models/api/error.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Request bodies. Values that only pass through (params, payloads) are checked and kept as text: key order,
/// big numbers and duplicate keys reach the user's code as they were sent.
namespace stepwell::engine::rest {

/// Error 400 code::badBody unless `text` is one JSON value nested at most 512 deep. `what` names it in the
/// message.
api::Result<void> checkJson(std::string_view text, std::string_view what);

/// `validJson` without white space between tokens, so without raw line breaks.
std::string minified(std::string_view validJson);

/// Members of a JSON object, values as slices of `text`. Error 400 when it is not an object.
using Members = std::vector<std::pair<std::string, std::string_view>>;
api::Result<Members> membersOf(std::string_view text, std::string_view what);
/// The last member of that name, as JSON takes it.
std::optional<std::string_view> member(const Members& members, std::string_view name);
/// The text of a JSON string; nothing when `json` is another kind of value.
std::optional<std::string> stringValue(std::string_view json);

/// A small body as a tree; error 400 unless it is an object.
api::Result<nlohmann::json> parseObject(std::string_view text, std::string_view what);

/// Checks `{success_retention?, error_retention?}`: positive milliseconds or a duration text each.
api::Result<void> checkRetention(const nlohmann::json& retention, std::string_view what);

/// 400 code::badBody.
tl::unexpected<api::Error> badRequest(std::string message);

}  // namespace stepwell::engine::rest
