#include "models/deploy/site_watch.h"

#include "models/api/site_rules.h"
#include "models/deploy/deploy_pool.h"

#include <QDir>
#include <QSet>

namespace stepwell {

namespace {

constexpr qsizetype mostFolders = 4'000;

/// The folder and those below that a deploy looks into; more than `mostFolders` when there are too many.
QStringList foldersOf(const QString& root) {
    QStringList found{root};
    for (qsizetype next = 0; next < found.size() && found.size() <= mostFolders; ++next) {
        const QDir folder(found[next]);
        const auto names =
            folder.entryList(QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot | QDir::NoSymLinks);
        for (const auto& name : names) {
            const QString path = folder.filePath(name);
            if (!api::isIgnoredInSite(QDir(root).relativeFilePath(path).toStdString())) found << path;
        }
    }
    return found;
}

}  // namespace

SiteWatch::SiteWatch(QObject* parent)
    : QObject(parent) {
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleMs);
    m_look.setInterval(lookMs);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_look, &QTimer::timeout, this, &SiteWatch::changed);
    connect(&m_settle, &QTimer::timeout, this, [this] {
        findFolders();  // there may be new ones
        emit changed();
    });
}

void SiteWatch::setFolder(const QString& folder) {
    m_folder = folder;
    m_settle.stop();
    m_look.stop();
    if (const auto watched = m_watcher.directories() + m_watcher.files(); !watched.isEmpty())
        m_watcher.removePaths(watched);
    findFolders();
}

void SiteWatch::findFolders() {
    const int generation = ++m_generation;
    if (m_folder.isEmpty()) return;
    runDeployWork(
        this, [folder = m_folder] { return foldersOf(folder); },
        [this, generation](const QStringList& folders) {
            if (generation != m_generation) return;
            QStringList fresh;
            const QStringList known = m_watcher.directories();
            const QSet<QString> watched(known.begin(), known.end());
            for (const auto& folder : folders)
                if (!watched.contains(folder)) fresh << folder;
            const bool all =
                folders.size() <= mostFolders && (fresh.isEmpty() || m_watcher.addPaths(fresh).isEmpty());
            // A file that is written in place does not change its folder: looking now and then finds it.
            m_look.setInterval(all ? lookMs : 2 * lookMs);
            m_look.start();
        });
}

}  // namespace stepwell
