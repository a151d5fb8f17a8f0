#pragma once

#include "app/engine/access/keyring.h"
#include "app/engine/access/ledger.h"
#include "app/engine/access/limits.h"

#include <filesystem>

namespace stepwell::engine::access {

struct AccessOptions {
    std::filesystem::path file;  ///< access.db; empty: there are no tokens but the owner's, and no audit log
    std::string ownerToken;
    std::string account;  ///< the one that is served
    /// Requests of one token within five minutes, and a fifth of those of one address; 0: any number. The
    /// owner's token from this machine is not counted.
    std::int64_t rateLimit = 12'000;
    AuditBounds audit;
    std::function<api::Time()> now;
    std::function<void(const std::string&)> onWarning = {};  ///< any thread; may be null
    /// Told, on any thread, that rows of the audit log were lost, and why; also after this has ended, for
    /// those who still had rows. May be null.
    std::function<void(const std::string&)> onLost = {};
};

/// Who asks, and what they may. One thread, but for what says otherwise.
class Access {
  public:
    static api::Result<std::unique_ptr<Access>> open(AccessOptions options);
    ~Access();
    Access(const Access&) = delete;
    Access& operator=(const Access&) = delete;

    /// Who has this credential: also a token that has expired or was revoked. Null: nobody.
    IdentityPtr identify(std::string_view credential);
    /// The same, by the id of a token ("owner": the owner); for what was handed out in its name.
    IdentityPtr byId(const std::string& id);
    /// The tokens, the newest first.
    std::vector<IdentityPtr> tokens() { return m_keyring.all(); }
    /// Whether it works now.
    bool isActive(const Identity& identity) const;

    /// How long an address has to wait because of wrong credentials, whoever asks now (null: nobody known).
    /// The owner on this machine never has to.
    std::optional<Seconds> braked(const std::string& address, const Identity* asker);
    void wrongCredential(const std::string& address);
    /// Counts a request of somebody; how long they have to wait when it is too much.
    std::optional<Seconds> tooMuch(const Identity& identity, const std::string& address);

    /// Somebody was let in. Of a token that works no more, and is only told so, it is no use.
    void noteUse(const Identity& identity);

    /// An open stream of somebody: it is closed soon after they may not see it any more.
    struct Stream {
        std::function<bool()> isOpen;
        std::function<void()> close;
    };
    void opened(IdentityPtr identity, Need need, Stream stream);

    /// Every second or so: sees to streams, last uses and trouble.
    void tick();

    /// Null: nothing is kept here. It may outlive this, for those who still have rows.
    const std::shared_ptr<Ledger>& ledger() const { return m_ledger; }
    const std::filesystem::path& file() const { return m_options.file; }

  private:
    Access(AccessOptions options, std::unique_ptr<Sqlite> reader, std::shared_ptr<Ledger> ledger);
    bool isOwner(std::string_view credential) const;
    void storeUses();
    void warnOfForeignTokens();

    struct OpenStream {
        IdentityPtr identity;
        Need need;
        Stream stream;
    };
    AccessOptions m_options;
    std::string
        m_ownerHash;  ///< compared instead of the token, so that its characters leave no trace in time
    Keyring m_keyring;
    std::shared_ptr<Ledger> m_ledger;
    RateLimiter m_byToken;
    RateLimiter m_byAddress;
    Brake m_brake;
    std::vector<OpenStream> m_streams;
    api::Time m_usesStored{};
    std::string m_trouble;
};

}  // namespace stepwell::engine::access
