#pragma once

#include <cstdint>
#include <string>

namespace stepwell::api {

/// A file of a deployment, as a backend tells it.
struct SiteFile {
    std::string path;         ///< "/a/b.html", raw UTF-8
    std::int64_t size = 0;    ///< bytes
    std::string contentType;  ///< as it was uploaded, without a charset
    std::string key;          ///< 32 hex digits; equal keys mean equal bytes and equal extensions

    friend bool operator==(const SiteFile&, const SiteFile&) = default;
};

}  // namespace stepwell::api
