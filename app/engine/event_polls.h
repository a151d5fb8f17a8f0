#pragma once

#include "app/engine/runtime/runtime.h"
#include "app/engine/store/reader.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

namespace stepwell::engine {

/// Tells the code of Workers what happens to instances (`subscribe` of a binding). It asks again and again:
/// each ask is answered as soon as there is an event, or with none after a while, so that what asked and is
/// gone leaves nothing behind. Has a thread and a connection to the database of its own.
class EventPolls {
  public:
    struct Poll {
        std::string workflow;  ///< its name
        InstanceRow instance;
        std::int64_t cursor = 0;
        std::vector<std::string> filter;  ///< types that are wanted; all when empty
        /// `{"events":[...],"cursor":N,"over":false}` or `{"refused":...}`; called once, on any thread.
        std::function<void(CallAnswer)> answer;
    };

    explicit EventPolls(std::filesystem::path database);
    ~EventPolls();
    EventPolls(const EventPolls&) = delete;
    EventPolls& operator=(const EventPolls&) = delete;

    /// Any thread.
    void ask(Poll poll);
    /// Events up to this one are committed. Core thread.
    void publish(Sequence newest);
    /// Answers all and ends the thread; later asks are refused.
    void stop();

  private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        Poll poll;
        Clock::time_point until;
        bool placed = false;  ///< its cursor has been brought to where its instance begins
    };

    void run();
    bool waitForWork(std::vector<Waiting>& waiting);
    bool serve(Waiting& waiting);
    Reader* reader(const Poll& poll);

    std::filesystem::path m_database;
    std::unique_ptr<Reader> m_reader;  ///< its thread only
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Waiting> m_asked;           ///< guarded by m_mutex
    std::atomic<std::size_t> m_count{0};    ///< asked and waiting
    std::atomic<std::int64_t> m_newest{0};  ///< newest event that is committed
    std::int64_t m_seen = 0;                ///< up to which all that wait were served; its thread only
    bool m_stopping = false;                ///< guarded by m_mutex
    std::thread m_thread;
};

}  // namespace stepwell::engine
