#include "app/engine/pages/asset_answer.h"

namespace stepwell::engine::pages {

namespace {

constexpr std::string_view html = ".html";
/// No manifest holds longer paths: they are not looked for, so that a long request costs no more than a short
/// one.
constexpr std::size_t longestPath = 4096;

/// Looks for several paths of one manifest, in one buffer.
class Probe {
  public:
    explicit Probe(const Manifest& manifest)
        : manifest_(manifest) {}

    std::optional<Asset> find(std::string_view path, std::string_view ending = {}) {
        if (path.size() + ending.size() > longestPath) return std::nullopt;
        if (ending.empty()) return manifest_.find(path);
        buffer_.assign(path).append(ending);
        return manifest_.find(buffer_);
    }

  private:
    const Manifest& manifest_;
    std::string buffer_;
};

Found redirectTo(std::string_view path, const Steps& steps, std::string_view why) {
    steps.tell(why, ": its address is ", path);
    return {std::nullopt, std::string(path)};
}

Found findInFolder(Probe& probe, std::string_view path, const Steps& steps) {
    if (const auto asset = probe.find(path, "index.html")) {
        steps.tell(path, "index.html is the page of this folder");
        return {asset, {}};
    }
    if (path.ends_with("/index/")) {
        path.remove_suffix(std::string_view("index/").size());
        return redirectTo(path, steps, "A path that ends in /index/ stands for its folder");
    }
    path.remove_suffix(1);
    if (probe.find(path, html))
        return redirectTo(path, steps, "There is no such folder, but a page of this name");
    return {};
}

Found findPage(Probe& probe, std::string_view path, const Asset& page, const Steps& steps) {
    auto stem = path;
    stem.remove_suffix(html.size());
    if (stem.ends_with("/index")) {
        stem.remove_suffix(std::string_view("index").size());
        return redirectTo(stem, steps, "The page of a folder is shown under the folder");
    }
    if (stem == "/" || probe.find(stem)) {
        steps.tell("The file is sent as it is named: without .html its path means something else");
        return {page, {}};
    }
    return redirectTo(stem, steps, "A page is shown without .html");
}

}  // namespace

Found findFile(const Manifest& manifest, std::string_view path, const Steps& steps) {
    Probe probe(manifest);
    if (path.ends_with('/')) return findInFolder(probe, path, steps);
    if (const auto asset = probe.find(path)) {
        steps.tell(path, " is a file of the deployment");
        if (path.ends_with(html)) return findPage(probe, path, *asset, steps);
        return {asset, {}};
    }
    if (path.ends_with("/index")) {
        path.remove_suffix(std::string_view("index").size());
        return redirectTo(path, steps, "A path that ends in /index stands for its folder");
    }
    if (const auto asset = probe.find(path, html)) {
        steps.tell(path, ".html is a page of the deployment");
        return {asset, {}};
    }
    if (probe.find(path, "/index.html"))
        return redirectTo(std::string(path) + '/', steps, "The path is that of a folder with a page");
    return {};
}

std::optional<Asset> findErrorPage(const Manifest& manifest, std::string_view path, const Steps& steps) {
    constexpr std::string_view name = "/404.html";
    Probe probe(manifest);
    while (!path.empty()) {
        path = path.substr(0, path.rfind('/'));
        if (auto page = probe.find(path, name)) {
            steps.tell("The nearest page for what is not found is ", path, name);
            return page;
        }
    }
    steps.tell("No folder above has a 404.html");
    return std::nullopt;
}

}  // namespace stepwell::engine::pages
