#pragma once

#include "models/api/time.h"

#include <map>
#include <mutex>
#include <string>

namespace stepwell::engine::rest {

/// Tokens that open one thing for a short time: safe in a URL, where the bearer token would end up in logs.
/// Thread-safe.
class Tickets {
  public:
    static constexpr std::chrono::seconds lifetime{60};

    /// A new token for `subject`.
    std::string issue(const std::string& subject, api::Time now);
    bool admits(const std::string& token, const std::string& subject, api::Time now) const;

  private:
    struct Ticket {
        std::string subject;
        api::Time expires{};
    };
    mutable std::mutex m_mutex;
    std::map<std::string, Ticket> m_tickets;  ///< guarded by m_mutex
};

}  // namespace stepwell::engine::rest
