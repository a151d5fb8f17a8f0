// Throughput of asset keys, with what limits it, and the rate of lookups: one JSON object a figure. On one
// core.
#include "app/engine/pages/asset_lookup.h"
#include "models/api/base64_text.h"

#include <algorithm>
#include <blake3.h>
#include <chrono>
#include <cstdio>
#include <string>
#include <unordered_map>

using namespace stepwell;
using namespace stepwell::engine;

namespace {

constexpr int rounds = 7;
constexpr double giga = 1e9;
constexpr std::size_t mebi = std::size_t{1} << 20U;

/// Seconds of the quickest of some rounds: what the machine can do when nobody disturbs it.
template <class Work>
double quickest(const Work& work) {
    double best = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        best = round == 0 ? taken.count() : std::min(best, taken.count());
    }
    return best;
}

void print(const std::string& name, double value, const char* unit) {
    std::printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"}\n", name.c_str(), value, unit);
    std::fflush(stdout);
}

std::string randomBytes(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint64_t state = 1;
    for (auto& byte : bytes) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        byte = static_cast<char>(state >> 56U);
    }
    return bytes;
}

void measureKeys() {
    const std::string file = randomBytes(25 * mebi);
    for (const auto& [name, size] :
         {std::pair("25 MiB", 25 * mebi), std::pair("1 MiB", mebi),
          std::pair("100 KiB", 100 * std::size_t{1024}), std::pair("4 KiB", std::size_t{4096})}) {
        api::AssetHasher hasher;
        const auto files = file.size() / size;
        const double seconds = quickest([&, size = size] {
            for (std::size_t i = 0; i < files; ++i) {
                hasher.add(std::string_view(file).substr(i * size, size));
                hasher.finish("a.bin");
            }
        });
        print(std::string("asset_key ") + name, static_cast<double>(files * size) / giga / seconds, "GB/s");
    }
    // The two parts of it, each alone and in pieces that stay in the cache.
    constexpr std::size_t piece = 48 * 1024;
    std::string text(api::base64Length(piece), '\0');
    const double encode = quickest([&] {
        for (std::size_t at = 0; at + piece <= file.size(); at += piece)
            api::writeBase64(std::string_view(file).substr(at, piece), text.data());
    });
    print("base64 alone", static_cast<double>(file.size()) / giga / encode, "GB/s of bytes");
    const double hash = quickest([&] {
        blake3_hasher hasher;
        blake3_hasher_init(&hasher);
        for (std::size_t at = 0; at + piece <= file.size(); at += piece)
            blake3_hasher_update(&hasher, text.data(), text.size());
    });
    print("blake3 alone", static_cast<double>(file.size()) / 3 * 4 / giga / hash, "GB/s of text");
}

class HashManifest : public pages::Manifest {
  public:
    explicit HashManifest(int files) {
        for (int i = 0; i < files; ++i) {
            pages::Asset asset;
            asset.size = 1024;
            asset.contentType = "text/html";
            assets_.emplace("/folder/page" + std::to_string(i) + ".html", asset);
        }
    }
    std::optional<pages::Asset> find(std::string_view path) const override {
        const auto found = assets_.find(path);
        return found == assets_.end() ? std::nullopt : std::optional(found->second);
    }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view path) const { return std::hash<std::string_view>{}(path); }
    };
    std::unordered_map<std::string, pages::Asset, Hash, std::equal_to<>> assets_;
};

void measureLookups() {
    constexpr int files = 20000, lookups = 200000;
    const HashManifest manifest(files);
    std::string redirectLines, headerLines = "/*\n X-Site: 1\n/folder/*\n Cache-Control: max-age=60\n";
    for (int i = 0; i < 2000; ++i)
        redirectLines += "/old" + std::to_string(i) + " /new 301\n";
    for (int i = 0; i < 100; ++i)
        redirectLines += "/moved" + std::to_string(i) + "/* /:splat 301\n";
    const pages::RedirectRules redirects(pages::parseRedirectsFile(redirectLines));
    const pages::HeaderRules headers(pages::parseHeadersFile(headerLines).rules);
    pages::Site site;
    site.manifest = &manifest;
    pages::AssetRequest request;
    request.host = "site.localhost:8790";
    const auto rate = [&](const char* name, std::string_view target) {
        request.target = target;
        const double seconds = quickest([&] {
            for (int i = 0; i < lookups; ++i)
                lookUp(site, request);
        });
        print(name, lookups / 1e6 / seconds, "million/s");
    };
    rate("lookup of a page, no rules", "/folder/page777");
    site.redirects = &redirects;
    site.headers = &headers;
    rate("lookup of a page, 2,100 redirects and 2 header rules", "/folder/page777");
    rate("lookup of a static redirect of 2,000", "/old1999");
}

}  // namespace

int main() {
    measureKeys();
    measureLookups();
}
