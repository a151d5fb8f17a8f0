#pragma once

#include "app/engine/pages/service_rows.h"

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

namespace stepwell::engine::pages {

struct SiteLogLine {
    int level = 1;  ///< api::LogLevel
    api::Time time{};
    std::string text;
};

struct SiteException {
    std::string name;
    std::string message;
    std::string stack;
    api::Time time{};
};

/// What became of a request, in the words of tails.
namespace outcome {
inline constexpr auto ok = "ok";
inline constexpr auto exception = "exception";
inline constexpr auto exceededCpu = "exceededCpu";
inline constexpr auto exceededMemory = "exceededMemory";
inline constexpr auto canceled = "canceled";
inline constexpr auto unknown = "unknown";
}  // namespace outcome

/// One request to a site.
struct SiteRequest {
    std::int64_t id = 0;  ///< in the order in which requests ended
    DeploymentKey deployment{};
    ProjectKey project{};
    api::Time time{};
    std::string method;
    std::string url;
    int status = 0;  ///< 0: there was no answer
    std::chrono::microseconds duration{0};
    Environment environment = Environment::production;
    std::string version;  ///< what the deployment is called for short; only of those that run code
    bool worker = false;  ///< run by the code of the site, else answered with a file
    std::string outcome = outcome::ok;
    std::vector<SiteException> exceptions;
    std::vector<SiteLogLine> logs;
    std::string headers = "{}";  ///< of the request, JSON object; only of those that the code of the site got
    std::string cf = "{}";       ///< likewise
    bool failsOpen =
        false;  ///< where its code gives no answer, a file of the site does, as a request of its own
    bool answered = false;  ///< its code told what it answered, or its client has an answer
};

/// The last requests of each deployment, in memory, bounded. Those that run code are open for a while: what
/// is told of them on the way is collected until they end. Thread-safe; the listener is called outside its
/// lock.
class SiteLog {
  public:
    using Number = std::int64_t;
    using Listener = std::function<void(const SiteRequest&)>;
    static constexpr std::int64_t noProcess = 0;

    /// Told of every request of code that has ended. Set before any other call.
    void listen(Listener listener) { m_listener = std::move(listener); }

    void add(SiteRequest request);

    /// A request that goes to the code of a deployment. Its number is what later calls name it by; unknown
    /// numbers, and those of other deployments, are passed over. When too many are open, the oldest one ends.
    Number open(SiteRequest request);
    /// The request is now with a process.
    void assign(DeploymentKey deployment, Number number, std::int64_t process);
    /// Number 0: something that belongs to no request; it goes to the newest one.
    void tell(DeploymentKey deployment, Number number, SiteLogLine line);
    struct Answered {
        int status = 0;
        std::chrono::microseconds duration{0};
        std::string outcome;
        std::vector<SiteException> exceptions;
        std::string headers;
        std::string cf;
    };
    void answered(DeploymentKey deployment, Number number, Answered answer);
    /// The client has its answer, with this status (0: not known). When the code told nothing of the request,
    /// as it does when the runtime has answered without it, `expire` ends it a moment later.
    void passedOn(DeploymentKey deployment, Number number, int status, api::Time now);
    /// To be called several times a second.
    void expire(api::Time now);
    /// Nothing more is to come of it; `status` and `outcome` count unless it was answered.
    void close(DeploymentKey deployment, Number number, int status, const std::string& outcome,
               std::optional<SiteException> exception, api::Time now);
    /// A process of a deployment is gone, and with it what it had open. `noProcess`: what is with none yet.
    void closeAll(DeploymentKey deployment, std::int64_t process, int status, const std::string& outcome,
                  const SiteException& exception, api::Time now);

    struct Listing {
        std::vector<SiteRequest> requests;  ///< oldest first
        std::int64_t total = 0;             ///< since the engine started
    };
    /// Those that ended after the request `after`; without it, the newest ones.
    Listing list(DeploymentKey deployment, std::optional<std::int64_t> after, std::size_t limit) const;

    /// Since the engine started.
    struct Counts {
        std::int64_t total = 0;
        std::int64_t errors = 0;  ///< answered with 500 or above, or not at all
    };
    Counts countsOf(ProjectKey project) const;

  private:
    struct Open {
        SiteRequest request;
        std::int64_t process = noProcess;
        bool answered = false;
        std::optional<api::Time> passedOn;
        int passedStatus = 0;
        std::size_t lineBytes = 0;
        std::size_t bytes = 0;  ///< of its URL and its lines, and of what was told of its answer
    };
    struct Ring {
        std::deque<SiteRequest> requests;
        std::size_t bytes = 0;
        std::int64_t total = 0;
        std::uint64_t used = 0;
    };

    void keep(SiteRequest request);
    void end(std::map<Number, Open>::iterator open, std::vector<SiteRequest>& ended);
    void use(Ring& ring, DeploymentKey deployment);
    void shrink();
    std::map<Number, Open>::iterator find(DeploymentKey deployment, Number number);
    void report(const std::vector<SiteRequest>& ended) const;

    Listener m_listener;
    mutable std::mutex m_mutex;
    std::map<DeploymentKey, Ring> m_rings;  ///< guarded by m_mutex, as is the rest
    std::map<Number, Open> m_open;
    std::map<ProjectKey, Counts> m_counts;
    std::size_t m_openBytes = 0;                     ///< of all that is open
    std::map<std::uint64_t, DeploymentKey> m_byUse;  ///< the rings, from the one used longest ago
    std::size_t m_bytes = 0;                         ///< of all rings
    Number m_lastNumber = 0;
    std::int64_t m_lastId = 0;
    std::uint64_t m_uses = 0;
};

}  // namespace stepwell::engine::pages
