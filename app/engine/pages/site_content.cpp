#include "app/engine/pages/site_content.h"

#include "app/engine/pages/site_compression.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <set>

namespace stepwell::engine::pages {

namespace {

// The word of the forms of an asset: their bytes, which are less than two to the thirty-first, and the
// highest bit when they are not known.
constexpr std::uint64_t unknownForms = 1ULL << 63U;
constexpr unsigned brotliBits = 32;

std::uint64_t wordOf(KeptForms forms) {
    return std::uint64_t{forms.brotli} << brotliBits | forms.gzip;
}

}  // namespace

SiteContent::Stored::Stored(AssetRow given)
    : row(std::move(given))
    , forms(isCompressible(row.type, static_cast<std::uint64_t>(row.place.bytes)) ? unknownForms
                                                                                  : wordOf({})) {}

void SiteContent::knowForms(const api::AssetKey& key, KeptForms forms) const {
    m_assets.at(key).forms = wordOf(forms);
}

void SiteContent::forgetForms(const api::AssetKey& key) const {
    m_assets.at(key).forms = unknownForms;
}

SiteContent::SiteContent(DeploymentRow row)
    : m_row(std::move(row)) {
    const auto config = parseBounded<nlohmann::json>(m_row.config);
    if (!config.is_object()) return;
    const auto setting = config.find("fail_open");
    m_failsOpen = setting == config.end() || *setting != false;
}

void SiteContent::add(std::string path, const api::AssetKey& key, AssetRow asset) {
    // Elements of the map stay where they are.
    m_files.emplace(std::move(path), &*m_assets.emplace(key, std::move(asset)).first);
}

void SiteContent::setRules(std::string_view headers, std::string_view redirects, std::string_view routes) {
    if (!headers.empty()) m_headers = HeaderRules(parseHeadersFile(headers).rules);
    if (!redirects.empty()) m_redirects = RedirectRules(parseRedirectsFile(redirects));
    if (auto parsed = parseRoutesFile(routes); !routes.empty() && parsed) m_routes = std::move(*parsed);
}

std::vector<PackKey> SiteContent::packs() const {
    std::set<PackKey> packs;
    for (const auto& [key, asset] : m_assets)
        packs.insert(asset.row.place.pack);
    return {packs.begin(), packs.end()};
}

std::optional<Asset> SiteContent::find(std::string_view path) const {
    const auto file = m_files.find(path);
    if (file == m_files.end()) return std::nullopt;
    const auto& [key, stored] = *file->second;
    Asset asset;
    asset.key = key;
    asset.size = static_cast<std::uint64_t>(stored.row.place.bytes);
    asset.contentType = stored.row.type;
    const std::uint64_t forms = stored.forms.load(std::memory_order_relaxed);
    asset.formsKnown = forms != unknownForms;
    if (!asset.formsKnown) return asset;
    asset.gzip = static_cast<std::uint32_t>(forms);
    asset.brotli = static_cast<std::uint32_t>(forms >> brotliBits);
    return asset;
}

bool SiteContent::runsWorker(std::string_view target) const {
    if (m_row.workerKind == WorkerKind::none) return false;
    return !m_routes || pages::runsWorker(*m_routes, target.substr(0, target.find('?')));
}

Site SiteContent::rules(bool preview) const {
    Site site;
    site.manifest = this;
    site.redirects = &m_redirects;
    site.headers = &m_headers;
    site.links = &m_links;
    site.preview = preview;
    return site;
}

}  // namespace stepwell::engine::pages
