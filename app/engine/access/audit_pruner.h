#pragma once

#include "app/engine/access/audit.h"

namespace stepwell::engine::access {

/// Keeps an audit log within its bounds, in steps that are short also where there are a million rows: how
/// many there are is counted once, and then told by the keys that are new. Of one log there is one at a time;
/// others may add rows meanwhile. The thread of the connection.
class AuditPruner {
  public:
    /// Removes at most a thousand rows beyond each bound, the oldest; whether there may be more. The first
    /// step counts, which takes a tenth of a second of a million rows.
    bool step(Sqlite& db, const AuditBounds& bounds, api::Time now);

  private:
    void count(Sqlite& db);
    void take(Sqlite::Query& removed);
    void skipRefusals(Sqlite& db);

    std::int64_t m_newest = 0;  ///< key up to which rows are counted; 0: none are
    std::int64_t m_refusals = 0;
    std::int64_t m_others = 0;
    std::int64_t m_floor = 0;  ///< key; up to it there are refusals alone
};

}  // namespace stepwell::engine::access
