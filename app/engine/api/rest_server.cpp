#include "app/engine/api/rest_server.h"

#include "app/engine/api/context.h"
#include "app/engine/api/counted.h"
#include "app/engine/api/event_hub.h"
#include "app/engine/api/graphql.h"
#include "app/engine/api/metrics.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_hosts.h"
#include "app/engine/api/site_tails.h"
#include "app/engine/api/site_workers.h"
#include "app/engine/api/worker_hosts.h"
#include "app/engine/http/guards.h"
#include "app/engine/http/listener.h"

namespace stepwell::engine::rest {

namespace {

constexpr std::chrono::seconds stopGrace{1};
constexpr std::chrono::seconds aliveInterval{10};
constexpr std::chrono::milliseconds logInterval{500};
constexpr std::size_t shortestToken = 32;
constexpr int mostReaders = 64;
constexpr std::size_t siteThreads = 3;
constexpr std::size_t fileThreads = 2;
constexpr std::size_t graphqlThreads = 2;

api::Time systemNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

http::Response refusal(int status, int code, std::string message) {
    return http::failure({status, code, std::move(message)});
}

/// Decides on every request before its body is read: is it meant for us, from a place that may ask, with the
/// token, for our account, and for a route there is?
class Gate final : public http::Dispatcher {
  public:
    Gate(const ServerOptions& options)
        : hosts_(options.listenHost, options.publicNames)
        , token_(options.token)
        , account_(options.account) {}

    http::Router router;
    /// Finds the fetch handler of a Worker.
    std::function<http::Connector(const std::string& name)> worker;
    /// Finds the site of a host; null in an engine without sites.
    std::function<std::optional<http::Admission>(const http::Request& head)> site;

    http::Admission admit(http::Request& head) override {
        const auto credential = std::exchange(head.credential, {});
        // Before anything else: no route of ours is reached under the name of a Worker.
        if (const auto name = http::workerOf(head.host)) {
            http::Admission admission;
            admission.connect = worker(*name);
            return admission;
        }
        // A custom domain cannot be a name that the API has.
        if (auto admission = siteOf(head)) return std::move(*admission);
        if (auto refused = wrongPlace(head)) return refuse(std::move(*refused));
        auto match = router.find(head.method, head.path);
        const bool open = match.route != nullptr && match.route->open;
        if (match.route != nullptr && match.route->guard) {
            if (auto refused = match.route->guard(credential)) return refuse(std::move(*refused));
        } else if (!open && !mayEnter(credential, head, match))
            return refuse(unauthorized(credential.empty()));
        if (const auto* named = accountOf(head); named != nullptr && *named != account_)
            return refuse(foreignAccount(*named));
        if (match.route == nullptr) return refuse(noRoute(head));
        head.params = std::move(match.params);
        http::Admission admission;
        admission.bodyLimit = match.route->bodyLimit;
        admission.handler = match.route->handler;
        return admission;
    }

  private:
    static http::Admission refuse(http::Response response) {
        http::Admission admission;
        admission.refusal = std::move(response);
        return admission;
    }

    std::optional<http::Admission> siteOf(const http::Request& head) const {
        if (!site || hosts_.isExactly(head.host)) return std::nullopt;
        return site(head);
    }

    /// Browsers cannot send a header with a WebSocket: such routes take a token in the query.
    bool mayEnter(const std::string& credential, const http::Request& head,
                  const http::Router::Match& match) const {
        if (http::equalSecrets(credential, token_)) return true;
        if (match.route == nullptr || !match.route->admits) return false;
        const std::string token(head.queryValue("token").value_or(""));
        return !token.empty() &&
               (http::equalSecrets(token, token_) || match.route->admits(token, match.params));
    }

    std::optional<http::Response> wrongPlace(const http::Request& head) const {
        if (!hosts_.allowsHost(head.host))
            return refusal(403, api::code::authentication,
                           "The Host header names another server. Use 127.0.0.1, localhost or the address "
                           "this engine listens on.");
        if (head.origin && !hosts_.allowsOrigin(*head.origin))
            return refusal(403, api::code::authentication,
                           "The Origin header names another site; only local pages may ask.");
        if (!head.wellFormed)
            return refusal(400, api::code::noRoute,
                           "The path or the query of the request is not a valid URL.");
        return std::nullopt;
    }

    static http::Response unauthorized(bool missing) {
        auto response = refusal(
            401, api::code::authentication,
            missing ? "Authentication error: the request has no token. Send the header Authorization: "
                      "Bearer TOKEN with the token of the data folder."
                    : "Authentication error: the token is wrong. Use the one in the token file of the "
                      "data folder.");
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
        return response;
    }

