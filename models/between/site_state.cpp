#include "models/between/site_state.h"

#include "models/api/asset_key.h"
#include "models/between/persistence.h"
#include "models/client/form.h"
#include "models/client/parse.h"
#include "models/client/parse_pages.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::between {

using json = nlohmann::ordered_json;
namespace read = client::detail;

namespace {

/// Of what the link does not try again by itself.
template <class Call>
auto tried(const StopFlag& stop, Call call) {
    return persist(
        Repeat::reads, stop, [](const auto&) {}, std::move(call));
}

bool has(const std::vector<api::SiteFile>& parts, const char* name) {
    return std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return part.path == name; });
}

/// Keys become names of files here: a backend must not choose other ones.
api::Result<void> checkKeys(const std::vector<api::SiteFile>& files) {
    for (const auto& file : files)
        if (!api::parseAssetKey(file.key))
            return api::fail(0, api::code::badBody,
                             "The backend tells a key of the file " + file.path +
                                 " that is none: 32 hexadecimal digits were expected. Update the backend, or "
                                 "deploy the site there from its folder.");
    return {};
}

}  // namespace

SiteQuestions::SiteQuestions(const PromotionEnd& end, std::shared_ptr<const StopFlag> stop)
    : m_link(end, stop)
    , m_client(end.address, stop)
    , m_stop(std::move(stop)) {}

api::Result<std::optional<api::SiteProject>> SiteQuestions::project(const std::string& name) {
    const auto response = m_link.get(m_link.routes().siteProject(name));
    if (!response) return tl::unexpected(response.error());
    auto project = client::parseSiteProject(*response);
    if (!project && project.error().code == projectNotFound) return std::nullopt;
    if (!project) return tl::unexpected(project.error());
    return std::optional(std::move(*project));
}

api::Result<std::vector<api::SiteFile>> SiteQuestions::parts(const std::string& project,
                                                             const std::string& deployment) {
    const auto response = m_link.get(m_link.routes().siteParts(project, deployment));
    if (!response) return tl::unexpected(response.error());
    auto page = client::parseSiteFiles(*response);
    if (!page) return tl::unexpected(page.error());
    return std::move(page->rows);
}

api::Result<SiteState> SiteQuestions::state(const std::string& name, const std::string& deployment) {
    SiteState state;
    auto found = project(name);
    if (!found) return tl::unexpected(found.error());
    if (!*found) return api::fail(404, projectNotFound, "There is no site \"" + name + "\" any more.");
    state.project = std::move(**found);
    if (deployment.empty() && !state.project.live)
        return api::fail(404, projectNotFound,
                         "The site \"" + name + "\" shows nothing yet: deploy it first.");
    const auto id = deployment.empty() ? state.project.live->id : deployment;
    auto made = tried(*m_stop, [&] { return m_client.deployment(name, id); });
    if (!made) return tl::unexpected(made.error());
    state.deployment = std::move(*made);
    auto files = tried(*m_stop, [&] { return m_client.files(name, id); });
    if (!files) return tl::unexpected(files.error());
    state.files = std::move(*files);
    if (auto ok = checkKeys(state.files); !ok) return tl::unexpected(ok.error());
    if (auto ok = readParts(state); !ok) return tl::unexpected(ok.error());
    return state;
}

api::Result<void> SiteQuestions::readParts(SiteState& state) {
    auto listed = parts(state.project.name, state.deployment.id);
    if (!listed) return tl::unexpected(listed.error());
    state.parts = std::move(*listed);
    for (const auto& [name, text] : {std::pair{"_headers", &state.headers},
                                     {"_redirects", &state.redirects},
                                     {"_routes.json", &state.routes}}) {
        if (!has(state.parts, name)) continue;
        auto bytes = tried(*m_stop, [&, part = name] {
            return m_client.part({state.project.name, state.deployment.id}, part);
        });
        if (!bytes) return tl::unexpected(bytes.error());
        *text = std::move(*bytes);
    }
    if (!has(state.parts, "functions") && !has(state.parts, "_worker.js")) return {};
    return readCode(state);
}

