#pragma once

#include "models/site/local_site.h"

#include <functional>
#include <memory>

namespace stepwell {

/// An archive in a temporary folder of its own, which goes with the last owner of `folder`.
struct UnpackedSite {
    std::shared_ptr<void> folder;
    std::string root;                   ///< absolute; of the site, below what is stripped
    std::vector<std::string> tooLarge;  ///< paths in the site
};

/// `progress` gets the bytes unpacked, and ends it by answering false. Blocks.
api::Result<UnpackedSite> unpackSite(const std::string& archive,
                                     const std::function<bool(std::int64_t)>& progress);

/// Files that were not unpacked become findings of the site.
void addTooLarge(site::LocalSite& site, const std::vector<std::string>& paths);

}  // namespace stepwell
