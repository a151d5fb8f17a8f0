#pragma once

#include "models/site/worker_bundle.h"

#include <QStringList>

namespace stepwell {

/// A folder with sources of a site, as its configuration or its package.json tells.
struct PagesProject {
    QString folder;         ///< absolute; empty: there is none
    QString output;         ///< absolute, from `pages_build_output_dir`; empty when it names none
    std::string config;     ///< wrangler's configuration as JSON; empty: there is none or it cannot be read
    bool isWorker = false;  ///< the configuration is that of a Worker
    bool hasBucket =
        false;  ///< that Worker has no workflows and serves the files of a folder (Workers Sites)
};

/// What this folder is: `folder` is empty when it holds neither configuration nor package.json. Blocks on the
/// disk, as all here does.
PagesProject projectIn(const QString& folder);

/// The project that made an output folder ("dist", "build/client"): the nearest one above it, unless that is
/// a Worker or publishes another folder.
PagesProject projectOf(const QString& output);

/// What a configuration says about the code of a site, for one environment.
site::WorkerSettings codeSettings(const std::string& config, bool isProduction);
/// Kinds of bindings that a configuration names and `codeSettings` passes over, as they are written there:
/// "kv_namespaces". Code finds nothing of them in its `env`.
QStringList bindingsNotSent(const std::string& config, bool isProduction);

}  // namespace stepwell
