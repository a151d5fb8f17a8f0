#pragma once

#include <filesystem>

namespace stepwell::engine::http {

/// Both PEM.
struct TlsFiles {
    std::filesystem::path certificate;  ///< the server's own first, then those between it and the CA
    std::filesystem::path key;          ///< without a pass phrase
};

}  // namespace stepwell::engine::http
