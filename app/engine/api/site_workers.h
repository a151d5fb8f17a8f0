#pragma once

#include "app/engine/api/pages_code.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/engine.h"
#include "app/engine/http/upstream.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace stepwell::engine::rest {

class Passage;

/// The code of sites: starts it, passes requests on to it, gives it the files of its deployment, and keeps
/// what it says in the log. Thread-safe. The runtime may call for as long as it lives, which is longer than
/// the server does: `close` ends that.
class SiteWorkers : public std::enable_shared_from_this<SiteWorkers> {
  public:
    using SitePtr = std::shared_ptr<const pages::SiteContent>;

    SiteWorkers(Engine& engine, PagesContext& context);

    /// The way of one request, which the log calls `number`, to the code of its site. The request ends in the
    /// log when nobody holds on to the way, at the latest.
    http::Connector connector(SitePtr site, pages::SiteLog::Number number, WhenStuck whenStuck);

    /// Tries the code of a deployment that is to be: it must import, have a fetch handler, and ask for
    /// nothing that is not to be had here. `done` once, on any thread. Blocks on the disk.
    void check(const std::string& project, const pages::NewDeployment& deployment,
               std::function<void(api::Result<void>)> done);
    /// Whether code that was deployed before could be deployed with the present settings. Blocks on the disk.
    api::Result<void> checkAgain(const std::string& project, const pages::DeploymentRow& row);

    /// From then on calls of the runtime find nothing. Waits for those under way.
    void close();

  private:
    friend class DeploymentSurroundings;
    using PassagePtr = std::shared_ptr<Passage>;
    using BundlePtr = std::shared_ptr<const Bundle>;

    struct UsedBundle {
        BundlePtr bundle;
        std::uint64_t used = 0;  ///< when last, counted in uses
    };

    BundlePtr known(pages::DeploymentKey deployment);
    api::Result<BundlePtr> load(const pages::SiteContent& site);
    /// Fills in what a deployment says, and answers the text of its code.
    api::Result<std::string> describe(const std::string& project, const pages::DeploymentRow& row,
                                      SiteCode& code);
    std::filesystem::path nextFile();
    void connect(const BundlePtr& bundle, const PassagePtr& passage, WhenStuck whenStuck,
                 std::function<void(api::Result<http::Upstream>)> done);
    void serve(pages::DeploymentKey deployment, AssetAsk ask, std::function<void(AssetReply)> answer);

    Engine& m_engine;
    std::shared_ptr<pages::SiteLog> m_log;
    std::shared_mutex m_contextMutex;
    PagesContext& m_context;  ///< for calls of the runtime only while it is not closed
    bool m_closed = false;    ///< guarded by m_contextMutex
    std::atomic<std::int64_t> m_files{0};
    std::mutex m_bundleMutex;
    std::map<pages::DeploymentKey, UsedBundle> m_bundles;  ///< guarded by m_bundleMutex, as is the next
    std::uint64_t m_bundleUses = 0;
};

}  // namespace stepwell::engine::rest
