#pragma once

#include "models/site/local_site.h"

#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace stepwell::site {

/// Keys of files by what tells them apart, so that a folder that is looked at again is not read again.
/// Bounded to one million files. Thread-safe.
class KeyCache {
  public:
    struct Hashed {
        api::AssetKey key;
        bool isPrivateKey = false;
    };
    std::optional<Hashed> find(const LocalFile& file) const;
    /// Files with their keys, and which are private keys. Many at once: those who look meanwhile wait.
    void put(const std::vector<std::pair<const LocalFile*, bool>>& files);

  private:
    struct Known {
        FileStamp stamp;
        std::string extension;
        Hashed hashed;
    };
    mutable std::shared_mutex m_mutex;
    std::unordered_map<std::string, Known> m_known;  ///< by path on disk; guarded by m_mutex
};

/// How far it is; written by the hashing threads, read by anyone.
struct HashProgress {
    std::atomic<std::int64_t> files = 0;
    std::atomic<std::int64_t> bytes = 0;
};

/// Computes the key of every file on every core. What cannot be read leaves `files` and becomes a finding;
/// what turns out to be a private key becomes one too. False when it was stopped. Blocks.
bool hashFiles(LocalSite& site, KeyCache& cache, HashProgress& progress, const Stop& stop);

}  // namespace stepwell::site
