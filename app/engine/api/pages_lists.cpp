#include "app/engine/api/pages_lists.h"

#include "models/api/asset_key.h"

namespace stepwell::engine::rest {

namespace {

class PlainText {
  public:
    explicit PlainText(std::string_view text)
        : m_rest(text) {}

    /// Whether `c` comes next, which is then behind us.
    bool take(char c) {
        skipSpace();
        if (m_rest.empty() || m_rest.front() != c) return false;
        m_rest.remove_prefix(1);
        return true;
    }

    std::optional<std::string_view> string() {
        if (!take('"')) return std::nullopt;
        for (std::size_t i = 0; i < m_rest.size(); ++i) {
            const char c = m_rest[i];
            if (c == '"') {
                const auto found = m_rest.substr(0, i);
                m_rest.remove_prefix(i + 1);
                return found;
            }
            if (c < ' ' || c > '~' || c == '\\') return std::nullopt;
        }
        return std::nullopt;
    }

    std::optional<std::string_view> key() {
        const auto text = string();
        return text && api::parseAssetKey(*text) ? text : std::nullopt;
    }

    bool isAtEnd() {
        skipSpace();
        return m_rest.empty();
    }

  private:
    void skipSpace() {
        while (!m_rest.empty() && std::string_view(" \t\r\n").find(m_rest.front()) != std::string_view::npos)
            m_rest.remove_prefix(1);
    }

    std::string_view m_rest;
};

constexpr std::size_t bytesOfHash = 35;   ///< quoted, and a comma
constexpr std::size_t bytesOfEntry = 48;  ///< with a short path

}  // namespace

std::optional<std::vector<std::string>> plainHashes(std::string_view body) {
    PlainText text(body);
    if (!text.take('{') || text.string() != "hashes" || !text.take(':') || !text.take('['))
        return std::nullopt;
    std::vector<std::string> hashes;
    hashes.reserve(body.size() / bytesOfHash);
    do {
        const auto key = text.key();
        if (!key) return std::nullopt;
        hashes.emplace_back(*key);
    } while (text.take(','));
    if (!text.take(']') || !text.take('}') || !text.isAtEnd()) return std::nullopt;
    return hashes;
}

std::optional<std::vector<pages::ManifestEntry>> plainManifest(std::string_view manifest) {
    PlainText text(manifest);
    if (!text.take('{')) return std::nullopt;
    std::vector<pages::ManifestEntry> entries;
    entries.reserve(manifest.size() / bytesOfEntry);
    do {
        const auto path = text.string();
        if (!path || path->empty() || path->front() != '/' || !text.take(':')) return std::nullopt;
        const auto key = text.key();
        if (!key) return std::nullopt;
        entries.push_back({std::string(*path), std::string(*key)});
    } while (text.take(','));
    if (!text.take('}') || !text.isAtEnd()) return std::nullopt;
    return entries;
}

}  // namespace stepwell::engine::rest
