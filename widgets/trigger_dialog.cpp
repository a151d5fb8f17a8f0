#include "widgets/trigger_dialog.h"

#include "models/api/identifiers.h"
#include "widgets/controls.h"
#include "widgets/json_editor.h"
#include "widgets/params_memory.h"

#include <nlohmann/json.hpp>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QUuid>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr auto replaceBroken = nlohmann::json::error_handler_t::replace;
const QString nothingYet = QStringLiteral("{\n  \n}");

}  // namespace

TriggerDialog::TriggerDialog(Backend& backend, const QStringList& workflows, const QString& chosen,
                             QWidget* parent)
    : ActionDialog(workflows.size() == 1 ? tr("Trigger %1").arg(workflows.front()) : tr("Trigger a workflow"),
                   tr("Trigger"), Look::main, parent)
    , backend_(backend)
    , id_(new QLineEdit)
    , idHint_(makeLabel(QString(), "small"))
    , params_(new JsonEditor) {
    setObjectName("triggerDialog");
    params_->setEmptyText(tr("Empty: it starts without parameters"));
    if (workflows.size() > 1) {
        workflows_ = new ComboBox;
        workflows_->addItems(workflows);
        workflows_->setAccessibleName(tr("Workflow"));
        workflows_->setCurrentText(chosen);
        auto* label = makeLabel(tr("Workflow"), "small");
        label->setBuddy(workflows_);
        body()->addWidget(label);
        body()->addWidget(workflows_);
        body()->addSpacing(4);
        connect(workflows_, &QComboBox::currentTextChanged, this, &TriggerDialog::chooseWorkflow);
    }
    id_->setProperty("kind", "mono");
    id_->setAccessibleName(tr("Instance id"));
    id_->setPlaceholderText(tr("Empty: the engine draws one"));
    id_->setMaxLength(100);
    auto* random = makeButton(tr("Random id"));
    connect(random, &QPushButton::clicked, this, &TriggerDialog::drawId);
    auto* idLabel = makeLabel(tr("Instance id"), "small");
    idLabel->setBuddy(id_);
    auto* idRow = new QHBoxLayout;
    idRow->setSpacing(8);
    idRow->addWidget(id_, 1);
    idRow->addWidget(random);
    auto* paramsLabel = makeLabel(tr("Parameters"), "small");
    paramsLabel->setBuddy(params_);
    body()->addWidget(idLabel);
    body()->addLayout(idRow);
    body()->addWidget(idHint_);
    body()->addWidget(paramsLabel);
    body()->addWidget(params_, 1);

    connect(id_, &QLineEdit::textChanged, this, &TriggerDialog::validate);
    connect(params_, &JsonEditor::validityChanged, this, &TriggerDialog::validate);
    connect(this, &ActionDialog::confirmed, this, &TriggerDialog::trigger);
    chooseWorkflow(workflows_ != nullptr ? workflows_->currentText() : workflows.value(0));
    resize(560, 440);
    params_->setFocus();
}

void TriggerDialog::chooseWorkflow(const QString& name) {
    workflow_ = name;
    const QString remembered = params::startFor(name);
    params_->setText(remembered.isEmpty() ? nothingYet : remembered);
    if (remembered.isEmpty()) offerNewest();
    validate();
}

// Somebody may have triggered it elsewhere: with wrangler, or from another machine.
void TriggerDialog::offerNewest() {
    InstanceListQuery newest;
    newest.workflow = workflow_.toStdString();
    newest.perPage = 1;
    backend_.instances(newest, this, [this, workflow = newest.workflow](api::Result<InstanceList> list) {
        if (!list || list->rows.empty() || workflow != workflow_.toStdString()) return;
        backend_.instance(workflow, list->rows.front().id, {}, this,
                          [this, workflow](api::Result<api::InstanceDetail> answer) {
                              if (answer && workflow == workflow_.toStdString()) offer(answer->params);
                          });
    });
}

void TriggerDialog::offer(const std::string& params) {
    const bool untouched = params_->text() == nothingYet;
    if (!untouched || params.size() > params::largest) return;
    const auto document = nlohmann::ordered_json::parse(params, nullptr, false);
    if (!document.is_discarded() && !document.empty())
        params_->setText(QString::fromStdString(document.dump(2, ' ', false, replaceBroken)));
}

void TriggerDialog::drawId() {
    id_->setText(QUuid::createUuid().toString(QUuid::WithoutBraces));
}

void TriggerDialog::validate() {
    const bool idFine = id_->text().isEmpty() || api::isNewInstanceId(id_->text().toStdString());
    setLook(id_, "invalid", !idFine);
    setLook(idHint_, "kind", idFine ? "small" : "error");
    idHint_->setText(idFine
                         ? QString()
                         : tr("1 to 100 letters, digits, - and _, not starting with -; batch, terminate and "
                              "terminateAll are taken"));
    idHint_->setVisible(!idFine);
    verbButton()->setEnabled(idFine && params_->isValid() && !workflow_.isEmpty());
}

void TriggerDialog::trigger() {
    const QString params = params_->text();
    params::rememberTriggered(workflow_, params);
    setBusy(tr("Triggering…"));
    const QString workflow = workflow_;
    backend_.trigger(workflow.toStdString(), id_->text().toStdString(), params.trimmed().toStdString(), this,
                     [this, workflow](api::Result<std::string> answer) {
                         if (!answer) return showError(QString::fromStdString(answer.error().message));
                         emit triggered(workflow, QString::fromStdString(*answer));
                         accept();
                     });
}

}  // namespace stepwell
