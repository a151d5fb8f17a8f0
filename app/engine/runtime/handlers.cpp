#include "app/engine/runtime/handlers.h"

#include "app/engine/core/lines.h"
#include "app/engine/runtime/process_stats.h"

#include <boost/asio/post.hpp>

#include <cstdio>

namespace stepwell::engine {

namespace asio = boost::asio;

namespace {

api::Error gone(const RuntimeExit& exit) {
    const auto* start = exit.cause == ExitCause::failedToStart ? "The Worker could not be started: "
                                                               : "The Worker's process ";
    return {502, api::code::unavailable, start + exit.reason};
}

tl::unexpected<api::Error> crowded() {
    return api::fail(503, api::code::unavailable,
                     "Too many Workers run at once: " + std::to_string(HandlerPool::mostProcesses) +
                         ". Ask again when one of them has nothing to do.");
}

/// User code can print whatever it likes: no line of it may end the thread that all processes need.
template <class Act>
void guarded(Act act) {
    static std::atomic<bool> told{false};
    try {
        act();
    } catch (const std::exception& error) {
        if (told.exchange(true)) return;  // once is enough: a Worker may go on and on
        std::fprintf(stderr, "stepwell: passed over what a Worker said: %s\n", error.what());
    }
}

}  // namespace

/// Who uses a process. Thread-safe.
class Tenancy : public std::enable_shared_from_this<Tenancy> {
  public:
    explicit Tenancy(std::function<void()> onUnused)
        : m_onUnused(std::move(onUnused)) {}

    std::shared_ptr<HandlerLease> lease();

    void tellStuck() const {
        std::vector<std::function<void()>> told;
        {
            const std::lock_guard lock(m_mutex);
            for (const auto& [lease, tell] : m_stuckTold)
                told.push_back(tell);
        }
        for (const auto& tell : told)
            tell();
    }

    void end(std::string reason) {
        std::map<const HandlerLease*, std::function<void(std::string)>> told;
        {
            const std::lock_guard lock(m_mutex);
            m_onUnused = nullptr;
            m_reason = std::move(reason);
            told.swap(m_told);
        }
        for (const auto& [lease, tell] : told)
            tell(*m_reason);
    }

    bool isUsed() const {
        const std::lock_guard lock(m_mutex);
        return m_leases > 0;
    }

    void whenGone(const HandlerLease* lease, std::function<void(std::string)> told) {
        std::unique_lock lock(m_mutex);
        if (!m_reason) {
            m_told[lease] = std::move(told);
            return;
        }
        lock.unlock();
        told(*m_reason);
    }

    void whenStuck(const HandlerLease* lease, std::function<void()> told) {
        const std::lock_guard lock(m_mutex);
        m_stuckTold[lease] = std::move(told);
    }

    void leave(const HandlerLease* lease) {
        const std::lock_guard lock(m_mutex);
        m_stuckTold.erase(lease);
        m_told.erase(lease);
        if (--m_leases == 0 && m_onUnused) m_onUnused();
    }

  private:
    mutable std::mutex m_mutex;
    std::function<void()> m_onUnused;     ///< guarded by m_mutex, as is the rest
    std::optional<std::string> m_reason;  ///< why the process is gone; never changes again
    std::map<const HandlerLease*, std::function<void(std::string)>> m_told;
    std::map<const HandlerLease*, std::function<void()>> m_stuckTold;
    int m_leases = 0;
};

namespace {

class TenancyLease final : public HandlerLease {
  public:
    explicit TenancyLease(std::shared_ptr<Tenancy> tenancy)
        : m_tenancy(std::move(tenancy)) {}
    ~TenancyLease() override { m_tenancy->leave(this); }
    TenancyLease(const TenancyLease&) = delete;
    TenancyLease& operator=(const TenancyLease&) = delete;
    void whenGone(std::function<void(std::string)> told) override {
        m_tenancy->whenGone(this, std::move(told));
    }
    void whenStuck(std::function<void()> told) override { m_tenancy->whenStuck(this, std::move(told)); }

