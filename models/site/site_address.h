#pragma once

#include <string>

namespace stepwell::site {

/// Where a backend is, for work that goes on beside the window's own calls.
struct SiteAddress {
    std::string apiBase;
    std::string account;
    std::string token;  ///< sent to `apiBase` only
};

}  // namespace stepwell::site
