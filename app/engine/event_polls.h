#pragma once

#include "app/engine/instance_events.h"
#include "app/engine/runtime/runtime.h"
#include "app/engine/store/reader.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace stepwell::engine {

struct EventPollLimits {
    std::size_t waiting = 256;           ///< asks that are not answered yet
    std::size_t waitingPerVersion = 64;  ///< of them, from one version of a Worker
    std::chrono::milliseconds longestWait{25'000};
    int linesPerRead = 1'000;
};

/// Tells the code of Workers what happens to instances (`subscribe` of a binding). It asks again and again:
/// each ask is answered as soon as there is an event, or with none after a while, so that what asked and is
/// gone leaves nothing behind. Has a thread and a connection to the database of its own.
class EventPolls {
  public:
    struct Poll {
        ScriptVersionKey caller;
        InstanceEvents events;
        std::int64_t cursor = 0;
        /// `{"events":[...],"cursor":N,"over":false}` or `{"refused":...}`; called once, on any thread.
        std::function<void(CallAnswer)> answer;
    };

    explicit EventPolls(std::filesystem::path database, EventPollLimits limits = {});
    ~EventPolls();
    EventPolls(const EventPolls&) = delete;
    EventPolls& operator=(const EventPolls&) = delete;

    /// Any thread.
    void ask(Poll poll);
    /// Events up to this one are durable. One thread.
    void publish(Sequence newest);
    /// Answers all and ends the thread; later asks are refused.
    void stop();

  private:
    using Clock = std::chrono::steady_clock;
    using FeedPage = Reader::FeedPage;
    struct Waiting {
        Poll poll;
        Clock::time_point until;
        bool placed = false;  ///< its cursor has been brought to where its instance begins
        bool behind = true;   ///< there may be more to read
        bool restarted = false;
    };

    std::string takePlace(const Poll& poll);
    void leavePlace(const Poll& poll);
    void run();
    bool waitForWork(std::vector<Waiting>& waiting);
    bool serveAll(std::vector<Waiting>& waiting);
    std::optional<CallAnswer> serve(Waiting& waiting);
    std::optional<api::Error> place(Waiting& waiting);
    api::Result<const FeedPage*> pageAfter(std::int64_t cursor);

    std::filesystem::path m_database;
    EventPollLimits m_limits;
    std::unique_ptr<Reader> m_reader;         ///< its thread only
    FeedPage m_page;                          ///< what was read last, for all that wait; its thread only
    std::optional<std::int64_t> m_pageAfter;  ///< the cursor it was read from; its thread only
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Waiting> m_asked;                       ///< guarded by m_mutex
    std::map<ScriptVersionKey, std::size_t> m_callers;  ///< asked and waiting; guarded by m_mutex
    std::atomic<std::size_t> m_count{0};                ///< the same, of all; changed under m_mutex
    std::atomic<std::int64_t> m_newest{0};              ///< newest event that is committed
    std::int64_t m_seen = 0;              ///< newest event that is being served; its thread only
    std::atomic<bool> m_stopping{false};  ///< changed under m_mutex
    std::thread m_thread;
};

}  // namespace stepwell::engine
