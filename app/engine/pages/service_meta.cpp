#include "app/engine/pages/service_store.h"

#include <charconv>

namespace stepwell::engine::pages {

namespace {

constexpr std::string_view unfinishedName = "unfinished:";

std::string unfinishedOf(ProjectKey project) {
    return std::string(unfinishedName) + std::to_string(project.value);
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
