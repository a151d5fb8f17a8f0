#pragma once

#include "app/engine/access/token.h"
#include "app/engine/api/tail_filter.h"
#include "app/engine/http/exchange.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace stepwell::engine::rest {

/// The live tails of deployments: WebSockets that are told of every request of their code. Thread-safe,
/// unless a call says otherwise.
class SiteTails {
  public:
    using Post = std::function<void(std::function<void()>)>;  ///< onto the io thread
    static constexpr std::size_t mostTails = 64;
    static constexpr std::chrono::hours lifetime{6};
    /// A tail to which nobody connects is forgotten.
    static constexpr std::chrono::minutes longestUnopened{5};

    explicit SiteTails(Post post)
        : m_post(std::move(post)) {}

    struct Created {
        std::string id;
        std::string secret;  ///< opens its WebSocket
        api::Time expires{};
    };
    api::Result<Created> create(pages::DeploymentKey deployment, const std::string& scriptName,
                                TailFilter filter, access::IdentityPtr creator, api::Time now);
    /// In whose name the secret opens the tail; null: it does not.
    access::IdentityPtr admits(const std::string& id, const std::string& secret) const;
    /// Connects a tail. io thread.
    void open(const http::ExchangePtr& exchange, const std::string& id);
    /// False when there is no such tail.
    bool remove(pages::DeploymentKey deployment, const std::string& id);
    void publish(const pages::SiteRequest& request);
    /// Ends those whose time is over. io thread.
    void expire(api::Time now);
    /// Nothing is posted any more. Waits for a call under way.
    void close();

  private:
    struct Tail {
        pages::DeploymentKey deployment{};
        std::string secret;
        std::string scriptName;
        TailFilter filter;
        access::IdentityPtr creator;
        api::Time created{};
        bool opened = false;
        std::shared_ptr<http::EventStream> stream;  ///< used on the io thread only
    };
    using TailPtr = std::shared_ptr<Tail>;

    void end(const TailPtr& tail);

    Post m_post;
    mutable std::mutex m_mutex;
    std::map<std::string, TailPtr> m_tails;  ///< guarded by m_mutex
    bool m_closed = false;                   ///< guarded by m_mutex
    std::atomic<std::size_t> m_count{0};
};

/// What a tail is told of a request: one JSON object.
std::string tailMessage(const pages::SiteRequest& request, const std::string& scriptName);

}  // namespace stepwell::engine::rest