    static const std::string* accountOf(const http::Request& head) {
        const auto& path = head.path;
        const bool below =
            path.size() >= 4 && path[0] == "client" && path[1] == "v4" && path[2] == "accounts";
        return below ? &path[3] : nullptr;
    }

    http::Response foreignAccount(const std::string& named) const {
        return refusal(403, api::code::authentication,
                       "There is no account \"" + named + "\" here; this engine serves the account \"" +
                           account_ + "\".");
    }

    http::Response noRoute(const http::Request& head) const {
        const auto allowed = router.allowed(head.path);
        if (allowed.empty())
            return refusal(404, api::code::noRoute,
                           "Could not route to this path: there is no such endpoint here.");
        if (head.method == http::Method::options) {
            http::Response response;
            response.status = 204;
            response.headers.emplace_back("Allow", allowed);
            return response;
        }
        auto response = refusal(405, api::code::noRoute,
                                "Could not route to this path with " + std::string(toString(head.method)) +
                                    "; it takes " + allowed + ".");
        response.headers.emplace_back("Allow", allowed);
        return response;
    }

    http::HostGuard hosts_;
    std::string token_;
    std::string account_;
};

std::string urlOf(const ServerOptions& options, unsigned short port) {
    const auto& host = options.publicNames.empty() ? options.listenHost : options.publicNames.front();
    const bool wildcard = host == "0.0.0.0" || host == "::" || host == "[::]";
    auto name = wildcard ? std::string("127.0.0.1") : host;
    if (name.find(':') != std::string::npos && name.front() != '[') name = '[' + name + ']';
    return (options.tls ? "https://" : "http://") + name + ':' + std::to_string(port);
}

class RestServer final : public Server {
  public:
    RestServer(Engine& engine, ServerOptions options, ReaderFactory factory,
               std::unique_ptr<pages::Service> sites)
        : engine_(engine)
        , options_(std::move(options))
        , gate_(options_)
        , sites_(std::move(sites))
        , workers_(1)
        , fileThreads_(fileThreads)
        , siteThreads_(siteThreads)
        , readers_(
              std::make_unique<ReaderPool>(std::clamp(options_.readers, 1, mostReaders), std::move(factory)))
        , events_(
              *readers_, [this](std::function<void()> job) { listener_->post(std::move(job)); },
              [&engine](auto then) { engine.whenDurable(std::move(then)); })
        , context_{engine, *readers_, workers_, events_, options_.account, systemNow}
        , graphqlThreads_(graphqlThreads) {
        if (!sites_) return;
        pages_.emplace(PagesContext{*sites_, siteThreads_, fileThreads_, systemNow,
                                    [this] { return listener_->port(); },
                                    std::make_shared<pages::SiteLog>()});
        pages_->workers = std::make_shared<SiteWorkers>(engine, *pages_);
        pages_->tails = std::make_shared<SiteTails>(
            [this](std::function<void()> job) { listener_->post(std::move(job)); });
        pages_->counter = std::make_shared<SiteCounter>(engine, *sites_);
        pages_->log->listen(
            [tails = pages_->tails, counter = pages_->counter](const pages::SiteRequest& request) {
                tails->publish(request);
                counter->ran(request);
            });
    }

    ~RestServer() override {
        if (sites_) sites_->end();
        if (listener_) listener_->stop(stopGrace);
        subscription_.reset();
        if (pages_) {
            pages_->workers->close();
            pages_->tails->close();
        }
        // Reader jobs hand over to the workers and to the listener's queue: they end first.
        readers_.reset();
    }

    api::Result<void> open() {
        gate_.worker = [this](const std::string& name) { return workerConnector(context_, name); };
        if (pages_) gate_.site = [this](const http::Request& head) { return siteAdmission(*pages_, head); };
        http::ListenerOptions listen;
        listen.host = options_.listenHost;
        listen.port = options_.port;
        listen.trustedProxies = options_.trustedProxies;
        listen.tls = options_.tls;
        listen.connections = options_.connections;
        listen.connectionsPerAddress = options_.connectionsPerAddress;
        listen.pace = options_.pace;
        listen.onWarning = options_.onWarning;
        listen.onNotice = options_.onNotice;
        auto listener = http::Listener::open(listen, gate_);
        if (!listener) return tl::unexpected(listener.error());
        listener_ = std::move(*listener);
        addRoutes();
        listener_->every(aliveInterval, [this] {
            events_.keepAlive();
            if (!pages_) return;
            pages_->tails->expire(systemNow());
        });
        if (pages_) listener_->every(logInterval, [this] { pages_->log->expire(systemNow()); });
        subscription_ = engine_.subscribe(
            [this](Sequence newest, const Engine::FeedLines& lines) { events_.publish(newest, lines); });
        listener_->run();
        return {};
    }

