#include "widgets/between/reproduce_dialog.h"

#include "models/api/identifiers.h"
#include "models/between/reproducer.h"
#include "models/visible_text.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/json_editor.h"
#include "widgets/list_cut.h"

#include <nlohmann/json.hpp>

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

constexpr int mostSteps = 10'000;  // the engine takes no more
constexpr std::size_t longestTidied = 256 * 1024;

/// How many can be taken over if every output that was cut is told whole.
between::Recordable mostOf(const api::InstanceDetail& detail) {
    std::vector<std::pair<int, std::string>> whole;
    for (const auto index : between::cutOutputs(detail, mostSteps))
        whole.emplace_back(index, R"({"type":"a","timestamp":""})");
    auto most = between::recordableSteps(detail, whole);
    if (most.steps > mostSteps) most = {mostSteps, QObject::tr("10,000 are the most").toStdString()};
    return most;
}

QString tidied(const std::string& json) {
    if (json.size() > longestTidied) return QString::fromStdString(json);
    const auto value = nlohmann::ordered_json::parse(json, nullptr, false);
    if (value.is_discarded()) return QString::fromStdString(json);
    return QString::fromStdString(value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

ReproduceDialog::ReproduceDialog(const InstanceName& source, const QString& sourceName,
                                 std::shared_ptr<const api::InstanceDetail> detail, Backend& target,
                                 int steps, QWidget* parent)
    : ActionDialog(tr("Run %1 again on this machine").arg(source.id), tr("Run"), Look::main, parent)
    , source_(source)
    , sourceName_(sourceName)
    , detail_(std::move(detail))
    , target_(&target)
    , most_(mostOf(*detail_))
    , workflows_(new ComboBox)
    , versions_(new ComboBox)
    , cut_(makeLabel({}, "small"))
    , steps_(new QSpinBox)
    , stepsNote_(makeLabel({}, "small"))
    , id_(new QLineEdit)
    , params_(new JsonEditor) {
    setObjectName("reproduceDialog");
    setSubtitle(tr("%1 on %2").arg(source.workflow, sourceName));
    buildForm(steps);
    connect(workflows_, &QComboBox::currentIndexChanged, this, &ReproduceDialog::listVersions);
    connect(steps_, &QSpinBox::valueChanged, this, &ReproduceDialog::showSteps);
    connect(id_, &QLineEdit::textChanged, this, &ReproduceDialog::validate);
    connect(params_, &JsonEditor::validityChanged, this, &ReproduceDialog::validate);
    connect(this, &ActionDialog::confirmed, this, &ReproduceDialog::start);
    showSteps();
    validate();
    resize(600, 520);
    listWorkflows();
    steps_->setFocus();
}

void ReproduceDialog::buildForm(int steps) {
    workflows_->setAccessibleName(tr("Workflow on this machine"));
    versions_->setAccessibleName(tr("Version"));
    steps_->setAccessibleName(tr("Steps to take over"));
    steps_->setRange(0, most_.steps);
    steps_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    steps_->setFixedWidth(84);
    steps_->setValue(std::min(steps, most_.steps));
    id_->setAccessibleName(tr("Instance id"));
    id_->setProperty("kind", "mono");
    id_->setMaxLength(100);
    id_->setPlaceholderText(tr("Empty: the engine draws one"));
    stepsNote_->setWordWrap(true);
    cut_->setObjectName("reproduceCut");
    cut_->setWordWrap(true);
    cut_->hide();
    params_->setText(tidied(detail_->params));
    auto* none = makeButton(tr("None"));
    auto* most = makeButton(tr("All that can be"));
    most->setEnabled(most_.steps > 0);
    connect(none, &QPushButton::clicked, this, [this] { steps_->setValue(0); });
    connect(most, &QPushButton::clicked, this, [this] { steps_->setValue(most_.steps); });
    const auto all = static_cast<std::int64_t>(detail_->steps.size());
    auto* take = new QHBoxLayout;
    take->setSpacing(8);
    take->addWidget(steps_);
    take->addWidget(
        makeLabel(all == 1 ? tr("of 1 step") : tr("of %1 steps").arg(format::number(all)), "mute"));
    take->addStretch(1);
    take->addWidget(none);
    take->addWidget(most);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(makeLabel(tr("Workflow"), "mute"), workflows_);
    form->addRow(makeLabel(tr("Version"), "mute"), versions_);
    form->addRow({}, cut_);
    form->addRow(makeLabel(tr("Take over the first"), "mute"), take);
    form->addRow({}, stepsNote_);
    form->addRow(makeLabel(tr("Instance id"), "mute"), id_);
    body()->addLayout(form);
    body()->addWidget(makeLabel(tr("Parameters"), "small"));
    body()->addWidget(params_, 1);
}

void ReproduceDialog::listWorkflows() {
    if (target_ == nullptr) return;
    target_->workflows(this,
                       [this](api::Result<std::vector<api::Workflow>> answer) { takeWorkflows(answer); });
}

void ReproduceDialog::takeWorkflows(const api::Result<std::vector<api::Workflow>>& answer) {
    if (!answer) return showError(QString::fromStdString(answer.error().message));
    workflows_->clear();
    for (const auto& workflow : *answer)
        workflows_->addItem(QString::fromStdString(workflow.name));
    const int same = workflows_->findText(source_.workflow);
    if (workflows_->count() == 0)
        showError(tr("This machine has no workflow: import the Worker that defines %1 first.")
                      .arg(source_.workflow));
    else if (same < 0)
        setNote((target_ != nullptr && target_->listCut(PagedList::workflows)
                     ? tr("%1 is not among those listed: choose what takes its place")
                     : tr("There is no %1 here: choose what takes its place"))
                    .arg(source_.workflow));
    showCut();
    // None is as good as another: whoever runs it chooses.
    workflows_->setCurrentIndex(same);
    validate();
}

void ReproduceDialog::listVersions() {
    versionsCut_.clear();
    versions_->clear();
    versions_->addItem(tr("Latest"), QString());
    if (target_ == nullptr || workflows_->currentText().isEmpty()) return;
    const QString workflow = workflows_->currentText();
    target_->versions(
        workflow.toStdString(), this, [this, workflow](api::Result<std::vector<api::Version>> answer) {
            if (!answer || workflow != workflows_->currentText()) return;
            for (const auto& version : *answer) {
                QString text = version.number > 0 ? QStringLiteral("v%1").arg(version.number)
                                                  : QString::fromStdString(version.id).left(8);
                if (version.createdOn)
                    text += QStringLiteral(" · ") + format::relative(*version.createdOn, format::now());
                const bool same = version.id == detail_->versionId;
                if (same) text += QStringLiteral(" · ") + tr("that it ran under");
                versions_->addItem(text, QString::fromStdString(version.id));
                if (same) versions_->setCurrentIndex(versions_->count() - 1);
            }
            versionsCut_ = target_ != nullptr
                               ? cutSentence(tr("versions"), target_->listCut(PagedList::versions))
                               : QString();
            showCut();
        });
    validate();
}

void ReproduceDialog::showCut() {
    QStringList sentences;
    if (target_ != nullptr) sentences << cutSentence(tr("workflows"), target_->listCut(PagedList::workflows));
    sentences << versionsCut_;
    sentences.removeAll(QString());
    cut_->setText(sentences.join(QLatin1Char(' ')));
    cut_->setVisible(!sentences.isEmpty());
}

void ReproduceDialog::showSteps() {
    const int steps = steps_->value();
    const auto name = [this](int at) {
        return visibleText(QString::fromStdString(detail_->steps[static_cast<std::size_t>(at)].name));
    };
    const int all = static_cast<int>(detail_->steps.size());
    QString text = steps < all ? tr("%1 is the first to run.").arg(name(steps))
                   : all == 0  ? tr("It has no steps.")
                               : tr("Whatever follows %1 runs.").arg(name(all - 1));
    if (!most_.reason.empty())
        text += QLatin1Char(' ') + tr("No more than %1 can be taken over: %2.")
                                       .arg(most_.steps)
                                       .arg(visibleText(QString::fromStdString(most_.reason)));
    stepsNote_->setText(text);
}

void ReproduceDialog::validate() {
    const bool idFine = id_->text().isEmpty() || api::isNewInstanceId(id_->text().toStdString());
    setLook(id_, "invalid", !idFine);
    id_->setToolTip(idFine ? QString() : tr("1 to 100 letters, digits, - and _, not starting with -"));
    verbButton()->setEnabled(idFine && params_->isValid() && !workflows_->currentText().isEmpty());
}

void ReproduceDialog::start() {
    setBusy(tr("Starting…"));
    askForWhole(between::cutOutputs(*detail_, steps_->value()), {});
}

const api::Step* ReproduceDialog::stepOf(int index) const {
    for (const auto& step : detail_->steps)
        if (step.index == index) return &step;
    return nullptr;
}

/// One after the other: an instance may have thousands of them, and a backend has limits.
void ReproduceDialog::askForWhole(std::vector<int> open, Whole whole) {
    if (open.empty()) return send(whole);
    const auto* step = stepOf(open.back());
    if (source_.backend == nullptr || step == nullptr)
        return showError(tr("The backend that the instance is on is not open any more."));
    const int index = open.back();
    open.pop_back();
    source_.backend->stepOutput(source_.workflow.toStdString(), source_.id.toStdString(), step->name,
                                step->kind, this,
                                [this, open = std::move(open), whole = std::move(whole),
                                 index](api::Result<std::string> answer) mutable {
                                    if (!answer)
                                        return showError(QString::fromStdString(answer.error().message));
                                    whole.emplace_back(index, std::move(*answer));
                                    askForWhole(std::move(open), std::move(whole));
                                });
}

void ReproduceDialog::send(const Whole& whole) {
    const auto possible = between::recordableSteps(*detail_, whole);
    if (possible.steps < steps_->value()) {
        steps_->setValue(possible.steps);
        return showError(tr("Only %1 can be taken over: %2.")
                             .arg(possible.steps)
                             .arg(visibleText(QString::fromStdString(possible.reason))));
    }
    auto* target = dynamic_cast<between::Reproducer*>(target_.data());
    if (target == nullptr) return showError(tr("The engine of this machine is not there any more."));
    between::Reproduction reproduction;
    reproduction.workflow = workflows_->currentText().toStdString();
    reproduction.instanceId = id_->text().toStdString();
    reproduction.paramsJson = params_->text().trimmed().toStdString();
    reproduction.versionId = versions_->currentData().toString().toStdString();
    reproduction.origin =
        tr("%1 of %2 on %3").arg(source_.id, source_.workflow, sourceName_).left(100).toStdString();
    reproduction.steps = steps_->value();
    reproduction.stepsJson = between::recordedSteps(*detail_, reproduction.steps, whole);
    target->reproduce(reproduction, this,
                      [this, workflow = workflows_->currentText()](api::Result<std::string> answer) {
                          if (!answer) return showError(QString::fromStdString(answer.error().message));
                          emit reproduced(workflow, QString::fromStdString(*answer));
                          accept();
                      });
}

}  // namespace stepwell
