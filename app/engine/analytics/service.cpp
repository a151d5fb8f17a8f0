#include "app/engine/analytics/analytics.h"
#include "app/engine/analytics/snapshot.h"
#include "app/engine/analytics/writer.h"

#include <sys/resource.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace stepwell::engine::analytics {

namespace {

using Clock = std::chrono::steady_clock;

/// Of direct rows, until they are written.
constexpr std::chrono::seconds directAfter{2};
constexpr std::size_t shardCount = 8;
constexpr std::size_t mostShardBytes = 8U << 20;
constexpr std::chrono::seconds retryAfter{5};
constexpr std::chrono::hours expireEvery{1};
/// Others first: what waits here is safe in the log.
constexpr int niceness = 10;

api::Time systemNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

class LocalAnalytics final : public Analytics {
  public:
    LocalAnalytics(const AnalyticsOptions& options, std::unique_ptr<Writer> writer)
        : m_options(options)
        , m_writer(std::move(writer))
        , m_snapshots(options, m_writer->dictionary())
        , m_durable(std::max(m_writer->folded(), m_writer->newestAtStart()))
        , m_folded(m_writer->folded()) {
        // What a crash left in the log is folded like what comes.
        if (m_durable > m_writer->folded()) m_logSince = Clock::now();
        m_unrolledSince = m_writer->unrolled() > 0 ? std::optional(Clock::now()) : std::nullopt;
        m_thread = std::thread([this] { run(); });
    }

    ~LocalAnalytics() override {
        {
            const std::lock_guard lock(m_mutex);
            m_isStopping = true;
        }
        m_wake.notify_all();
        m_thread.join();
        static_cast<void>(fold(systemNow()));
    }
    LocalAnalytics(const LocalAnalytics&) = delete;
    LocalAnalytics& operator=(const LocalAnalytics&) = delete;

    void logGrew(std::int64_t sequence, std::int64_t rows) override {
        m_durable.store(sequence, std::memory_order_release);
        const auto before = m_waitingRows.fetch_add(rows);
        const bool isFirst = before == 0;
        const bool isFull = before < m_options.foldRows && before + rows >= m_options.foldRows;
        if (!isFirst && !isFull) return;
        {
            const std::lock_guard lock(m_mutex);
            if (isFirst) m_logSince = Clock::now();
        }
        m_wake.notify_one();
    }

    std::int64_t folded() const override { return m_folded.load(std::memory_order_acquire); }
    std::int64_t dropped() const override { return m_dropped.load(std::memory_order_relaxed); }

    void record(const DirectRow& row) override {
        static thread_local const auto shardNumber =
            std::hash<std::thread::id>{}(std::this_thread::get_id()) % shardCount;
        auto& shard = m_shards[shardNumber];
        {
            const std::lock_guard lock(shard.mutex);
            if (shard.rows.bytes().size() >= mostShardBytes) {
                m_dropped.fetch_add(1, std::memory_order_relaxed);
                return;
            }
            write(row, shard.rows);
        }
        if (m_hasDirect.load(std::memory_order_relaxed) || m_hasDirect.exchange(true)) return;
        {
            const std::lock_guard lock(m_mutex);
            m_directSince = Clock::now();
        }
        m_wake.notify_one();
    }

    api::Result<std::unique_ptr<Snapshot>> snapshot() override { return m_snapshots.snapshot(); }

    api::Result<void> settle(api::Time now) override {
        if (auto folded = fold(now); !folded) return folded;
        if (auto rolled = roll(now); !rolled) return rolled;
        const std::lock_guard lock(m_writing);
        return m_writer->expire(now);
    }

  private:
    struct Shard {
        std::mutex mutex;
        MetricRows rows;  ///< guarded by mutex
    };

    static void write(const DirectRow& row, MetricRows& rows) {
        rows.row(row.table, row.time);
        std::size_t word = 0;
        std::size_t integer = 0;
        for (const auto& column : tableSpec(row.table).columns) {
            if (column.kind == ColumnKind::word)
                rows.word(word < row.words.size() ? row.words[word++] : std::string_view());
            else
                rows.integer(integer < row.integers.size() ? row.integers[integer++] : absent);
        }
    }

    api::Result<void> fold(api::Time now) {
        const std::lock_guard lock(m_writing);
        m_hasDirect = false;
        m_waitingRows = 0;
        for (auto& shard : m_shards) {
            const std::lock_guard one(shard.mutex);
            if (shard.rows.count() == 0) continue;
            m_taken.push_back(shard.rows.take());
        }
        auto folded = m_writer->fold(m_durable.load(std::memory_order_acquire), m_taken, now);
        m_folded.store(m_writer->folded(), std::memory_order_release);
        dropTooMany();
        return folded;
    }

    /// While nothing can be written, the newest are kept.
    void dropTooMany() {
        std::size_t bytes = 0;
        for (const auto& chunk : m_taken)
            bytes += chunk.size();
        while (bytes > shardCount * mostShardBytes && !m_taken.empty()) {
            bytes -= m_taken.front().size();
            MetricReader reader(m_taken.front());
            RowSorter rows;
            rows.take(m_taken.front());
            m_dropped.fetch_add(static_cast<std::int64_t>(rows.rows()));
            m_taken.erase(m_taken.begin());
        }
    }

