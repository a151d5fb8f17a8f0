#pragma once

#include "models/api/asset_key.h"
#include "models/api/error.h"
#include "models/api/site_rules.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

struct stat;

/// A site as it lies on this disk. No Qt; what reads files blocks and belongs on a thread of its own.
namespace stepwell::site {

/// Told by whoever wants work to stop; shared with the threads that do it.
using Stop = std::atomic<bool>;

/// Tells one content of a file from another without reading it.
struct FileStamp {
    std::int64_t size = 0;
    std::int64_t modifiedNs = 0;
    std::int64_t changedNs = 0;  ///< set by the system at every change, whatever `modifiedNs` is set back to
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

FileStamp stampOf(const struct ::stat& data);

struct LocalFile {
    std::string path;  ///< in the site: "a/b.html"
    std::string disk;  ///< absolute
    FileStamp stamp;
    api::AssetKey key{};  ///< once hashed
};

/// Why a file stays out, or should.
enum class Concern {
    secrets,
    git,
    privateKey,
    sourceMap,
    outsideLink,  ///< a link to what is not in the folder
    tooLarge,
    brokenLink,
    linkLoop,
    special,     ///< a device, a pipe, a socket
    badName,     ///< a name that is no UTF-8
    unreadable,  ///< no permission, or gone meanwhile
    // Of archives. Such files go up all the same.
    repeated,     ///< the last one of several with this path
    sameButCase,  ///< another one has this path in other upper and lower case
};
/// Whether it is only said, and keeps no file out.
bool isMereNote(Concern concern);
/// Whether a person may let such files in all the same.
bool canInclude(Concern concern);
/// What happens unless they say otherwise.
bool includedAtFirst(Concern concern);

/// A file that some rule is against. When it may come in, it is in `LocalSite::files` all the same, unless
/// its link leads nowhere.
struct Finding {
    Concern concern;
    std::string path;
    std::int64_t size = 0;
};

/// A file of `functions/` that may answer requests.
struct FunctionFile {
    std::string path;  ///< below the folder: "todos/[id].ts"
    FileStamp stamp;
    bool mayAnswer = false;  ///< names a handler; others are for those to import

    friend bool operator==(const FunctionFile&, const FunctionFile&) = default;
};

/// The files that rule a site, which go beside its files.
struct RuleFiles {
    std::string headers, redirects, routes;  ///< texts; empty: there is none
    std::string workerFile;                  ///< absolute path of `_worker.js`, a file
    std::string workerFolder;                ///< the same when it is a folder
    std::string functionsFolder;             ///< absolute; of the site, or of the project it belongs to
    std::vector<FunctionFile> functions;     ///< in the order they count; none beside a `_worker.js`
    std::string config;                      ///< JSON of wrangler's configuration for it; empty: none
    std::string codeStamp;                   ///< another one when a file of the code was saved

    bool hasWorker() const { return !workerFile.empty() || !workerFolder.empty(); }
    /// Files of `functions/` that answer requests, as far as is known before they are compiled.
    bool hasFunctions() const;

    friend bool operator==(const RuleFiles&, const RuleFiles&) = default;
};

inline constexpr std::size_t mostPassedOver = 100;

struct LocalSite {
    std::vector<LocalFile> files;         ///< ordered by path
    std::vector<Finding> findings;        ///< ordered by path
    std::vector<std::string> passedOver;  ///< `.git`, `node_modules` and the like, at most `mostPassedOver`
    RuleFiles rules;
    std::int64_t bytes = 0;
};

/// Another one when one of the files was saved, made or removed.
std::string stampOfFiles(std::vector<std::string> paths);

/// Of `_worker.js` or `functions/`, by the times and sizes of their files, at most 10,000 of them.
std::string codeStampOf(const RuleFiles& rules);

/// What is dropped: one folder is the site; of several files and folders each keeps its name in it.
api::Result<LocalSite> scanSite(const std::vector<std::string>& dropped, const Stop& stop);

/// The most entries that are looked at before the person is told that this is no site.
inline constexpr std::size_t mostScanned = 500'000;

}  // namespace stepwell::site
