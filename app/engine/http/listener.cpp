#include "app/engine/http/listener.h"

#include "app/engine/http/session.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <future>
#include <list>
#include <thread>
#include <unordered_map>

namespace stepwell::engine::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds acceptPause{100};

tl::unexpected<api::Error> cannotListen(const ListenerOptions& options, const error_code& error) {
    const auto address = options.host + ":" + std::to_string(options.port);
    if (error == asio::error::address_in_use)
        return api::fail(
            0, api::code::unavailable,
            "Cannot listen on " + address +
                ": another program uses this port. Stop it, or choose another port with --listen " +
                options.host + ":PORT (port 0 picks a free one).");
    return api::fail(0, api::code::unavailable, "Cannot listen on " + address + ": " + error.message() + ".");
}

class TcpListener final : public Listener {
  public:
    TcpListener(ListenerOptions options, Dispatcher& dispatcher)
        : options_(std::move(options))
        , loop_(std::make_shared<Loop>())
        , acceptor_(std::make_unique<tcp::acceptor>(loop_->io))
        , pause_(std::make_unique<asio::steady_timer>(loop_->io)) {
        host_.dispatcher = &dispatcher;
        host_.options = &options_;
        host_.loop = loop_;
        host_.closed = [this](const Session* session) { forget(session); };
        host_.answered = [this](int status) { count(status); };
    }

    ~TcpListener() override { TcpListener::stop(std::chrono::milliseconds(0)); }

    error_code bind() {
        error_code error;
        auto host = options_.host == "localhost" ? std::string("127.0.0.1") : options_.host;
        if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
        const auto address = asio::ip::make_address(host, error);
        if (error) return error;
        const tcp::endpoint endpoint(address, options_.port);
        acceptor_->open(endpoint.protocol(), error);
        if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_->bind(endpoint, error);
        if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
        if (!error) port_ = acceptor_->local_endpoint(error).port();
        return error;
    }

    void run() override {
        accept();
        thread_ = std::thread([this] { loop_->io.run(); });
    }

    void stop(std::chrono::milliseconds grace) override {
        if (thread_.joinable()) {
            std::promise<void> drained;
            auto done = drained.get_future();
            asio::post(loop_->io, [this, &drained] { drain(drained); });
            done.wait_for(grace);
            loop_->io.stop();
            thread_.join();
        }
        drained_ = nullptr;
        sessions_.clear();
        timers_.clear();
        pause_.reset();
        acceptor_.reset();
    }

    void post(std::function<void()> job) override { asio::post(loop_->io, std::move(job)); }

    void every(std::chrono::milliseconds interval, std::function<void()> job) override {
        auto& timer = timers_.emplace_back(loop_->io);
        arm(timer, interval, std::move(job));
    }

    unsigned short port() const override { return port_; }

    Traffic traffic() const override {
        Traffic traffic;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            traffic.byClass[i] = counts_[i].load();
        traffic.connections = connections_.load();
        return traffic;
    }

  private:
    void accept() {
        acceptor_->async_accept([this](error_code error, tcp::socket socket) {
            if (!acceptor_->is_open()) return;
            // Out of descriptors, most likely: others will be closed meanwhile.
            if (error) return acceptLater();
            auto session = Session::create(std::move(socket), host_);
            sessions_.emplace(session.get(), session);
            ++connections_;
            session->start();
            if (connections_ >= options_.connections) return acceptLater();
            accept();
        });
    }

    void acceptLater() {
        pause_->expires_after(acceptPause);
        pause_->async_wait([this](error_code error) {
            if (error || !acceptor_->is_open()) return;
            if (connections_ >= options_.connections) return acceptLater();
            accept();
        });
    }

    void drain(std::promise<void>& drained) {
        error_code ignored;
        acceptor_->close(ignored);
        host_.draining = true;
        drained_ = &drained;
        std::vector<std::shared_ptr<Session>> open;
        open.reserve(sessions_.size());
        for (const auto& [key, session] : sessions_)
            open.push_back(session);
        for (const auto& session : open)
            session->drain();
        reportDrained();
    }

    void forget(const Session* session) {
        if (sessions_.erase(session) == 0) return;
        --connections_;
        reportDrained();
    }

    void reportDrained() {
        if (drained_ == nullptr || !sessions_.empty()) return;
        std::exchange(drained_, nullptr)->set_value();
    }

    void count(int status) {
        const auto hundreds = static_cast<std::size_t>(status / 100);
        if (hundreds < counts_.size()) ++counts_[hundreds];
    }

    void arm(asio::steady_timer& timer, std::chrono::milliseconds interval, std::function<void()> job) {
        timer.expires_after(interval);
        timer.async_wait([this, &timer, interval, again = std::move(job)](error_code error) mutable {
            if (error) return;
            again();
            arm(timer, interval, std::move(again));
        });
    }

    ListenerOptions options_;
    SessionHost host_;
    std::shared_ptr<Loop> loop_;
    std::unique_ptr<tcp::acceptor> acceptor_;
    std::unique_ptr<asio::steady_timer> pause_;
    std::list<asio::steady_timer> timers_;
    std::unordered_map<const Session*, std::shared_ptr<Session>> sessions_;
    std::promise<void>* drained_ = nullptr;  ///< of the `stop` that waits
    std::array<std::atomic<std::uint64_t>, 6> counts_{};
    std::atomic<int> connections_{0};
    unsigned short port_ = 0;
    std::thread thread_;
};

}  // namespace

api::Result<std::unique_ptr<Listener>> Listener::open(ListenerOptions options, Dispatcher& dispatcher) {
    auto listener = std::make_unique<TcpListener>(options, dispatcher);
    if (const auto error = listener->bind()) return cannotListen(options, error);
    return listener;
}

}  // namespace stepwell::engine::http
