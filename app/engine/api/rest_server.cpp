#include "app/engine/api/rest_server.h"

#include "app/engine/api/context.h"
#include "app/engine/api/counted.h"
#include "app/engine/api/event_hub.h"
#include "app/engine/api/gate.h"
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
constexpr std::chrono::seconds forgetInterval{30};
constexpr std::chrono::milliseconds accessInterval{500};
constexpr std::size_t shortestToken = 32;
constexpr int mostReaders = 64;
constexpr std::size_t siteThreads = 3;
constexpr std::size_t fileThreads = 2;

/// The charts of a page are made side by side.
std::size_t graphqlThreads() {
    constexpr unsigned most = 8;
    return std::clamp(std::thread::hardware_concurrency(), 2U, most);
}

api::Time systemNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

/// The host of the public URL is a public name too.
std::vector<std::string> namesOf(const ServerOptions& options) {
    auto names = options.publicNames;
    if (options.publicUrl) names.push_back(options.publicUrl->host);
    return names;
}

class RestServer final : public RoutedServer {
  public:
    RestServer(Engine& engine, ServerOptions options, ReaderFactory factory,
               std::unique_ptr<pages::Service> sites, std::unique_ptr<access::Access> access)
        : engine_(engine)
        , options_(std::move(options))
        , access_(std::move(access))
        , gate_({options_.listenHost, namesOf(options_), options_.sitesDomain, options_.account, systemNow},
                *access_)
        , sites_(std::move(sites))
        , workers_(1)
        , fileThreads_(fileThreads)
        , siteThreads_(siteThreads)
        , readers_(
              std::make_unique<ReaderPool>(std::clamp(options_.readers, 1, mostReaders), std::move(factory)))
        , events_(
              *readers_, [this](std::function<void()> job) { listener_->post(std::move(job)); },
              [&engine](auto then) { engine.whenDurable(std::move(then)); })
        , context_{engine, *readers_, workers_, events_, options_.account, systemNow, *access_}
        , graphqlThreads_(graphqlThreads()) {
        if (!sites_) return;
        pages_.emplace(PagesContext{*sites_, siteThreads_, fileThreads_, systemNow, gate_.address,
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
        listen.onCertificate = options_.onCertificate;
        auto listener = http::Listener::open(listen, gate_);
        if (!listener) return tl::unexpected(listener.error());
        listener_ = std::move(*listener);
        gate_.address = http::PublicAddress({options_.listenHost, listener_->port(), options_.tls.has_value(),
                                             options_.publicNames, options_.sitesDomain, options_.publicUrl});
        addRoutes();
        listener_->every(aliveInterval, [this] {
            events_.keepAlive();
            if (!pages_) return;
            pages_->tails->expire(systemNow());
        });
        listener_->every(accessInterval, [this] { access_->tick(); });
        if (pages_)
            listener_->every(forgetInterval,
                             [this] { siteThreads_.post([this](std::size_t) { sites_->forgetUnused(); }); });
        if (pages_) listener_->every(logInterval, [this] { pages_->log->expire(systemNow()); });
        subscription_ = engine_.subscribe(
            [this](Sequence newest, const Engine::FeedLines& lines) { events_.publish(newest, lines); });
        listener_->run();
        return {};
    }

    unsigned short port() const override { return listener_->port(); }
    const http::Router& router() const override { return gate_.router; }
    std::string url() const override { return gate_.address.url(); }
    std::string localUrl() const override { return gate_.address.localUrl(); }
    std::string publicKey() const override { return listener_->publicKey(); }

  private:
    /// Of the sites as well, which are stored beside the engine.
    EngineHealth health() const {
        auto health = engine_.health();
        if (health.storageError.empty() && sites_) health.storageError = sites_->storageError();
        return health;
    }

    void addRoutes() {
        gate_.router.add(http::Method::get, "/healthz", need::anyone, noBody,
                         [](const http::ExchangePtr& exchange) {
                             http::Response response;
                             response.body = R"({"status":"ok"})";
                             exchange->respond(std::move(response));
                         });
        gate_.router.add(http::Method::get, "/metrics", need::readAnalytics, noBody,
                         [this](const http::ExchangePtr& exchange) {
                             http::Response response;
                             response.contentType = "text/plain; version=0.0.4; charset=utf-8";
                             response.body = metricsText(health(), listener_->traffic(), events_.streams());
                             exchange->respond(std::move(response));
                         });
        Routes routes(gate_.router, context_);
        addAccountRoutes(routes, gate_.router);
        addTokenRoutes(routes, gate_.router);
        addAuditRoutes(routes);
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
        addScriptContentRoutes(routes);
        addSecretRoutes(routes);
        addScheduleRoutes(routes);
        addDeploymentRoutes(routes);
        addUploadRoutes(routes);
        addExtensionRoutes(routes, [this] { return health(); });
        addGraphqlRoute(gate_.router, context_, graphqlThreads_);
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
    std::unique_ptr<access::Access> access_;
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

api::Result<std::unique_ptr<RoutedServer>> startServer(Engine& engine, ServerOptions options,
                                                       ReaderFactory readers,
                                                       std::unique_ptr<pages::Service> sites) {
    if (options.token.size() < shortestToken)
        return api::fail(0, api::code::authentication, "The token is shorter than 32 characters.");
    if (!options.tls && !options.plainHttpAnywhere && !http::isLoopback(options.listenHost))
        return api::fail(0, api::code::unavailable,
                         "Plain HTTP on " + options.listenHost +
                             " would send tokens readable over the network. Use TLS (--tls-cert FILE "
                             "--tls-key FILE), listen on 127.0.0.1 behind a proxy that speaks TLS, or allow "
                             "it by name with --plain-http.");
    auto access = access::Access::open({options.accessFile, options.token, options.account, options.rateLimit,
                                        options.audit, systemNow, options.onWarning, options.onAuditLost});
    if (!access) return tl::unexpected(access.error());
    auto server = std::make_unique<RestServer>(engine, std::move(options), std::move(readers),
                                               std::move(sites), std::move(*access));
    if (auto opened = server->open(); !opened) return tl::unexpected(opened.error());
    return server;
}

}  // namespace stepwell::engine::rest
