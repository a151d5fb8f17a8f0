#pragma once

#include <string_view>

namespace stepwell::api {

/// The type an asset is uploaded with, by the extension of its path relative to the site ("img/a.png"): what
/// wrangler says. `application/octet-stream` when the extension is not known; never with a charset.
std::string_view contentTypeOf(std::string_view path);

}  // namespace stepwell::api
