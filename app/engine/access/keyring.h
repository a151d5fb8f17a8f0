#pragma once

#include "app/engine/access/token_store.h"

#include <map>
#include <unordered_map>

namespace stepwell::engine::access {

/// The tokens of the database, in memory. Sees at the next question what another process changed there
/// (`PRAGMA data_version`: some microseconds). One thread.
class Keyring {
  public:
    /// `db` reads, and is nobody else's. Null: there are no tokens.
    explicit Keyring(std::unique_ptr<Sqlite> db);

    /// Null when there is no such token. One that has expired or was revoked is found as well.
    IdentityPtr find(std::string_view secret);
    IdentityPtr byId(const std::string& id);
    /// All, the newest first, with their last uses.
    std::vector<IdentityPtr> all();

    void noteUse(const std::string& id, api::Time now);
    /// The uses since the last call that are new by a minute or more.
    std::vector<std::pair<std::string, api::Time>> takeUses();
    /// Why the tokens cannot be read; while that is so, those that were known stay.
    const std::string& trouble() const { return m_trouble; }

  private:
    void refresh();
    std::optional<api::Error> load();

    struct Use {
        std::optional<api::Time> stored;
        api::Time last{};
    };
    std::unique_ptr<Sqlite> m_db;
    std::int64_t m_dataVersion = -1;
    std::int64_t m_generation = -1;
    std::vector<IdentityPtr> m_all;
    std::unordered_map<std::string, IdentityPtr> m_byHash;
    std::unordered_map<std::string, IdentityPtr> m_byId;
    std::map<std::string, Use> m_uses;  ///< by id, of tokens that are known
    std::string m_trouble;
};

}  // namespace stepwell::engine::access
