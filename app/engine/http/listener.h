#pragma once

#include "app/engine/http/exchange.h"
#include "app/engine/http/network.h"
#include "app/engine/http/pace.h"
#include "app/engine/http/tls_files.h"
#include "app/engine/http/upstream.h"
#include "models/api/error.h"
#include "models/api/time.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace stepwell::engine::http {

/// What the dispatcher says once the head of a request is in, before a byte of its body is read.
struct Admission {
    std::optional<Response> refusal;  ///< this is the answer, and no handler runs
    std::size_t bodyLimit = 0;        ///< bytes
    /// Where a body of more than 1 MiB goes instead of into memory; null: into memory. Asked on the io thread
    /// for what a request announces (bytes; 0: it does not say), before any of it is read; an error refuses
    /// it.
    std::function<api::Result<std::shared_ptr<BodySink>>(std::uint64_t announced)> sink;
    Handler handler;
    Connector connect;  ///< the request is passed on instead of being handled
    std::function<void(int status)>
        unconnected;            ///< may be empty: told when `connect` is not asked after all
    std::int64_t passedAs = 0;  ///< what the upstream is to call the request; 0: it is told no name
    /// Handles a request without a body that was passed on to an upstream that failed, instead of an error.
    Handler otherwise;
    Watch watch;  ///< of the exchange that the handler gets
    /// What is to be done has to be looked up: `decided` is called once, from any thread, with an admission
    /// that has none of this.
    std::function<void(std::function<void(Admission)> decided)> later;
};

class Dispatcher {
  public:
    virtual ~Dispatcher() = default;
    /// On the io thread. May fill `params` of the request and must wipe its credential.
    virtual Admission admit(Request& head) = 0;
};

struct ListenerOptions {
    std::string host = "127.0.0.1";       ///< an IP literal or "localhost"
    unsigned short port = 0;              ///< 0 picks a free one
    std::vector<Network> trustedProxies;  ///< what these say of whom they speak for is believed
    std::size_t headLimit = 16 * 1024;
    std::size_t largeBody = 2 * 1024 * 1024;  ///< bodies with a higher limit count as uploads
    int connections = 1'024;                  ///< more are answered 503
    int connectionsPerAddress = 512;          ///< more are answered 429; trusted proxies may have more
    int tunnels = 512;                        ///< requests passed on at once; more are answered 503
    int tunnelsPerAddress = 128;              ///< more are answered 429; this machine may have more
    int uploads = 4;                          ///< at once; more are answered 503
    PaceLimits pace;
    std::optional<TlsFiles> tls;
    std::chrono::milliseconds tlsLook{2'000};  ///< between two looks at its files
    /// Told on the io thread of a certificate: that a new one is in use, or what is wrong with it.
    std::function<void(const std::string&)> onNotice = {};
    std::function<void(const std::string&)> onWarning = {};
    /// The same of its public key, when a new one is in use.
    std::function<void(const std::string& publicKey)> onCertificate = {};
};

struct Traffic {
    std::array<std::uint64_t, 6> byClass{};  ///< answers by hundreds of their status
    int connections = 0;
    // Since the start.
    std::uint64_t refusedByTotal = 0;
    std::uint64_t refusedByAddress = 0;
    std::uint64_t failedHandshakes = 0;
    std::uint64_t slowHeads = 0;
    std::uint64_t slowBodies = 0;
    std::uint64_t stalled = 0;  ///< took nothing of their answers
    std::uint64_t certificateErrors = 0;
    std::optional<api::Time> certificateEnds;
};

/// Accepts connections, reads requests within limits, asks the dispatcher, writes answers in order. One io
/// thread.
class Listener {
  public:
    /// Binds. The dispatcher must outlive the listener. Errors name the address and the remedy.
    static api::Result<std::unique_ptr<Listener>> open(ListenerOptions options, Dispatcher& dispatcher);
    /// As `stop` with no grace.
    virtual ~Listener() = default;

    /// Starts the io thread. Once.
    virtual void run() = 0;
    /// Stops accepting, lets what is under way be answered for at most `grace`, joins the io thread.
    virtual void stop(std::chrono::milliseconds grace) = 0;
    /// Runs a job on the io thread; dropped when that has ended. Thread-safe.
    virtual void post(std::function<void()> job) = 0;
    /// Runs a job again and again on the io thread. Before `run`.
    virtual void every(std::chrono::milliseconds interval, std::function<void()> job) = 0;

    virtual unsigned short port() const = 0;
    virtual Traffic traffic() const = 0;  ///< thread-safe
    /// "sha256//BASE64" of the public key of the certificate; empty without TLS. Thread-safe.
    virtual std::string publicKey() const = 0;
};

}  // namespace stepwell::engine::http
