#include "app/engine/pages/service_pack_rows.h"
#include "app/engine/pages/site_stretch.h"

#include <algorithm>

/// What is not needed any more goes piece by piece, each a short transaction between those of others. Rows go
/// first and files after them, so that a file without a row is all that a crash can leave; those are removed
/// at the next start.
namespace stepwell::engine::pages {

namespace {

constexpr int releasesAtOnce = 32;  ///< nodes, with some 64 files each
constexpr int assetsAtOnce = 500;
constexpr int packsAtOnce = 64;
constexpr std::size_t holdsLookedAt = 1'000;
constexpr std::chrono::milliseconds shortestInterval{200};
constexpr std::chrono::minutes longestInterval{10};
constexpr std::chrono::seconds longestCollect{10};

}  // namespace

api::Milliseconds LocalService::keptUnused() const {
    const auto set = settings();
    return std::max(set.keepUnused, 2 * set.uploadToken);
}

std::chrono::milliseconds LocalService::collectInterval() const {
    return std::clamp<std::chrono::milliseconds>(keptUnused() / 4, shortestInterval, longestInterval);
}

void LocalService::warn(const std::string& message) const {
    if (m_options.onWarning) m_options.onWarning(message);
}

void LocalService::collectInBackground() {
    SiteHousekeeper::Job job;
    job.interval = [this] { return collectInterval(); };
    job.piece = [this] {
        const std::lock_guard lock(m_collectMutex);
        const auto piece = collectPiece();
        if (!piece) warn("What sites do not need any more was not collected: " + piece.error().message);
        return piece && piece->more;
    };
    m_housekeeper = std::make_unique<SiteHousekeeper>(std::move(job));
}

/// Others have their turn between the pieces. What is left when time is up is left to the background.
api::Result<Collected> LocalService::collect() {
    const auto until = std::chrono::steady_clock::now() + longestCollect;
    Collected all;
    do {
        const std::lock_guard lock(m_collectMutex);
        const auto piece = collectPiece();
        if (!piece) return tl::unexpected(piece.error());
        all.assets += piece->collected.assets;
        all.files += piece->collected.files;
        all.more = piece->more;
    } while (all.more && !isEnding() && std::chrono::steady_clock::now() < until);
    if (all.more && m_housekeeper) m_housekeeper->wake();
    return all;
}

api::Result<LocalService::Piece> LocalService::collectPiece() {
    removeRetired();
    if (m_strayFiles.exchange(false))
        if (auto removed = removeStrayFiles(); !removed) return tl::unexpected(removed.error());
    std::vector<PackKey> packs;
    std::vector<std::string> gone;
    auto piece = m_database->write<Piece>(m_hosts, [&](Work& work) -> api::Result<Piece> {
        Piece done;
        SiteBlobs blobs(work.db);
        const auto now = m_options.now();
        done.more = blobs.workOff(releasesAtOnce, now) > 0;
        done.collected.assets = blobs.removeUnused(assetsAtOnce, now - keptUnused());
        gone = blobs.takeGone();
        packs = blobs.removeEmptyPacks(packsAtOnce);
        done.collected.files = static_cast<std::int64_t>(packs.size());
        done.more = done.more || done.collected.assets > 0 || done.collected.files > 0;
        return done;
    });
    if (!piece) return piece;
    for (const auto& digest : gone)
        m_forms.remove(digest);
    for (const auto pack : packs)
        m_packs.remove(pack);
    if (piece->more) return piece;
    const auto repacked = repack();
    if (!repacked) return tl::unexpected(repacked.error());
    piece->more = *repacked;
    return piece;
}

/// Files of uploads that came to no rows, and of packs whose rows went.
api::Result<void> LocalService::removeStrayFiles() {
    m_packs.removeLeftovers();
    auto files = m_packs.files();
    const auto checked = m_database->read<void>([&](Work& work) -> api::Result<void> {
        SiteBlobs blobs(work.db);
        std::erase_if(files, [&](PackKey key) { return blobs.hasPack(key); });
        return {};
    });
    if (!checked) {
        m_strayFiles = true;
        return checked;
    }
    for (const auto key : files) {
        const bool retired = std::any_of(m_retired.begin(), m_retired.end(),
                                         [key](const auto& entry) { return entry.second == key; });
        if (!retired) m_packs.remove(key);
    }
    return {};
}

/// Copies what is used of a pack that is mostly waste to a new one. Whether there was such a pack.
api::Result<bool> LocalService::repack() {
    PackKey old{};
    auto blobs = wastefulBlobs(old);
    if (!blobs) return tl::unexpected(blobs.error());
    if (!old) return false;
    PackWriter writer(m_packs);
    for (auto& blob : *blobs) {
        const auto bytes = readStretch(m_packs.path(old), blob.place.start, blob.place.bytes);
        if (!bytes) {
            // It stays as it is; others are not to wait for it.
            m_damaged.insert(old);
            warn("A file of sites is damaged and keeps space that it does not need: " +
                 bytes.error().message);
            return true;
        }
        const auto place = writer.add(*bytes);
        if (!place) return tl::unexpected(place.error());
        blob.place = *place;
    }
    if (auto stored = writer.sync(); !stored) return tl::unexpected(stored.error());
    const auto moved = m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        SiteBlobs rows(work.db);
        std::int64_t live = 0;
        for (const auto& blob : *blobs)
            if (rows.move(blob, old)) live += blob.place.bytes;
        if (!writer.isEmpty()) rows.addPack(writer.key(), writer.bytes(), live);
        rows.removePack(old);
        writer.keep();
        return {};
    });
    if (!moved) {
        m_strayFiles = true;
        return tl::unexpected(moved.error());
    }
    retire(old);
    return true;
}

