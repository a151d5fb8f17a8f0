#pragma once

#include "models/api/site_file.h"
#include "models/site/local_site.h"

#include <vector>

namespace stepwell::site {

enum class Change { added, changed, moved, removed };

/// One file that a deployment would change.
struct FileChange {
    Change change;
    std::string path;             ///< where it is afterwards; of a removed one, where it was
    std::string from;             ///< of a moved one: where it was
    std::int64_t sizeBefore = 0;  ///< bytes; of added ones 0
    std::int64_t sizeAfter = 0;   ///< bytes; of removed ones 0
    std::string keyBefore;        ///< asset of the backend; empty for added ones
    std::string disk;             ///< file on this disk; empty for removed ones
};

struct Difference {
    std::vector<FileChange> changes;  ///< added, changed, moved, removed, each ordered by path
    std::int64_t added = 0, changed = 0, moved = 0, removed = 0;
    std::int64_t same = 0;

    bool isEmpty() const { return changes.empty(); }
};

/// What would be, against what is. `local` is ordered by path; paths of `live` begin with a slash. A file
/// that went and one of the same key that came are one that moved.
Difference differenceOf(const std::vector<const LocalFile*>& local, std::vector<api::SiteFile> live);

}  // namespace stepwell::site
