#pragma once

#include <QStringList>

namespace stepwell {

/// What becomes of something that was dropped.
struct DropChoice {
    /// siteArchive: all of a site, as the engine exports it.
    enum class Kind { worker, site, siteArchive } kind = Kind::worker;
    QStringList paths;  ///< what to import or to deploy; of a Pages project, its output folder
};

/// Scripts and folders with a Worker's configuration are imported, but for Workers Sites without workflows,
/// whose files are a site; archives, folders of files and several things at once are sites. Blocks on the
/// disk.
DropChoice choiceFor(const QStringList& dropped);

}  // namespace stepwell
