#pragma once

#include "models/client/answer_store.h"

#include <QString>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

struct sqlite3;

namespace stepwell {

/// Answers of one backend in a SQLite file that only its owner may read. A thread of its own writes; the
/// newest answer of a question counts. Bounded: the oldest go first. A file that cannot be opened or written
/// means that nothing is kept, and nothing else.
class OfflineCache final : public client::AnswerStore {
  public:
    struct Bounds {
        std::int64_t bytes = 64LL << 20U;  ///< of all bodies
        std::chrono::hours age{30 * 24};
        std::size_t largestBody = 4U << 20U;
    };

    explicit OfflineCache(QString file)
        : OfflineCache(std::move(file), Bounds()) {}
    OfflineCache(QString file, Bounds bounds);
    /// Writes what waits, and joins its thread.
    ~OfflineCache() override;
    OfflineCache(const OfflineCache&) = delete;
    OfflineCache& operator=(const OfflineCache&) = delete;

    void keep(const std::string& key, const client::Response& response) override;
    std::optional<Stored> find(const std::string& key) override;
    /// Waits until all that was kept so far is written. For tests.
    void flush();
    /// Any thread: from now on nothing is kept or found, and no file is made.
    void stop();
    /// Drops what a file holds of the time before `until`. Waits for the disk.
    static void empty(const QString& file, api::Time until);

  private:
    friend class OpenCaches;
    struct Gate {
        std::mutex mutex;
        bool closed = false;   ///< guarded by mutex
        bool removed = false;  ///< guarded by mutex; its file is to stay away as well
    };
    bool isStopped() const;
    class Database;
    struct CloseDatabase {
        void operator()(Database* database) const;
    };
    using DatabasePtr = std::unique_ptr<Database, CloseDatabase>;
    using Pending = std::unordered_map<std::string, Stored>;

    void write();
    void writeBatch(const Pending& batch);
    DatabasePtr openDatabase() const;
    DatabasePtr openFile() const;

    const std::shared_ptr<Gate> m_gate = std::make_shared<Gate>();
    const std::string m_file;
    const Bounds m_bounds;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_written;
    Pending m_pending;       // guarded by m_mutex
    Pending m_beingWritten;  // guarded by m_mutex; read by the writer without it, who alone changes it
    std::size_t m_pendingBytes = 0;  // guarded by m_mutex
    bool m_stopping = false;         // guarded by m_mutex
    std::mutex m_readMutex;
    DatabasePtr m_reader;  // guarded by m_readMutex
    DatabasePtr m_writer;  // writer thread
    std::thread m_thread;
};

/// That of a backend, in the user's cache folder.
std::shared_ptr<client::AnswerStore> openOfflineCache(const QString& backendId);
/// Of a backend that is removed: what was seen of it goes as well.
void removeOfflineCache(const QString& backendId);
/// Of one whose token or account is another now: what was seen before is forgotten, elsewhere and soon.
/// Call it before the cache is opened anew.
void emptyOfflineCache(const QString& backendId);

/// An answer that may be shown again: an envelope of success, or GraphQL data without errors.
bool isWorthKeeping(const std::string& body);

}  // namespace stepwell
