#pragma once

#include "models/backend.h"
#include "widgets/action_dialog.h"

#include <QStringList>

class QComboBox;
class QLabel;

namespace stepwell {

class JsonEditor;

/// Sends an event to one instance. Closes when the backend took it; otherwise shows the backend's reason in
/// place.
class SendEventDialog : public ActionDialog {
    Q_OBJECT
  public:
    SendEventDialog(Backend& backend, const std::string& workflow, const std::string& id,
                    const QStringList& awaitedTypes, QWidget* parent);

  signals:
    void sent(const QString& type);

  private:
    void send();
    void validate();

    Backend& backend_;
    std::string workflow_;
    std::string id_;
    QStringList awaited_;
    QLabel* typeLabel_;
    QComboBox* type_;
    JsonEditor* payload_;
};

}  // namespace stepwell
