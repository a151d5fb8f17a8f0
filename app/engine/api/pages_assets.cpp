#include "app/engine/api/pages_body.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_token.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::rest {

namespace {

/// 100,000 keys.
constexpr std::size_t hashesBody = 8 * 1024 * 1024;
/// 40 MiB of files as base64, and what is written around 2,000 of them.
constexpr std::size_t assetsBody = 72 * 1024 * 1024;

Outcome checkMissing(pages::Service& service, const http::Request& request) {
    const auto keys = readHashes(request.body);
    if (!keys) return tl::unexpected(keys.error());
    const auto missing = service.missing(*keys);
    if (!missing) return tl::unexpected(missing.error());
    return answer(*missing);
}

Outcome upload(pages::Service& service, const http::Request& request) {
    const auto batch = service.beginUpload();
    std::int64_t count = 0;
    auto read = readAssets(request.body, [&](const pages::NewAsset& asset) {
        ++count;
        return batch->add(asset);
    });
    if (!read) return tl::unexpected(read.error());
    auto stored = batch->commit();
    if (!stored) return tl::unexpected(stored.error());
    return answer({{"successful_key_count", count}, {"unsuccessful_keys", nlohmann::json::array()}});
}

Outcome upsertHashes(pages::Service& service, const http::Request& request) {
    const auto keys = readHashes(request.body);
    if (!keys) return tl::unexpected(keys.error());
    const auto touched = service.touch(*keys);
    if (!touched) return tl::unexpected(touched.error());
    return answer(true);
}

}  // namespace

void addPagesAssetRoutes(http::Router& router, PagesContext& pages) {
    const auto issuer = [&service = pages.service, now = pages.now](const std::string& credential) {
        return issuerOf(service.tokenKey(), credential, now());
    };
    const auto refusal = [](const api::Error& error) {
        if (error.http != 401) return http::failure(error);
        return http::failure(
            {401, pages::code::unauthorized,
             "Authorization failed: the upload token is missing, wrong or expired, or the API token it was "
             "made for is. Get a new one from the upload-token endpoint of the project."});
    };
    const auto add = [&](std::string_view name, std::size_t body, PagesWork work) {
        auto& route = router.add(http::Method::post, "/client/v4/pages/assets/" + std::string(name),
                                 need::editPages, body, onPages(pages, std::move(work)));
        route.issuer = issuer;
        route.refusal = refusal;
        route.silent = name == "check-missing";
    };
    add("check-missing", hashesBody, checkMissing);
    add("upload", assetsBody, upload);
    add("upsert-hashes", hashesBody, upsertHashes);
}

}  // namespace stepwell::engine::rest
