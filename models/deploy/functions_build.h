#pragma once

#include "models/import/bundler.h"
#include "models/site/functions_routes.h"
#include "models/site/local_site.h"

#include <memory>

namespace stepwell {

/// What became of a `functions/` folder.
struct BuiltFunctions {
    std::string code;       ///< one ES module; empty: no file exports a handler, so there is nothing to run
    std::string sourceMap;  ///< of the code, JSON; its sources are named from the folder of `functions/`
    std::vector<BesideModule> modules;  ///< that it imports
    std::vector<site::FunctionRoute> routes;
    std::vector<std::string> imports;  ///< files that it was made of; see `Bundle`
    std::string importStamp;
};

/// Compiles a `functions/` folder: asks esbuild what its files export, which runs none of them, and bundles
/// those that answer requests behind a router. GUI thread; files are read elsewhere. Once per object.
class FunctionsBuild : public QObject {
    Q_OBJECT
  public:
    explicit FunctionsBuild(QString esbuild, QObject* parent = nullptr);

    /// Ends in exactly one of `finished` and `failed`, not within the call; in neither when it is destroyed.
    void start(const site::RuleFiles& rules, const std::vector<std::string>& compatibilityFlags);

  signals:
    void finished(const stepwell::BuiltFunctions& built);
    /// Files are named from the folder that holds `functions/`.
    void failed(const std::vector<stepwell::Problem>& errors);

  private:
    struct Entry;
    void readExports();
    void bundle(Entry entry);

    QString m_folder;  ///< that holds `functions/`
    std::string m_functions;
    std::vector<std::string> m_files;  ///< below `functions/`
    std::vector<std::string> m_flags;
    QString m_entry;
    EsbuildRun m_exports;
    Bundler m_bundler;
    BuiltFunctions m_built;
};

}  // namespace stepwell
