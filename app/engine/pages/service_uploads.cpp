#include "app/engine/pages/service_local.h"

#include <algorithm>
#include <unordered_set>

namespace stepwell::engine::pages {

class LocalService::BatchUpload final : public Service::Upload {
  public:
    explicit BatchUpload(LocalService& service)
        : m_service(service)
        , m_blobs(service.m_blobs) {}

    api::Result<void> add(const NewAsset& asset) override {
        // The first bytes of a key stay, so those of a key that is there need not be kept.
        if (!m_seen.insert(asset.key).second) return {};
        auto digest = m_blobs.add(asset.bytes);
        if (!digest) return tl::unexpected(digest.error());
        AssetRow row{std::move(*digest), static_cast<std::int64_t>(asset.bytes.size()), asset.type};
        m_assets.emplace_back(asset.key, std::move(row));
        return {};
    }

    api::Result<void> commit() override {
        if (auto stored = m_blobs.commit(); !stored) return stored;
        return m_service.m_database->write<void>(m_service.m_hosts, [&](Work& work) -> api::Result<void> {
            const auto now = m_service.m_options.now();
            for (const auto& [key, asset] : m_assets)
                work.store.putAsset(key, asset, now);
            return {};
        });
    }

  private:
    LocalService& m_service;
    BlobBatch m_blobs;
    std::unordered_set<std::string> m_seen;
    std::vector<std::pair<std::string, AssetRow>> m_assets;
};

std::unique_ptr<Service::Upload> LocalService::beginUpload() {
    return std::make_unique<BatchUpload>(*this);
}

api::Result<std::vector<std::string>> LocalService::missing(const std::vector<std::string>& keys) {
    return m_database->read<std::vector<std::string>>(
        [&](Work& work) -> api::Result<std::vector<std::string>> {
            std::vector<std::string> missing;
            std::unordered_set<std::string_view> seen;
            for (const auto& key : keys)
                if (seen.insert(key).second && !work.store.asset(key)) missing.push_back(key);
            return missing;
        });
}

api::Result<void> LocalService::touch(const std::vector<std::string>& keys) {
    return m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        const auto now = m_options.now();
        for (const auto& key : keys)
            work.store.touchAsset(key, now);
        return {};
    });
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
