#pragma once

#include "app/engine/access/ledger.h"
#include "app/engine/http/router.h"

namespace stepwell::engine::rest {

/// Whether a request by this route changes something: then it belongs into the audit log.
bool changesSomething(const http::Route& route);

/// What the audit log says of such a request, but for how it ended.
access::AuditEntry entryOf(const http::Request& head, const http::Route& route, api::Time now);

/// A change that was let in. It is noted when it is answered, or, without an outcome, when it is dropped
/// after its handler began. Any thread.
class ChangeRecord {
  public:
    ChangeRecord(std::shared_ptr<access::Ledger> ledger, access::AuditEntry entry)
        : m_ledger(std::move(ledger))
        , m_entry(std::move(entry)) {}
    ~ChangeRecord();
    ChangeRecord(const ChangeRecord&) = delete;
    ChangeRecord& operator=(const ChangeRecord&) = delete;

    /// `action`: what the body says it is; empty: what the path says.
    void began(std::string action) {
        m_began = true;
        if (!action.empty()) m_entry.action = std::move(action);
    }
    void ended(const http::Response& response);

    /// Writes the row of a change that is done, which made `made` (id; may be empty), inside the transaction
    /// of that. When the transaction is over, `written` keeps it from being noted again.
    void write(Sqlite& db, const std::string& made) const;
    void written() { m_ended = true; }

  private:
    access::AuditEntry entryOf(int status, const std::string& made) const;

    std::shared_ptr<access::Ledger> m_ledger;
    access::AuditEntry m_entry;
    bool m_began = false;
    bool m_ended = false;
};

}  // namespace stepwell::engine::rest
