#include "widgets/workflow_page.h"

#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/instances_page.h"
#include "widgets/settings_page.h"
#include "widgets/versions_page.h"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {
namespace {

QString versionText(const api::Workflow& workflow) {
    if (workflow.versionNumber == 0) return {};
    const QString number = QStringLiteral("v%1").arg(workflow.versionNumber);
    if (!workflow.modifiedOn) return number;
    return QObject::tr("%1 · deployed %2").arg(number, format::relative(*workflow.modifiedOn, format::now()));
}

}  // namespace

WorkflowPage::WorkflowPage(Backend& backend, QWidget* parent)
    : Page(parent)
    , title_(new ElidedLabel)
    , version_(makeLabel(QString(), "version"))
    , segments_(new QHBoxLayout)
    , group_(new QButtonGroup(this))
    , stack_(new QStackedWidget)
    , instances_(new InstancesPage(backend)) {
    title_->setProperty("kind", "title");
    version_->hide();
    segments_->setSpacing(0);
    addSection({}, tr("Instances"), instances_);
    addSection(QStringLiteral("versions"), tr("Versions"), new VersionsPage(backend));
    addSection(QStringLiteral("settings"), tr("Settings"), new SettingsPage(backend));
    auto* trigger = makeButton(tr("Trigger…"), "main");
    auto* removal = new QAction(tr("Delete workflow…"), this);
    connect(removal, &QAction::triggered, this, [this] { emit deletionRequested(workflow_); });
    gate(trigger, backend, Feature::triggerInstance);
    gate(removal, backend, Feature::deleteWorkflow);
    auto* worker = new QAction(tr("Open its Worker"), this);
    connect(worker, &QAction::triggered, this, [this] {
        if (summary_) emit placeChosen(placeOfWorker(QString::fromStdString(summary_->scriptName)));
    });
    gate(worker, backend, Feature::scripts);
    pageActions_ = {removal, worker};
    auto* menu = new QMenu(this);
    menu->setObjectName("workflowMenu");
    menu->addAction(worker);
    menu->addSeparator();
    menu->addAction(removal);
    auto* more = new Chip(tr("More"));
    more->setMenu(menu);
    more->setAccessibleDescription(tr("What can be done to the workflow"));
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title_);
    head->addWidget(version_, 0, Qt::AlignVCenter);
    head->addStretch(1);
    head->addLayout(segments_);
    head->addSpacing(8);
    head->addWidget(more);
    head->addWidget(trigger);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(stack_, 1);
    connect(trigger, &QPushButton::clicked, this, [this] { emit triggerRequested(workflow_); });
    connect(&minute_, &QTimer::timeout, this, [this] {
        if (summary_ && isVisible()) showSummary(*summary_);
    });
    minute_.start(std::chrono::seconds(20));
    connect(instances_, &InstancesPage::summaryLoaded, this, &WorkflowPage::showSummary);
}

void WorkflowPage::addSection(const QString& key, const QString& title, WorkflowSection* section) {
    auto* button = makeButton(title, "segment");
    button->setCheckable(true);
    group_->addButton(button);
    segments_->addWidget(button);
    stack_->addWidget(section);
    sections_.push_back({key, section, button});
    connect(button, &QPushButton::clicked, this, [this, key] { emit placeChosen({workflow_, {}, key}); });
}

void WorkflowPage::setPlace(const Place& place) {
    if (place.workflow != workflow_) {
        workflow_ = place.workflow;
        title_->setText(workflow_);
        title_->updateGeometry();
        version_->hide();
        summary_.reset();
    }
    instances_->setWorkflow(workflow_);  // also knows the version for the head
    // Coming back from one of them keeps what was narrowed since.
    if (const QString narrowed = workflow_ + QLatin1Char('?') + place.query;
        !place.query.isEmpty() && narrowed != std::exchange(narrowed_, narrowed))
        instances_->setFilter(filterFrom(place.query));
    for (const auto& section : sections_) {
        if (section.key != place.section) continue;
        section.widget->setWorkflow(workflow_);
        section.button->setChecked(true);
        stack_->setCurrentWidget(section.widget);
    }
}

WorkflowSection* WorkflowPage::current() const {
    return static_cast<WorkflowSection*>(stack_->currentWidget());
}

bool WorkflowPage::showsInstances() const {
    return stack_->currentWidget() == instances_;
}

void WorkflowPage::reload() {
    current()->reload();
}

void WorkflowPage::focusMain() {
    current()->focusMain();
}

bool WorkflowPage::hasUnsaved() const {
    return current()->hasUnsaved();
}

void WorkflowPage::saveEntered(std::function<void()> then) {
    current()->saveEntered(std::move(then));
}

void WorkflowPage::discardEntered() {
    current()->discardEntered();
}

void WorkflowPage::showSummary(const api::Workflow& workflow) {
    if (workflow_ != QString::fromStdString(workflow.name)) return;
    summary_ = workflow;
    const QString version = versionText(workflow);
    version_->setText(version);
    version_->setVisible(!version.isEmpty());
    if (workflow.modifiedOn) version_->setToolTip(format::fullStamp(*workflow.modifiedOn));
}

}  // namespace stepwell
