#pragma once

#include "models/api/site_file.h"
#include "models/site/local_site.h"

#include <memory>
#include <vector>

namespace stepwell::site {

enum class Change { added, changed, moved, removed };

/// Where the bytes of one side of a change can be had.
struct Content {
    enum class Kind {
        none,
        asset,  ///< of the backend; `name` is its key
        part,   ///< of a deployment, beside its files; `name` is its name
        disk,   ///< `name` is an absolute path
        memory  ///< `bytes`
    } kind = Kind::none;
    std::string name;
    std::shared_ptr<const std::string> bytes{};

    friend bool operator==(const Content&, const Content&) = default;
};

/// What one side has at a path. Paths of files begin with a slash; those of what rules a site beside its
/// files
/// (`_headers`, code) do not.
struct Item {
    std::string path;
    std::int64_t size = 0;
    std::string key;  ///< equal keys: equal bytes
    Content content;
};

/// Something besides files that rules a site: `_headers`, its code.
struct Part {
    std::string name;
    std::shared_ptr<const std::string> bytes;
};

/// One file or part that a deployment would change.
struct FileChange {
    Change change;
    std::string path;  ///< where it is afterwards, without a slash in front; of a removed one, where it was
    std::string from;  ///< of a moved one: where it was
    std::int64_t sizeBefore = 0;  ///< bytes; of added ones 0
    std::int64_t sizeAfter = 0;   ///< bytes; of removed ones 0
    Content before, after;
};

struct Difference {
    std::vector<FileChange> changes;  ///< added, changed, moved, removed, each ordered by path, files first
    std::int64_t added = 0, changed = 0, moved = 0, removed = 0;
    std::int64_t same = 0;
    std::int64_t bytesBefore = 0, bytesAfter = 0;  ///< of all there is on each side

    bool isEmpty() const { return changes.empty(); }
};

std::vector<Item> itemsOf(const std::vector<const LocalFile*>& files);
std::vector<Item> itemsOf(const std::vector<api::SiteFile>& files);
/// Empty ones are none.
std::vector<Item> itemsOf(const std::vector<Part>& parts);

/// What would be, against what is. A file that went and one of the same key that came are one that moved.
Difference differenceOf(std::vector<Item> before, std::vector<Item> after);

}  // namespace stepwell::site