  private:
    std::shared_ptr<Tenancy> m_tenancy;
};

}  // namespace

std::shared_ptr<HandlerLease> Tenancy::lease() {
    const std::lock_guard lock(m_mutex);
    ++m_leases;
    return std::make_shared<TenancyLease>(shared_from_this());
}

HandlerPool::HandlerPool(Surroundings surroundings)
    : m_around(std::move(surroundings)) {}

HandlerPool::~HandlerPool() = default;

api::Result<void> HandlerPool::usable() const {
    if (m_stopping) return api::fail(503, api::code::unavailable, "The engine is stopping.");
    const auto state = m_around.environment.sandbox.state();
    if (!state.usable) return api::fail(503, api::code::unavailable, state.message);
    return {};
}

void HandlerPool::connect(const Bundle& bundle, WhenStuck whenStuck, Connected done) {
    if (auto ok = usable(); !ok) return done(tl::unexpected(ok.error()));
    auto* handler = obtain(bundle);
    if (handler == nullptr) return done(crowded());
    if (whenStuck == WhenStuck::fail && handler->process->isStalled())
        return done(api::fail(502, api::code::unavailable, "The Worker has not yielded for a while."));
    Waiting waiting{std::move(done), handler->tenancy->lease()};
    if (handler->process->isReady()) return finish(*handler, std::move(waiting));
    handler->waiting.push_back(std::move(waiting));
}

void HandlerPool::run(const Bundle& bundle, const std::string& cron, api::Time time, Ran done) {
    if (auto ok = usable(); !ok) return done(tl::unexpected(ok.error()));
    if (m_queued.size() >= mostQueued) return done(crowded());
    m_queued.push_back({bundle, cron, time, std::move(done)});
    runQueued();
}

/// A cron that is due waits for its turn: nobody would ask again.
void HandlerPool::runQueued() {
    while (!m_queued.empty()) {
        auto* handler = obtain(m_queued.front().bundle);
        if (handler == nullptr) return;
        auto next = std::move(m_queued.front());
        m_queued.pop_front();
        const auto number = ++m_lastFiring;
        handler->firings[number] = {std::move(next.done), handler->tenancy->lease()};
        std::string line;
        LineWriter(line, "s").number(number).text(next.cron).number(next.time.time_since_epoch().count());
        handler->process->send(std::move(line));
    }
}

void HandlerPool::finish(const Handler& handler, Waiting waiting) {
    auto socket = handler.process->connectHandler();
    if (!socket) return waiting.done(tl::unexpected(socket.error()));
    waiting.done(HandlerConnection{std::move(*socket), std::move(waiting.lease),
                                   static_cast<std::int64_t>(handler.number)});
}

/// One that was told to end is left alone: another takes its place.
HandlerPool::Handler* HandlerPool::obtain(const Bundle& bundle) {
    const auto current = m_current.find(bundle.version);
    if (current == m_current.end()) return startProcess(bundle);
    auto& handler = m_handlers.at(current->second);
    if (handler.process->isEnding()) return startProcess(bundle);
    handler.idle.reset();
    return &handler;
}

/// Ends a process that only waits to be used again. Those that are ending count as gone.
bool HandlerPool::makeRoom() {
    std::size_t running = 0;
    Handler* unused = nullptr;
    for (auto& [number, handler] : m_handlers) {
        if (handler.process->isEnding()) continue;
        ++running;
        if (unused == nullptr && handler.idle && !handler.tenancy->isUsed()) unused = &handler;
    }
    if (running < mostProcesses) return true;
    if (unused == nullptr) return false;
    unused->process->stop();
    return true;
}

WorkerProcess::Events HandlerPool::eventsOf(const Bundle& bundle, Number number) {
    auto& listener = m_around.listener;
    WorkerProcess::Events events;
    events.onLines = [this, number](const std::string& lines, std::chrono::microseconds) {
        onLines(number, lines);
    };
    events.onReady = [this, number](const BundleFacts&) { onReady(number); };
    events.onExit = [this, number](const RuntimeExit& exit) { onExit(number, exit); };
    events.onStalled = [this, number] { m_handlers.at(number).tenancy->tellStuck(); };
    if (bundle.site) {
        const auto& site = bundle.site;
        events.onLog = [site](HandlerLog log) { guarded([&] { site->onLog(std::move(log)); }); };
        events.onReport = [site](HandlerReport report) {
            guarded([&] { site->onReport(std::move(report)); });
        };
        events.onAsset = [site](AssetAsk ask, std::function<void(AssetReply)> answer) {
            guarded([&] { site->onAsset(std::move(ask), std::move(answer)); });
        };
        return events;
    }
    events.onCall = [&listener, version = bundle.version](std::string body,
                                                          std::function<void(CallAnswer)> answer) {
        listener.onCall(version, std::move(body), std::move(answer));
    };
    events.onLog = [&listener, version = bundle.version](HandlerLog log) {
        guarded([&] { listener.onHandlerLog(version, std::move(log)); });
    };
    return events;
}

HandlerPool::Handler* HandlerPool::startProcess(const Bundle& bundle) {
    if (!makeRoom()) return nullptr;
    const auto number = ++m_lastNumber;
    auto& handler = m_handlers[number];
    handler.number = number;
    handler.version = bundle.version;
    handler.site = bundle.site;
    handler.process = std::make_shared<WorkerProcess>(m_around.environment, m_around.nextFolder(),
                                                      eventsOf(bundle, number));
    handler.tenancy = std::make_shared<Tenancy>([this, number, &io = m_around.environment.io] {
        asio::post(io, [this, number] { onUnused(number); });
    });
    m_current[bundle.version] = number;
    {
        const std::lock_guard lock(m_mutex);
        m_pids.insert(handler.process->workerdPid());
    }
    handler.process->start(bundle, WorkerRole::handlers);
    return &handler;
}

void HandlerPool::onReady(Number number) {
    auto& handler = m_handlers.at(number);
    for (auto& waiting : std::exchange(handler.waiting, {}))
        finish(handler, std::move(waiting));
}

void HandlerPool::onLines(Number number, std::string_view lines) {
    const auto found = m_handlers.find(number);
    if (found == m_handlers.end()) return;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        LineReader reader(lines.substr(0, end));
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        if (reader.raw() != "S") continue;
        auto node = found->second.firings.extract(reader.number());
        if (node.empty()) continue;
        const auto error = reader.text();
        if (error.empty())
            node.mapped().done({});
        else
            node.mapped().done(api::fail(500, api::code::internal, error));
    }
}

