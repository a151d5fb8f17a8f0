#pragma once

#include "models/api/error.h"

#include <string>
#include <string_view>

namespace stepwell::site {

bool isUtf8(std::string_view text);
/// Files that systems put into archives and nobody means to publish.
bool isPackersJunk(std::string_view path);
/// The path of an entry below the folder it is unpacked to: "a/b.html", empty for the folder itself; the
/// error is the reason why it is refused ("leads out of the archive"), to be put behind the name.
tl::expected<std::string, std::string> safePath(std::string_view decoded);

}  // namespace stepwell::site
