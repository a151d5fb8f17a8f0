#pragma once

#include "models/api/error.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace stepwell::engine {

/// Content-addressed files: `<dir>/<first two hex digits>/<other 62>`. Thread-safe: files appear by rename.
class BlobStore {
  public:
    explicit BlobStore(std::filesystem::path dir)
        : m_dir(std::move(dir)) {}

    /// Durable on return, folder included. Returns the lowercase hex SHA-256 of the bytes.
    api::Result<std::string> put(std::string_view bytes) const;
    std::filesystem::path path(const std::string& digest) const;

    const std::filesystem::path& dir() const { return m_dir; }

  private:
    std::filesystem::path m_dir;
};

std::string sha256Hex(std::string_view bytes);
/// In lower case.
std::string hexOf(std::span<const unsigned char> bytes);

}  // namespace stepwell::engine
