#pragma once

#include "models/import/ignore_patterns.h"
#include "models/import/problem.h"

#include <optional>
#include <string>

namespace stepwell {

/// The static files of a Worker project (Workers Sites: `[site]` in its wrangler configuration), to be
/// deployed as a site.
struct WorkersSite {
    std::string project;  ///< a name for the project: that of the Worker, as a project may be called
    QString bucket;       ///< absolute path of the folder with the files
    IgnorePatterns include{{}};
    IgnorePatterns exclude{{}};
    std::vector<Problem> warnings;

    /// Whether a file belongs to the site; `path` below the bucket, with `/` between its parts. Hidden files
    /// (but for `.well-known`) and `node_modules` never do, then those that `include` names and `exclude`
    /// does not, or all but those when nothing is included.
    bool takes(std::string_view path) const;
};

struct ReadWorkersSite {
    std::optional<WorkersSite> site;  ///< nothing: the configuration has no `site`, or there are errors
    std::vector<Problem> errors;
};

/// Reads a folder with a wrangler configuration, or that file itself. Reads files, so not for the GUI thread.
ReadWorkersSite readWorkersSite(const QString& path);

}  // namespace stepwell
