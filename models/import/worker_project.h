#pragma once

#include "models/import/problem.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <string>
#include <vector>

namespace stepwell {

struct ProjectWorkflow {
    std::string binding;  ///< empty for a workflow found in a lone file
    std::string name;
    std::string className;
    std::string scriptName;           ///< set when another script owns it: bound here, declared there
    std::string settingsJson = "{}";  ///< limits, schedules, concurrency, default_retention
};

/// A Worker project as it lies on disk: what to bundle, and what to tell the backend.
struct WorkerProject {
    QString folder;      ///< absolute; imports resolve from here
    QString entry;       ///< absolute path of the main module
    QString configFile;  ///< absolute; empty when there is none
    std::string name;    ///< script name
    std::string compatibilityDate;
    std::vector<std::string> compatibilityFlags;
    std::string varsJson = "{}";
    std::vector<ProjectWorkflow> workflows;  ///< empty: to be found in the bundle
    /// When the scheduled handler runs; nothing: what is set at the backend stays.
    std::optional<std::vector<std::string>> crons;
    std::string sampleParams;       ///< JSON text of sample-params.json beside it; empty: none
    std::vector<Problem> warnings;  ///< keys that were ignored, and the like
    bool takesWasm = false;  ///< modules of WebAssembly may go beside the bundle, see `Bundle::modules`
};

struct ReadProject {
    WorkerProject project;
    std::vector<Problem> errors;  ///< not empty: the project cannot be used
    bool ok() const { return errors.empty(); }
};

/// Reads a dropped path: a folder with wrangler.jsonc, wrangler.json or wrangler.toml, a folder with one
/// obvious entry, or a lone .js, .mjs or .ts file. Reads files, so not for the GUI thread.
ReadProject readWorkerProject(const QString& path);

/// Whether a drop of this path would be taken for a Worker project. Looks at names only: cheap enough for a
/// drag.
bool looksLikeWorkerProject(const QString& path);

/// "OrderWorkflow" -> "order-workflow", for workflows nobody named.
std::string kebabCase(const std::string& className);

}  // namespace stepwell
