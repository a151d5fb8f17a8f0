#pragma once

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace stepwell::engine {

/// The WebSocket to one workerd process, over its Unix socket: lines in, whole lines out. io thread only; no callback
/// comes after `close`.
class ControlChannel {
  public:
    struct Handlers {
        std::function<void()> connected;
        std::function<void(std::string)> lines;     ///< whole lines, '\n' between and after them
        std::function<void(std::string)> lost;      ///< once, with the reason
    };
    /// Tries to connect again and again until it succeeds or is closed.
    static std::shared_ptr<ControlChannel> open(boost::asio::io_context& io, std::filesystem::path socket, Handlers handlers);
    virtual ~ControlChannel() = default;
    virtual void send(std::string_view lines) = 0;
    virtual void close() = 0;
};

}  // namespace stepwell::engine
