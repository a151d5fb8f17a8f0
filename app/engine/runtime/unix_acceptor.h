#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace stepwell::engine {

/// Takes connections on a Unix socket until it is destroyed. Used on the thread of its io_context.
class UnixAcceptor {
  public:
    using Protocol = boost::asio::local::stream_protocol;
    using OnConnection = std::function<void(Protocol::socket)>;

    UnixAcceptor(boost::asio::io_context& io, OnConnection onConnection);
    ~UnixAcceptor();

    /// Binds and starts; the path of `socket` must fit into a socket address.
    boost::system::error_code open(const std::filesystem::path& socket);

  private:
    void accept();
    void acceptLater();

    Protocol::acceptor m_acceptor;
    boost::asio::steady_timer m_pause;
    OnConnection m_onConnection;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);  ///< a handler that runs late finds it gone
};

}  // namespace stepwell::engine
