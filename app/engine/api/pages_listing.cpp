#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_files.h"
#include "app/engine/api/query.h"

/// What the window asks for to show what is live and what would change; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

constexpr std::int64_t mostFiles = 100'000;

Outcome listFiles(pages::Service& service, const http::Request& request) {
    const auto limit = numberQuery(request, "limit", mostFiles, 1, mostFiles);
    if (!limit) return tl::unexpected(limit.error());
    const std::string after(request.queryValue("cursor").value_or(""));
    // One more than is shown tells whether there is another page.
    auto files =
        service.siteFiles(request.params[1], request.params[2], after, static_cast<std::size_t>(*limit) + 1);
    if (!files) return tl::unexpected(files.error());
    const bool more = static_cast<std::int64_t>(files->rows.size()) > *limit;
    if (more) files->rows.pop_back();
    http::ResultInfo info;
    info.count = static_cast<std::int64_t>(files->rows.size());
    info.perPage = *limit;
    info.total = files->total;
    if (more) info.cursor = files->rows.back().entry.path;
    return http::success(
        [&](http::JsonWriter& json) {
            json.array();
            for (const auto& [entry, asset] : files->rows)
                json.object()
                    .text("path", entry.path)
                    .number("size", asset.place.bytes)
                    .text("content_type", asset.type)
                    .text("key", entry.key)
                    .endObject();
            json.endArray();
        },
        info);
}

/// The type is not that of the file, so that no browser takes it for a page of this origin.
void sendAsset(PagesContext& context, const http::ExchangePtr& exchange) {
    const auto& key = exchange->request().params[1];
    const auto held = context.service.holdFiles();
    const auto asset = context.service.asset(key);
    if (!asset) return exchange->respond(http::failure(asset.error()));
    http::Response response;
    response.contentType = "application/octet-stream";
    FileSlice slice;
    slice.path = context.service.fileOf(*asset);
    slice.from = static_cast<std::uint64_t>(asset->place.start);
    slice.bytes = static_cast<std::uint64_t>(asset->place.bytes);
    slice.held = held;
    respondWithFile(exchange, std::move(response), std::move(slice), context.files);
}

}  // namespace

void addPagesListingRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    routes.handle(Method::get, "/stepwell/pages/projects/{project}/deployments/{deployment}/files",
                  need::readPages, noBody, onPages(pages, listFiles));
    routes.handle(Method::get, "/stepwell/pages/assets/{key}", need::readPages, noBody,
                  [&pages](const http::ExchangePtr& exchange) {
                      pages.threads.post([&pages, exchange](std::size_t) { sendAsset(pages, exchange); });
                  });
}

}  // namespace stepwell::engine::rest
