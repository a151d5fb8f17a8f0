#pragma once

#include "models/deploy/functions_build.h"
#include "models/site/worker_bundle.h"

namespace stepwell {

/// The parts of a deployment that are its code. All empty: it has none.
struct SiteCode {
    std::string bundle;                ///< `_worker.bundle`
    std::string routes;                ///< `_routes.json`
    std::string routingConfig;         ///< `functions-filepath-routing-config.json`
    std::vector<site::Part> parts;     ///< the same as deployments are compared in it
    std::vector<std::string> imports;  ///< files that it was compiled from, wherever they are; see `Bundle`
    std::string importStamp;
};

/// Makes the code of a site what a deployment takes: a `_worker.js` (a file or a folder), else its
/// `functions/`. GUI thread; files are read elsewhere. Once per object; destruction ends it without a signal.
class CodeBuild : public QObject {
    Q_OBJECT
  public:
    explicit CodeBuild(QString esbuild, QObject* parent = nullptr);

    /// Ends in exactly one of `finished` and `failed`. `isProduction`: which settings of the configuration
    /// count.
    void start(const site::RuleFiles& rules, bool isProduction);

  signals:
    void finished(const stepwell::SiteCode& code);
    /// What is wrong, with file and line where there is one.
    void failed(const QString& reason);

  private:
    void bundleFile(const QString& file);
    void packFolder(const std::string& folder);
    void compileFunctions(const site::RuleFiles& rules);
    void finish(std::vector<site::WorkerModule> modules);

    QString m_esbuild;
    site::WorkerSettings m_settings;
    SiteCode m_code;
    std::unique_ptr<Bundler> m_bundler;
    std::unique_ptr<FunctionsBuild> m_functions;
};

}  // namespace stepwell
