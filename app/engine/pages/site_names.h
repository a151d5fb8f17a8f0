#pragma once

#include <string>
#include <string_view>

namespace stepwell::engine::pages {

/// A host name of at least two labels, in lower case, that is neither an address nor below localhost.
bool isCustomDomain(std::string_view host);

}  // namespace stepwell::engine::pages
