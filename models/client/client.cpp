#include "models/client/client.h"

#include "models/client/transfer.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace stepwell::client {

namespace {

/// On a thread that is joined at once: OpenSSL keeps something for the thread that first uses it, and frees
/// it when that thread ends. Threads of a pool end whenever they like, perhaps after OpenSSL has cleaned up.
void startCurlOnce() {
    static const bool isStarted = [] {
        std::thread([] { static_cast<void>(curl_global_init(CURL_GLOBAL_DEFAULT)); }).join();
        return true;
    }();
    static_cast<void>(isStarted);
}

struct MultiDelete {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

}  // namespace

/// The thread and what it works on. Everything without a note belongs to the client thread while it runs.
class Core {
    using Clock = std::chrono::steady_clock;
    struct Planned {
        Clock::time_point due;
        std::function<void()> action;
    };

  public:
    explicit Core(Trust trust)
        : m_trust(std::move(trust))
        , m_multi((startCurlOnce(), curl_multi_init())) {
        curl_multi_setopt(m_multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, 16L);
        curl_multi_setopt(m_multi.get(), CURLMOPT_MAXCONNECTS, 32L);
        m_thread = std::thread([this] { run(); });
    }

    ~Core() {
        stop();
        for (auto& [easy, transfer] : m_active)
            curl_multi_remove_handle(m_multi.get(), easy);
        m_active.clear();
    }

    void add(std::shared_ptr<Transfer> transfer) {
        {
            const std::lock_guard lock(m_mutex);
            m_incoming.push_back(std::move(transfer));
        }
        wake();
    }

    void after(Clock::duration wait, std::function<void()> action) {
        {
            const std::lock_guard lock(m_mutex);
            m_planned.push_back({Clock::now() + wait, std::move(action)});
        }
        wake();
    }

    void wake() { curl_multi_wakeup(m_multi.get()); }

    void end() {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        wake();
    }

    void stop() {
        end();
        if (m_thread.joinable()) m_thread.join();
    }

  private:
    void run() {
        while (takeIncoming()) {
            int running = 0;
            curl_multi_perform(m_multi.get(), &running);
            reap();
            dropCancelledAndIdle();
            curl_multi_poll(m_multi.get(), nullptr, 0, runPlanned(), nullptr);
        }
    }

    /// What is due, in the order of its times. Returns the milliseconds until there is something to do.
    int runPlanned() {
        const auto now = Clock::now();
        std::vector<Planned> due;
        {
            const std::lock_guard lock(m_mutex);
            const auto later = std::stable_partition(m_planned.begin(), m_planned.end(),
                                                     [now](const Planned& plan) { return plan.due <= now; });
            due.assign(std::make_move_iterator(m_planned.begin()), std::make_move_iterator(later));
            m_planned.erase(m_planned.begin(), later);
        }
        std::stable_sort(due.begin(), due.end(),
                         [](const Planned& a, const Planned& b) { return a.due < b.due; });
        for (const auto& plan : due)
            plan.action();
        if (!due.empty()) return 0;  // they may have begun something
        const std::lock_guard lock(m_mutex);
        auto wait = std::chrono::milliseconds{1'000};
        for (const auto& plan : m_planned)
            wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(plan.due - now));
        return static_cast<int>(std::max<std::int64_t>(0, wait.count()));
    }

    /// False when the thread is to end.
    bool takeIncoming() {
        std::vector<std::shared_ptr<Transfer>> fresh;
        {
            const std::lock_guard lock(m_mutex);
            if (m_stopping) return false;
            fresh.swap(m_incoming);
        }
        for (auto& transfer : fresh)
            begin(std::move(transfer));
        return true;
    }

    void begin(std::shared_ptr<Transfer> transfer) {
        if (transfer->cancelled) return;
        if (const auto ready = transfer->prepare(m_trust); !ready) return transfer->fail(ready.error());
        CURL* easy = transfer->easy();
        curl_multi_add_handle(m_multi.get(), easy);
        m_active.emplace(easy, std::move(transfer));
    }

    void reap() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(m_multi.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode outcome = message->data.result;
            if (const auto transfer = release(message->easy_handle)) transfer->finish(outcome);
        }
    }

    std::shared_ptr<Transfer> release(CURL* easy) {
        auto node = m_active.extract(easy);
        curl_multi_remove_handle(m_multi.get(), easy);
        return node ? std::move(node.mapped()) : nullptr;
    }

    void dropCancelledAndIdle() {
        const auto now = std::chrono::steady_clock::now();
        std::vector<std::shared_ptr<Transfer>> done;
        for (const auto& [easy, transfer] : m_active)
            if (transfer->cancelled || transfer->isIdleTooLong(now)) done.push_back(transfer);
        for (const auto& transfer : done) {
            release(transfer->easy());
            if (transfer->cancelled) continue;
            transfer->markIdle();
            transfer->finish(CURLE_OPERATION_TIMEDOUT);
        }
    }

    const Trust m_trust;
    std::unique_ptr<CURLM, MultiDelete> m_multi;
    std::unordered_map<CURL*, std::shared_ptr<Transfer>> m_active;
    std::mutex m_mutex;
    std::vector<std::shared_ptr<Transfer>> m_incoming;  // guarded by m_mutex
    std::vector<Planned> m_planned;                     // guarded by m_mutex
    bool m_stopping = false;                            // guarded by m_mutex
    std::thread m_thread;
};

void Handle::cancel() {
    if (!m_transfer) return;
    m_transfer->cancelled = true;
    if (const auto core = m_core.lock()) core->wake();
    m_transfer.reset();
}

Client::Client(Trust trust)
    : m_core(std::make_shared<Core>(std::move(trust))) {}

// Stops here and not in ~Core: a handle being cancelled elsewhere may keep the core a moment longer.
Client::~Client() {
    m_core->stop();
}

Handle Client::send(Request request, Callback done, Progress progress) {
    return start(std::make_shared<Transfer>(std::move(request), std::move(done), std::move(progress)));
}

Handle Client::stream(Request request, StreamHandlers handlers) {
    return start(std::make_shared<Transfer>(std::move(request), std::move(handlers)));
}

void Client::end() {
    m_core->end();
}

void Client::after(std::chrono::steady_clock::duration wait, std::function<void()> action) {
    m_core->after(wait, std::move(action));
}

Handle Client::start(std::shared_ptr<Transfer> transfer) {
    Handle handle;
    handle.m_transfer = transfer;
    handle.m_core = m_core;
    m_core->add(std::move(transfer));
    return handle;
}

}  // namespace stepwell::client
