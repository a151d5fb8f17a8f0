#pragma once

#include "app/engine/engine.h"
#include "app/engine/http/message.h"
#include "app/engine/pages/service.h"
#include "app/engine/pages/site_log.h"

#include <shared_mutex>

/// What requests tell analytics. Thread-safe; none of it blocks but where it says so.
namespace stepwell::engine::rest {

/// Requests to sites, and what their code did.
class SiteCounter {
  public:
    SiteCounter(Engine& engine, pages::Service& service)
        : m_engine(engine)
        , m_service(service) {}

    /// Finds out what a project is called, for the calls below. Reads the database the first time; where it
    /// was not called, they do.
    void learn(pages::ProjectKey project) { static_cast<void>(nameOf(project)); }
    /// A request that was answered with a file, or with none.
    void answered(const http::Request& request, const http::Response& response,
                  const pages::DeploymentRow& deployment, api::Time time, std::chrono::microseconds duration);
    /// A request whose code has ended.
    void ran(const pages::SiteRequest& request);

  private:
    using Name = std::shared_ptr<const std::string>;
    void countRun(const pages::SiteRequest& request, const std::string& project);
    Name nameOf(pages::ProjectKey project);

    Engine& m_engine;
    pages::Service& m_service;
    std::shared_mutex m_mutex;
    std::unordered_map<pages::ProjectKey, Name> m_names;  ///< guarded by m_mutex
};

/// A run of a Worker's handler.
struct Invocation {
    std::string_view kind = "worker";
    std::string_view script;
    std::string_view version;
    std::string_view status;  ///< in the words of the reference, 11
    std::string_view event = "fetch";
    api::Time time{};
    std::chrono::microseconds wall{0};
};
void countInvocation(Engine& engine, const Invocation& invocation);

}  // namespace stepwell::engine::rest
