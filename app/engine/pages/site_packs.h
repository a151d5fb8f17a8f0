#pragma once

#include "app/engine/pages/service_rows.h"
#include "app/engine/pages/site_storage_state.h"
#include "app/engine/store/durable_file.h"

#include <functional>
#include <mutex>
#include <optional>
#include <set>

namespace stepwell::engine::pages {

/// The files that hold the blobs of sites: `packs/<16 hex digits>`, one for each upload, with one blob behind
/// the other. What is in them stands in the database; a file it does not know is of no use. An upload of
/// thousands of small files so waits for the disk once, and makes one file. Thread-safe.
class PackFolder {
  public:
    explicit PackFolder(const std::filesystem::path& dataDir)
        : m_dir(dataDir / "packs")
        , m_oldDir(dataDir / "blobs") {}

    const std::filesystem::path& dir() const { return m_dir; }
    std::filesystem::path path(PackKey key) const;
    /// The file of a blob: of its pack, or its own.
    std::filesystem::path path(const BlobPlace& place, const std::string& digest) const;
    void remove(PackKey key) const;
    /// The packs there are as files, but for those that are being written.
    std::vector<PackKey> files() const;
    /// Files that uploads of older versions began and never came to name.
    void removeLeftovers() const;
    /// Whether a pack is being written, or its rows are.
    bool isOpen(PackKey key) const;
    /// How the last writing went.
    const StorageState& state() const { return m_state; }

  private:
    friend class PackWriter;
    PackKey begin();
    void end(PackKey key);

    std::filesystem::path m_dir;
    std::filesystem::path m_oldDir;
    StorageState m_state;
    mutable std::mutex m_mutex;
    std::set<PackKey> m_open;  ///< guarded by m_mutex
};

/// Writes a pack. One thread.
class PackWriter {
  public:
    explicit PackWriter(PackFolder& folder)
        : m_folder(folder) {}
    /// The file goes unless `keep` was called.
    ~PackWriter();
    PackWriter(const PackWriter&) = delete;
    PackWriter& operator=(const PackWriter&) = delete;

    /// Writes the bytes behind those before.
    api::Result<BlobPlace> add(std::string_view bytes);
    /// What was added is durable on return, the name of the file included.
    api::Result<void> sync();
    /// From here on the rows decide whether the file is wanted, also when it is not known whether they came
    /// to the disk.
    void keep() { m_kept = true; }

    bool isEmpty() const { return !m_key; }
    PackKey key() const { return m_key; }
    std::int64_t bytes() const { return m_bytes; }

  private:
    api::Result<void> open();
    api::Result<void> flush();
    /// The error of the file, with the reason in `errno`.
    tl::unexpected<api::Error> failed();

    PackFolder& m_folder;
    PackKey m_key{};
    std::optional<DurableFile> m_file;
    std::string m_waiting;  ///< bytes that the file has not yet
    std::int64_t m_bytes = 0;
    bool m_kept = false;
};

}  // namespace stepwell::engine::pages
