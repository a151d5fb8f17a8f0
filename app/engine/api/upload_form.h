#pragma once

#include "app/engine/http/message.h"
#include "models/api/error.h"

#include <string>
#include <string_view>
#include <vector>

/// The multipart form of a script upload, reference section 2.4, and the rules it must keep.
namespace stepwell::engine::rest {

/// The content type of a module `NAME.map`, which makes the stacks of NAME readable and is no code.
inline constexpr std::string_view sourceMapType = "application/source-map";

struct FormModule {
    std::string name;
    std::string contentType;
    std::string_view bytes;  ///< into the body of the request
};

struct UploadForm {
    std::string metadata;  ///< JSON object
    std::string mainModule;
    std::vector<FormModule> modules;  ///< with the source maps that have room beside the code
};

/// Errors: 400 code::scriptInvalid naming the part, module or binding and what is wrong with it; 413 when the
/// code is beyond 64 MiB.
api::Result<UploadForm> readUploadForm(const http::Request& request);
/// The same for a form that is part of another: `body` outlives the result.
api::Result<UploadForm> readUploadForm(std::string_view contentType, std::string_view body);

/// `metadata` with its `inherit` bindings, and those of the kinds in `keep_bindings` (secrets when it is
/// absent), taken over from `previous`, the metadata of the version deployed now ("{}" when there is none).
/// Error 400 when there is nothing to inherit.
api::Result<std::string> withInheritedBindings(const std::string& metadata, const std::string& previous);

/// The bindings as the API may tell them: secrets without their text. JSON array.
std::string shownBindings(const std::string& metadata);

/// Names of the secrets among the bindings.
std::vector<std::string> secretNames(const std::string& metadata);

}  // namespace stepwell::engine::rest
