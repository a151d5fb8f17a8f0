#include "app/engine/access/access.h"

#include "app/engine/access/database.h"
#include "app/engine/access/secret.h"
#include "app/engine/http/network.h"

#include <arpa/inet.h>

namespace stepwell::engine::access {

namespace {

constexpr std::size_t mostAddresses = 10'000;
constexpr std::int64_t tokensOfAddress = 5;  ///< as many times the limit of one token
constexpr std::chrono::minutes useInterval{1};

bool isHere(const std::string& address) {
    in_addr bytes{};
    const auto bare = address.starts_with("::ffff:") ? address.substr(7) : address;
    return bare == "::1" ||
           (inet_pton(AF_INET, bare.c_str(), &bytes) == 1 && ntohl(bytes.s_addr) >> 24U == 127);
}

}  // namespace

api::Result<std::unique_ptr<Access>> Access::open(AccessOptions options) {
    if (options.file.empty())
        return std::unique_ptr<Access>(new Access(std::move(options), nullptr, nullptr));
    auto writer = openDatabase(options.file);
    if (!writer) return tl::unexpected(writer.error());
    noteAccount(**writer, options.account);
    auto reader = openReader(options.file);
    if (!reader) return tl::unexpected(reader.error());
    Ledger::Options settings;
    settings.bounds = options.audit;
    settings.now = options.now;
    settings.onTrouble = [warn = options.onWarning](const std::string& why) {
        if (warn) warn(why.empty() ? "The audit log can be written again." : "The audit log waits: " + why);
    };
    settings.onLost = [tell = options.onLost](std::size_t rows, const std::string& why) {
        if (tell) tell(std::to_string(rows) + " rows of the audit log were lost: " + why);
    };
    auto ledger = std::make_shared<Ledger>(std::move(*writer), std::move(settings));
    std::unique_ptr<Access> access(new Access(std::move(options), std::move(*reader), std::move(ledger)));
    access->warnOfForeignTokens();
    return access;
}

Access::Access(AccessOptions options, std::unique_ptr<Sqlite> reader, std::shared_ptr<Ledger> ledger)
    : m_options(std::move(options))
    , m_ownerHash(m_options.ownerToken.empty() ? std::string() : hashOf(m_options.ownerToken))
    , m_keyring(std::move(reader))
    , m_ledger(std::move(ledger))
    , m_byToken(m_options.rateLimit, mostTokens + mostAddresses)
    , m_byAddress(m_options.rateLimit * tokensOfAddress, mostAddresses)
    , m_brake(mostAddresses) {}

/// They were made while the engine had another account.
void Access::warnOfForeignTokens() {
    std::size_t foreign = 0;
    std::string account;
    for (const auto& identity : m_keyring.all()) {
        const auto& token = identity->token;
        if (token.account.empty() || token.account == m_options.account || !isActive(*identity)) continue;
        ++foreign;
        account = token.account;
    }
    if (foreign == 0 || !m_options.onWarning) return;
    const auto what = foreign == 1 ? std::string("An API token opens nothing here: it is")
                                   : std::to_string(foreign) + " API tokens open nothing here: they are";
    m_options.onWarning(what + " for another account (\"" + account + "\") than the one of this engine (\"" +
                        m_options.account + "\"). Start it with --account " + account +
                        ", or revoke what nobody needs and make new ones.");
}

Access::~Access() {
    storeUses();
}

bool Access::isOwner(std::string_view credential) const {
    return !m_ownerHash.empty() && hashOf(credential) == m_ownerHash;
}

IdentityPtr Access::identify(std::string_view credential) {
    if (credential.empty()) return nullptr;
    if (isOwner(credential)) return owner();
    return m_keyring.find(credential);
}

IdentityPtr Access::byId(const std::string& id) {
    return id == owner()->token.id ? owner() : m_keyring.byId(id);
}

bool Access::isActive(const Identity& identity) const {
    return stateOf(identity.token, m_options.now()) == TokenState::active;
}

std::optional<Seconds> Access::braked(const std::string& address, const Identity* asker) {
    const bool isOwner = asker != nullptr && asker->kind == Identity::Kind::owner;
    if (isOwner && isHere(address)) return std::nullopt;
    return m_brake.waits(http::addressKey(address), m_options.now());
}

void Access::wrongCredential(const std::string& address) {
    const auto now = m_options.now();
    if (!m_brake.failed(http::addressKey(address), now) || !m_ledger) return;
    AuditEntry entry;
    entry.time = now;
    entry.action = "brake";
    entry.outcome = true;
    entry.actor = "unknown";
    entry.actorName = "wrong credentials";
    entry.actorKind = ActorKind::token;
    entry.address = address;
    entry.resource = "access";
    entry.status = 429;
    m_ledger->record(std::move(entry));
}

std::optional<Seconds> Access::tooMuch(const Identity& identity, const std::string& address) {
    const bool here = isHere(address);
    if (here && identity.kind == Identity::Kind::owner) return std::nullopt;
    const auto now = m_options.now();
    if (!here)
        if (const auto wait = m_byAddress.count(http::addressKey(address), now)) return wait;
    return m_byToken.count(identity.token.id, now);
}

void Access::noteUse(const Identity& identity) {
    if (identity.kind == Identity::Kind::token && isActive(identity))
        m_keyring.noteUse(identity.token.id, m_options.now());
}

void Access::opened(IdentityPtr identity, Need need, Stream stream) {
    // The owner's is not revoked while the engine runs.
    if (identity->kind == Identity::Kind::owner) return;
    m_streams.push_back({std::move(identity), need, std::move(stream)});
}

void Access::tick() {
    for (const auto& open : m_streams) {
        const auto now = byId(open.identity->token.id);
        if (!now || !isActive(*now) || !open.need.metBy(now->token.permissions)) open.stream.close();
    }
    std::erase_if(m_streams, [](const OpenStream& open) { return !open.stream.isOpen(); });
    if (m_options.now() >= m_usesStored + useInterval) storeUses();
    if (m_keyring.trouble() == m_trouble) return;
    m_trouble = m_keyring.trouble();
    if (m_options.onWarning && !m_trouble.empty()) m_options.onWarning(m_trouble);
}

void Access::storeUses() {
    m_usesStored = m_options.now();
    if (!m_ledger) return;
    auto uses = m_keyring.takeUses();
    if (uses.empty()) return;
    m_ledger->post([all = std::move(uses)](Sqlite& db) {
        db.exec("BEGIN IMMEDIATE");
        for (const auto& [id, time] : all)
            access::noteUse(db, id, time);
        db.exec("COMMIT");
        if (db.ok()) return;
        // Nothing depends on it, and the next use is noted again.
        db.clearError();
        db.exec("ROLLBACK");
        db.clearError();
    });
}

}  // namespace stepwell::engine::access
