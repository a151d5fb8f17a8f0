#include "app/engine/pages/site_tree.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t digestBytes = 32;
constexpr std::size_t keyBytes = 16;
constexpr std::uint64_t cutMask = 63;  ///< a node holds 64 entries on average
constexpr std::size_t mostEntries = 512;
constexpr int deepest = 16;
constexpr char leafMark = 'L';
constexpr char innerMark = 'N';

std::string digestOf(std::string_view content) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

/// FNV-1a, with its bits mixed so that the low ones depend on every character.
bool cutsAfter(std::string_view text) {
    std::uint64_t hash = 1469598103934665603ULL;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    hash ^= hash >> 33U;
    hash *= 0xff51afd7ed558ccdULL;
    hash ^= hash >> 33U;
    return (hash & cutMask) == 0;
}

void putNumber(std::string& out, std::size_t value) {
    for (; value >= 128; value >>= 7U)
        out += static_cast<char>((value & 127U) | 128U);
    out += static_cast<char>(value);
}

std::size_t takeNumber(std::string_view& in) {
    std::size_t value = 0;
    for (unsigned shift = 0; !in.empty() && shift < 35; shift += 7) {
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        value |= static_cast<std::size_t>(byte & 127U) << shift;
        if (byte < 128) break;
    }
    return value;
}

unsigned digitOf(char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

void putKey(std::string& out, std::string_view hex) {
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(digitOf(hex[i]) << 4U | digitOf(hex[i + 1]));
}

std::string takeKey(std::string_view& in) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const char c : in.substr(0, keyBytes)) {
        hex += digits[static_cast<unsigned char>(c) >> 4U];
        hex += digits[static_cast<unsigned char>(c) & 15U];
    }
    in.remove_prefix(std::min(keyBytes, in.size()));
    return hex;
}

/// An entry says how much of its path is that of the one before.
void putEntry(std::string& out, const ManifestEntry& entry, std::string_view before) {
    std::size_t same = 0;
    while (same < before.size() && same < entry.path.size() && before[same] == entry.path[same])
        ++same;
    putNumber(out, same);
    putNumber(out, entry.path.size() - same);
    out.append(entry.path, same);
    putKey(out, entry.key);
}

std::vector<ManifestEntry> entriesOf(std::string_view leaf) {
    std::vector<ManifestEntry> entries;
    auto rest = leaf.substr(std::min<std::size_t>(1, leaf.size()));
    std::string path;
    while (!rest.empty()) {
        path.resize(std::min(takeNumber(rest), path.size()));
        const auto length = std::min(takeNumber(rest), rest.size());
        path += rest.substr(0, length);
        rest.remove_prefix(length);
        entries.push_back({path, takeKey(rest)});
    }
    return entries;
}

}  // namespace

StoredTree SiteTree::store(const std::vector<ManifestEntry>& entries) {
    if (entries.empty()) return {};
    Storing storing{entries, levelsOf(entries), {}};
    const auto bytes = keep(storing, storing.levels.size() - 1, 0);
    return {std::move(storing.levels.back().front().digest), bytes, std::move(storing.absent)};
}

std::vector<SiteTree::Level> SiteTree::levelsOf(const std::vector<ManifestEntry>& entries) {
    std::vector<Level> levels(1);
    std::string_view before;
    std::size_t held = 0;
    std::string content(1, leafMark);
    const auto close = [](Level& level, std::string& text, char mark, std::size_t end, std::size_t count) {
        level.push_back({digestOf(text), text, end - count, count});
        text.assign(1, mark);
    };
    for (std::size_t i = 0; i < entries.size(); ++i) {
        putEntry(content, entries[i], before);
        before = entries[i].path;
        ++held;
        if (!cutsAfter(before) && held < mostEntries && i + 1 < entries.size()) continue;
        close(levels[0], content, leafMark, i + 1, held);
        held = 0;
        before = {};
    }
    while (levels.back().size() > 1) {
        const auto& below = levels.back();
        Level level;
        content.assign(1, innerMark);
        for (std::size_t i = 0; i < below.size(); ++i) {
            content += below[i].digest;
            ++held;
            // A lone child would never become fewer.
            const bool cut = held > 1 && (cutsAfter(below[i].digest) || held == mostEntries);
            if (!cut && i + 1 < below.size()) continue;
            close(level, content, innerMark, i + 1, held);
            held = 0;
        }
        levels.push_back(std::move(level));
    }
    return levels;
}

