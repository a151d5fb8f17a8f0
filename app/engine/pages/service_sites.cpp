#include "app/engine/pages/service_local.h"
#include "app/engine/pages/site_stretch.h"

/// Sites as they are served.
namespace stepwell::engine::pages {

void LocalService::makeForms() {
    m_formMaker = std::make_unique<SiteFormMaker>(
        SiteFormMaker::Needs{m_forms, [this](const AssetRow& asset) { return readAsset(asset); },
                             [this](const std::string& digest) { return hasBlob(digest); },
                             [this] { return settings().mostFormBytes; }});
}

void LocalService::findForms(const std::shared_ptr<const SiteContent>& site, const api::AssetKey& key) {
    // What is there may not have gone yet when nothing is to be kept.
    if (settings().mostFormBytes == 0) return site->knowForms(key, {});
    const auto kept = m_forms.find(site->assetOf(key).blob);
    // Before the maker is asked, which may be done with it at once.
    site->knowForms(key, kept.value_or(KeptForms{}));
    if (!kept && !m_formMaker->want(site, key)) site->forgetForms(key);
}

api::Result<std::string> LocalService::readAsset(const AssetRow& asset) {
    return readStretch(m_packs.path(asset.place, asset.blob), asset.place.start, asset.place.bytes);
}

/// Also when that cannot be found out.
bool LocalService::hasBlob(const std::string& digest) {
    return m_database
        ->read<bool>(
            [&](Work& work) -> api::Result<bool> { return SiteBlobs(work.db).place(digest).has_value(); })
        .value_or(true);
}

api::Result<std::string> LocalService::readBlob(const std::string& digest) {
    if (digest.empty()) return std::string();
    const auto files = holdFiles();
    const auto place =
        m_database->read<std::optional<BlobPlace>>([&](Work& work) -> api::Result<std::optional<BlobPlace>> {
            return SiteBlobs(work.db).place(digest);
        });
    if (!place) return tl::unexpected(place.error());
    if (!*place)
        return api::fail(500, api::code::storage,
                         "The database knows no blob " + digest +
                             ", which a deployment names. Deploy the "
                             "site again.");
    const auto path = m_packs.path(**place, digest);
    if ((*place)->pack) return readStretch(path, (*place)->start, (*place)->bytes);
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    return readStretch(path, 0, error ? 0 : static_cast<std::int64_t>(bytes));
}

api::Result<std::shared_ptr<const SiteContent>> LocalService::loadSite(DeploymentKey key) {
    if (auto known = m_sites.find(key)) return known;
    std::shared_ptr<SiteContent> site;
    // Before the rows are read: what they name stays from here on.
    const auto files = holdFiles();
    auto read = m_database->read<void>([&](Work& work) -> api::Result<void> {
        auto row = work.store.deployment(key);
        if (!row)
            return api::fail(404, code::deploymentNotFound, "The deployment at this address was deleted.");
        site = std::make_shared<SiteContent>(std::move(*row));
        for (auto& entry : SiteTree(work.db).load(site->row().root)) {
            auto asset = work.store.asset(entry.key);
            const auto assetKey = api::parseAssetKey(entry.key);
            if (asset && assetKey) site->add(std::move(entry.path), *assetKey, std::move(*asset));
        }
        if (static_cast<std::int64_t>(site->fileCount()) == site->row().files) return {};
        return api::fail(500, api::code::storage,
                         "The database does not hold all files of the deployment " + site->row().shortId +
                             ". Deploy it again.");
    });
    if (!read) return tl::unexpected(read.error());
    const auto headers = readBlob(site->row().headers);
    const auto redirects = readBlob(site->row().redirects);
    const auto routes = readBlob(site->row().routes);
    for (const auto* text : {&headers, &redirects, &routes})
        if (!*text) return tl::unexpected(text->error());
    site->hold(holdPacks(site->packs()));
    site->setRules(*headers, *redirects, *routes);
    m_sites.put(site);
    if (files != holdFiles()) m_sites.remove(key);
    return site;
}

}  // namespace stepwell::engine::pages
