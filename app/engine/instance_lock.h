#pragma once

#include "models/api/error.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace stepwell::engine {

/// Where a running engine can be reached; written into the lock file by its owner, so that a second start can
/// join it.
struct RunningEngine {
    std::string url;
    std::string account;
    std::string tokenFile;
    int pid = 0;
    std::string localUrl = {};   ///< the same from this machine, past any proxy; empty: `url`
    std::string publicKey = {};  ///< "sha256//BASE64" of its certificate's key; empty without TLS

    const std::string& urlFromHere() const { return localUrl.empty() ? url : localUrl; }
};

/// An exclusive lock on a data folder (`lock`, by flock, so it ends with the process however it ends).
class DataLock {
  public:
    struct Taken {
        std::optional<RunningEngine> running;  ///< nothing when the owner has not announced itself within 5 s
    };
    /// The lock, or who holds it.
    static api::Result<std::variant<std::unique_ptr<DataLock>, Taken>>
    acquire(const std::filesystem::path& dataDir);
    virtual ~DataLock() = default;
    /// Again when something of it changes. One thread at a time.
    virtual api::Result<void> announce(const RunningEngine& running) = 0;
};

/// Whether a process holds the folder now. Takes no lock, makes nothing.
bool isLocked(const std::filesystem::path& dataDir);
/// The engine that is ready on the folder.
std::optional<RunningEngine> runningOn(const std::filesystem::path& dataDir);

/// Reads the token of a data folder, creating it (256 random bits, hex, mode 0600) when there is none.
api::Result<std::string> loadOrCreateToken(const std::filesystem::path& file);

}  // namespace stepwell::engine
