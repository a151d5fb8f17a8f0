#pragma once

#include "app/engine/http/json_writer.h"
#include "app/engine/store/reader.h"

namespace stepwell::engine::rest {

/// The version deployed now; nothing when the script has never been deployed.
api::Result<std::optional<ScriptVersionRow>> deployedVersion(Reader& reader, const ScriptRow& script);

/// Members of a version object (`{id,number,metadata,annotations,resources}`), into an open object.
void writeScriptVersionFields(http::JsonWriter& json, const ScriptVersionRow& row);

}  // namespace stepwell::engine::rest
