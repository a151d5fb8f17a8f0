#pragma once

#include "app/engine/core/commands.h"
#include "app/engine/http/json_writer.h"

#include <string_view>

namespace stepwell::engine::rest {

/// Reads the body of a request that creates an instance: `instance_id`, `params`, `instance_retention`, all
/// optional; draws an id when there is none. The workflow is left to the caller. Error 400 or 413.
api::Result<CreateInstance> readCreate(std::string_view body);

/// What such a request is answered.
void writeCreated(http::JsonWriter& json, const InstanceCreated& created);

}  // namespace stepwell::engine::rest
