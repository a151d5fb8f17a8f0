#pragma once

#include "models/import/problem.h"

#include <QObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>

#include <chrono>
#include <memory>
#include <vector>

namespace stepwell {

/// One run of esbuild: it reads files of a project and writes into a folder of its own, and none of the code
/// is run. GUI thread; destruction ends the process.
class EsbuildRun : public QObject {
    Q_OBJECT
  public:
    /// `esbuild`: path of the binary; see `findEsbuild`.
    explicit EsbuildRun(QString esbuild, QObject* parent = nullptr);
    ~EsbuildRun() override;

    /// The folder for what it writes, as long as this lives; empty when there is none, which `start` reports.
    QString outFolder() const;
    /// Ends in exactly one of `finished` and `failed`, not within the call, unless cancelled. Once per
    /// object. Files in problems are named from `folder`.
    void start(const QString& folder, const QStringList& arguments);
    /// No signal comes afterwards.
    void cancel();

    /// After 60 s it is stopped and fails.
    static constexpr std::chrono::seconds timeLimit{60};
    /// What every run has in common.
    static QStringList commonArguments();

  signals:
    void finished(const std::vector<stepwell::Problem>& warnings);
    void failed(const std::vector<stepwell::Problem>& errors);

  private:
    void onExit(int code, QProcess::ExitStatus status);
    void failWith(std::vector<Problem> errors);

    QString m_esbuild;
    QTemporaryDir m_out;
    QProcess m_process;
    QTimer m_limit;
    bool m_done = false;
};

}  // namespace stepwell
