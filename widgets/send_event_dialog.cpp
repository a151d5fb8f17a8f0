#include "widgets/send_event_dialog.h"

#include "models/api/identifiers.h"
#include "widgets/controls.h"
#include "widgets/json_editor.h"

#include <QComboBox>
#include <QLineEdit>
#include <QVBoxLayout>

namespace stepwell {

SendEventDialog::SendEventDialog(Backend& backend, const std::string& workflow, const std::string& id,
                                 const QStringList& awaitedTypes, QWidget* parent)
    : ActionDialog(tr("Send an event to %1").arg(QString::fromStdString(id)), tr("Send event"), Look::main,
                   parent)
    , backend_(backend)
    , workflow_(workflow)
    , id_(id)
    , type_(new ComboBox)
    , payload_(new JsonEditor) {
    setObjectName("sendEventDialog");
    type_->setEditable(true);
    type_->addItems(awaitedTypes);
    type_->setAccessibleName(tr("Event type"));
    type_->lineEdit()->setPlaceholderText(tr("for example approval"));
    auto* typeLabel = makeLabel(
        awaitedTypes.isEmpty() ? tr("Event type") : tr("Event type · it waits for this one"), "small");
    typeLabel->setBuddy(type_);
    auto* payloadLabel = makeLabel(tr("Payload"), "small");
    payloadLabel->setBuddy(payload_);
    body()->addWidget(typeLabel);
    body()->addWidget(type_);
    body()->addSpacing(4);
    body()->addWidget(payloadLabel);
    body()->addWidget(payload_, 1);
    connect(type_, &QComboBox::editTextChanged, this, &SendEventDialog::validate);
    connect(payload_, &JsonEditor::validityChanged, this, &SendEventDialog::validate);
    connect(this, &ActionDialog::confirmed, this, &SendEventDialog::send);
    resize(520, 380);
    validate();
    type_->setFocus();
}

void SendEventDialog::validate() {
    const bool named = api::isEventType(type_->currentText().toStdString());
    setLook(type_->lineEdit(), "invalid", !named && !type_->currentText().isEmpty());
    verbButton()->setEnabled(named && payload_->isValid());
}

void SendEventDialog::send() {
    const QString type = type_->currentText();
    setBusy(tr("Sending…"));
    backend_.sendEvent(workflow_, id_, type.toStdString(), payload_->text().trimmed().toStdString(), this,
                       [this, type](api::Result<void> answer) {
                           if (!answer) return showError(QString::fromStdString(answer.error().message));
                           emit sent(type);
                           accept();
                       });
}

}  // namespace stepwell
