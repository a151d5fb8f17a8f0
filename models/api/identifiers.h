#pragma once

#include <string_view>

namespace stepwell::api {

/// The rules of the reference, sections 1.2 and 5.2. Lengths are in characters, all of them ASCII where a
/// pattern applies.

/// 1-64 characters, `^[a-zA-Z0-9_][a-zA-Z0-9-_]*$`.
bool isWorkflowName(std::string_view name);
/// 1-100 characters, same pattern; `cf_` and 64 lowercase hex digits is reserved, as are batch, terminate,
/// terminateAll.
bool isNewInstanceId(std::string_view id);
/// 1-271 characters of `[a-zA-Z0-9, */#_-]`: what an existing instance may be called, cron ids included.
bool isInstanceId(std::string_view id);
/// 1-100 characters, same pattern as a workflow name.
bool isEventType(std::string_view type);
/// 1-255 characters, letters, digits, `-`, `_` and `.`; never only dots, so it is also safe as a file name.
bool isScriptName(std::string_view name);
/// At most 256 UTF-16 units, no U+0000-U+001F. Empty is legal.
bool isStepName(std::string_view utf8);

}  // namespace stepwell::api
