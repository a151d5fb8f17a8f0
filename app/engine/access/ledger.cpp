#include "app/engine/access/ledger.h"

#include "app/engine/access/database.h"

#include <future>
#include <utility>

namespace stepwell::engine::access {

namespace {
using Clock = std::chrono::steady_clock;
constexpr std::size_t mostAtOnce = 5'000;               ///< rows of a transaction
constexpr std::int64_t pruneEvery = 1'000;              ///< rows
constexpr std::chrono::milliseconds againAfter{1'000};  ///< that a disk did not take rows
}  // namespace

Ledger::Ledger(std::unique_ptr<Sqlite> db, Options options)
    : m_db(std::move(db))
    , m_options(std::move(options))
    , m_thread([this] { run(); }) {}

Ledger::~Ledger() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void Ledger::record(AuditEntry entry) {
    const std::lock_guard lock(m_mutex);
    if (m_rows.size() >= (isRefusal(entry) ? mostBeforeRefusals : mostWaiting)) {
        ++m_lost;
        return;
    }
    if (m_rows.empty()) {
        m_due = Clock::now() + gathering;
        m_changed.notify_all();
    }
    m_rows.push_back(std::move(entry));
}

bool Ledger::hasRoom() const {
    const std::lock_guard lock(m_mutex);
    return m_rows.size() < mostWaiting;
}

void Ledger::post(std::function<void(Sqlite&)> job) {
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_changed.notify_all();
}

void Ledger::flush() {
    std::promise<void> done;
    {
        const std::lock_guard lock(m_mutex);
        m_urgent = !m_rows.empty();
        m_jobs.emplace_back([&done](Sqlite&) { done.set_value(); });
    }
    m_changed.notify_all();
    done.get_future().wait();
}

void Ledger::run() {
    std::unique_lock lock(m_mutex);
    for (;;) {
        const bool due = !m_rows.empty() && (m_urgent || m_ending || Clock::now() >= m_due);
        if (due) {
            write(lock);
        } else if (!m_jobs.empty()) {
            auto job = std::move(m_jobs.front());
            m_jobs.pop_front();
            lock.unlock();
            job(*m_db);
            job = nullptr;  // what it holds may ask for the lock as it goes
            lock.lock();
        } else if (m_ending) {
            reportLost(lock);
            return;
        } else if (m_pruning) {
            lock.unlock();
            m_written = 0;
            m_pruning = m_pruner.step(*m_db, m_options.bounds, m_options.now());
            lock.lock();
        } else if (m_rows.empty()) {
            m_changed.wait(lock);
        } else {
            m_changed.wait_until(lock, m_due);
        }
    }
}

void Ledger::write(std::unique_lock<std::mutex>& lock) {
    const auto count = std::min(m_rows.size(), mostAtOnce);
    std::deque<AuditEntry> rows(std::make_move_iterator(m_rows.begin()),
                                std::make_move_iterator(m_rows.begin() + static_cast<std::ptrdiff_t>(count)));
    m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(count));
    lock.unlock();
    m_db->exec("BEGIN IMMEDIATE");
    for (const auto& row : rows)
        appendAudit(*m_db, row);
    m_db->exec("COMMIT");
    std::string trouble;
    if (!m_db->ok()) {
        trouble = takeError(*m_db).message;
        m_db->exec("ROLLBACK");
        m_db->clearError();
    } else {
        m_written += static_cast<std::int64_t>(count);
        m_pruning = m_pruning || m_written >= pruneEvery;
    }
    report(trouble);
    lock.lock();
    m_urgent = m_urgent && trouble.empty() && !m_rows.empty();
    if (trouble.empty()) {
        reportLost(lock);
        m_lostWhy.clear();
        return;
    }
    // They stay, in order, until the disk takes them, or the end.
    m_lostWhy = trouble;
    m_rows.insert(m_rows.begin(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    m_due = Clock::now() + againAfter;
    if (!m_ending) return;
    m_lost += m_rows.size();
    m_rows.clear();
}

void Ledger::reportLost(std::unique_lock<std::mutex>& lock) {
    if (m_lost == 0) return;
    const auto rows = std::exchange(m_lost, 0);
    const auto why = m_lostWhy.empty() ? "too many came at once." : std::exchange(m_lostWhy, {});
    lock.unlock();
    if (m_options.onLost) m_options.onLost(rows, why);
    lock.lock();
}

void Ledger::report(const std::string& trouble) {
    if (trouble == m_trouble) return;
    m_trouble = trouble;
    if (m_options.onTrouble) m_options.onTrouble(trouble);
}

}  // namespace stepwell::engine::access
