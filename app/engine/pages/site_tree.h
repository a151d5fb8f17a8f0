#pragma once

#include "app/engine/store/sqlite.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::pages {

/// A file of a deployment: its path ("/a/b.html", as the manifest says it) and its asset key, 32 hex digits.
struct ManifestEntry {
    std::string path;
    std::string key;

    friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};

/// What became of a manifest that was to be stored.
struct StoredTree {
    std::string root;        ///< digest; empty for no entries
    std::int64_t bytes = 0;  ///< of all its files
    std::optional<ManifestEntry>
        absent;  ///< the first one whose asset is not there: then take all of it back
};

/// Manifests as trees of nodes that are stored once by what they hold. Where the sorted list of files is cut
/// into nodes depends on their paths alone, so two manifests that differ in one file share every node but
/// those on the way to it: a deployment takes rows and time for what changed. On a connection inside a
/// transaction of the caller; failures stay in the connection.
class SiteTree {
  public:
    explicit SiteTree(Sqlite& db)
        : m_db(db) {}

    /// Takes one share in the tree of these entries, which are sorted by path and unique. Only assets of
    /// nodes that are not there yet are looked for: those of the others are kept by them.
    StoredTree store(const std::vector<ManifestEntry>& entries);
    /// Takes another share in a tree that is stored.
    void retain(std::string_view root);
    /// Gives a share in one node back. When that was the last one the node goes, and its children, of which a
    /// share is to be given back each, are returned; assets that no manifest names any more are unused from
    /// `now` on.
    std::vector<std::string> release(std::string_view node, api::Time now);
    /// Sets of every asset how many stretches of manifests name it.
    void countReferences();
    std::vector<ManifestEntry> load(std::string_view root);

  private:
    struct Node {
        std::string digest;
        std::string content;
        std::size_t first = 0;  ///< of its children, in the level below; of a leaf: of its entries
        std::size_t count = 0;
    };
    using Level = std::vector<Node>;
    /// A tree that is being stored.
    struct Storing {
        const std::vector<ManifestEntry>& entries;
        std::vector<Level> levels;
        std::optional<ManifestEntry> absent;
    };

    static std::vector<Level> levelsOf(const std::vector<ManifestEntry>& entries);
    /// The bytes of the files below the node.
    std::int64_t keep(Storing& storing, std::size_t level, std::size_t index);
    std::int64_t keepEntries(Storing& storing, const Node& leaf);
    /// Of a node that is there; counted once more when they are not known, as in old databases.
    std::int64_t bytesOf(const Storing& storing, std::size_t level, std::size_t index);
    void share(std::string_view digest);
    void loadInto(std::string_view digest, int depth, std::vector<ManifestEntry>& entries);
    std::string contentOf(std::string_view digest);
    void refer(std::string_view leaf);

    Sqlite& m_db;
};

}  // namespace stepwell::engine::pages