api::Result<std::vector<SiteBlobs::PackedBlob>> LocalService::wastefulBlobs(PackKey& pack) {
    using Blobs = std::vector<SiteBlobs::PackedBlob>;
    return m_database->read<Blobs>([&](Work& work) -> api::Result<Blobs> {
        SiteBlobs blobs(work.db);
        const auto found = blobs.wastefulPack(m_damaged);
        pack = found.value_or(PackKey{});
        return found ? blobs.blobsOf(*found) : Blobs();
    });
}

/// Sites in memory say where their files were. The old pack stays until the last of those that name it is
/// gone, which its requests keep until they have opened it; from now on they are loaded anew. Who read rows
/// before, and does not know yet what to hold, holds everything of that time.
void LocalService::retire(PackKey pack) {
    {
        const std::lock_guard lock(m_filesMutex);
        m_retired.emplace_back(m_current, pack);
        m_current = std::make_shared<int>();
    }
    m_sites.removeNaming(pack);
    removeRetired();
}

/// In the order in which they were retired: who read rows at an earlier time may name a pack that was retired
/// later.
void LocalService::removeRetired() {
    std::vector<PackKey> unneeded;
    {
        const std::lock_guard lock(m_filesMutex);
        unneeded = takeUnneeded();
    }
    for (const auto pack : unneeded)
        m_packs.remove(pack);
}

/// Needs m_filesMutex.
std::vector<PackKey> LocalService::takeUnneeded() {
    const auto undecided = std::find_if(m_retired.begin(), m_retired.end(),
                                        [](const auto& entry) { return !entry.first.expired(); });
    const auto isHeld = [this](const auto& entry) {
        const auto hold = m_packHolds.find(entry.second);
        return hold != m_packHolds.end() && !hold->second.expired();
    };
    const auto gone = std::stable_partition(m_retired.begin(), undecided, isHeld);
    std::vector<PackKey> unneeded;
    for (auto entry = gone; entry != undecided; ++entry)
        unneeded.push_back(entry->second);
    m_retired.erase(gone, undecided);
    std::erase_if(m_packHolds, [](const auto& entry) { return entry.second.expired(); });
    return unneeded;
}

std::shared_ptr<const void> LocalService::holdPacks(const std::vector<PackKey>& packs) {
    auto holds = std::make_shared<std::vector<std::shared_ptr<const void>>>();
    const std::lock_guard lock(m_filesMutex);
    // Those of sites that are not in memory any more go a thousand at a time, also where nothing is retired.
    if (m_packHolds.size() % holdsLookedAt == holdsLookedAt - 1)
        std::erase_if(m_packHolds, [](const auto& entry) { return entry.second.expired(); });
    for (const auto pack : packs) {
        auto& known = m_packHolds[pack];
        auto hold = known.lock();
        if (!hold) known = hold = std::make_shared<int>();
        holds->push_back(std::move(hold));
    }
    return holds;
}

std::shared_ptr<const void> LocalService::holdFiles() {
    const std::lock_guard lock(m_filesMutex);
    return m_current;
}

}  // namespace stepwell::engine::pages
