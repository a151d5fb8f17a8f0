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

/// `{"events":{...}}` asks for what happens to an instance.
struct EventsCall {
    CallBindings find;        ///< what tells whether it may be asked, and of which instance
    std::int64_t cursor = 0;  ///< of events after this one; 0: of all
    std::vector<std::string> filter;
};
bool isEventsCall(const std::string& body);
api::Result<EventsCall> readEventsCall(ScriptVersionKey caller, const std::string& body);
/// `{"refused":...}`
CallAnswer writeRefusal(const api::Error& error);

}  // namespace stepwell::engine
