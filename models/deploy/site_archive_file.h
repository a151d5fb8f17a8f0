#pragma once

#include <QString>

namespace stepwell {

/// Whether a file is all of a site as the engine exports it: a tar whose first file is its project.json.
/// Blocks on the disk, as the other one does.
bool isSiteArchive(const QString& path);

/// The name that the site has in such a file; empty when it cannot be read there.
QString siteArchiveName(const QString& path);

}  // namespace stepwell
