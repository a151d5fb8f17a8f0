#pragma once

#include "models/backend.h"
#include "models/import/bundler.h"
#include "models/import/worker_project.h"

#include <QPointer>

namespace stepwell {

/// One import of a dropped path into a backend: read, bundle, look whose the names are, upload, declare.
/// Start it once; it ends in exactly one of `finished`, `failed` and `cancelled`. GUI thread; files are read
/// elsewhere.
class ImportJob : public QObject {
    Q_OBJECT
  public:
    enum class Phase { reading, bundling, uploading, declaring };
    Q_ENUM(Phase)

    struct Result {
        std::string script;
        std::vector<std::string> workflows;  ///< names, as declared
        std::vector<Problem> warnings;
        std::size_t crons = 0;     ///< that were set
        std::string sampleParams;  ///< JSON text to trigger the workflows with; empty: the project has none
    };

    /// A workflow of the backend that the import would take away from another script.
    struct Takeover {
        std::string workflow;
        std::string from;
        std::string to;
    };

    /// `backend` is not owned. `esbuild`: path of the binary; see `findEsbuild`.
    ImportJob(Backend* backend, QString path, QString esbuild, QObject* parent = nullptr);
    ~ImportJob() override;

    void start();
    /// Stops before the next request; what was sent is wholly there or not at all. No answer but `cancelled`.
    void cancel();

    /// After `takesOver`: goes on with the upload. `cancel` leaves everything as it is.
    void proceed();

    const QString& path() const { return m_path; }
    /// Known once read.
    const WorkerProject& project() const { return m_project; }

  signals:
    /// `done` of `total` in units of the phase: bytes while uploading, workflows while declaring, else 0 of
    /// 0.
    void progress(stepwell::ImportJob::Phase phase, qint64 done, qint64 total);
    /// Nothing was sent yet: names of the project belong to other scripts. Waits for `proceed` or `cancel`.
    void takesOver(const std::vector<stepwell::ImportJob::Takeover>& taken);
    void finished(const stepwell::ImportJob::Result& result);
    /// Each with its place, or with the name of the workflow that was refused. When the script was uploaded
    /// but some workflow was not declared, the message says so.
    void failed(const std::vector<stepwell::Problem>& errors);
    void cancelled();

  private:
    void onRead(ReadProject read);
    void bundle();
    void onBundled(const Bundle& bundle);
    void checkOwners();
    void upload();
    void declareNext();
    void setCrons();
    void finish();
    void failWith(std::vector<Problem> errors);

    QPointer<Backend> m_backend;
    QString m_path;
    QString m_esbuild;
    WorkerProject m_project;
    std::unique_ptr<Bundler> m_bundler;
    Bundle m_bundle;
    std::vector<Problem> m_errors;
    Result m_result;
    std::size_t m_next = 0;
    bool m_asks = false;
    bool m_done = false;
};

/// The metadata part of the upload of a project.
std::string uploadMetadata(const WorkerProject& project, const std::string& mainModule);

}  // namespace stepwell
