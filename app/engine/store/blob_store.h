#pragma once

#include "models/api/error.h"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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

/// Blobs made durable together: the disk is waited for once all are written, not after each. What was not
/// committed leaves nothing behind. One thread.
class BlobBatch {
  public:
    explicit BlobBatch(const BlobStore& store)
        : m_store(store) {}
    ~BlobBatch();
    BlobBatch(const BlobBatch&) = delete;
    BlobBatch& operator=(const BlobBatch&) = delete;

    /// Writes the bytes aside. Returns their digest; the blob is not there before `commit`.
    api::Result<std::string> add(std::string_view bytes);
    /// Durable on return, folders included; after an error some of the blobs may be there. Once.
    api::Result<void> commit();

  private:
    struct Written {
        std::filesystem::path temporary;
        std::filesystem::path target;
    };
    const BlobStore& m_store;
    std::vector<Written> m_written;
    std::set<std::filesystem::path> m_targets;
    std::set<std::filesystem::path> m_folders;
};

std::string sha256Hex(std::string_view bytes);

}  // namespace stepwell::engine
