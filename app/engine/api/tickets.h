#pragma once

#include "app/engine/access/token.h"

#include <map>
#include <mutex>
#include <string>

namespace stepwell::engine::rest {

/// Tokens that open one thing for a short time: safe in a URL, where the bearer token would end up in logs.
/// Thread-safe.
class Tickets {
  public:
    static constexpr std::chrono::seconds lifetime{60};

    /// A new token for `subject`, in somebody's name.
    std::string issue(const std::string& subject, access::IdentityPtr issuer, api::Time now);
    /// In whose name the token opens the subject; null: it does not.
    access::IdentityPtr admits(const std::string& token, const std::string& subject, api::Time now) const;

  private:
    struct Ticket {
        std::string subject;
        access::IdentityPtr issuer;
        api::Time expires{};
    };
    mutable std::mutex m_mutex;
    std::map<std::string, Ticket> m_tickets;  ///< guarded by m_mutex
};

}  // namespace stepwell::engine::rest
