#include "app/engine/pages/service_pack_rows.h"
#include "app/engine/pages/site_compression.h"
#include "app/engine/store/blob_store.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace stepwell::engine::pages {

class LocalService::BatchUpload final : public Service::Upload {
  public:
    BatchUpload(LocalService& service, ProjectKey unfinished)
        : m_service(service)
        , m_unfinished(unfinished)
        , m_writer(service.m_packs) {}

    api::Result<void> add(const NewAsset& asset) override {
        // The first bytes of a key stay, so those of a key that is there need not be kept.
        if (!m_seen.insert(asset.key).second) return {};
        auto digest = sha256Hex(asset.bytes);
        auto place = m_places.find(digest);
        if (place == m_places.end()) {
            const auto written = m_writer.add(asset.bytes);
            if (!written) return tl::unexpected(written.error());
            place = m_places.emplace(digest, *written).first;
        }
        m_assets.emplace_back(asset.key, AssetRow{std::move(digest), place->second, asset.type});
        return {};
    }

    api::Result<void> commit() override {
        if (auto stored = m_writer.sync(); !stored) return stored;
        auto kept =
            m_service.m_database->write<void>(m_service.m_hosts, [&](Work& work) -> api::Result<void> {
                const auto now = m_service.m_options.now();
                PackRows rows(work, m_writer);
                for (const auto& [key, asset] : m_assets) {
                    if (work.store.touchAsset(key, now)) continue;
                    rows.keep(asset.blob, asset.place);
                    work.store.insertAsset(key, asset, now);
                    m_added.push_back({api::parseAssetKey(key).value_or(api::AssetKey{}), now});
                }
                rows.finish();
                if (m_unfinished) work.store.putImported(m_unfinished, m_added);
                return {};
            });
        if (!kept) {
            m_service.m_strayFiles = true;
            m_added.clear();
        }
        if (kept) foreseeForms();
        return kept;
    }

    const std::vector<AddedAsset>& added() const override { return m_added; }

  private:
    /// Before anybody asks for them.
    void foreseeForms() const {
        for (const auto& [key, asset] : m_assets)
            if (isCompressible(asset.type, static_cast<std::uint64_t>(asset.place.bytes)))
                m_service.m_formMaker->foresee(asset);
    }

    LocalService& m_service;
    ProjectKey m_unfinished;
    PackWriter m_writer;
    std::unordered_set<std::string> m_seen;
    std::unordered_map<std::string, BlobPlace> m_places;
    std::vector<std::pair<std::string, AssetRow>> m_assets;
    std::vector<AddedAsset> m_added;
};

std::unique_ptr<Service::Upload> LocalService::beginUpload(ProjectKey unfinished) {
    return std::make_unique<BatchUpload>(*this, unfinished);
}

api::Result<void> LocalService::takeBack(const std::vector<AddedAsset>& assets) {
    constexpr std::size_t atOnce = 2'000;  // between them others may write
    for (std::size_t from = 0; from < assets.size(); from += atOnce) {
        const auto end = std::min(from + atOnce, assets.size());
        auto forgotten = m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
            for (auto i = from; i < end; ++i)
                work.store.forgetUse(assets[i].key.hex(), assets[i].at);
            return {};
        });
        if (!forgotten) return forgotten;
    }
    if (m_housekeeper && !assets.empty()) m_housekeeper->wake();
    return {};
}

namespace {

/// What is to be done for assets that are named.
struct Named {
    std::vector<std::string> missing;
    std::vector<std::string> unused;  ///< there, but no manifest keeps them
};

Named sorted(SiteStore& store, const std::vector<std::string>& keys) {
    Named named;
    std::unordered_set<std::string_view> seen;
    for (const auto& key : keys) {
        if (!seen.insert(key).second) continue;
        const auto references = store.references(key);
        if (!references) named.missing.push_back(key);
        if (references == 0) named.unused.push_back(key);
    }
    return named;
}

}  // namespace

/// Who is told that an asset is there relies on it, so the ones that no manifest keeps are used from now on.
/// Most often there are none, and nothing is written.
api::Result<std::vector<std::string>> LocalService::missing(const std::vector<std::string>& keys) {
    auto named =
        m_database->read<Named>([&](Work& work) -> api::Result<Named> { return sorted(work.store, keys); });
    if (!named) return tl::unexpected(named.error());
    if (named->unused.empty()) return std::move(named->missing);
    return m_database->write<std::vector<std::string>>(
        m_hosts, [&](Work& work) -> api::Result<std::vector<std::string>> {
            const auto now = m_options.now();
            for (auto& key : named->unused)
                if (!work.store.touchAsset(key, now)) named->missing.push_back(std::move(key));
            return std::move(named->missing);
        });
}

api::Result<void> LocalService::touch(const std::vector<std::string>& keys) {
    const auto touched = missing(keys);
    if (!touched) return tl::unexpected(touched.error());
    return {};
}

api::Result<AssetRow> LocalService::asset(const std::string& key) {
    return m_database->read<AssetRow>([&](Work& work) -> api::Result<AssetRow> {
        if (auto row = work.store.asset(key)) return std::move(*row);
        return api::fail(404, code::assetNotFound, "There is no asset " + key + " here. Upload it first.");
    });
}

api::Result<Rows<SiteFile>> LocalService::siteFiles(const std::string& project, const std::string& id,
                                                    const std::string& after, std::size_t most) {
    return m_database->read<Rows<SiteFile>>([&](Work& work) -> api::Result<Rows<SiteFile>> {
        const auto owner = find(work.store, project);
        if (!owner) return tl::unexpected(owner.error());
        const auto row = find(work.store, *owner, id);
        if (!row) return tl::unexpected(row.error());
        auto entries = SiteTree(work.db).load(row->root);
        Rows<SiteFile> rows;
        rows.total = static_cast<std::int64_t>(entries.size());
        auto next = std::upper_bound(
            entries.begin(), entries.end(), after,
            [](const std::string& path, const ManifestEntry& entry) { return path < entry.path; });
        for (; next != entries.end() && rows.rows.size() < most; ++next) {
            auto asset = work.store.asset(next->key).value_or(AssetRow{});
            rows.rows.push_back({std::move(*next), std::move(asset)});
        }
        return rows;
    });
}

}  // namespace stepwell::engine::pages
