#include "models/site/difference.h"

#include <algorithm>
#include <unordered_map>

namespace stepwell::site {

namespace {

bool isFile(const std::string& path) {
    return path.starts_with('/');
}

std::string shownPath(const std::string& path) {
    return isFile(path) ? path.substr(1) : path;
}

void sortByPath(std::vector<Item>& items) {
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
}

std::int64_t bytesOf(const std::vector<Item>& items) {
    std::int64_t bytes = 0;
    for (const auto& item : items)
        bytes += item.size;
    return bytes;
}

FileChange changeOf(Change change, const Item* before, const Item* after) {
    FileChange made{change, shownPath((after != nullptr ? after : before)->path), {}, 0, 0, {}, {}};
    if (before != nullptr) {
        made.sizeBefore = before->size;
        made.before = before->content;
    }
    if (after != nullptr) {
        made.sizeAfter = after->size;
        made.after = after->content;
    }
    if (change == Change::moved) made.from = shownPath(before->path);
    return made;
}

struct Sides {
    std::vector<const Item*> came;
    std::vector<const Item*> went;
};

/// Takes out of both sides what only moved.
std::vector<FileChange> takeMoved(Sides& sides) {
    std::unordered_multimap<std::string, const Item*> byKey;
    for (auto it = sides.went.rbegin(); it != sides.went.rend(); ++it)
        if (isFile((*it)->path)) byKey.emplace((*it)->key, *it);
    std::vector<FileChange> moved;
    std::vector<const Item*> gone;
    std::erase_if(sides.came, [&](const Item* item) {
        const auto before = isFile(item->path) ? byKey.find(item->key) : byKey.end();
        if (before == byKey.end()) return false;
        moved.push_back(changeOf(Change::moved, before->second, item));
        gone.push_back(before->second);
        byKey.erase(before);
        return true;
    });
    std::sort(gone.begin(), gone.end());
    std::erase_if(sides.went,
                  [&](const auto* item) { return std::binary_search(gone.begin(), gone.end(), item); });
    return moved;
}

}  // namespace

std::vector<Item> itemsOf(const std::vector<const LocalFile*>& files) {
    std::vector<Item> items;
    items.reserve(files.size());
    for (const auto* file : files)
        items.push_back(
            {'/' + file->path, file->stamp.size, file->key.hex(), {Content::Kind::disk, file->disk}});
    return items;
}

std::vector<Item> itemsOf(const std::vector<api::SiteFile>& files) {
    std::vector<Item> items;
    items.reserve(files.size());
    for (const auto& file : files)
        items.push_back({file.path, file.size, file.key,
                         isFile(file.path) ? Content{Content::Kind::asset, file.key}
                                           : Content{Content::Kind::part, file.path}});
    return items;
}

std::vector<Item> itemsOf(const std::vector<Part>& parts) {
    std::vector<Item> items;
    for (const auto& part : parts)
        if (!part.bytes->empty())
            items.push_back({part.name,
                             static_cast<std::int64_t>(part.bytes->size()),
                             api::assetKey(*part.bytes, {}).hex(),
                             {Content::Kind::memory, {}, part.bytes}});
    return items;
}

Difference differenceOf(std::vector<Item> before, std::vector<Item> after) {
    sortByPath(before);
    sortByPath(after);
    Difference result;
    result.bytesBefore = bytesOf(before);
    result.bytesAfter = bytesOf(after);
    Sides sides;
    std::vector<FileChange> changed;
    auto there = before.cbegin();
    auto here = after.cbegin();
    while (here != after.cend() || there != before.cend()) {
        const int order = here == after.cend()     ? 1
                          : there == before.cend() ? -1
                                                   : here->path.compare(there->path);
        if (order < 0)
            sides.came.push_back(&*here);
        else if (order > 0)
            sides.went.push_back(&*there);
        else if (here->key == there->key)
            ++result.same;
        else
            changed.push_back(changeOf(Change::changed, &*there, &*here));
        if (order <= 0) ++here;
        if (order >= 0) ++there;
    }
    auto moved = takeMoved(sides);
    const auto size = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    result.added = size(sides.came);
    result.changed = size(changed);
    result.moved = size(moved);
    result.removed = size(sides.went);
    result.changes.reserve(sides.came.size() + changed.size() + moved.size() + sides.went.size());
    for (const auto* item : sides.came)
        result.changes.push_back(changeOf(Change::added, nullptr, item));
    std::move(changed.begin(), changed.end(), std::back_inserter(result.changes));
    std::move(moved.begin(), moved.end(), std::back_inserter(result.changes));
    for (const auto* item : sides.went)
        result.changes.push_back(changeOf(Change::removed, item, nullptr));
    return result;
}

}  // namespace stepwell::site
