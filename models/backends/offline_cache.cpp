#include "models/backends/offline_cache.h"

#include "models/backends/offline_database.h"
#include "models/text.h"

#include <sys/stat.h>

#include <QDir>
#include <QFile>
#include <QStandardPaths>

#include <fcntl.h>
#include <unistd.h>

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

}  // namespace

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
    if (response.body.size() > m_bounds.largestBody) return;
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
    if (!m_writer) m_writer = openDatabase();
    if (!m_writer) return;
    m_writer->begin();
    for (const auto& [key, answer] : batch)
        if (isWorthKeeping(answer.response.body)) m_writer->put(key, answer);
    m_writer->trim(m_bounds.bytes, now() - m_bounds.age);
    // A full disk, or a file that is none of ours: begun anew at the next batch.
    if (!m_writer->commit()) m_writer.reset();
}

std::unique_ptr<OfflineCache::Database, OfflineCache::CloseDatabase> OfflineCache::openDatabase() const {
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
        std::unique_ptr<Database, CloseDatabase> database(new Database(m_file, m_bounds.bytes * 2));
        if (database->isGood()) return database;
        if (again || !database->isBroken()) return {};
        database.reset();
        QFile::remove(name);
    }
    return {};
}

std::shared_ptr<client::AnswerStore> openOfflineCache(const QString& backendId) {
    return std::make_shared<OfflineCache>(fileOf(backendId));
}

void removeOfflineCache(const QString& backendId) {
    const auto file = fileOf(backendId);
    for (const char* tail : {"", "-wal", "-shm"})
        QFile::remove(file + QLatin1String(tail));
}

}  // namespace stepwell
