#pragma once

#include "widgets/action_dialog.h"
#include "widgets/backend_choice.h"

class QLineEdit;

namespace stepwell {

/// Asks for another backend: name, API URL, account and token. `chosen` carries them; the token is not kept
/// here.
class ConnectDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `start` fills the fields, for a saved backend whose token is missing.
    explicit ConnectDialog(const BackendChoice& start, QWidget* parent);

  signals:
    void chosen(const stepwell::BackendChoice& choice);

  private:
    BackendChoice choice() const;
    void validate();

    QLineEdit* name_;
    QLineEdit* api_;
    QLineEdit* account_;
    QLineEdit* token_;
    QLabel* hint_;
};

}  // namespace stepwell
