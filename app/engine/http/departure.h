#pragma once

#include "app/engine/http/connection.h"

#include <functional>
#include <memory>
#include <vector>

namespace stepwell::engine::http {

/// Ends a connection so that the client sees the last answer: closing with unread bytes would reset it. Says
/// that nothing more comes, then reads what is still on its way. The caller limits the time. io thread only.
class Departure : public std::enable_shared_from_this<Departure> {
  public:
    /// `connection` belongs to whatever `owner` keeps alive. `over` is called once, unless the connection is
    /// closed meanwhile.
    Departure(Connection& connection, std::shared_ptr<void> owner, std::function<void()> over)
        : m_connection(connection)
        , m_owner(std::move(owner))
        , m_over(std::move(over)) {}
    void begin();

  private:
    void endSending();
    void discard();

    Connection& m_connection;
    std::shared_ptr<void> m_owner;
    std::function<void()> m_over;
    std::vector<char> m_scratch;
    std::size_t m_read = 0;
};

}  // namespace stepwell::engine::http
