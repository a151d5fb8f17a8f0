#pragma once

#include "models/client/answer_store.h"
#include "models/client/client.h"
#include "models/client/shared_budgets.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace stepwell::client {

struct LinkPolicy {
    int tries = 1;  ///< of a read, the first one included
    std::chrono::milliseconds firstBackoff{300};
    std::chrono::milliseconds longestBackoff{5'000};
    /// Of all requests, and of those to GraphQL beside, until the server tells other numbers. Nothing: nobody
    /// counts.
    std::optional<Budget::Limit> requests = {};
    std::optional<Budget::Limit> graphql = {};
    /// Where requests count instead, when others send with the same token as well.
    std::shared_ptr<SharedBudgets> budgets = {};
    /// The longest that a click waits for its turn, or for what Retry-After asks.
    std::chrono::milliseconds clickPatience{5'000};
    std::chrono::milliseconds backgroundPatience{60'000};
};

/// A client that knows that networks fail. Reads are tried again after a pause that grows and is never the
/// same twice, Retry-After is honoured, and when the server cannot be reached what was seen before is
/// answered instead. Verbs are sent once, on a connection of their own, so that nothing below repeats them
/// either. Requests are counted where the server counts them. Callbacks run on the client thread; members may
/// be called from any thread.
class Link {
  public:
    struct Counted {
        std::string name;
        int used = 0;
        int allowed = 0;
        std::chrono::seconds window{0};
        std::optional<api::Time> blockedUntil = {};
        friend bool operator==(const Counted&, const Counted&) = default;
    };
    /// How it stands now.
    struct State {
        bool reachable = true;
        bool answered = false;                    ///< it was reached at least once
        std::string reason = {};                  ///< why it is not reachable
        std::optional<api::Time> shownFrom = {};  ///< of the oldest stored answer given since it went away
        std::vector<Counted> budgets = {};
        friend bool operator==(const State&, const State&) = default;
    };

    Link(Trust trust, LinkPolicy policy, std::shared_ptr<AnswerStore> store = {});
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    void send(Request request, Callback done, Progress progress = {});
    /// As of a client: nothing is begun from now on. Does not wait.
    void end() { m_client->end(); }
    /// Something else has reached the server: the next read tries.
    void tryAgain();
    State state() const;
    /// Called on the client thread when `state` has changed. Set it before the first request.
    void onChange(std::function<void()> changed) { m_changed = std::move(changed); }
    /// For streams, which go on their own way.
    Client& client() { return *m_client; }

  private:
    struct Call;
    using CallPtr = std::shared_ptr<Call>;
    using Clock = Budget::Clock;

    void begin(const CallPtr& call);
    void transmit(const CallPtr& call);
    void take(const CallPtr& call, api::Result<Response> answer);
    void takeFailure(const CallPtr& call, api::Error error);
    void takeLimited(const CallPtr& call, Response response);
    void takeOutage(const CallPtr& call, Response response);
    bool retry(const CallPtr& call, Clock::duration atLeast);
    bool answerFromStore(const CallPtr& call);
    void waitForTurn(const CallPtr& call, Clock::duration wait);
    void answerLimited(const CallPtr& call, Clock::duration wait);
    void wentAway(const CallPtr& call, const std::string& reason);
    void cameBack();
    void scheduleScout();
    Clock::duration takeTurn(const Request& request);
    void blockUntil(const Request& request, Clock::time_point until);
    void adoptQuota(const Request& request, const Response& response);
    void publish();

    LinkPolicy m_policy;
    std::shared_ptr<AnswerStore> m_store;
    std::shared_ptr<SharedBudgets> m_budgets;
    int m_watch = 0;
    std::function<void()> m_changed;
    // client thread
    State m_now;
    int m_waiting = 0;
    int m_scouts = 0;
    bool m_scoutPlanned = false;
    Clock::time_point m_nextTry{};
    std::optional<Request> m_lastFailed;
    mutable std::mutex m_mutex;
    State m_published;                 // guarded by m_mutex
    std::unique_ptr<Client> m_client;  // last: its thread ends before what it works on
};

/// What Retry-After asks for: seconds or an HTTP date; nothing when there is none or it is unreadable.
std::optional<std::chrono::seconds> retryAfter(const Response& response, std::int64_t nowSeconds);

}  // namespace stepwell::client
