#pragma once

#include "app/engine/http/json_writer.h"

#include <optional>
#include <string>
#include <string_view>

/// Values of the driver protocol ("u", "j" + JSON, "d" + devalue with a preview beside) as the API shows
/// them.
namespace stepwell::engine::rest {

/// JSON text; nothing for undefined and for no value at all.
std::optional<std::string_view> shownJson(std::string_view preview, std::string_view value);

/// What kind of value that is, for the extension: "undefined", "json", "structured" (what is shown is a
/// preview), "stream", "hidden" (sensitive). Empty: there is no value.
std::string_view valueType(std::string_view preview, std::string_view value);
void writeValueType(http::JsonWriter& json, std::string_view preview, std::string_view value);

/// Characters of a step output in an instance's detail; the whole of it has an endpoint of its own.
inline constexpr std::size_t outputCharacters = 1024;
/// Writes a step output as JSON text inside a string, cut when longer. Returns whether it was cut.
bool writeCutOutput(http::JsonWriter& json, std::string_view preview, std::string_view value);

/// `{"name":...,"message":...}`, with `"stack"` when asked; null when `name` and `message` are both empty.
enum class Stack { without, with };
void writeError(http::JsonWriter& json, std::string_view key, std::string_view name, std::string_view message,
                std::string_view stack, Stack wanted);

}  // namespace stepwell::engine::rest
