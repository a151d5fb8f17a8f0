#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <functional>
#include <memory>
#include <string>

namespace stepwell::engine {

/// The WebSocket to the driver of one process: whole lines in both directions. Used on the thread of its
/// io_context.
class ControlChannel : public std::enable_shared_from_this<ControlChannel> {
  public:
    struct Events {
        std::function<void()> onOpen;
        std::function<void(std::string lines)> onLines;        ///< whole lines, each with its line feed
        std::function<void(const std::string& why)> onClosed;  ///< once; not after `close`
    };

    ControlChannel(boost::asio::io_context& io, Events events);

    /// Connects to the socket at `path`, whose length must fit into a socket address. False while nobody
    /// listens.
    bool connect(const std::string& path);
    /// Queues lines; those sent before the channel is open wait.
    void send(std::string lines);
    void close();

  private:
    using Stream = boost::beast::websocket::stream<boost::asio::local::stream_protocol::socket>;

    void onHandshake(boost::beast::error_code error);
    void read();
    void onFrame();
    void writeNext();
    void fail(const std::string& why);

    Stream m_stream;
    Events m_events;
    boost::beast::flat_buffer m_buffer;
    std::string m_rest;     ///< an unfinished line of the driver
    std::string m_pending;  ///< to be sent after what is being written
    std::string m_writing;
    std::size_t m_written = 0;
    std::size_t m_frame = 0;  ///< bytes of the frame being written
    bool m_open = false;
    bool m_isWriting = false;
    bool m_closed = false;
};

/// Length of the longest prefix of `text` that is at most `most` bytes and does not end inside a UTF-8
/// character.
std::size_t framePrefix(std::string_view text, std::size_t most);

}  // namespace stepwell::engine
