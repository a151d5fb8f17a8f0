#include "app/engine/pages/site_blobs.h"

#include "app/engine/pages/site_tree.h"

namespace stepwell::engine::pages {

bool SiteBlobs::refer(std::string_view digest) {
    m_db.query("UPDATE blobs SET refs=refs+1 WHERE digest=?").bind(digest).run();
    return m_db.changes() > 0;
}

void SiteBlobs::insert(std::string_view digest, const BlobPlace& place) {
    m_db.query("INSERT INTO blobs(digest, pack, start, bytes, refs) VALUES(?, ?, ?, ?, 1)")
        .bind(digest)
        .bind(place.pack)
        .bind(place.start)
        .bind(place.bytes)
        .run();
}

bool SiteBlobs::adopt(std::string_view digest, const BlobPlace& place) {
    m_db.query("UPDATE blobs SET pack=?1, start=?2, bytes=?3 WHERE digest=?4 AND pack=0 AND bytes=0 AND ?3>0")
        .bind(place.pack)
        .bind(place.start)
        .bind(place.bytes)
        .bind(digest)
        .run();
    return m_db.changes() > 0;
}

void SiteBlobs::addPack(PackKey key, std::int64_t bytes, std::int64_t live) {
    m_db.query("INSERT INTO packs(id, bytes, live) VALUES(?, ?, ?)").bind(key).bind(bytes).bind(live).run();
}

bool SiteBlobs::hasPack(PackKey key) {
    return m_db.query("SELECT 1 FROM packs WHERE id=?").bind(key).step();
}

std::optional<BlobPlace> SiteBlobs::place(std::string_view digest) {
    auto query = m_db.query("SELECT pack, start, bytes FROM blobs WHERE digest=?");
    if (!query.bind(digest).step()) return std::nullopt;
    BlobPlace place;
    place.pack = PackKey{query.integer()};
    place.start = query.integer();
    place.bytes = query.integer();
    return place;
}

#define STEPWELL_RELEASE_OF(WHERE)                                                                           \
    "INSERT INTO released(node, blob) "                                                                      \
    "SELECT root, '' FROM deployments WHERE " WHERE " AND length(root)>0 UNION ALL "                         \
    "SELECT NULL, headers FROM deployments WHERE " WHERE " AND headers<>'' UNION ALL "                       \
    "SELECT NULL, redirects FROM deployments WHERE " WHERE " AND redirects<>'' UNION ALL "                   \
    "SELECT NULL, routes FROM deployments WHERE " WHERE " AND routes<>'' UNION ALL "                         \
    "SELECT NULL, worker FROM deployments WHERE " WHERE " AND worker<>'' UNION ALL "                         \
    "SELECT NULL, functions FROM deployments WHERE " WHERE " AND functions<>''"

void SiteBlobs::release(DeploymentKey deployment) {
    m_db.query(STEPWELL_RELEASE_OF("id=?1")).bind(deployment).run();
}

void SiteBlobs::release(ProjectKey project) {
    m_db.query(STEPWELL_RELEASE_OF("project=?1")).bind(project).run();
}

int SiteBlobs::workOff(int most, api::Time now) {
    struct Row {
        std::int64_t id = 0;
        std::string node;
        std::string blob;
    };
    std::vector<Row> rows;
    {
        // The newest first: the children of a node before its siblings, so that the list stays short.
        auto query = m_db.query("SELECT id, node, blob FROM released ORDER BY id DESC LIMIT ?");
        query.bind(most);
        while (query.step()) {
            Row row;
            row.id = query.integer();
            row.node = query.text();
            row.blob = query.text();
            rows.push_back(std::move(row));
        }
    }
    SiteTree tree(m_db);
    for (const auto& row : rows) {
        m_db.query("DELETE FROM released WHERE id=?").bind(row.id).run();
        if (!row.blob.empty()) giveUp(row.blob);
        if (row.node.empty()) continue;
        for (const auto& child : tree.release(row.node, now))
            m_db.query("INSERT INTO released(node, blob) VALUES(?, '')").blob(child).run();
    }
    return static_cast<int>(rows.size());
}

void SiteBlobs::giveUp(std::string_view digest) {
    m_db.query("UPDATE blobs SET refs=refs-1 WHERE digest=?").bind(digest).run();
    m_db.query("UPDATE packs SET live=live-(SELECT bytes FROM blobs WHERE digest=?1) WHERE "
               "id=(SELECT pack FROM blobs WHERE digest=?1 AND refs<=0)")
        .bind(digest)
        .run();
    m_db.query("DELETE FROM blobs WHERE digest=? AND refs<=0").bind(digest).run();
    if (m_db.changes() > 0) m_gone.emplace_back(digest);
}

int SiteBlobs::removeUnused(int most, api::Time before) {
    std::vector<std::pair<std::string, std::string>> unused;
    {
        auto query = m_db.query("SELECT key, blob FROM assets WHERE refs=0 AND used<? ORDER BY used LIMIT ?");
        query.bind(before).bind(most);
        while (query.step()) {
            auto key = query.text();
            unused.emplace_back(std::move(key), query.text());
        }
    }
    for (const auto& [key, blob] : unused) {
        m_db.query("DELETE FROM assets WHERE key=?").bind(key).run();
        giveUp(blob);
    }
    return static_cast<int>(unused.size());
}

std::vector<PackKey> SiteBlobs::removeEmptyPacks(int most) {
    std::vector<PackKey> packs;
    {
        // One that holds no bytes may still hold empty files.
        auto query = m_db.query("SELECT id FROM packs WHERE live*2<bytes AND live=0 AND NOT EXISTS("
                                "SELECT 1 FROM blobs WHERE pack=packs.id) LIMIT ?");
        query.bind(most);
        while (query.step())
            packs.emplace_back(query.integer());
    }
    for (const auto pack : packs)
        removePack(pack);
    return packs;
}

std::optional<PackKey> SiteBlobs::wastefulPack(const std::set<PackKey>& except) {
    // Copying less than this gains nothing that a disk would notice.
    constexpr int leastBytes = 64 * 1024;
    auto query = m_db.query("SELECT id FROM packs WHERE live*2<bytes AND live>0 AND bytes>=?");
    query.bind(leastBytes);
    while (query.step())
        if (const PackKey pack{query.integer()}; !except.contains(pack)) return pack;
    return std::nullopt;
}

std::vector<SiteBlobs::PackedBlob> SiteBlobs::blobsOf(PackKey pack) {
    std::vector<PackedBlob> blobs;
    auto query = m_db.query("SELECT digest, start, bytes FROM blobs WHERE pack=? ORDER BY start");
    query.bind(pack);
    while (query.step()) {
        PackedBlob blob;
        blob.digest = query.text();
        blob.place = {pack, query.integer(), 0};
        blob.place.bytes = query.integer();
        blobs.push_back(std::move(blob));
    }
    return blobs;
}

bool SiteBlobs::move(const PackedBlob& blob, PackKey from) {
    m_db.query("UPDATE blobs SET pack=?, start=? WHERE digest=? AND pack=?")
        .bind(blob.place.pack)
        .bind(blob.place.start)
        .bind(blob.digest)
        .bind(from)
        .run();
    return m_db.changes() > 0;
}

void SiteBlobs::removePack(PackKey key) {
    m_db.query("DELETE FROM packs WHERE id=?").bind(key).run();
}

}  // namespace stepwell::engine::pages