void HandlerPool::onExit(Number number, const RuntimeExit& exit) {
    auto handler = std::move(m_handlers.extract(number).mapped());
    if (const auto current = m_current.find(handler.version);
        current != m_current.end() && current->second == number)
        m_current.erase(current);
    {
        const std::lock_guard lock(m_mutex);
        m_pids.erase(handler.process->workerdPid());
    }
    if (handler.site) handler.site->onExit(static_cast<std::int64_t>(number), exit);
    const auto error = gone(exit);
    handler.tenancy->end(error.message);
    for (auto& waiting : handler.waiting)
        waiting.done(tl::unexpected(error));
    for (auto& [id, firing] : handler.firings)
        firing.done(tl::unexpected(error));
    if (!m_stopping) runQueued();
    m_around.onExit();
}

void HandlerPool::onUnused(Number number) {
    const auto found = m_handlers.find(number);
    if (found == m_handlers.end() || m_stopping || found->second.tenancy->isUsed()) return;
    auto& idle = found->second.idle;
    idle =
        std::make_unique<asio::steady_timer>(m_around.environment.io, m_around.environment.options.idleStop);
    idle->async_wait([this, number, timer = idle.get()](boost::system::error_code error) {
        const auto held = m_handlers.find(number);
        if (!error && held != m_handlers.end() && held->second.idle.get() == timer)
            held->second.process->stop();
    });
    runQueued();
}

void HandlerPool::stop() {
    m_stopping = true;
    for (auto& queued : std::exchange(m_queued, {}))
        queued.done(api::fail(503, api::code::unavailable, "The engine is stopping."));
    for (auto& [number, handler] : m_handlers) {
        handler.idle.reset();
        handler.process->stop();
    }
}

void HandlerPool::addTo(RuntimeUsage& usage) const {
    const std::lock_guard lock(m_mutex);
    for (const auto& pid : m_pids) {
        ++usage.processes;
        if (const auto running = pid->load(); running > 0) usage.residentBytes += residentBytes(running);
    }
}

}  // namespace stepwell::engine
