#pragma once

#include "models/api/error.h"
#include "models/api/site_rules.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Reading of zip, tar and tar.gz that strangers have packed. No Qt: it is fuzzed by itself.
namespace stepwell::site {

/// All apply while unpacking, to what really comes out.
struct ArchiveLimits {
    std::int64_t mostFiles = 100'000;
    std::int64_t mostEntries = 400'000;  ///< with folders, and with what is passed over
    std::int64_t largestFile = api::largestSiteFile;
    std::int64_t mostBytes = std::int64_t{8} * 1024 * 1024 * 1024;
    std::int64_t mostGrowth = 400;                             ///< unpacked bytes for one of the archive ...
    std::int64_t growthFrom = std::int64_t{64} * 1024 * 1024;  ///< ... counted beyond this many
};

/// Where the files go. Each call answers whether to go on; its error ends the reading.
class ArchiveSink {
  public:
    virtual ~ArchiveSink() = default;
    /// A file begins. The path is relative, with slashes, without "." and ".." and not longer than 4,096
    /// bytes. A path may come twice: the later file takes the place of the one before.
    virtual api::Result<void> begin(const std::string& path) = 0;
    virtual api::Result<void> write(std::string_view bytes) = 0;
    /// `tooLarge`: the file went over the limit and is not complete.
    enum class End { complete, tooLarge };
    virtual api::Result<void> end(End how) = 0;
};

struct ArchiveSummary {
    std::int64_t files = 0;
    std::int64_t bytes = 0;   ///< of those that were written whole
    std::int64_t passed = 0;  ///< __MACOSX, .DS_Store and friends
    std::string top;          ///< the one folder that everything is in, without a slash; empty: there is none
    // Paths, at most 1,000 of each.
    std::vector<std::string> tooLarge;
    std::vector<std::string> repeated;     ///< come more than once: the last one counts
    std::vector<std::string> sameButCase;  ///< differ from one before only in upper and lower case
};

/// Unpacked bytes so far; false ends the reading with code::cancelled.
using ArchiveProgress = std::function<bool(std::int64_t)>;
inline constexpr int codeCancelled = 19010;

/// Errors name the archive, the entry, and what to do. Blocks.
api::Result<ArchiveSummary> readArchive(const std::string& file, const ArchiveLimits& limits,
                                        ArchiveSink& sink, const ArchiveProgress& progress = {});
/// The same from memory; `name` stands in error texts.
api::Result<ArchiveSummary> readArchive(std::string_view bytes, const std::string& name,
                                        const ArchiveLimits& limits, ArchiveSink& sink,
                                        const ArchiveProgress& progress = {});

/// Whether a file is taken for an archive, by its name.
bool isArchiveName(std::string_view name);

/// The name of an entry as UTF-8: what is no UTF-8 is CP437, which old zips are written in.
std::string decodedName(std::string_view raw);

}  // namespace stepwell::site
