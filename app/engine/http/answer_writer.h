#pragma once

#include "app/engine/http/connection.h"
#include "app/engine/http/message.h"
#include "app/engine/http/pace.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <functional>
#include <limits>
#include <memory>

namespace stepwell::engine::http {

struct Loop;

/// Writes everything, for as long as the client takes some of it every now and then. `done(error, bytes)`.
template <class Buffers, class Done>
void writeWhole(Connection& connection, Pace& pace, const Buffers& buffers, Done&& done) {
    pace.wait(Pace::Wait::write, PaceClock::now());
    boost::asio::async_write(
        connection, buffers,
        [&pace](boost::system::error_code error, std::size_t bytes) -> std::size_t {
            if (bytes > 0) pace.progress(0, PaceClock::now());
            // All at once: what `transfer_all` asks for at once is less than a socket takes.
            return error ? 0 : std::numeric_limits<std::size_t>::max();
        },
        std::forward<Done>(done));
}

/// Writes answers to a connection, one after the other, each in as few calls of the system as there can be.
/// io thread only.
class AnswerWriter {
  public:
    using Done = std::function<void(boost::system::error_code)>;

    /// All of these outlive the writer. `done` is told of each answer when it is out, or why it is not.
    AnswerWriter(Connection& connection, Pace& pace, std::weak_ptr<Loop> loop, Done done);

    /// `owner` keeps the writer; it is held on to while a write is under way. `head` ends with its empty
    /// line.
    void write(std::string head, Response response, const std::shared_ptr<void>& owner);
    /// Nothing of an answer.
    void writeHead(std::string head, const std::shared_ptr<void>& owner);
    /// The connection is closed: `done` is not told any more.
    void close() { m_closed = true; }

  private:
    void writeParts(std::string_view body, const std::shared_ptr<void>& owner);
    void sendFile(const std::shared_ptr<void>& owner);
    bool sendSome(boost::system::error_code& error);
    void onWritten(boost::system::error_code error, const std::shared_ptr<void>& owner);
    bool continueLong(const std::shared_ptr<void>& owner);
    void writePart(std::string part, const std::shared_ptr<void>& owner);

    Connection& m_connection;
    Pace& m_pace;
    std::weak_ptr<Loop> m_loop;
    Done m_done;
    bool m_closed = false;
    std::string m_head;
    std::string m_body;      ///< being written
    SharedStretch m_shared;  ///< being written instead
    std::size_t m_sent = 0;  ///< of head and shared body, where these are sent from a file
    std::shared_ptr<LongBody> m_long;
    std::uint64_t m_longSent = 0;
};

}  // namespace stepwell::engine::http
