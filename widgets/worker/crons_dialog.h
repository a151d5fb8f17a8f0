#pragma once

#include "models/backend.h"
#include "widgets/action_dialog.h"

class QPlainTextEdit;

namespace stepwell {

/// The crons of a Worker, one a line, each with its next run beside it while they are edited.
class CronsDialog : public ActionDialog {
    Q_OBJECT
  public:
    CronsDialog(Backend& backend, const std::string& worker, const QStringList& crons, QWidget* parent);

  signals:
    void saved();

  private:
    QStringList entered() const;
    void validate();
    void send();

    Backend& backend_;
    std::string worker_;
    QStringList before_;
    QPlainTextEdit* text_;
    QLabel* verdict_;
};

}  // namespace stepwell
