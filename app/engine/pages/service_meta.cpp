#include "app/engine/pages/service_store.h"

#include <algorithm>
#include <charconv>

namespace stepwell::engine::pages {

namespace {

constexpr std::string_view unfinishedName = "unfinished:";
constexpr std::size_t keyDigits = 32;

std::string unfinishedOf(ProjectKey project) {
    return std::string(unfinishedName) + std::to_string(project.value);
}

/// What the names of the lists of a project begin with.
std::string importedOf(ProjectKey project) {
    return "imported:" + std::to_string(project.value) + ':';
}

/// The first name behind all that begin with this one, whose last character is a colon.
std::string behind(std::string names) {
    names.back() = ';';
    return names;
}

}  // namespace

std::optional<std::string> SiteStore::meta(std::string_view name) {
    auto query = m_db.query("SELECT value FROM meta WHERE name=?");
    return query.bind(name).step() ? std::optional(query.text()) : std::nullopt;
}

void SiteStore::putMeta(std::string_view name, std::string_view value) {
    m_db.query("INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)").bind(name).blob(value).run();
}

void SiteStore::removeMeta(std::string_view name) {
    m_db.query("DELETE FROM meta WHERE name=?").bind(name).run();
}

void SiteStore::putUnfinished(ProjectKey project) {
    putMeta(unfinishedOf(project), "1");
}

void SiteStore::removeUnfinished(ProjectKey project) {
    removeMeta(unfinishedOf(project));
    const auto lists = importedOf(project), end = behind(lists);
    m_db.query("DELETE FROM meta WHERE name>=? AND name<?").bind(lists).bind(end).run();
}

/// One list for what came together: a line has the key and the time.
void SiteStore::putImported(ProjectKey project, const std::vector<AddedAsset>& assets) {
    if (assets.empty()) return;
    std::string list;
    for (const auto& asset : assets)
        list += asset.key.hex() + ' ' + std::to_string(asset.at.time_since_epoch().count()) + '\n';
    // An asset is new only once.
    putMeta(importedOf(project) + assets.front().key.hex(), list);
}

std::vector<AddedAsset> SiteStore::imported(ProjectKey project) {
    std::vector<AddedAsset> assets;
    const auto lists = importedOf(project), end = behind(lists);
    auto query = m_db.query("SELECT value FROM meta WHERE name>=? AND name<?");
    query.bind(lists).bind(end);
    while (query.step()) {
        const auto list = query.text();
        for (std::string_view rest = list; rest.size() > keyDigits;) {
            const auto line = rest.substr(0, rest.find('\n'));
            std::int64_t at = 0;
            std::from_chars(line.data() + keyDigits + 1, line.data() + line.size(), at);
            if (const auto key = api::parseAssetKey(line.substr(0, keyDigits)))
                assets.push_back({*key, api::Time(api::Milliseconds(at))});
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        }
    }
    return assets;
}

std::vector<ProjectKey> SiteStore::unfinished() {
    std::vector<ProjectKey> projects;
    auto query = m_db.query("SELECT name FROM meta WHERE name>=? AND name<?");
    query.bind(unfinishedName).bind("unfinished;");
    while (query.step()) {
        const auto name = query.text();
        ProjectKey project{};
        std::from_chars(name.data() + unfinishedName.size(), name.data() + name.size(), project.value);
        projects.push_back(project);
    }
    return projects;
}

}  // namespace stepwell::engine::pages
