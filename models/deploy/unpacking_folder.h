#pragma once

#include "models/api/error.h"

#include <QTemporaryDir>

#include <memory>

namespace stepwell {

/// A folder for what is unpacked, that goes with the object. A lock beside it tells other processes that it
/// is in use, until this one has ended in whatever way. Thread-safe but for the destructor.
class UnpackingFolder {
  public:
    /// Below `parent`, which other processes may use as well. Blocks for a moment.
    static api::Result<std::shared_ptr<UnpackingFolder>> make(const QString& parent);
    ~UnpackingFolder();
    UnpackingFolder(const UnpackingFolder&) = delete;
    UnpackingFolder& operator=(const UnpackingFolder&) = delete;

    QString path() const { return m_dir.path(); }

  private:
    explicit UnpackingFolder(const QString& parent);

    QTemporaryDir m_dir;
    int m_lock = -1;
};

/// Removes the folders below `parent` of processes that were killed. Blocks while it does.
void removeAbandonedFolders(const QString& parent);

}  // namespace stepwell
