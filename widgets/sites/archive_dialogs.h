#pragma once

#include "models/deploy/site_archive_job.h"
#include "widgets/action_dialog.h"

class QLineEdit;
class QProgressBar;

namespace stepwell {

/// How far an archive is on its way, with the job that moves it. Esc stops what is under way, then closes.
class ArchiveDialog : public ActionDialog {
    Q_OBJECT
  public:
    void reject() override;

  protected:
    ArchiveDialog(const site::SiteAddress& address, const QString& title, const QString& verb,
                  QWidget* parent);
    SiteArchiveJob& job() { return job_; }
    /// Adds the line and the bar below what the body has.
    void addProgress();
    /// `moving`: "Writing"; `waiting`: what the other side does before and after bytes move.
    void showBusy(const QString& moving, const QString& waiting);

  private:
    void showProgress();
    void showIdle();

    SiteArchiveJob job_;
    QString moving_;
    QString waiting_;
    QLabel* words_;
    QProgressBar* bar_;
};

/// Writes a project to a file. Starts when it is opened.
class SiteExportDialog : public ArchiveDialog {
    Q_OBJECT
  public:
    SiteExportDialog(const site::SiteAddress& address, const QString& project, const QString& file,
                     QWidget* parent);
    void start();

  signals:
    void exported(qint64 bytes);

  private:
    QString project_;
    QString file_;
};

/// Makes a project of a file, under the name it has there or another one.
class SiteImportDialog : public ArchiveDialog {
    Q_OBJECT
  public:
    SiteImportDialog(const site::SiteAddress& address, const QString& file, QWidget* parent);

  signals:
    void imported(const QString& project);

  private:
    void validate();

    QString file_;
    QLineEdit* name_;
    QLabel* hint_;
};

}  // namespace stepwell
