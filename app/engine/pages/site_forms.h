#pragma once

#include "app/engine/pages/asset_lookup.h"
#include "app/engine/store/durable_file.h"
#include "models/api/error.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepwell::engine::pages {

/// What is kept compressed of a blob: bytes, 0 of a form that is not worth keeping.
struct KeptForms {
    std::uint32_t gzip = 0;
    std::uint32_t brotli = 0;
    std::uint32_t bytesOf(Encoding encoding) const {
        return encoding == Encoding::gzip ? gzip : encoding == Encoding::brotli ? brotli : 0;
    }
    friend bool operator==(const KeptForms&, const KeptForms&) = default;
};

/// The compressed forms of blobs: `site-forms/<first two hex digits of the digest>/<other 62>`, one file for
/// all forms of a blob, also for none that is worth keeping. A file begins with one line that says how many
/// bytes of each form follow and what their SHA-256 is. All of it can be made again, so nothing waits for the
/// disk: a file that is not whole is seen by its digest, and goes. Thread-safe.
class FormFolder {
  public:
    explicit FormFolder(const std::filesystem::path& dataDir)
        : m_dir(dataDir / "site-forms") {}

    const std::filesystem::path& dir() const { return m_dir; }
    std::filesystem::path path(const std::string& digest) const;

    /// What is kept of a blob; nothing when its forms were never made, or went. It counts as used now.
    std::optional<KeptForms> find(const std::string& digest) const;
    /// A form that is open, whole and as it was made.
    struct Opened {
        std::shared_ptr<const DurableFile> file;
        std::uint64_t start = 0;
        std::uint64_t bytes = 0;
    };
    /// Nothing when it is not there, or not as it was made: then it goes. Reads all of it.
    std::optional<Opened> open(const std::string& digest, Encoding encoding);

    /// The forms of a blob appear whole or not at all. Empty texts: not worth keeping.
    api::Result<KeptForms> put(const std::string& digest, std::string_view gzip, std::string_view brotli);
    void remove(const std::string& digest);

    /// What the files take on the disk, since `sweep` counted them.
    std::int64_t bytes() const { return m_bytes; }
    /// Counts the files, and removes those of digests that `isNeeded` does not know and what a crash left.
    /// Ends early once `stop` is set.
    void sweep(const std::function<bool(const std::string& digest)>& isNeeded, const std::atomic<bool>& stop);
    /// Removes those that were used the longest ago until at most `most` bytes are taken.
    void shrink(std::int64_t most, const std::atomic<bool>& stop);

  private:
    void removeFile(const std::filesystem::path& file);

    std::filesystem::path m_dir;
    std::atomic<std::int64_t> m_bytes{0};
};

}  // namespace stepwell::engine::pages
