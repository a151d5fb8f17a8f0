// What a request gets from a site: lines of method, target, host, If-None-Match, Range, If-Range and
// Accept-Encoding. The same bytes are also read as a page with links, and as a _routes.json.
#include "app/engine/pages/asset_lookup.h"
#include "app/engine/pages/early_hints.h"
#include "app/engine/pages/host_name.h"
#include "app/engine/pages/routes_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

using namespace stepwell::engine::pages;

namespace {

constexpr std::uint64_t assetSize = 10;

void require(bool holds) {
    if (!holds) std::abort();
}

class FewFiles : public Manifest {
  public:
    std::optional<Asset> find(std::string_view path) const override {
        constexpr std::array<std::string_view, 7> paths = {
            "/index.html", "/about.html", "/a/index.html", "/a/404.html", "/dual", "/dual.html", "/data.bin"};
        const auto found = std::find(paths.begin(), paths.end(), path);
        if (found == paths.end()) return std::nullopt;
        Asset asset;
        asset.key.bytes[0] = static_cast<std::uint8_t>(found - paths.begin());
        asset.size = assetSize;
        asset.contentType = "text/html";
        asset.gzip = asset.brotli = path == "/about.html" ? 1 : 0;
        asset.formsKnown = path != "/a/index.html";
        return asset;
    }
};

bool canBeSent(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        return c == '\x7F' || (static_cast<unsigned char>(c) < 0x20U && c != '\t');
    });
}

void check(const AssetAnswer& answer) {
    for (const auto& [name, value] : answer.headers)
        require(canBeSent(name) && canBeSent(value));
    require(answer.from <= assetSize && answer.length <= assetSize - answer.from);
    if (answer.status == 200 || answer.status == 206) require(answer.asset.has_value());
    const auto location = headerOf(answer.headers, "Location");
    require(location.has_value() == (answer.status > 300 && answer.status < 309 && answer.status != 304));
    if (location)
        require(location->starts_with('/') && !location->starts_with("//") && !location->starts_with("/\\"));
}

void readAsOthers(std::string_view input) {
    const auto links = linkHeaderOf(input, "http://site.localhost/page");
    require(canBeSent(links));
    const auto routes = parseRoutesFile(input);
    if (routes) runsWorker(*routes, input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    readAsOthers(rest);
    const auto line = [&rest] {
        const auto taken = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
        return taken;
    };
    const auto header = [&line]() -> std::optional<std::string_view> {
        const auto text = line();
        return text.empty() ? std::nullopt : std::optional(text);
    };
    static const FewFiles manifest;
    static const RedirectRules redirects(
        parseRedirectsFile("/old /about 301\n/go/* /:splat\n/as/:name /a/:name 200"));
    static const HeaderRules headers(
        parseHeadersFile("/*\n X-Path: :splat\n/a/*\n ! ETag\n X-Path: a").rules);
    AssetRequest request;
    request.method = line();
    request.target = line();
    request.host = line();
    request.ifNoneMatch = header();
    request.range = header();
    request.ifRange = header();
    request.acceptEncoding = header();
    Site site;
    site.manifest = &manifest;
    site.redirects = &redirects;
    site.headers = &headers;
    if (const auto host = parseSiteHost(request.host)) {
        require(!host->subdomain().empty() && host->isPreview() == !host->label().empty());
        require(normalizedHost(request.host).has_value());
        site.preview = host->isPreview();
    }
    Trace trace;
    check(lookUp(site, request, &trace));
    return 0;
}
