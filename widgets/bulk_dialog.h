#pragma once

#include "models/bulk_job.h"
#include "widgets/action_dialog.h"

#include <QTimer>

class QCheckBox;
class QLineEdit;
class QListView;
class QProgressBar;

namespace stepwell {

/// One verb on many instances: shows exactly which ones before anything happens, then the progress, and can
/// be stopped half-way. What failed is listed with its reason.
class BulkDialog : public ActionDialog {
    Q_OBJECT
  public:
    BulkDialog(Backend& backend, const QString& workflow, BulkJob::Verb verb, QWidget* parent);

    /// Those of the filter, or just these.
    void gather(const InstanceFilter& filter);
    /// `chosen`: how many there were before those whose status does not take the verb were left out.
    void take(const QStringList& ids, std::size_t chosen);
    const BulkJob& job() const { return *job_; }
    /// "3 of 41 · 20 a second · 2 s left"
    QString progressText() const;

    void reject() override;

  signals:
    /// Something was done: lists are out of date. Comes when the dialog closes.
    void worked();

  private:
    void show(BulkJob::Phase phase);
    void showReady();
    void askForCount(std::size_t count);
    void showWorking();
    void showOver();
    void update();

    QString workflow_;
    std::size_t leftOut_ = 0;
    BulkJob* job_;
    QLabel* text_;
    QLabel* progress_;
    QProgressBar* bar_;
    QListView* list_;
    QCheckBox* rollBack_;
    QLabel* countLabel_;
    QLineEdit* count_;  ///< to be typed before many are deleted
    QPushButton* copy_;
    BulkJob::Phase shown_ = BulkJob::Phase::gathering;
    QTimer repaint_;
};

/// "Pause", "Terminate", ...
QString bulkVerbWord(BulkJob::Verb verb);

}  // namespace stepwell