api::Result<void> SiteQuestions::readCode(SiteState& state) {
    const auto response = m_link.get(m_link.routes().siteCode(state.project.name, state.deployment.id));
    if (!response) return tl::unexpected(response.error());
    if (response->status != 200) {
        const auto refused = read::envelope(*response);
        if (!refused && refused.error().code != api::code::noRoute) return tl::unexpected(refused.error());
        return api::fail(
            response->status, api::code::noRoute,
            "It does not give out the code of sites: it runs an older release. Update it first.");
    }
    const auto form = client::parseForm(*response);
    if (!form) return tl::unexpected(form.error());
    for (const auto& part : *form) {
        if (part.name != "metadata" || !part.fileName.empty()) continue;
        const auto metadata = parseBounded<json>(part.bytes);
        for (const auto& secret : read::at(read::at(metadata, "stepwell"), "secrets"))
            if (secret.is_string()) state.codeSecrets.push_back(secret.get<std::string>());
    }
    state.code = response->body;
    const auto rules = m_link.get(m_link.routes().siteRules(state.project.name, state.deployment.id));
    if (!rules) return tl::unexpected(rules.error());
    const auto answer = read::envelope(*rules, read::anObject);
    if (!answer) return tl::unexpected(answer.error());
    if (const auto& functions = read::at(read::at(*answer, "result"), "functions"); functions.is_object())
        state.routingConfig = read::dump(functions);
    return {};
}

/// The newest deployment of a branch; empty: it has none.
api::Result<std::string> SiteQuestions::newestOf(const api::SiteProject& project, const std::string& branch) {
    const auto url = m_link.routes().siteDeployments(project.name) +
                     client::query({{"env", "preview"}, {"stepwell_branch", branch}, {"per_page", "10"}});
    const auto response = m_link.get(url);
    if (!response) return tl::unexpected(response.error());
    const auto list = client::parseSiteDeployments(*response);
    if (!list) return tl::unexpected(list.error());
    for (const auto& row : list->rows)
        if (row.branch == branch) return row.id;
    return std::string();
}

api::Result<SiteTarget> SiteQuestions::outline(const std::string& name, const std::string& branch) {
    SiteTarget target;
    auto found = project(name);
    if (!found) return tl::unexpected(found.error());
    target.project = std::move(*found);
    if (!target.project) return target;
    if (target.project->live) target.comparedWith = target.project->live->id;
    if (!branch.empty() && branch != target.project->productionBranch) {
        const auto newest = newestOf(*target.project, branch);
        if (!newest) return tl::unexpected(newest.error());
        if (!newest->empty()) target.comparedWith = *newest;
    }
    return target;
}

api::Result<SiteTarget> SiteQuestions::target(const std::string& name, const std::string& branch) {
    auto outlined = outline(name, branch);
    if (!outlined || outlined->comparedWith.empty()) return outlined;
    auto target = std::move(*outlined);
    target.isKnown = m_link.end().kind != BackendKind::cloudflare;
    if (!target.isKnown) return target;
    const auto files = tried(*m_stop, [&] { return m_client.files(name, target.comparedWith); });
    if (!files) return tl::unexpected(files.error());
    const auto listed = parts(name, target.comparedWith);
    if (!listed) return tl::unexpected(listed.error());
    target.items = site::itemsOf(*files);
    for (auto& item : site::itemsOf(*listed))
        target.items.push_back(std::move(item));
    return target;
}

api::Result<void> SiteQuestions::change(const std::string& project, std::string body) {
    const auto response =
        m_link.ask(m_link.request("PATCH", m_link.routes().siteProject(project), std::move(body)));
    if (!response) return tl::unexpected(response.error());
    return client::parseNothing(*response);
}

}  // namespace stepwell::between
