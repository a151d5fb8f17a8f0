#include "models/site/difference.h"

#include <algorithm>
#include <unordered_map>

namespace stepwell::site {

namespace {

std::string_view withoutSlash(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
}

FileChange added(const LocalFile& file) {
    return {Change::added, file.path, {}, 0, file.stamp.size, {}, file.disk};
}

FileChange removed(const api::SiteFile& file) {
    return {Change::removed, std::string(withoutSlash(file.path)), {}, file.size, 0, file.key, {}};
}

struct Sides {
    std::vector<const LocalFile*> came;
    std::vector<const api::SiteFile*> went;
};

/// Takes out of both sides what only moved.
std::vector<FileChange> takeMoved(Sides& sides) {
    std::unordered_multimap<std::string, const api::SiteFile*> byKey;
    for (auto it = sides.went.rbegin(); it != sides.went.rend(); ++it)
        byKey.emplace((*it)->key, *it);
    std::vector<FileChange> moved;
    std::vector<const api::SiteFile*> gone;
    std::erase_if(sides.came, [&](const LocalFile* file) {
        const auto before = byKey.find(file->key.hex());
        if (before == byKey.end()) return false;
        moved.push_back({Change::moved, file->path, std::string(withoutSlash(before->second->path)),
                         before->second->size, file->stamp.size, before->second->key, file->disk});
        gone.push_back(before->second);
        byKey.erase(before);
        return true;
    });
    std::sort(gone.begin(), gone.end());
    std::erase_if(sides.went,
                  [&](const auto* file) { return std::binary_search(gone.begin(), gone.end(), file); });
    return moved;
}

}  // namespace

Difference differenceOf(const std::vector<const LocalFile*>& local, std::vector<api::SiteFile> live) {
    std::sort(live.begin(), live.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    Difference result;
    Sides sides;
    std::vector<FileChange> changed;
    auto here = local.begin();
    auto there = live.begin();
    while (here != local.end() || there != live.end()) {
        const int order = here == local.end()   ? 1
                          : there == live.end() ? -1
                                                : (*here)->path.compare(withoutSlash(there->path));
        if (order < 0) {
            sides.came.push_back(*here++);
        } else if (order > 0) {
            sides.went.push_back(&*there++);
        } else {
            const auto& file = **here++;
            const auto& before = *there++;
            if (file.key.hex() == before.key)
                ++result.same;
            else
                changed.push_back(
                    {Change::changed, file.path, {}, before.size, file.stamp.size, before.key, file.disk});
        }
    }
    auto moved = takeMoved(sides);
    const auto size = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    result.added = size(sides.came);
    result.changed = size(changed);
    result.moved = size(moved);
    result.removed = size(sides.went);
    result.changes.reserve(sides.came.size() + changed.size() + moved.size() + sides.went.size());
    for (const auto* file : sides.came)
        result.changes.push_back(added(*file));
    std::move(changed.begin(), changed.end(), std::back_inserter(result.changes));
    std::move(moved.begin(), moved.end(), std::back_inserter(result.changes));
    for (const auto* file : sides.went)
        result.changes.push_back(removed(*file));
    return result;
}

}  // namespace stepwell::site
