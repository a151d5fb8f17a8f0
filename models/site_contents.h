#pragma once

#include "models/backend.h"

#include <memory>

namespace stepwell {

/// All that a deployment consists of.
struct SiteContents {
    /// Files, and what rules the site beside them: paths of those have no slash in front.
    std::vector<api::SiteFile> entries;
    bool hasParts = false;  ///< the backend told what rules the site
};

/// Loads the files of a deployment and, from backends that tell them, its rules and code. Nothing is asked
/// for an empty `deployment`, which has nothing.
void loadSiteContents(Backend& backend, const std::string& project, const std::string& deployment,
                      QObject* context, Done<std::shared_ptr<const SiteContents>> done);

}  // namespace stepwell
