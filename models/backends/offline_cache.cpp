#include "models/backends/offline_cache.h"

#include "models/backends/offline_database.h"
#include "models/text.h"

#include <sys/stat.h>

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QThreadPool>

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

namespace stepwell {

namespace {

constexpr std::size_t mostPendingBytes = 32U << 20U;
/// Answers to the same question come again and again: written once in a while.
constexpr std::chrono::milliseconds gatherTime{500};

QString folder() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) +
           QStringLiteral("/stepwell/backends");
}

QString fileOf(const QString& backendId) {
    QString name;
    for (const QChar c : backendId)
        name += c.isLetterOrNumber() || c == QLatin1Char('-') ? c : QLatin1Char('_');
    return folder() + QLatin1Char('/') + name + QStringLiteral(".db");
}

void removeFiles(const QString& file) {
    for (const char* tail : {"", "-wal", "-shm"})
        QFile::remove(file + QLatin1String(tail));
}

}  // namespace

/// Those that are open in this process: one whose backend was removed must not write its file again.
class OpenCaches {
  public:
    void add(const OfflineCache& cache) {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_gates, [](const auto& entry) { return entry.second.expired(); });
        m_gates.emplace_back(cache.m_file, cache.m_gate);
    }
    enum class Why { emptied, removed };
    void stop(const std::string& file, Why why) {
        const std::lock_guard lock(m_mutex);
        for (const auto& [name, weak] : m_gates)
            if (const auto gate = weak.lock(); gate && name == file) {
                const std::lock_guard gateLock(gate->mutex);
                gate->closed = true;
                gate->removed = why == Why::removed;
            }
    }
    static OpenCaches& all() {
        static OpenCaches instance;
        return instance;
    }

  private:
    std::mutex m_mutex;
    std::vector<std::pair<std::string, std::weak_ptr<OfflineCache::Gate>>> m_gates;  // guarded by m_mutex
};

void OfflineCache::CloseDatabase::operator()(Database* database) const {
    delete database;
}

OfflineCache::OfflineCache(QString file, Bounds bounds)
    : m_file(toStd(file))
    , m_bounds(bounds)
    , m_thread([this] { write(); }) {}

OfflineCache::~OfflineCache() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void OfflineCache::keep(const std::string& key, const client::Response& response) {
    if (response.body.size() > m_bounds.largestBody || isStopped()) return;
    {
        const std::lock_guard lock(m_mutex);
        if (m_pendingBytes + response.body.size() > mostPendingBytes) return;
        auto& place = m_pending[key];
        m_pendingBytes += response.body.size();
        m_pendingBytes -= place.response.body.size();
        place = {{response.status, response.contentType, response.body}, now()};
    }
    m_wake.notify_all();
}

std::optional<OfflineCache::Stored> OfflineCache::find(const std::string& key) {
    if (isStopped()) return std::nullopt;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto* waiting : {&m_pending, &m_beingWritten})
            if (const auto found = waiting->find(key);
                found != waiting->end() && isWorthKeeping(found->second.response.body))
                return found->second;
    }
    const std::lock_guard lock(m_readMutex);
    if (!m_reader) m_reader = openDatabase();
    return m_reader ? m_reader->find(key, now() - m_bounds.age) : std::nullopt;
}

void OfflineCache::flush() {
    std::unique_lock lock(m_mutex);
    m_written.wait(lock, [this] { return m_pending.empty() && m_beingWritten.empty(); });
}

void OfflineCache::empty(const QString& file, api::Time until) {
    Database database(toStd(file), Bounds().bytes * 2);
    if (!database.isGood()) return;
    database.begin();
    database.trim(Bounds().bytes, until);
    database.commit();
}

void OfflineCache::stop() {
    const std::lock_guard lock(m_gate->mutex);
    m_gate->closed = true;
}

bool OfflineCache::isStopped() const {
    const std::lock_guard lock(m_gate->mutex);
    return m_gate->closed;
}

void OfflineCache::write() {
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_stopping || !m_pending.empty(); });
        if (!m_stopping) m_wake.wait_for(lock, gatherTime, [this] { return m_stopping; });
        if (m_pending.empty()) return;
        m_beingWritten.swap(m_pending);
        m_pendingBytes = 0;
        lock.unlock();
        writeBatch(m_beingWritten);
        lock.lock();
        m_beingWritten.clear();
        m_written.notify_all();
        if (m_stopping && m_pending.empty()) return;
    }
}

void OfflineCache::writeBatch(const Pending& batch) {
    if (isStopped()) return;
    if (!m_writer) m_writer = openDatabase();
    if (!m_writer) return;
    m_writer->begin();
    for (const auto& [key, answer] : batch)
        if (isWorthKeeping(answer.response.body)) m_writer->put(key, answer);
    m_writer->trim(m_bounds.bytes, now() - m_bounds.age);
    // A full disk, or a file that is none of ours: begun anew at the next batch.
    if (!m_writer->commit()) m_writer.reset();
}

// The gate is only looked at: whoever closes it is a window, and does not wait for SQLite.
OfflineCache::DatabasePtr OfflineCache::openDatabase() const {
    if (isStopped()) return {};
    auto database = openFile();
    const std::lock_guard lock(m_gate->mutex);
    if (!m_gate->closed) return database;
    database.reset();
    // Its backend went while this was opened, perhaps before there was a file to remove.
    if (m_gate->removed) removeFiles(toQt(m_file));
    return {};
}

OfflineCache::DatabasePtr OfflineCache::openFile() const {
    const auto name = toQt(m_file);
    const auto parent = name.left(name.lastIndexOf(QLatin1Char('/')));
    QDir().mkpath(parent);
    QFile::setPermissions(parent, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    for (const bool again : {false, true}) {
        // SQLite gives its helper files the permissions of this one.
        const int descriptor = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0) return {};
        ::fchmod(descriptor, 0600);
        ::close(descriptor);
        DatabasePtr database(new Database(m_file, m_bounds.bytes * 2));
        if (database->isGood()) return database;
        if (again || !database->isBroken()) return {};
        database.reset();
        QFile::remove(name);
    }
    return {};
}

std::shared_ptr<client::AnswerStore> openOfflineCache(const QString& backendId) {
    auto cache = std::make_shared<OfflineCache>(fileOf(backendId));
    OpenCaches::all().add(*cache);
    return cache;
}

void removeOfflineCache(const QString& backendId) {
    const auto file = fileOf(backendId);
    OpenCaches::all().stop(toStd(file), OpenCaches::Why::removed);
    removeFiles(file);
}

// Emptied and not removed: SQLite of the old cache, which closes at some time, would take helper files of the
// new one away.
void emptyOfflineCache(const QString& backendId) {
    const auto file = fileOf(backendId);
    OpenCaches::all().stop(toStd(file), OpenCaches::Why::emptied);
    if (!QFile::exists(file)) return;
    const auto before = now() + api::Milliseconds{1};
    QThreadPool::globalInstance()->start([file, before] { OfflineCache::empty(file, before); });
}

}  // namespace stepwell
