#include "history.h"

#include <queue>

#include <algorithm>
#include <array>
#include <cmath>

namespace stepwell::bench {

namespace {

using engine::MetricEvent;
using engine::MetricTable;

constexpr std::int64_t dayLength = 86'400'000;
constexpr double eventsPerInstance = 19.2;  ///< about, of what `run` makes

/// How busy a moment is: three times as much at noon as at night, and half as much at weekends.
double busy(std::int64_t time) {
    const double hour = static_cast<double>(time % dayLength) / 3'600'000.0;
    const auto weekday = (time / dayLength + 4) % 7;  // 0: Sunday
    const double daily = 1.0 + 0.5 * std::cos((hour - 13.0) / 12.0 * 3.14159265358979);
    return daily * (weekday == 0 || weekday == 6 ? 0.5 : 1.0);
}

class Maker {
  public:
    Maker(const HistoryOptions& options, const std::function<void(const HistoryEvent&)>& take)
        : m_options(options)
        , m_take(take)
        , m_random(options.seed) {
        double sum = 0;
        for (int i = 1; i <= options.workflows; ++i)
            m_popularity.push_back(sum += 1.0 / i);
    }

    void make() {
        const auto instances = static_cast<double>(m_options.events) / eventsPerInstance;
        const auto start = m_options.end - m_options.days * dayLength;
        constexpr std::int64_t slice = 60'000;
        double total = 0;
        for (auto time = start; time < m_options.end; time += slice)
            total += busy(time);
        double owed = 0;
        for (auto time = start; time < m_options.end; time += slice) {
            owed += instances * busy(time) / total;
            std::vector<std::int64_t> starts;
            for (; owed >= 1; owed -= 1)
                starts.push_back(time + static_cast<std::int64_t>(m_random() % slice));
            std::sort(starts.begin(), starts.end());
            for (const auto at : starts) {
                tellUpTo(at);
                run(at);
            }
        }
        tellUpTo(m_options.end - 1);
    }

  private:
    struct Later {
        bool operator()(const HistoryEvent& a, const HistoryEvent& b) const {
            return std::tie(a.time, a.instance) > std::tie(b.time, b.instance);
        }
    };

    void tellUpTo(std::int64_t time) {
        for (; !m_open.empty() && m_open.top().time <= time; m_open.pop())
            m_take(m_open.top());
    }

    std::int64_t drawn(double median, double spread) {
        return static_cast<std::int64_t>(std::lognormal_distribution(std::log(median), spread)(m_random));
    }

    std::uint32_t someWorkflow() {
        const double at = std::uniform_real_distribution(0.0, m_popularity.back())(m_random);
        const auto found = std::lower_bound(m_popularity.begin(), m_popularity.end(), at);
        return static_cast<std::uint32_t>(found - m_popularity.begin());
    }

    HistoryEvent& add(MetricEvent event, std::int64_t micros, std::uint32_t step = 0) {
        m_event.event = event;
        m_event.time = micros / 1'000;
        m_event.step = step;
        m_event.wall = m_event.cpu = -1;
        m_event.isRetry = false;
        return m_event;
    }
    void push() { m_open.push(m_event); }
    void ended(std::int64_t wall, std::int64_t cpu) {
        m_event.wall = wall;
        m_event.cpu = cpu;
        push();
    }

    void run(std::int64_t time) {
        m_event = {};
        m_event.workflow = someWorkflow();
        m_event.instance = ++m_instances;
        auto now = time * 1'000;
        add(MetricEvent::workflowQueued, now);
        push();
        add(MetricEvent::workflowStart, now);
        push();
        const auto start = now;
        std::int64_t cpu = 0;
        bool ok = true;
        for (std::uint32_t step = 1; step <= 3 + m_event.workflow % 3 && ok; ++step)
            ok = runStep(step, now, cpu);
        add(ok ? MetricEvent::workflowSuccess : MetricEvent::workflowFailure, now);
        ended(now - start, cpu);
    }

