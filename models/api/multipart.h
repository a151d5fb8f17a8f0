#pragma once

#include "models/api/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::api {

/// One part of a multipart/form-data body, as a backend or a client sends it.
struct FormPart {
    std::string name;
    std::string filename;     ///< empty when the part has none
    std::string contentType;  ///< lower case, without parameters; empty when the part has none
    std::string_view body;    ///< into the text that was parsed
};

/// Splits a multipart/form-data body (RFC 7578). At most 1,000 parts, 8 KiB and 16 lines of headers per part.
/// Errors are 400 or 415 with code::badBody and say which part is wrong. Views in the result point into
/// `body`.
Result<std::vector<FormPart>> parseMultipart(std::string_view contentType, std::string_view body);

}  // namespace stepwell::api
