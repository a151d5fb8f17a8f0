#pragma once

#include "models/import/import_job.h"
#include "widgets/action_dialog.h"

class QProgressBar;

namespace stepwell {

class ElidedLabel;

/// Imports a Worker project into a backend: says the phase and its progress, can be stopped, and shows what
/// is wrong in place with file, line and column, to fix and try again.
class ImportDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `backend` must outlive the dialog.
    ImportDialog(Backend& backend, const QString& path, const QString& esbuild, QWidget* parent);

    /// Starts over; the verb button does the same.
    void start();
    QStringList problems() const;

  signals:
    void imported(const QStringList& workflows, const QString& script, int warnings);

  private:
    void showProgress(ImportJob::Phase phase, qint64 done, qint64 total);
    void showProblems(const std::vector<Problem>& problems);
    void showWarnings(const ImportJob::Result& result);
    void showList(const std::vector<Problem>& problems, const char* kind);
    void clearProblems();
    void askToTake(const std::vector<ImportJob::Takeover>& taken);
    void leaveAsItIs();
    QWidget* problemRow(const Problem& problem, const char* textKind) const;

    Backend& backend_;
    QString path_;
    QString esbuild_;
    ImportJob* job_ = nullptr;  // owned by this
    ElidedLabel* where_;
    QLabel* phase_;
    QProgressBar* bar_;
    QWidget* list_;
    QVBoxLayout* rows_;
    QStringList shown_;
};

}  // namespace stepwell
