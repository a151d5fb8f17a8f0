#include "models/site/warnings.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace stepwell::site {

namespace {

bool isIncluded(Concern concern, const std::set<Concern>& decided) {
    return isMereNote(concern) ||
           (canInclude(concern) && includedAtFirst(concern) != decided.contains(concern));
}

}  // namespace

std::vector<Warning> warningsOf(const std::vector<Finding>& findings, const std::set<Concern>& decided) {
    std::map<Concern, Warning> byConcern;
    for (const auto& finding : findings) {
        auto& warning =
            byConcern.try_emplace(finding.concern, Warning{finding.concern, {}, 0, false}).first->second;
        warning.paths.push_back(finding.path);
        warning.bytes += finding.size;
    }
    std::vector<Warning> warnings;
    for (auto& [concern, warning] : byConcern) {
        warning.included = isIncluded(concern, decided);
        warnings.push_back(std::move(warning));
    }
    return warnings;
}

std::vector<const LocalFile*> chosenFiles(const LocalSite& site, const std::set<Concern>& decided) {
    std::unordered_set<std::string_view> out;
    for (const auto& finding : site.findings)
        if (!isIncluded(finding.concern, decided)) out.insert(finding.path);
    std::vector<const LocalFile*> chosen;
    chosen.reserve(site.files.size());
    for (const auto& file : site.files)
        if (!out.contains(file.path)) chosen.push_back(&file);
    return chosen;
}

}  // namespace stepwell::site
