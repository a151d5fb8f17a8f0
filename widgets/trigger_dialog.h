#pragma once

#include "models/backend.h"
#include "widgets/action_dialog.h"

#include <QStringList>

class QComboBox;
class QLabel;
class QLineEdit;

namespace stepwell {

class JsonEditor;

/// Starts an instance: workflow, id and parameters. It begins with the parameters
/// of the last trigger, else with those the project came with, else with those of the newest instance.
/// Closes when the backend took it; otherwise shows the backend's reason in place.
class TriggerDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `workflows` must not be empty; `chosen` is selected first when it is among them.
    TriggerDialog(Backend& backend, const QStringList& workflows, const QString& chosen, QWidget* parent);

  signals:
    void triggered(const QString& workflow, const QString& id);

  private:
    void chooseWorkflow(const QString& name);
    void offerNewest();
    void offer(const std::string& params);
    void drawId();
    void validate();
    void trigger();

    Backend& backend_;
    QString workflow_;
    QComboBox* workflows_ = nullptr;
    QLineEdit* id_;
    QLabel* idHint_;
    JsonEditor* params_;
};

}  // namespace stepwell
