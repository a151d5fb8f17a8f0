#pragma once

#include "app/engine/store/sqlite.h"

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

/// Manifests as trees of nodes that are stored once by what they hold. Where the sorted list of files is cut
/// into nodes depends on their paths alone, so two manifests that differ in one file share every node but
/// those on the way to it: a deployment takes rows and time for what changed. On a connection inside a
/// transaction of the caller; failures stay in the connection.
class SiteTree {
  public:
    explicit SiteTree(Sqlite& db)
        : m_db(db) {}

    /// Takes one share in the tree of these entries, which are sorted by path and unique. Returns the digest
    /// of its root; empty for no entries.
    std::string store(const std::vector<ManifestEntry>& entries);
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
        std::size_t first = 0;  ///< of its children, in the level below
        std::size_t count = 0;
    };
    using Level = std::vector<Node>;

    void keep(const std::vector<Level>& levels, std::size_t level, std::size_t index);
    bool share(std::string_view digest);
    void loadInto(std::string_view digest, int depth, std::vector<ManifestEntry>& entries);
    std::string contentOf(std::string_view digest);
    void refer(std::string_view leaf);

    Sqlite& m_db;
};

}  // namespace stepwell::engine::pages