/// A node that is there already has its children.
std::int64_t SiteTree::keep(Storing& storing, std::size_t level, std::size_t index) {
    const auto& node = storing.levels[level][index];
    bool isThere = false;
    {
        auto shared = m_db.query("UPDATE nodes SET shares=shares+1 WHERE digest=? RETURNING bytes");
        if (shared.blob(node.digest).step()) {
            if (!shared.isNull()) return shared.integer();
            isThere = true;
        }
    }
    if (isThere) return bytesOf(storing, level, index);
    std::int64_t bytes = 0;
    if (level == 0) bytes = keepEntries(storing, node);
    for (std::size_t i = 0; level > 0 && i < node.count; ++i)
        bytes += keep(storing, level - 1, node.first + i);
    m_db.query("INSERT INTO nodes(digest, shares, content, bytes) VALUES(?, 1, ?, ?)")
        .blob(node.digest)
        .blob(node.content)
        .bind(bytes)
        .run();
    return bytes;
}

std::int64_t SiteTree::keepEntries(Storing& storing, const Node& leaf) {
    std::int64_t bytes = 0;
    for (std::size_t i = leaf.first; i < leaf.first + leaf.count; ++i) {
        const auto& entry = storing.entries[i];
        auto kept = m_db.query("UPDATE assets SET refs=refs+1 WHERE key=? RETURNING (SELECT b.bytes FROM "
                               "blobs b WHERE b.digest=assets.blob)");
        if (kept.bind(entry.key).step())
            bytes += kept.integer();
        else if (!storing.absent)
            storing.absent = entry;
    }
    return bytes;
}

std::int64_t SiteTree::bytesOf(const Storing& storing, std::size_t level, std::size_t index) {
    const auto& node = storing.levels[level][index];
    {
        auto known = m_db.query("SELECT bytes FROM nodes WHERE digest=?");
        if (known.blob(node.digest).step() && !known.isNull()) return known.integer();
    }
    std::int64_t bytes = 0;
    for (auto i = node.first; i < node.first + node.count; ++i) {
        if (level > 0) {
            bytes += bytesOf(storing, level - 1, i);
            continue;
        }
        auto asset = m_db.query("SELECT b.bytes FROM assets a JOIN blobs b ON b.digest=a.blob WHERE a.key=?");
        if (asset.bind(storing.entries[i].key).step()) bytes += asset.integer();
    }
    m_db.query("UPDATE nodes SET bytes=? WHERE digest=?").bind(bytes).blob(node.digest).run();
    return bytes;
}

void SiteTree::share(std::string_view digest) {
    m_db.query("UPDATE nodes SET shares=shares+1 WHERE digest=?").blob(digest).run();
}

void SiteTree::retain(std::string_view root) {
    if (!root.empty()) share(root);
}

std::vector<std::string> SiteTree::release(std::string_view node, api::Time now) {
    m_db.query("UPDATE nodes SET shares=shares-1 WHERE digest=?").blob(node).run();
    std::string content;
    {
        auto query = m_db.query("SELECT content FROM nodes WHERE digest=? AND shares<=0");
        if (!query.blob(node).step()) return {};
        content = query.text();
    }
    m_db.query("DELETE FROM nodes WHERE digest=?").blob(node).run();
    std::vector<std::string> children;
    if (content.starts_with(innerMark)) {
        for (std::size_t at = 1; at + digestBytes <= content.size(); at += digestBytes)
            children.push_back(content.substr(at, digestBytes));
        return children;
    }
    for (const auto& entry : entriesOf(content))
        m_db.query("UPDATE assets SET used=CASE refs WHEN 1 THEN ?1 ELSE used END, refs=refs-1 WHERE key=?2")
            .bind(now)
            .bind(entry.key)
            .run();
    return children;
}

void SiteTree::countReferences() {
    std::vector<std::string> leaves;
    {
        auto query = m_db.query("SELECT digest FROM nodes WHERE substr(content, 1, 1)=x'4c'");
        while (query.step())
            leaves.push_back(query.text());
    }
    m_db.exec("UPDATE assets SET refs=0");
    for (const auto& leaf : leaves)
        refer(contentOf(leaf));
}

void SiteTree::refer(std::string_view leaf) {
    for (const auto& entry : entriesOf(leaf))
        m_db.query("UPDATE assets SET refs=refs+1 WHERE key=?").bind(entry.key).run();
}

std::string SiteTree::contentOf(std::string_view digest) {
    auto query = m_db.query("SELECT content FROM nodes WHERE digest=?");
    return query.blob(digest).step() ? query.text() : std::string();
}

std::vector<ManifestEntry> SiteTree::load(std::string_view root) {
    std::vector<ManifestEntry> entries;
    if (!root.empty()) loadInto(root, 0, entries);
    return entries;
}

void SiteTree::loadInto(std::string_view digest, int depth, std::vector<ManifestEntry>& entries) {
    const auto content = contentOf(digest);
    if (content.empty() || depth > deepest) return;
    if (content.front() == innerMark) {
        auto rest = std::string_view(content).substr(1);
        for (; rest.size() >= digestBytes; rest.remove_prefix(digestBytes))
            loadInto(rest.substr(0, digestBytes), depth + 1, entries);
        return;
    }
    for (auto& entry : entriesOf(content))
        entries.push_back(std::move(entry));
}

}  // namespace stepwell::engine::pages
