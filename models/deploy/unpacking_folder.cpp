#include "models/deploy/unpacking_folder.h"

#include <sys/file.h>

#include <QDir>
#include <QFile>

#include <fcntl.h>
#include <set>
#include <unistd.h>
#include <vector>

namespace stepwell {

namespace {

const QString& lockEnding() {
    static const QString ending = QStringLiteral(".lock");
    return ending;
}

/// A file that is locked until it is closed, by the end of the process at the latest; -1 when it cannot be.
int lockedFile(const QString& path, int how) {
    const int file =
        ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return -1;
    if (::flock(file, how) == 0) return file;
    ::close(file);
    return -1;
}

/// Held while a folder and its lock are made, so that nobody finds the one without the other.
class Making {
  public:
    explicit Making(const QString& parent)
        : m_file(lockedFile(parent + QStringLiteral("/making.lock"), LOCK_EX)) {}
    ~Making() {
        if (m_file >= 0) ::close(m_file);
    }
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;

  private:
    int m_file;
};

struct Abandoned {
    QString folder;
    int lock;
};

/// With their locks, so that two processes do not remove one folder.
std::vector<Abandoned> claimed(const QString& parent) {
    const Making making(parent);
    std::set<QString> folders;
    const auto names =
        QDir(parent).entryList({QStringLiteral("site-*")}, QDir::Dirs | QDir::Files | QDir::NoSymLinks);
    for (const auto& name : names)
        folders.insert(name.endsWith(lockEnding()) ? name.chopped(lockEnding().size()) : name);
    std::vector<Abandoned> all;
    for (const auto& name : folders) {
        const QString folder = parent + QLatin1Char('/') + name;
        const int lock = lockedFile(folder + lockEnding(), LOCK_EX | LOCK_NB);
        if (lock >= 0) all.push_back({folder, lock});
    }
    return all;
}

}  // namespace

UnpackingFolder::UnpackingFolder(const QString& parent)
    : m_dir(parent + QStringLiteral("/site-XXXXXX")) {}

api::Result<std::shared_ptr<UnpackingFolder>> UnpackingFolder::make(const QString& parent) {
    const Making making(parent);
    std::shared_ptr<UnpackingFolder> made(new UnpackingFolder(parent));
    if (!made->m_dir.isValid())
        return api::fail(0, api::code::badBody,
                         "No folder to unpack into could be made in " + parent.toStdString() + ": " +
                             made->m_dir.errorString().toStdString() + ".");
    made->m_lock = lockedFile(made->path() + lockEnding(), LOCK_EX | LOCK_NB);
    return made;
}

UnpackingFolder::~UnpackingFolder() {
    m_dir.remove();
    if (m_lock < 0) return;
    QFile::remove(path() + lockEnding());
    ::close(m_lock);
}

void removeAbandonedFolders(const QString& parent) {
    for (const auto& [folder, lock] : claimed(parent)) {
        QDir(folder).removeRecursively();
        QFile::remove(folder + lockEnding());
        ::close(lock);
    }
}

}  // namespace stepwell
