#pragma once

#include "models/site/local_site.h"

#include <set>

namespace stepwell::site {

/// Findings of one concern, as a person decides on them.
struct Warning {
    Concern concern;
    std::vector<std::string> paths;  ///< ordered; never empty
    std::int64_t bytes = 0;
    bool included = false;
};

/// One for each concern there is, the gravest first. `decided` are those that a person decided otherwise than
/// `includedAtFirst`.
std::vector<Warning> warningsOf(const std::vector<Finding>& findings, const std::set<Concern>& decided);

/// The files that go up: those of the site but what stays out.
std::vector<const LocalFile*> chosenFiles(const LocalSite& site, const std::set<Concern>& decided);

}  // namespace stepwell::site
