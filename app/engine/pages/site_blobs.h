#pragma once

#include "app/engine/pages/service_rows.h"
#include "app/engine/store/sqlite.h"

#include <set>
#include <utility>

namespace stepwell::engine::pages {

/// What is counted and collected: blobs, the packs they are in, and assets. A blob goes with the last asset
/// or deployment that refers to it, and a pack with its last blob; an asset goes a while after the last
/// manifest that names it. On a connection inside a transaction of the caller; failures stay there.
class SiteBlobs {
  public:
    explicit SiteBlobs(Sqlite& db)
        : m_db(db) {}

    // --- what is kept
    /// Another reference to a blob that is there; false when it is not.
    bool refer(std::string_view digest);
    /// The first reference to a blob, in a pack that `addPack` makes known.
    void insert(std::string_view digest, const BlobPlace& place);
    /// Gives a blob its place that is there without one that is known: one from before there were packs.
    bool adopt(std::string_view digest, const BlobPlace& place);
    void addPack(PackKey key, std::int64_t bytes, std::int64_t live);
    bool hasPack(PackKey key);
    std::optional<BlobPlace> place(std::string_view digest);

    // --- what is let go, in pieces of the collector
    /// Gives the manifest and the blobs of a deployment up, or those of all deployments of a project.
    void release(DeploymentKey deployment);
    void release(ProjectKey project);
    /// Works off at most `most` steps of what was released; how many there were.
    int workOff(int most, api::Time now);
    /// Removes at most `most` assets that no manifest names and that were used before `before`.
    int removeUnused(int most, api::Time before);
    /// Digests of the blobs that went.
    std::vector<std::string> takeGone() { return std::exchange(m_gone, {}); }
    /// Removes at most `most` packs without blobs. Their files are of no use once this is durable.
    std::vector<PackKey> removeEmptyPacks(int most);

    // --- packs that are mostly waste
    struct PackedBlob {
        std::string digest;
        BlobPlace place;
    };
    std::optional<PackKey> wastefulPack(const std::set<PackKey>& except);
    std::vector<PackedBlob> blobsOf(PackKey pack);
    /// Moves a blob if it still is in `from`; whether it was.
    bool move(const PackedBlob& blob, PackKey from);
    void removePack(PackKey key);

  private:
    void giveUp(std::string_view digest);

    Sqlite& m_db;
    std::vector<std::string> m_gone;
};

}  // namespace stepwell::engine::pages
