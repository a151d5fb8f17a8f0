#include "app/engine/pages/service_store.h"

namespace stepwell::engine::pages {

std::optional<AssetRow> SiteStore::asset(std::string_view key) {
    auto query = m_db.query("SELECT a.blob, a.type, b.pack, b.start, b.bytes FROM assets a JOIN blobs b ON "
                            "b.digest=a.blob WHERE a.key=?");
    if (!query.bind(key).step()) return std::nullopt;
    AssetRow row;
    row.blob = query.text();
    row.type = query.text();
    row.place.pack = PackKey{query.integer()};
    row.place.start = query.integer();
    row.place.bytes = query.integer();
    return row;
}

std::optional<std::int64_t> SiteStore::references(std::string_view key) {
    auto query = m_db.query("SELECT refs FROM assets WHERE key=?");
    return query.bind(key).step() ? std::optional(query.integer()) : std::nullopt;
}

void SiteStore::insertAsset(std::string_view key, const AssetRow& asset, api::Time now) {
    m_db.query("INSERT INTO assets(key, blob, type, used, refs) VALUES(?, ?, ?, ?, 0)")
        .bind(key)
        .bind(asset.blob)
        .bind(asset.type)
        .bind(now)
        .run();
}

void SiteStore::forgetUse(std::string_view key, api::Time at) {
    m_db.query("UPDATE assets SET used=0 WHERE key=? AND refs=0 AND used=?").bind(key).bind(at).run();
}

bool SiteStore::touchAsset(std::string_view key, api::Time now) {
    m_db.query("UPDATE assets SET used=? WHERE key=?").bind(now).bind(key).run();
    return m_db.changes() > 0;
}

}  // namespace stepwell::engine::pages
