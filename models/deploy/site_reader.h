#pragma once

#include "models/site/site_hashing.h"

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <optional>

namespace stepwell {

struct WorkersSite;

/// Reads what was dropped: unpacks an archive, finds the bucket of Workers Sites, looks at every file and
/// hashes it. Reads it again when asked, which is quick for what did not change. GUI thread; the work is done
/// elsewhere.
class SiteReader : public QObject {
    Q_OBJECT
  public:
    enum class Phase { idle, unpacking, scanning, hashing };
    struct Progress {
        Phase phase = Phase::idle;
        std::int64_t files = 0, allFiles = 0;  ///< hashed, to hash
        std::int64_t bytes = 0, allBytes = 0;  ///< unpacked or hashed; 0 in all: not known
    };
    using Site = std::shared_ptr<const site::LocalSite>;

    /// Local files and folders; one archive, or one folder, or several of anything.
    explicit SiteReader(QStringList dropped, QObject* parent = nullptr);
    ~SiteReader() override;

    /// Drops what is under way. Ends in exactly one of `ready` and `failed`, unless stopped.
    void start();
    void stop();
    bool isBusy() const { return m_run != nullptr; }

    Progress progress() const;
    /// The last one read; null before.
    const Site& site() const { return m_site; }
    /// Files outside that belong to the site, as what its code imports: the next reading looks at them too.
    void setImports(std::vector<std::string> paths);
    /// How they were when the site was read; nothing when it was read before they were known.
    const std::optional<std::string>& importStamp() const { return m_importStamp; }
    std::chrono::milliseconds hashTook() const { return m_hashTook; }
    const QStringList& dropped() const { return m_dropped; }
    bool isArchive() const;
    /// The folder to watch for changes; empty for archives and loose files.
    QString folder() const;
    /// Whose bucket was read; null: what was dropped is no project with one.
    const std::shared_ptr<const WorkersSite>& workersSite() const { return m_workersSite; }
    /// What a person calls it: "dist", "my-site" of my-site.zip, "4 files".
    QString title() const;

  signals:
    /// At most every 50 ms.
    void progressChanged();
    void ready();
    void failed(const QString& reason);

  private:
    struct Run;
    struct Read;
    void take(const std::shared_ptr<Run>& run, Read read);

    QStringList m_dropped;
    std::shared_ptr<site::KeyCache> m_cache;
    std::shared_ptr<Run> m_run;
    Site m_site;
    std::shared_ptr<const WorkersSite> m_workersSite;
    std::vector<std::string> m_imports;
    int m_importChanges = 0;
    std::optional<std::string> m_importStamp;
    std::chrono::milliseconds m_hashTook{0};
    QTimer m_tick;
};

}  // namespace stepwell
