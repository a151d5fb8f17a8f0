#include "app/engine/access/keyring.h"

#include "app/engine/access/database.h"
#include "app/engine/access/secret.h"

namespace stepwell::engine::access {

namespace {

constexpr std::chrono::minutes useStep{1};

IdentityPtr identityOf(Token token) {
    auto identity = std::make_shared<Identity>();
    identity->kind = Identity::Kind::token;
    identity->token = std::move(token);
    return identity;
}

template <class Map>
IdentityPtr in(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : found->second;
}

}  // namespace

Keyring::Keyring(std::unique_ptr<Sqlite> db)
    : m_db(std::move(db)) {}

IdentityPtr Keyring::find(std::string_view secret) {
    // What others send need not be looked for.
    if (!secret.starts_with(tokenPrefix)) return nullptr;
    refresh();
    return in(m_byHash, hashOf(secret));
}

IdentityPtr Keyring::byId(const std::string& id) {
    refresh();
    return in(m_byId, id);
}

std::vector<IdentityPtr> Keyring::all() {
    refresh();
    std::vector<IdentityPtr> all;
    all.reserve(m_all.size());
    for (const auto& identity : m_all) {
        const auto use = m_uses.find(identity->token.id);
        if (use == m_uses.end() || use->second.last <= identity->token.used.value_or(api::Time{})) {
            all.push_back(identity);
            continue;
        }
        auto token = identity->token;
        token.used = use->second.last;
        all.push_back(identityOf(std::move(token)));
    }
    return all;
}

void Keyring::refresh() {
    if (!m_db) return;
    std::int64_t version = -1;
    {
        auto query = m_db->query("PRAGMA data_version");
        if (query.step()) version = query.integer();
    }
    if (m_db->ok() && version == m_dataVersion) return;
    // The log and the uses are written there as well.
    const auto generation = generationOf(*m_db);
    std::optional<api::Error> error;
    if (!m_db->ok())
        error = takeError(*m_db);
    else if (generation != m_generation)
        error = load();
    m_trouble = error ? error->message : std::string();
    // What could not be read is read again with the next question, so that a revoked token lives no longer
    // than the trouble; until then what was read before holds, and nobody is locked out by a disk.
    if (error) return;
    m_generation = generation;
    m_dataVersion = version;
}

std::optional<api::Error> Keyring::load() {
    const auto tokens = loadTokens(*m_db);
    if (!tokens) return tokens.error();
    m_all.clear();
    m_byHash.clear();
    m_byId.clear();
    for (const auto& [token, hash] : *tokens) {
        const auto identity = identityOf(token);
        m_all.push_back(identity);
        m_byHash.emplace(hash, identity);
        m_byId.emplace(token.id, identity);
    }
    std::erase_if(m_uses, [this](const auto& use) { return !m_byId.contains(use.first); });
    return std::nullopt;
}

void Keyring::noteUse(const std::string& id, api::Time now) {
    m_uses[id].last = now;
}

std::vector<std::pair<std::string, api::Time>> Keyring::takeUses() {
    std::vector<std::pair<std::string, api::Time>> taken;
    for (auto& [id, use] : m_uses) {
        if (use.stored && use.last < *use.stored + useStep) continue;
        use.stored = use.last;
        taken.emplace_back(id, use.last);
    }
    return taken;
}

}  // namespace stepwell::engine::access