    api::Result<void> roll(api::Time now) {
        const std::lock_guard lock(m_writing);
        return m_writer->unrolled() > 0 ? m_writer->roll(now) : api::Result<void>();
    }

    std::int64_t unrolled() {
        const std::lock_guard lock(m_writing);
        return m_writer->unrolled();
    }

    void run() {
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
        while (waitForWork())
            work();
    }

    /// When something is to be done; nothing when there is nothing. With m_mutex locked.
    std::optional<Clock::time_point> nextWork() const {
        std::optional<Clock::time_point> next;
        const auto consider = [&next](Clock::time_point time) { next = next ? std::min(*next, time) : time; };
        if (m_waitingRows >= m_options.foldRows) consider(Clock::time_point::min());
        if (m_logSince) consider(*m_logSince + m_options.foldAfter);
        if (m_directSince) consider(*m_directSince + directAfter);
        if (m_unrolledSince) consider(*m_unrolledSince + m_options.rollAfter);
        if (next && m_notBefore) next = std::max(*next, *m_notBefore);
        return next;
    }

    bool waitForWork() {
        std::unique_lock lock(m_mutex);
        for (;;) {
            if (m_isStopping) return false;
            const auto next = nextWork();
            if (next && *next <= Clock::now()) return true;
            if (next)
                m_wake.wait_until(lock, *next);
            else
                m_wake.wait(lock);
        }
    }

    void work() {
        bool isRollDue = false;
        {
            const std::lock_guard lock(m_mutex);
            m_logSince.reset();
            m_directSince.reset();
            m_notBefore.reset();
            isRollDue = m_unrolledSince && *m_unrolledSince + m_options.rollAfter <= Clock::now();
        }
        const auto now = systemNow();
        auto done = fold(now);
        const auto waiting = unrolled();
        if (done && waiting > 0 && (isRollDue || waiting >= m_options.rollRows)) done = roll(now);
        if (done) done = expireWhenDue(now);
        const bool isRolled = unrolled() == 0;
        const std::lock_guard lock(m_mutex);
        if (isRolled)
            m_unrolledSince.reset();
        else if (!m_unrolledSince)
            m_unrolledSince = Clock::now();
        tell(done);
        if (done) return;
        m_notBefore = Clock::now() + retryAfter;
        m_logSince = m_directSince = Clock::now() - m_options.foldAfter;
    }

    api::Result<void> expireWhenDue(api::Time now) {
        if (m_expired && Clock::now() - *m_expired < expireEvery) return {};
        m_expired = Clock::now();
        const std::lock_guard lock(m_writing);
        return m_writer->expire(now);
    }

    void tell(const api::Result<void>& done) {
        const auto problem = done ? std::string() : done.error().message;
        if (problem == m_problem) return;
        m_problem = problem;
        if (m_options.onProblem) m_options.onProblem(problem);
    }

    AnalyticsOptions m_options;
    std::mutex m_writing;
    std::unique_ptr<Writer> m_writer;  ///< guarded by m_writing, but for its dictionary
    std::vector<std::string> m_taken;  ///< direct rows that are not written yet; guarded by m_writing
    SnapshotMaker m_snapshots;
    std::array<Shard, shardCount> m_shards;
    std::atomic<bool> m_hasDirect{false};
    std::atomic<std::int64_t> m_dropped{0};
    std::atomic<std::int64_t> m_durable;         ///< last row of the log that may be folded
    std::atomic<std::int64_t> m_waitingRows{0};  ///< about as many rows of the log wait
    std::atomic<std::int64_t> m_folded;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;                         ///< guarded by m_mutex
    std::optional<Clock::time_point> m_logSince;       ///< guarded by m_mutex; when the first row came
    std::optional<Clock::time_point> m_directSince;    ///< guarded by m_mutex
    std::optional<Clock::time_point> m_unrolledSince;  ///< guarded by m_mutex
    std::optional<Clock::time_point> m_notBefore;      ///< guarded by m_mutex; after a failure
    std::string m_problem;                             ///< guarded by m_mutex
    std::optional<Clock::time_point> m_expired;        ///< own thread
    std::thread m_thread;
};

}  // namespace

api::Result<std::unique_ptr<Analytics>> Analytics::open(AnalyticsOptions options) {
    auto db = openAnalyticsDatabase(options.database);
    if (!db) return tl::unexpected(db.error());
    std::unique_ptr<Sqlite> log;
    if (!options.log.empty()) {
        std::string error;
        log = Sqlite::open(options.log, Sqlite::Mode::readOnly, error);
        if (!log)
            return api::fail(500, api::code::storage,
                             "The database " + options.log.string() + " cannot be read: " + error);
    }
    auto writer = std::make_unique<Writer>(options, std::move(*db), std::move(log));
    if (const auto begun = writer->begin(); !begun) return tl::unexpected(begun.error());
    return std::make_unique<LocalAnalytics>(options, std::move(writer));
}

}  // namespace stepwell::engine::analytics
