#include "widgets/send_event_dialog.h"

#include "models/api/identifiers.h"
#include "widgets/controls.h"
#include "widgets/json_editor.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace stepwell {

SendEventDialog::SendEventDialog(Backend& backend, const std::string& workflow, const std::string& id,
                                 const QStringList& awaitedTypes, QWidget* parent)
    : ActionDialog(tr("Send an event to %1").arg(QString::fromStdString(id)), tr("Send event"), Look::main,
                   parent)
    , backend_(backend)
    , workflow_(workflow)
    , id_(id)
    , awaited_(awaitedTypes)
    , typeLabel_(makeLabel(QString(), "small"))
    , type_(new ComboBox)
    , payload_(new JsonEditor) {
    setObjectName("sendEventDialog");
    payload_->setEmptyText(tr("Empty: the event is sent without a payload"));
    type_->setEditable(true);
    type_->setInsertPolicy(QComboBox::NoInsert);
    type_->addItems(awaitedTypes);
    type_->setAccessibleName(tr("Event type"));
    type_->lineEdit()->setPlaceholderText(tr("for example approval"));
    typeLabel_->setBuddy(type_);
    auto* payloadLabel = makeLabel(tr("Payload"), "small");
    payloadLabel->setBuddy(payload_);
    body()->addWidget(typeLabel_);
    body()->addWidget(type_);
    body()->addSpacing(4);
    body()->addWidget(payloadLabel);
    body()->addWidget(payload_, 1);
    connect(type_, &QComboBox::editTextChanged, this, &SendEventDialog::validate);
    connect(type_->lineEdit(), &QLineEdit::returnPressed, verbButton(), &QPushButton::click);
    connect(payload_, &JsonEditor::validityChanged, this, &SendEventDialog::validate);
    connect(this, &ActionDialog::confirmed, this, &SendEventDialog::send);
    resize(520, 380);
    validate();
    type_->setFocus();
}

void SendEventDialog::validate() {
    const bool named = api::isEventType(type_->currentText().toStdString());
    setLook(type_->lineEdit(), "invalid", !named && !type_->currentText().isEmpty());
    typeLabel_->setText(awaited_.contains(type_->currentText()) ? tr("Event type · it waits for this one")
                        : named && !awaited_.isEmpty() ? tr("Event type · it does not wait for this one now")
                                                       : tr("Event type"));
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
