#pragma once

#include "models/site/local_site.h"

#include <functional>
#include <memory>

namespace stepwell {

/// An archive in a temporary folder of its own, which goes with the last owner of `folder`.
struct UnpackedSite {
    std::shared_ptr<void> folder;
    std::string root;  ///< absolute; of the site, below what is stripped
    std::vector<site::Finding> findings;
};

/// `progress` gets the bytes unpacked, and ends it by answering false. Blocks.
api::Result<UnpackedSite> unpackSite(const std::string& archive,
                                     const std::function<bool(std::int64_t)>& progress);

/// What was found while unpacking, beside what was found in the folder.
void addFindings(site::LocalSite& site, const std::vector<site::Finding>& found);

/// Removes what was unpacked by processes that were killed. Blocks; once, when the program starts.
void removeAbandonedUnpackings();

}  // namespace stepwell
