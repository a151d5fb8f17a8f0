#pragma once

#include "app/engine/http/chunks.h"
#include "app/engine/http/connection.h"
#include "app/engine/http/pace.h"
#include "app/engine/http/upstream.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

namespace stepwell::engine::http {

struct Loop;

/// Carries the bytes of one request and its answer between a client and an upstream, both ways, as they come.
/// What one side does not take is not read from the other, so memory is bounded. Nothing is kept alive: each
/// request gets a connection, which also is what makes WebSockets work. Of a client that asks for one the
/// upstream gets the head alone until it has switched protocols: else it would take what follows for another
/// request, one that the engine never saw. io thread only.
class Tunnel : public std::enable_shared_from_this<Tunnel> {
  public:
    struct Opening {
        std::string head;
        std::string rest;  ///< what was read beyond it
        bool upgrades = false;
        bool expectsContinue = false;
        std::uint64_t body = 0;  ///< bytes that the client announced, those in `rest` included
        bool chunked = false;    ///< it announced a body without a length
    };
    struct Ends {
        std::function<void(Response)> refuse;  ///< nothing was answered: this is the answer
        std::function<void()> answered;        ///< the upstream has said all it had to say
        std::function<void()> broken;          ///< one side went away
    };

    /// `client` must outlive the tunnel.
    Tunnel(Connection& client, std::weak_ptr<Loop> loop, Opening opening, Ends ends);

    /// Takes what a connector found, on any thread, and opens the tunnel with it on its loop. What comes when
    /// the tunnel is gone is closed.
    static std::function<void(api::Result<Upstream>)> opener(std::weak_ptr<Tunnel> tunnel,
                                                             std::weak_ptr<Loop> loop);

    void open(api::Result<Upstream> upstream);
    void close();
    /// `write`: the client takes nothing of an answer; `body`: it announced a body and sends it too slowly;
    /// `silence`: nobody said anything over a WebSocket.
    Late late(PaceTime now, const PaceLimits& limits) const;
    /// Ends because of a body that comes too slowly.
    void giveUp();

  private:
    enum class Upgrade { none, asked, refused };

    void watchUpstream();
    void askUpgrade();
    void watchClient();
    void readStatus();
    void onStatus(std::size_t bytes);
    void refuseUpgrade();
    void dropClient();
    void limitSilence();
    void readClient();
    void countBody(std::size_t bytes);
    bool awaitsBody() const { return m_bodyLeft > 0 || (m_chunks && !m_chunks->isOver()); }
    void writeUpstream(std::size_t bytes);
    void readUpstream();
    void writeClient(std::size_t bytes);
    void upstreamEnded();
    void refuse(api::Error error);
    void finish(const std::function<void()>& how);
    void end(PassedOn how);

    Connection& m_client;
    std::weak_ptr<Loop> m_loop;  ///< of all those sockets
    boost::asio::local::stream_protocol::socket m_upstream;
    boost::asio::steady_timer m_patience;
    std::string m_up;    ///< on its way to the upstream
    std::string m_rest;  ///< of the client, held back until the upstream has switched protocols
    std::string m_down;  ///< on its way to the client
    Ends m_ends;
    Upstream m_held;
    Upgrade m_upgrade;
    bool m_expectsContinue;
    bool m_answered = false;         ///< the client got a byte of the answer
    std::uint64_t m_bodyLeft;        ///< of what the client announced
    std::optional<Chunks> m_chunks;  ///< of a body without a length
    BodyPace m_bodyPace;
    std::optional<PaceTime> m_writingSince;  ///< to the client
    std::optional<PaceTime> m_spoken;        ///< over a WebSocket, by either side
    int m_status = 0;                        ///< of the answer, once it has begun
    bool m_closed = false;
};

}  // namespace stepwell::engine::http
