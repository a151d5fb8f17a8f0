#pragma once

#include "models/site/local_site.h"

#include <chrono>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace stepwell::site {

/// Keys of files by what tells them apart, so that a folder that is looked at again is not read again.
/// A file that changed only just before it was read is not taken: clocks of file systems tick slowly, and a
/// second change within one tick would leave no trace. Bounded to one million files. Thread-safe.
class KeyCache {
  public:
    /// `settled`: for how long a file must not have changed; two seconds are the slowest tick there is (FAT).
    explicit KeyCache(std::chrono::nanoseconds settled = std::chrono::seconds(2))
        : m_settled(settled) {}

    struct Hashed {
        api::AssetKey key;
        bool isPrivateKey = false;
    };
    std::optional<Hashed> find(const LocalFile& file) const;
    /// The same for each of them, in their order. Nobody changes the cache meanwhile.
    std::vector<std::optional<Hashed>> find(const std::vector<LocalFile>& files) const;
    /// Files with their keys, and which are private keys, that were read after `started`. Many at once: those
    /// who look meanwhile wait.
    void put(const std::vector<std::pair<const LocalFile*, bool>>& files,
             std::chrono::system_clock::time_point started);
    /// The same for files whose keys are known from an earlier run.
    void recall(const std::vector<std::pair<LocalFile, bool>>& files);
    /// Whether files were put since it was asked last.
    bool takeNews() { return m_hasNews.exchange(false); }

  private:
    struct Known {
        FileStamp stamp;
        std::string extension;
        Hashed hashed;
    };
    std::optional<Hashed> known(const LocalFile& file) const;  // with m_mutex
    void keep(const LocalFile& file, bool isPrivateKey);       // with m_mutex

    std::chrono::nanoseconds m_settled;
    std::atomic<bool> m_hasNews = false;
    mutable std::shared_mutex m_mutex;
    std::unordered_map<std::string, Known> m_known;  ///< by path on disk; guarded by m_mutex
};

/// How far it is; written by the hashing threads, read by anyone.
struct HashProgress {
    std::atomic<std::int64_t> files = 0;
    std::atomic<std::int64_t> bytes = 0;
    std::atomic<std::int64_t> known = 0;  ///< of the files: those that were not read
};

/// Computes the key of every file on every core. What cannot be read leaves `files` and becomes a finding;
/// what turns out to be a private key becomes one too. False when it was stopped. Blocks.
bool hashFiles(LocalSite& site, KeyCache& cache, HashProgress& progress, const Stop& stop);

}  // namespace stepwell::site
