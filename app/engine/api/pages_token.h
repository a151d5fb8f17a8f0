#pragma once

#include "models/api/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Upload tokens: JSON Web Tokens (HS256) that open the asset endpoints for a while. Clients read `exp` and
/// `max_file_count_allowed` of them.
namespace stepwell::engine::rest {

struct UploadClaims {
    std::string issuer;   ///< id of the identity in whose name it uploads
    std::string project;  ///< its id
    std::int64_t mostFiles = 0;
    std::chrono::seconds lifetime{};
};

std::string issueUploadToken(const std::string& key, const UploadClaims& claims, api::Time now);
/// The issuer of a token that was made with this key and has not expired; nothing for any other.
std::optional<std::string> issuerOf(const std::string& key, std::string_view token, api::Time now);

}  // namespace stepwell::engine::rest
