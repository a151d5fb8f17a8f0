#include "app/engine/api/site_answer.h"

#include "app/engine/api/pages_files.h"
#include "app/engine/pages/early_hints.h"

#include <fstream>

namespace stepwell::engine::rest {

namespace {

FileSlice sliceOf(PagesContext& context, const pages::SiteContent& site, const api::AssetKey& key,
                  std::uint64_t from, std::uint64_t bytes) {
    const auto& asset = site.assetOf(key);
    return {context.service.fileOf(asset),
            static_cast<std::uint64_t>(asset.place.start) + from,
            bytes,
            site.held(),
            asset.place,
            &context.service.bodies()};
}

/// Early hints: the next request is told of what this page will want.
void scanLater(PagesContext& context, const ServedSite& site, const pages::Asset& page,
               const pages::AssetRequest& asked) {
    if (!site.content->links().begin(page.key)) return;
    const auto bytes = std::min<std::uint64_t>(page.size, pages::mostHtml);
    auto url = std::string(asked.scheme) + "://" + std::string(asked.host) + std::string(asked.target);
    context.files.post([site = site.content, key = page.key, pageUrl = std::move(url),
                        slice = sliceOf(context, *site.content, page.key, 0, bytes)](std::size_t) {
        std::ifstream file(slice.path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(slice.from));
        std::string html(slice.bytes, '\0');
        file.read(html.data(), static_cast<std::streamsize>(html.size()));
        html.resize(static_cast<std::size_t>(file.gcount()));
        site->links().put(key, pages::linkHeaderOf(html, pageUrl));
    });
}

}  // namespace

void answerAsset(PagesContext& context, const ServedSite& site, const pages::AssetRequest& asked,
                 std::shared_ptr<const void> keep, std::function<void(http::Response)> done) {
    auto rules = site.content->rules(site.preview);
    rules.strict = context.service.settings().strict;
    auto found = pages::lookUp(rules, asked);
    if (found.scanForLinks) scanLater(context, site, *found.asset, asked);
    http::Response response;
    response.status = found.status;
    response.headerSet = http::HeaderSet::given;
    response.headers = std::move(found.headers);
    response.body = std::move(found.text);
    if (!found.asset || found.length == 0) return done(std::move(response));
    if (asked.method == "HEAD") {
        response.longBody = std::make_shared<http::LongBody>();
        response.longBody->bytes = found.length;
        return done(std::move(response));
    }
    readFileInto(
        std::move(response), sliceOf(context, *site.content, found.asset->key, found.from, found.length),
        context.files,
        [keep = std::move(keep), done = std::move(done)](http::Response answer) { done(std::move(answer)); });
}

}  // namespace stepwell::engine::rest
