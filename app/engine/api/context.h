#pragma once

#include "app/engine/access/access.h"
#include "app/engine/api/reader_pool.h"
#include "app/engine/engine.h"
#include "app/engine/http/envelope.h"
#include "app/engine/http/exchange.h"
#include "app/engine/http/router.h"
#include "app/engine/http/thread_pool.h"

namespace stepwell::engine::rest {

class EventHub;

inline constexpr std::size_t noBody = 16 * 1024;  ///< routes that ignore their body still read a small one
inline constexpr std::size_t jsonBody = 1536 * 1024;
inline constexpr std::size_t uploadBody = 100 * 1024 * 1024;
/// Bytes of params, and of the payload of an event.
inline constexpr std::size_t largestValue = 1024 * 1024;

/// What handlers work with. Outlives every handler; callbacks of the engine, which may come later, take no
/// part of it.
struct Context {
    Engine& engine;
    ReaderPool& readers;
    http::ThreadPool& workers;  ///< for what blocks on the disk
    EventHub& events;
    std::string account;
    std::function<api::Time()> now;
    access::Access& access;  ///< io thread
};

namespace need = access::need;

using Outcome = api::Result<http::Response>;

/// Adds routes below /client/v4/accounts/{account}; `{account}` is the first parameter, checked before a
/// handler runs.
class Routes {
  public:
    Routes(http::Router& router, Context& context)
        : router_(router)
        , context_(context) {}

    using Read = std::function<Outcome(Reader&, const http::Request&)>;
    /// A GET answered on a reader thread.
    void read(std::string_view path, access::Need need, Read handler);
    /// Any other request, handled on the io thread. A change asks for `edit` with a method other than GET: it
    /// is noted in the audit log.
    http::Route& handle(http::Method method, std::string_view path, access::Need need, std::size_t bodyLimit,
                        http::Handler handler);

    Context& context() { return context_; }

  private:
    http::Router& router_;
    Context& context_;
};

/// Hands a command to the engine and answers with what `success` makes of the engine's answer, on the io
/// thread.
void submit(Engine& engine, http::ExchangePtr exchange, Request command,
            std::function<http::Response(const Answer&)> success);

/// Answers with what was read, once all of it is durable. Any thread.
void respondWhenDurable(Engine& engine, http::ExchangePtr exchange, http::Response response);

/// A GET as a handler: reads on a reader thread.
http::Handler reading(Context& context, Routes::Read handler);

// The resources, one file each.
void addAccountRoutes(Routes& routes, http::Router& router);
void addTokenRoutes(Routes& routes, http::Router& router);
void addAuditRoutes(Routes& routes);
void addWorkflowRoutes(Routes& routes);
void addGraphRoutes(Routes& routes);
void addReproduceRoutes(Routes& routes);
void addInstanceRoutes(Routes& routes);
void addInstanceVerbRoutes(Routes& routes);
void addInstanceBulkRoutes(Routes& routes);
void addSettingsRoutes(Routes& routes);
void addSubscribeRoutes(Routes& routes);
void addStepRoutes(Routes& routes);
void addScriptRoutes(Routes& routes);
void addScriptContentRoutes(Routes& routes);
void addSecretRoutes(Routes& routes);
void addScheduleRoutes(Routes& routes);
void addDeploymentRoutes(Routes& routes);
void addUploadRoutes(Routes& routes);
void addExtensionRoutes(Routes& routes, std::function<EngineHealth()> health);

/// The workflow a route names, or 404.
api::Result<WorkflowRow> findWorkflow(Reader& reader, const std::string& name);

struct FoundVersion {
    WorkflowRow workflow;
    WorkflowVersionRow version;
};
/// The version that a route below `/workflows/{name}/versions/{version}` names, or 404.
api::Result<FoundVersion> findVersion(Reader& reader, const http::Request& request);

}  // namespace stepwell::engine::rest
