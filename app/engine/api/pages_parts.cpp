#include "app/engine/api/pages_code.h"
#include "app/engine/api/pages_context.h"
#include "models/api/asset_key.h"

/// What rules a deployment beside its files, part by part, so that two deployments can be compared in it; see
/// EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

api::Result<std::vector<SitePart>> partsOf(pages::Service& service, const http::Request& request) {
    const auto deployment = service.deployment(request.params[1], request.params[2]);
    if (!deployment) return tl::unexpected(deployment.error());
    const auto& row = deployment->row;
    std::vector<SitePart> parts;
    for (const auto& [name, digest] :
         {std::pair{"_headers", &row.headers}, std::pair{"_redirects", &row.redirects},
          std::pair{"_routes.json", &row.routes}}) {
        if (digest->empty()) continue;
        auto text = service.readBlob(*digest);
        if (!text) return tl::unexpected(text.error());
        parts.push_back({name, std::move(*text)});
    }
    if (row.workerKind == pages::WorkerKind::none) return parts;
    const auto code = service.readBlob(row.worker);
    if (!code) return tl::unexpected(code.error());
    const bool isCompiled = !row.functions.empty();
    for (auto& part : codeParts(row.workerKind, *code, isCompiled ? "functions" : "_worker.js"))
        parts.push_back(std::move(part));
    return parts;
}

Outcome listParts(pages::Service& service, const http::Request& request) {
    const auto parts = partsOf(service, request);
    if (!parts) return tl::unexpected(parts.error());
    http::ResultInfo info;
    info.count = info.perPage = info.total = static_cast<std::int64_t>(parts->size());
    return http::success(
        [&](http::JsonWriter& json) {
            json.array();
            for (const auto& part : *parts)
                json.object()
                    .text("path", part.name)
                    .number("size", static_cast<std::int64_t>(part.bytes.size()))
                    .text("content_type", "application/octet-stream")
                    .text("key", api::assetKey(part.bytes, {}).hex())
                    .endObject();
            json.endArray();
        },
        info);
}

/// The type is not that of the part, so that no browser runs it as if this origin said it.
Outcome getPart(pages::Service& service, const http::Request& request) {
    auto parts = partsOf(service, request);
    if (!parts) return tl::unexpected(parts.error());
    const std::string name(request.queryValue("name").value_or(""));
    for (auto& part : *parts) {
        if (part.name != name) continue;
        http::Response response;
        response.contentType = "application/octet-stream";
        response.body = std::move(part.bytes);
        return response;
    }
    return api::fail(404, api::code::noRoute,
                     "The deployment has no part named \"" + name + "\". GET .../parts lists those it has.");
}

/// What another backend needs to run the same code.
Outcome getCode(pages::Service& service, const http::Request& request) {
    const auto deployment = service.deployment(request.params[1], request.params[2]);
    if (!deployment) return tl::unexpected(deployment.error());
    const auto& row = deployment->row;
    if (row.workerKind == pages::WorkerKind::none)
        return api::fail(404, api::code::scriptNotFound, "The deployment has no code, only files.");
    const auto code = service.readBlob(row.worker);
    if (!code) return tl::unexpected(code.error());
    auto form = codeForm(row.workerKind, *code);
    if (!form) return tl::unexpected(form.error());
    http::Response response;
    response.contentType = std::move(form->contentType);
    response.body = std::move(form->body);
    return response;
}

}  // namespace

void addPagesPartRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    const std::string one = "/stepwell/pages/projects/{project}/deployments/{deployment}";
    routes.handle(Method::get, one + "/parts", need::readPages, noBody, onPages(pages, listParts));
    routes.handle(Method::get, one + "/part", need::readPages, noBody, onPages(pages, getPart));
    routes.handle(Method::get, one + "/code", need::readPages, noBody, onPages(pages, getCode));
}

}  // namespace stepwell::engine::rest
