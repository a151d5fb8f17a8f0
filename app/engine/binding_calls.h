#pragma once

#include "app/engine/core/commands.h"
#include "app/engine/runtime/runtime.h"

/// The calls of a workflow binding (resources/driver/src/binding.js) as they travel: JSON, many in one
/// request.
namespace stepwell::engine {

/// Reads `{"calls":[...]}`. A call that is malformed carries its error; errors of the whole name what is
/// wrong.
api::Result<CallBindings> readCalls(ScriptVersionKey caller, const std::string& body);

CallAnswer writeAnswers(const Reply& reply);

}  // namespace stepwell::engine
