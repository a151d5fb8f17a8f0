#pragma once

#include "models/site/site_hashing.h"

#include <filesystem>

namespace stepwell::site {

/// Keys of files on the disk, one file for each folder that was read, so that the next run need not read
/// again what did not change. What is damaged, of another version or too large is passed over, as is a disk
/// that takes nothing: then files are hashed, as ever. Blocks on the disk. Any thread, any number of
/// processes.
class KeyStore {
  public:
    struct Limits {
        std::uintmax_t fileBytes = 64 * 1024 * 1024;  ///< of one folder: some 500,000 files
        std::uintmax_t bytes = 256 * 1024 * 1024;
        std::size_t folders = 64;
        std::chrono::hours age{30 * 24};  ///< since they were of use
    };

    /// `place` is made when it is needed.
    explicit KeyStore(std::filesystem::path place)
        : KeyStore(std::move(place), Limits{}) {}
    KeyStore(std::filesystem::path place, const Limits& limits)
        : m_place(std::move(place))
        , m_limits(limits) {}

    /// Tells the cache what is known of the files below `root`, an absolute path.
    void load(const std::string& root, KeyCache& cache) const;
    /// Keeps what the cache knows of the files of `site`, which was scanned from `root`, when some of it is
    /// news. The old file is replaced at once or not at all. Then drops what is over the limits, the longest
    /// unused first.
    void save(const std::string& root, const LocalSite& site, KeyCache& cache) const;

  private:
    std::filesystem::path fileOf(const std::string& root) const;
    void dropOld() const;

    std::filesystem::path m_place;
    Limits m_limits;
};

}  // namespace stepwell::site
