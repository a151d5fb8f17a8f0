// Bodies of requests to the API: the first line is method and path, the rest the body.
#include "app/engine/api/context.h"
#include "app/engine/api/event_hub.h"
#include "models/api/status.h"

#include <cstdint>
#include <cstdlib>

using namespace stepwell;
using namespace stepwell::engine;

namespace {

/// Refuses every command: only what reads them is looked at.
class RefusingEngine final : public Engine {
  public:
    void submit(engine::Request /*request*/, ReplyHandler reply) override {
        reply(api::fail(404, api::code::workflowNotFound, "refused"));
    }
    api::Result<std::string> putBlob(std::string_view /*bytes*/) override { return std::string(); }
    std::filesystem::path blobPath(const std::string& digest) const override { return digest; }
    void checkBundle(Bundle /*bundle*/, std::function<void(api::Result<BundleFacts>)> /*done*/) override {}
    void makeGraph(ScriptVersionKey /*version*/, const std::string& /*className*/,
                   std::function<void(api::Result<ClassGraph>)> /*done*/) override {}
    void whenDurable(std::function<void(bool)> then) override { then(true); }
    void connectHandler(ScriptVersionKey /*version*/,
                        std::function<void(api::Result<HandlerConnection>)> /*done*/) override {}
    void connectSite(const Bundle& /*bundle*/, WhenStuck /*whenStuck*/,
                     std::function<void(api::Result<HandlerConnection>)> /*done*/) override {}
    std::vector<LogRow> handlerLogs(const std::string& /*script*/, std::int64_t /*after*/,
                                    int /*limit*/) const override {
        return {};
    }
    EngineHealth health() const override { return {}; }
    std::filesystem::path databasePath() const override { return {}; }
    std::unique_ptr<Subscription> subscribe(FeedHandler /*handler*/) override { return nullptr; }
};

class Silent final : public http::Exchange {
  public:
    using Exchange::Exchange;
    void respondWith(std::function<http::Response()> make) override {
        if (make().status < 200) std::abort();
    }
    std::shared_ptr<http::EventStream> openStream() override { return nullptr; }
    std::shared_ptr<http::EventStream> openWebSocket(http::WebSocketForm) override { return nullptr; }
};

http::Method methodOf(std::string_view name) {
    for (const auto method :
         {http::Method::post, http::Method::put, http::Method::patch, http::Method::remove})
        if (name == http::toString(method)) return method;
    return http::Method::post;
}

void addRoutes(rest::Routes& routes) {
    rest::addInstanceRoutes(routes);
    rest::addInstanceVerbRoutes(routes);
    rest::addInstanceBulkRoutes(routes);
    rest::addSettingsRoutes(routes);
    rest::addScheduleRoutes(routes);
    rest::addWorkflowRoutes(routes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = input.find('\n');
    const auto space = input.substr(0, end).find(' ');
    if (end == std::string_view::npos || space == std::string_view::npos) return 0;
    RefusingEngine engine;
    static const auto access =
        access::Access::open({{}, "token", "local", 0, {}, [] { return api::Time{}; }, {}}).value();
    rest::ReaderPool readers(0, {});  // without threads: what reads is never answered
    http::ThreadPool workers(0);
    rest::EventHub events(readers, {}, [](const auto& then) { then(true); });
    rest::Context context{engine, readers, workers, events, "a", [] { return api::Time{}; }, *access};
    http::Router router;
    rest::Routes routes(router, context);
    addRoutes(routes);
    http::Request request;
    request.method = methodOf(input.substr(0, space));
    http::parseTarget("/client/v4/accounts/a" + std::string(input.substr(space + 1, end - space - 1)),
                      request);
    if (!request.wellFormed) return 0;
    auto match = router.find(request.method, request.path);
    request.body = input.substr(end + 1);
    if (match.route == nullptr || request.body.size() > match.route->bodyLimit) return 0;
    request.params = std::move(match.params);
    match.route->handler(std::make_shared<Silent>(std::move(request)));
    return 0;
}
