#include "app/engine/http/listener.h"

#include "app/engine/http/envelope.h"
#include "app/engine/http/session.h"
#include "app/engine/http/tls.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace stepwell::engine::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds acceptPause{100};
constexpr std::chrono::milliseconds sweepInterval{500};
constexpr std::chrono::milliseconds shortestSweep{20};
/// Connections that get a word of refusal at once; beyond that they are closed without one.
constexpr int mostRefusals = 64;

Response refusalOf(int status, const std::string& message) {
    auto response = failure({status, api::code::unavailable, message});
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

/// A client that has gone is seen by the error of a write: not every call of the system that writes can be
/// told to send no signal. Of this thread.
void passOverBrokenPipes() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

/// Often enough for the shortest limit.
std::chrono::milliseconds sweepOf(const PaceLimits& limits) {
    const auto shortest = std::min(
        {limits.handshake, limits.head, limits.idle, limits.body, limits.grace, limits.write, limits.linger});
    return std::clamp(shortest / 4, shortestSweep, sweepInterval);
}

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

    api::Result<void> openTls() {
        if (!options_.tls) return {};
        auto opened = Tls::open(*options_.tls);
        if (!opened) return tl::unexpected(opened.error());
        tls_ = std::move(*opened);
        useCertificate();
        const auto end = tls_->expires();
        if (end < std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now()) &&
            options_.onWarning)
            options_.onWarning("The certificate of --tls-cert ended at " + api::toIso(end) +
                               ": clients will refuse it. A new one is used as soon as it is there.");
        warnOfKey();
        every(options_.tlsLook, [this] { lookAtCertificate(); });
        return {};
    }

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
        every(sweepOf(options_.pace), [this] { sweep(); });
        accept();
        thread_ = std::thread([this] {
            passOverBrokenPipes();
            loop_->io.run();
        });
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
        refusals_.clear();
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

    std::string publicKey() const override {
        const std::lock_guard lock(keyMutex_);
        return publicKey_;
    }

    Traffic traffic() const override {
        Traffic traffic;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            traffic.byClass[i] = counts_[i].load();
        traffic.connections = connections_.load();
        traffic.refusedByTotal = refusedByTotal_.load();
        traffic.refusedByAddress = refusedByAddress_.load();
        traffic.failedHandshakes = host_.troubles.handshakes.load();
        traffic.slowHeads = host_.troubles.slowHeads.load();
        traffic.slowBodies = host_.troubles.slowBodies.load();
        traffic.stalled = host_.troubles.stalled.load();
        traffic.certificateErrors = certificateErrors_.load();
        if (options_.tls) traffic.certificateEnds = api::Time(api::Milliseconds(certificateEnds_.load()));
        return traffic;
    }

  private:
    void accept() {
        acceptor_->async_accept([this](error_code error, tcp::socket socket) {
            if (!acceptor_->is_open()) return;
            // Out of descriptors, most likely: others will be closed meanwhile.
            if (error) return acceptLater();
            admit(Session::create(std::move(socket), host_));
            accept();
        });
    }

    void admit(std::shared_ptr<Session> session) {
        if (connections_ >= options_.connections) {
            ++refusedByTotal_;
            return turnAway(std::move(session),
                            refusalOf(503, "There are too many connections; try again in a moment."));
        }
        auto& here = byAddress_[addressKey(session->address())];
        if (here >= options_.connectionsPerAddress && !isTrusted(session->address())) {
            ++refusedByAddress_;
            return turnAway(std::move(session), refusalOf(429, "There are too many connections from your "
                                                               "address; use fewer, or keep them open."));
        }
        ++here;
        ++connections_;
        sessions_.emplace(session.get(), session);
        session->start();
    }

    /// A word costs less than a handshake: with TLS there is none.
    void turnAway(std::shared_ptr<Session> session, Response response) {
        if (options_.tls || refusals_.size() >= mostRefusals) return session->close();
        refusals_.emplace(session.get(), session);
        session->turnAway(std::move(response));
    }

    bool isTrusted(const std::string& address) const {
        return std::any_of(options_.trustedProxies.begin(), options_.trustedProxies.end(),
                           [&](const Network& network) { return network.contains(address); });
    }

    std::vector<std::shared_ptr<Session>> all() const {
        std::vector<std::shared_ptr<Session>> open;
        open.reserve(sessions_.size() + refusals_.size());
        for (const auto* some : {&sessions_, &refusals_})
            for (const auto& [key, session] : *some)
                open.push_back(session);
        return open;
    }

    void sweep() {
        const auto now = PaceClock::now();
        for (const auto& session : all())
            session->tick(now);
    }

    void useCertificate() {
        host_.tls = tls_->context();
        certificateEnds_ = tls_->expires().time_since_epoch().count();
        const std::lock_guard lock(keyMutex_);
        publicKey_ = tls_->publicKey();
    }

    void warnOfKey() const {
        const auto exposure = tls_->exposure();
        if (!exposure.empty() && options_.onWarning) options_.onWarning(exposure);
    }

    void lookAtCertificate() {
        tls_->look([this](const std::string& trouble) {
            if (trouble.empty()) {
                useCertificate();
                if (options_.onCertificate) options_.onCertificate(tls_->publicKey());
                if (options_.onNotice)
                    options_.onNotice("A new certificate is in use; it ends at " +
                                      api::toIso(tls_->expires()) + ".");
                return warnOfKey();
            }
            ++certificateErrors_;
            if (options_.onWarning)
                options_.onWarning("The new certificate is not used, the old one goes on: " + trouble);
        });
    }

    void acceptLater() {
        pause_->expires_after(acceptPause);
        pause_->async_wait([this](error_code error) {
            if (error || !acceptor_->is_open()) return;
            accept();
        });
    }

    void drain(std::promise<void>& drained) {
        error_code ignored;
        acceptor_->close(ignored);
        host_.draining = true;
        drained_ = &drained;
        for (const auto& session : all())
            session->drain();
        reportDrained();
    }

    void forget(const Session* session) {
        if (refusals_.erase(session) > 0) return;
        const auto address = addressKey(session->address());
        if (sessions_.erase(session) == 0) return;
        --connections_;
        const auto here = byAddress_.find(address);
        if (here != byAddress_.end() && --here->second <= 0) byAddress_.erase(here);
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
    mutable std::mutex keyMutex_;
    std::string publicKey_;  ///< guarded by keyMutex_
    std::list<asio::steady_timer> timers_;
    using Sessions = std::unordered_map<const Session*, std::shared_ptr<Session>>;
    Sessions sessions_;
    Sessions refusals_;                               ///< connections too many, which are told so
    std::unordered_map<std::string, int> byAddress_;  ///< by `addressKey`
    std::unique_ptr<Tls> tls_;
    std::promise<void>* drained_ = nullptr;  ///< of the `stop` that waits
    std::array<std::atomic<std::uint64_t>, 6> counts_{};
    std::atomic<int> connections_{0};
    std::atomic<std::uint64_t> refusedByTotal_{0};
    std::atomic<std::uint64_t> refusedByAddress_{0};
    std::atomic<std::uint64_t> certificateErrors_{0};
    std::atomic<std::int64_t> certificateEnds_{0};  ///< ms since 1970
    unsigned short port_ = 0;
    std::thread thread_;
};

}  // namespace

api::Result<std::unique_ptr<Listener>> Listener::open(ListenerOptions options, Dispatcher& dispatcher) {
    auto listener = std::make_unique<TcpListener>(options, dispatcher);
    if (auto opened = listener->openTls(); !opened) return tl::unexpected(opened.error());
    if (const auto error = listener->bind()) return cannotListen(options, error);
    return listener;
}

}  // namespace stepwell::engine::http
