#pragma once

#include "models/import/esbuild_run.h"
#include "models/import/worker_project.h"

#include <string>

namespace stepwell {

/// What a bundle imports and cannot hold.
struct BesideModule {
    std::string name;  ///< as it is imported, without "./"
    std::string bytes;
};

struct Bundle {
    std::string code;                          ///< one ES module
    std::vector<BesideModule> modules;         ///< of WebAssembly, when the project takes them
    std::string sourceMap;                     ///< JSON
    std::vector<std::string> exports;          ///< names the module exports
    std::vector<std::string> workflowClasses;  ///< those of them that extend WorkflowEntrypoint
    std::vector<Problem> warnings;
    int fileCount = 0;                ///< source files that went in
    std::vector<std::string> inputs;  ///< those of them that somebody may edit: absolute, none of a package
    std::string inputStamp;           ///< of these, as they were read; see `site::stampOfFiles`
};

/// Runs esbuild once over a project. Asynchronous; destruction ends the process. GUI thread.
class Bundler : public QObject {
    Q_OBJECT
  public:
    explicit Bundler(const QString& esbuild, QObject* parent = nullptr);

    /// Ends in exactly one of `finished` and `failed`, unless cancelled. Once per object.
    void start(const WorkerProject& project);
    /// No signal comes afterwards.
    void cancel();

  signals:
    void finished(const stepwell::Bundle& bundle);
    void failed(const std::vector<stepwell::Problem>& errors);

  private:
    void onBuilt(const std::vector<Problem>& warnings);
    void failWith(const std::vector<Problem>& errors);
    QStringList arguments(const WorkerProject& project) const;

    EsbuildRun m_run;
    QString m_folder;
    bool m_done = false;
};

/// Reads what esbuild prints for people (there is no other form on its command line).
struct EsbuildReport {
    std::vector<Problem> errors;
    std::vector<Problem> warnings;
};
EsbuildReport parseEsbuildReport(const QString& text);

/// Names under which a bundle exports classes that extend WorkflowEntrypoint, directly or through one
/// another. A light look at the text esbuild writes, not a parser.
std::vector<std::string> findWorkflowClasses(const std::string& code);

/// Reads the products of a run from its output folder. Not for the GUI thread.
struct BundleOrErrors {
    Bundle bundle;
    std::vector<Problem> errors;
};
BundleOrErrors readBundle(const QString& outFolder, const QString& projectFolder);

}  // namespace stepwell
