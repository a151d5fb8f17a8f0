#pragma once

#include "app/engine/pages/asset_lookup.h"
#include "models/api/content_type.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace stepwell::engine::pages {

/// A deployment made of paths, whose files hold their own path.
class MapManifest : public Manifest {
  public:
    MapManifest(std::initializer_list<const char*> paths) {
        for (const auto* path : paths)
            add(path);
    }
    Asset& add(const std::string& path) {
        auto& asset = files_[path];
        asset.key = api::assetKey(path, path);
        asset.size = path.size();
        asset.contentType = api::contentTypeOf(path);
        return asset;
    }
    std::optional<Asset> find(std::string_view path) const override {
        const auto found = files_.find(std::string(path));
        ++probes;
        return found == files_.end() ? std::nullopt : std::optional(found->second);
    }
    std::string pathOf(const api::AssetKey& key) const {
        for (const auto& [path, asset] : files_)
            if (asset.key == key) return path;
        return {};
    }

    mutable int probes = 0;

  private:
    std::map<std::string, Asset> files_;
};

/// A site with its rule files, and the shape of its answers as text.
class SiteRig {
  public:
    explicit SiteRig(MapManifest files, const std::string& redirects = {}, const std::string& headers = {})
        : manifest(std::move(files))
        , redirectRules(parseRedirectsFile(redirects))
        , headerRules(parseHeadersFile(headers).rules) {
        site.manifest = &manifest;
        site.redirects = &redirectRules;
        site.headers = &headerRules;
        request.host = "h.example";
    }
    SiteRig(const SiteRig&) = delete;
    SiteRig& operator=(const SiteRig&) = delete;

    AssetAnswer get(std::string_view target) {
        request.target = target;
        return lookUp(site, request);
    }
    /// "200 /index.html", "308 /about", "404".
    std::string outcome(std::string_view target) {
        const auto answer = get(target);
        auto text = std::to_string(answer.status);
        if (const auto location = headerOf(answer.headers, "location")) text.append(" ").append(*location);
        if (answer.asset) text += ' ' + manifest.pathOf(answer.asset->key);
        return text;
    }
    /// Sorted, "name: value" a line, names in lower case.
    std::string headers(std::string_view target) {
        std::vector<std::string> lines;
        for (const auto& [name, value] : get(target).headers) {
            std::string line;
            for (const char c : name)
                line += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            lines.push_back(line + ": " + value + '\n');
        }
        std::sort(lines.begin(), lines.end());
        std::string text;
        for (const auto& line : lines)
            text += line;
        return text;
    }

    MapManifest manifest;
    RedirectRules redirectRules;
    HeaderRules headerRules;
    Site site;
    AssetRequest request;
};

}  // namespace stepwell::engine::pages
