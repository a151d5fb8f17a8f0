#pragma once

#include "app/engine/access/audit_pruner.h"
#include "app/engine/access/token_store.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace stepwell::engine::access {

/// The thread that writes access.db. Rows of the audit log are gathered for a moment and written as one
/// transaction, so that changes do not wait for it and it hardly costs the disk anything; jobs are done one
/// by one, at once. Rows beyond the bounds are removed in short steps, whenever there is nothing else to do.
/// What it was given is written before it ends, or told to be lost. Thread-safe.
class Ledger {
  public:
    /// From a change's answer until its row is on the disk, when the disk keeps up.
    static constexpr std::chrono::milliseconds gathering{500};
    /// Rows that may wait for a disk that does not take them. While there are so many, `hasRoom` says no.
    static constexpr std::size_t mostWaiting = 100'000;
    /// Refusals do not wait behind so many rows, but are lost: they must not keep others from changing
    /// things.
    static constexpr std::size_t mostBeforeRefusals = mostWaiting / 2;

    struct Options {
        AuditBounds bounds;
        std::function<api::Time()> now;
        /// Told, on the ledger's thread, why rows cannot be written, and "" when they can be again.
        std::function<void(const std::string&)> onTrouble;
        /// Told, on the ledger's thread, how many rows will never be written: those that there was no room
        /// for, once others can be written again, and at the end all that are left. And why. May be null.
        std::function<void(std::size_t rows, const std::string& why)> onLost;
    };
    Ledger(std::unique_ptr<Sqlite> db, Options options);
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    void record(AuditEntry entry);
    bool hasRoom() const;
    /// Runs `job` on the ledger's thread, behind the jobs before it.
    void post(std::function<void(Sqlite&)> job);
    /// Returns when everything that was given before is written, or could not be.
    void flush();

  private:
    void run();
    void write(std::unique_lock<std::mutex>& lock);
    void report(const std::string& trouble);
    void reportLost(std::unique_lock<std::mutex>& lock);
    std::unique_ptr<Sqlite> m_db;  ///< the thread's
    Options m_options;
    std::string m_trouble;       ///< the thread's: what was reported last
    AuditPruner m_pruner;        ///< the thread's
    bool m_pruning = true;       ///< the thread's: there may be rows beyond the bounds
    std::int64_t m_written = 0;  ///< the thread's: rows since it looked for such

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<AuditEntry> m_rows;  ///< guarded by m_mutex, as is all below
    std::deque<std::function<void(Sqlite&)>> m_jobs;
    std::chrono::steady_clock::time_point m_due{};  ///< when the rows that wait are to be written
    bool m_urgent = false;                          ///< the rows are not to be gathered any longer
    bool m_ending = false;
    std::size_t m_lost = 0;  ///< rows, and nobody was told yet
    std::string m_lostWhy;
    std::thread m_thread;
};

}  // namespace stepwell::engine::access