    unsigned short port() const override { return listener_->port(); }
    std::string url() const override { return urlOf(options_, port()); }

  private:
    /// Of the sites as well, which are stored beside the engine.
    EngineHealth health() const {
        auto health = engine_.health();
        if (health.storageError.empty() && sites_) health.storageError = sites_->storageError();
        return health;
    }

    void addRoutes() {
        auto& alive =
            gate_.router.add(http::Method::get, "/healthz", noBody, [](const http::ExchangePtr& exchange) {
                http::Response response;
                response.body = R"({"status":"ok"})";
                exchange->respond(std::move(response));
            });
        alive.open = true;
        gate_.router.add(http::Method::get, "/metrics", noBody, [this](const http::ExchangePtr& exchange) {
            http::Response response;
            response.contentType = "text/plain; version=0.0.4; charset=utf-8";
            response.body = metricsText(health(), listener_->traffic(), events_.streams());
            exchange->respond(std::move(response));
        });
        Routes routes(gate_.router, context_);
        addAccountRoutes(routes, gate_.router);
        addSettingsRoutes(routes);  // before the workflows: "settings" is no workflow here
        addInstanceBulkRoutes(routes);
        addInstanceRoutes(routes);
        addInstanceVerbRoutes(routes);
        addSubscribeRoutes(routes);
        addStepRoutes(routes);
        addWorkflowRoutes(routes);
        addGraphRoutes(routes);
        addReproduceRoutes(routes);
        addScriptRoutes(routes);
        addSecretRoutes(routes);
        addScheduleRoutes(routes);
        addDeploymentRoutes(routes);
        addUploadRoutes(routes);
        addExtensionRoutes(routes, [this] { return health(); });
        addGraphqlRoute(gate_.router, context_, graphqlThreads_, options_.token);
        if (!pages_) return;
        addPagesProjectRoutes(routes, *pages_);
        addPagesDeploymentRoutes(routes, *pages_);
        addPagesListingRoutes(routes, *pages_);
        addPagesRuleRoutes(routes, *pages_);
        addPagesPartRoutes(routes, *pages_);
        addPagesRequestRoutes(routes, *pages_);
        addPagesDomainRoutes(routes, *pages_);
        addPagesSettingsRoutes(routes, *pages_);
        addPagesArchiveRoutes(routes, *pages_);
        addPagesAssetRoutes(gate_.router, *pages_);
    }

    Engine& engine_;
    ServerOptions options_;
    Gate gate_;
    std::unique_ptr<http::Listener> listener_;  ///< stopped first, destroyed after all who post to it
    std::unique_ptr<pages::Service> sites_;     ///< null: no sites here
    std::optional<PagesContext> pages_;         ///< outlives the threads that work with it
    http::ThreadPool workers_;
    http::ThreadPool fileThreads_;  ///< outlives the threads that give it work
    http::ThreadPool siteThreads_;
    std::unique_ptr<ReaderPool> readers_;
    EventHub events_;
    Context context_;
    http::ThreadPool graphqlThreads_;  ///< ends before what it works with
    std::unique_ptr<Engine::Subscription> subscription_;
};

}  // namespace

api::Result<std::unique_ptr<Server>> startServer(Engine& engine, ServerOptions options, ReaderFactory readers,
                                                 std::unique_ptr<pages::Service> sites) {
    if (options.token.size() < shortestToken)
        return api::fail(0, api::code::authentication, "The token is shorter than 32 characters.");
    if (!options.tls && !options.plainHttpAnywhere && !http::isLoopback(options.listenHost))
        return api::fail(0, api::code::unavailable,
                         "Plain HTTP on " + options.listenHost +
                             " would send tokens readable over the network. Use TLS (--tls-cert FILE "
                             "--tls-key FILE), listen on 127.0.0.1 behind a proxy that speaks TLS, or allow "
                             "it by name with --plain-http.");
    auto server =
        std::make_unique<RestServer>(engine, std::move(options), std::move(readers), std::move(sites));
    if (auto opened = server->open(); !opened) return tl::unexpected(opened.error());
    return server;
}

}  // namespace stepwell::engine::rest