    bool runStep(std::uint32_t step, std::int64_t& now, std::int64_t& cpu) {
        const auto start = now;
        std::int64_t ofStep = 0;
        add(MetricEvent::stepStart, now, step);
        push();
        for (int attempt = 1;; ++attempt) {
            add(MetricEvent::attemptStart, now, step).isRetry = attempt > 1;
            push();
            const auto wall = drawn(40'000.0 * (1 + m_event.workflow % 7), 0.8);
            const auto used = drawn(900.0, 0.6);
            now += wall;
            ofStep += used;
            const bool ok = m_random() % 100 >= 4;
            add(ok ? MetricEvent::attemptSuccess : MetricEvent::attemptFailure, now, step);
            ended(wall, used);
            if (ok || attempt == 3) {
                cpu += ofStep;
                add(ok ? MetricEvent::stepSuccess : MetricEvent::stepFailure, now, step);
                ended(now - start, ofStep);
                return ok;
            }
            now += 1'000'000;
        }
    }

    const HistoryOptions& m_options;
    const std::function<void(const HistoryEvent&)>& m_take;
    std::mt19937_64 m_random;
    std::vector<double> m_popularity;  ///< added up
    std::priority_queue<HistoryEvent, std::vector<HistoryEvent>, Later> m_open;
    HistoryEvent m_event;
    std::uint64_t m_instances = 0;
};

}  // namespace

std::string workflowName(std::uint32_t workflow) {
    return "workflow-" + std::to_string(workflow);
}

std::string instanceName(std::uint64_t instance) {
    // Like a random UUID: what is stored of it cannot be squeezed.
    std::mt19937_64 random(instance);
    std::string text = "xxxxxxxx-xxxx-4xxx-9xxx-xxxxxxxxxxxx";
    auto bits = random();
    int left = 16;
    for (auto& c : text) {
        if (c != 'x') continue;
        c = "0123456789abcdef"[bits & 15];
        bits >>= 4;
        if (--left > 0) continue;
        bits = random();
        left = 16;
    }
    return text;
}

std::string stepName(std::uint32_t workflow, std::uint32_t step) {
    constexpr std::array names = {"validate input", "charge card", "reserve stock", "send mail",
                                  "write report",   "call vendor", "archive",       "notify"};
    return names[(workflow + step) % names.size()];
}

void makeHistory(const HistoryOptions& options, const std::function<void(const HistoryEvent&)>& take) {
    Maker(options, take).make();
}

void noteOthers(std::mt19937_64& random, std::int64_t time, engine::MetricRows& rows) {
    const api::Time at{api::Milliseconds{time}};
    const auto flow = workflowName(static_cast<std::uint32_t>(random() % 40));
    const auto duration = static_cast<std::int64_t>(std::lognormal_distribution(8.0, 1.0)(random));
    rows.row(MetricTable::queueWait, at).word(flow).integer(duration * 20);
    if (random() % 4 == 0) {
        rows.row(MetricTable::queueDepth, at).word(flow).integer(static_cast<std::int64_t>(random() % 50));
        rows.row(MetricTable::blocked, at).word(flow).word(random() % 2 == 0 ? "sleep" : "concurrency");
        rows.row(MetricTable::subrequests, at)
            .word("worker")
            .word(flow)
            .word("api" + std::to_string(random() % 20) + ".example.com")
            .integer(random() % 20 == 0 ? 500 : 200)
            .word("success")
            .integer(200)
            .integer(5'000)
            .integer(duration * 10);
    }
    rows.row(MetricTable::siteRequests, at)
        .word("site.localhost")
        .word("site-" + std::to_string(random() % 10))
        .word("production")
        .word("GET")
        .word("/page/" + std::to_string(random() % 400))
        .integer(random() % 30 == 0 ? 404 : 200)
        .word(random() % 3 == 0 ? "miss" : "hit")
        .word("text/html")
        .integer(static_cast<std::int64_t>(random() % 60'000))
        .integer(duration);
}

}  // namespace stepwell::bench
