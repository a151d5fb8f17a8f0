#pragma once

#include "app/engine/store/sqlite.h"
#include "models/api/error.h"

#include <string>
#include <vector>

/// The audit log: who changed what, when, from where. The thread of the connection.
namespace stepwell::engine::access {

enum class ActorKind : std::uint8_t { owner, token };
/// Where a change came from: over the API, or by a command of this program.
enum class Face : std::uint8_t { api, command };

struct AuditEntry {
    std::int64_t key = 0;         ///< given when it is stored
    api::Time time{};             ///< when it was asked for
    std::string action;           ///< "create"
    std::optional<bool> outcome;  ///< whether it was done; nothing: nobody knows, the engine was stopped
    std::string actor;            ///< id of the token, or "owner"
    std::string actorName;
    ActorKind actorKind = ActorKind::owner;
    std::string address;   ///< empty: of this machine
    std::string resource;  ///< "workflows.instances"
    std::string resourceId;
    Face face = Face::api;
    std::string method;
    std::string path;  ///< without its query, which may hold secrets
    int status = 0;    ///< of the answer; 0: there was none
};

/// How long and how much is kept. Refusals are counted apart: whoever is refused, again and again, cannot
/// push out what was done.
struct AuditBounds {
    std::int64_t rows = 1'000'000;  ///< but for refusals
    std::chrono::hours age{24 * 365};
    std::int64_t refusals = 100'000;
};
inline constexpr std::size_t longestAuditText = 512;  ///< bytes of each text; what is longer is cut

/// Whether the row tells of somebody who was turned away: by what their token may do, or by a limit.
bool isRefusal(const AuditEntry& entry);

/// Makes refusals quick to find, also where an older program made the table. Without effect where the disk
/// takes nothing: then finding them takes longer.
void prepareAudit(Sqlite& db);

/// Inside a transaction, or as one.
void appendAudit(Sqlite& db, const AuditEntry& entry);

struct AuditQuery {
    std::optional<api::Time> since;   ///< this moment included
    std::optional<api::Time> before;  ///< this moment excluded
    std::string actor;                ///< id; empty: all
    std::string action;
    std::string resource;  ///< this one, and what is below it
    bool oldestFirst = false;
    std::int64_t page = 1;
    std::int64_t perPage = 100;
};
struct AuditPage {
    std::vector<AuditEntry> entries;
    std::int64_t total = 0;
};
api::Result<AuditPage> listAudit(Sqlite& db, const AuditQuery& query);

}  // namespace stepwell::engine::access
