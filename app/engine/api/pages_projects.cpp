#include "app/engine/api/pages_body.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_json.h"
#include "app/engine/api/pages_token.h"
#include "app/engine/api/query.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::rest {

namespace {

constexpr std::int64_t usualProjects = 10;
constexpr std::int64_t mostProjects = 100;

/// With what only the log knows.
nlohmann::json shownWithRequests(const pages::ProjectView& project, const http::Place& place,
                                 const pages::SiteLog& log) {
    auto value = shown(project, place);
    const auto counts = log.countsOf(project.row.key);
    value["stepwell"]["requests"] = {{"total", counts.total}, {"errors", counts.errors}};
    return value;
}

Outcome listProjects(pages::Service& service, const http::Request& request, const pages::SiteLog& log) {
    const auto page = pageQuery(request, usualProjects, mostProjects);
    if (!page) return tl::unexpected(page.error());
    const auto rows = service.projects(*page);
    if (!rows) return tl::unexpected(rows.error());
    auto values = nlohmann::json::array();
    for (const auto& row : rows->rows)
        values.push_back(shownWithRequests(row, request.place, log));
    return pageAnswer(values, *page, rows->total);
}

Outcome shownOr(const api::Result<pages::ProjectView>& project, const http::Request& request) {
    if (!project) return tl::unexpected(project.error());
    return answer(shown(*project, request.place));
}

Outcome createProject(pages::Service& service, const http::Request& request) {
    auto project = readNewProject(request.body);
    if (!project) return tl::unexpected(project.error());
    const auto created = service.createProject(std::move(*project));
    auto shown = shownOr(created, request);
    if (shown) shown->made = created->row.name;
    return shown;
}

Outcome getProject(pages::Service& service, const http::Request& request, const pages::SiteLog& log) {
    const auto project = service.project(request.params[1]);
    if (!project) return tl::unexpected(project.error());
    return answer(shownWithRequests(*project, request.place, log));
}

Outcome changeProject(pages::Service& service, const http::Request& request) {
    const auto change = readProjectChange(request.body);
    if (!change) return tl::unexpected(change.error());
    return shownOr(service.changeProject(request.params[1], *change), request);
}

Outcome removeProject(pages::Service& service, const http::Request& request) {
    const auto onlyEmpty = flagQuery(request, "only_empty");
    if (!onlyEmpty) return tl::unexpected(onlyEmpty.error());
    const auto which = *onlyEmpty ? pages::Projects::onlyEmpty : pages::Projects::any;
    const auto removed = service.removeProject(request.params[1], which);
    if (!removed) return tl::unexpected(removed.error());
    return answer(nullptr);
}

/// Nothing is built here, so there is no cache to empty.
Outcome purgeBuildCache(pages::Service& service, const http::Request& request) {
    const auto project = service.project(request.params[1]);
    if (!project) return tl::unexpected(project.error());
    return answer(nullptr);
}

}  // namespace

void addPagesProjectRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    const auto withLog = [&pages](auto handler) {
        return onPages(pages,
                       [handler, log = pages.log](pages::Service& service, const http::Request& request) {
                           return handler(service, request, *log);
                       });
    };
    routes.handle(Method::get, "/pages/projects", need::readPages, noBody, withLog(listProjects));
    routes.handle(Method::post, "/pages/projects", need::editPages, jsonBody, onPages(pages, createProject));
    routes.handle(Method::get, "/pages/projects/{project}", need::readPages, noBody, withLog(getProject));
    routes.handle(Method::patch, "/pages/projects/{project}", need::editPages, jsonBody,
                  onPages(pages, changeProject));
    routes.handle(Method::remove, "/pages/projects/{project}", need::editPages, noBody,
                  onPages(pages, removeProject));
    routes.handle(Method::post, "/pages/projects/{project}/purge_build_cache", need::editPages, noBody,
                  onPages(pages, purgeBuildCache));
    routes.handle(
        Method::get, "/pages/projects/{project}/upload-token", need::editPages, noBody,
        onPages(pages, [now = pages.now](pages::Service& service, const http::Request& request) -> Outcome {
            const auto project = service.project(request.params[1]);
            if (!project) return tl::unexpected(project.error());
            const auto settings = service.settings();
            const UploadClaims claims{request.identity->token.id, project->row.uuid, settings.mostFiles,
                                      settings.uploadToken};
            return answer({{"jwt", issueUploadToken(service.tokenKey(), claims, now())}});
        }));
}

}  // namespace stepwell::engine::rest
