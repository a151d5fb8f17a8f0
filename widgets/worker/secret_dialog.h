#pragma once

#include "models/backend.h"
#include "widgets/action_dialog.h"

#include <QStringList>

class QLineEdit;

namespace stepwell {

/// Adds a secret to a Worker, or replaces one. Its text is typed once, sent, and forgotten.
class SecretDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `name`: the secret to replace; empty: a new one, whose name is asked for. `known`: those it has.
    SecretDialog(Backend& backend, const std::string& worker, const QString& name, const QStringList& known,
                 QWidget* parent);

  signals:
    void saved(const QString& name);

  private:
    void validate();
    void send();

    Backend& backend_;
    std::string worker_;
    QStringList known_;
    QLineEdit* name_;
    QLabel* nameHint_;
    QLineEdit* text_;
};

}  // namespace stepwell
