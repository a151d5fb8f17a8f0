#include "widgets/backends/backend_link.h"
#include "widgets/backends/support_gate.h"
#include "widgets/health_bar.h"
#include "widgets/import_dialog.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instance_actions.h"
#include "widgets/instances_page.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/rail.h"
#include "widgets/sites/deployment_page.h"
#include "widgets/sites/site_page.h"
#include "widgets/trigger_dialog.h"
#include "widgets/unsaved_dialog.h"
#include "widgets/worker/worker_deletion.h"
#include "widgets/worker/worker_page.h"
#include "widgets/workers_page.h"
#include "widgets/workflow_deletion.h"
#include "widgets/workflow_page.h"
#include "widgets/workflows_page.h"
#include "widgets/workspace.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QStackedWidget>

namespace stepwell {

QAction* Workspace::addNamed(const QString& text, const QKeySequence& key, std::function<void()> run,
                             const QString& detail, const QString& keywords, std::optional<Feature> needs) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setProperty("detail", detail);
    action->setProperty("keywords", keywords);  // what else the palette finds it by
    connect(action, &QAction::triggered, this, std::move(run));
    addAction(action);
    actions_.push_back(action);
    if (needs) needs_.emplace_back(action, *needs);
    return action;
}

void Workspace::makeActions() {
    addNamed(
        tr("Trigger a workflow…"), QKeySequence(Qt::CTRL | Qt::Key_T),
        [this] {
            const Place& here = navigator_.current();
            trigger(here.workflow.isEmpty() && workflows_ != nullptr ? workflows_->currentWorkflow()
                                                                     : here.workflow);
        },
        {}, tr("run start create new instance"), Feature::triggerInstance);
    addNamed(
        tr("Import a Worker project…"), QKeySequence(Qt::CTRL | Qt::Key_O), [this] { chooseImport(); }, {},
        tr("deploy upload open folder"), Feature::uploadScript);
    addNamed(
        tr("Deploy a site…"), QKeySequence(Qt::CTRL | Qt::Key_D),
        [this] { chooseSite(QFileDialog::Directory); }, {}, tr("upload folder publish pages"),
        Feature::siteUpload);
    addNamed(
        tr("Deploy a site from an archive…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D),
        [this] { chooseSite(QFileDialog::ExistingFiles); }, {}, tr("upload zip tar files publish pages"),
        Feature::siteUpload);
    addNamed(
        tr("Import an archive of a site…"), {}, [this] { importSite(); }, {},
        tr("project tar export restore move publish pages"), Feature::siteUpload);
    addNamed(tr("Import a single file…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] {
        auto* dialog = new QFileDialog(this, tr("Import a Worker"), {}, tr("Workers (*.js *.mjs *.ts)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, &Workspace::importPath);
        dialog->open();
    });
    for (const auto& sample : setup_.samples)
        addNamed(tr("Import the sample %1").arg(sample.title), {},
                 [this, path = sample.path] { importPath(path); });
    addNamed(
        tr("Workflows"), QKeySequence(Qt::CTRL | Qt::Key_1), [this] { navigator_.go({}); }, tr("Go to"));
    addNamed(
        tr("Workers"), QKeySequence(Qt::CTRL | Qt::Key_2), [this] { navigator_.go(placeOfWorker()); },
        tr("Go to"), tr("scripts secrets crons"), Feature::scripts);
    addNamed(
        tr("GraphQL explorer"), QKeySequence(Qt::CTRL | Qt::Key_G),
        [this] { navigator_.go(placeOfExplorer()); }, tr("Go to"), tr("query analytics metrics schema"),
        Feature::analytics);
    addNamed(
        tr("Analytics"), QKeySequence(Qt::CTRL | Qt::Key_4),
        [this] { navigator_.go(placeOfAnalytics(analyticsQuery_)); }, tr("Go to"),
        tr("charts metrics graphs statistics cost percentiles"), Feature::analytics);
    addNamed(
        tr("Tokens"), {}, [this] { navigator_.go(placeOfTokens()); }, tr("Go to"),
        tr("access permissions create revoke"), Feature::tokens);
    addNamed(
        tr("Audit log"), {}, [this] { navigator_.go(placeOfAudit()); }, tr("Go to"),
        tr("who changed what history"), Feature::audit);
    addNamed(tr("Back"), QKeySequence(Qt::ALT | Qt::Key_Left), [this] { navigator_.back(); });
    addNamed(tr("Forward"), QKeySequence(Qt::ALT | Qt::Key_Right), [this] { navigator_.forward(); });
    addNamed(tr("Up"), QKeySequence(Qt::ALT | Qt::Key_Up), [this] { navigator_.up(); });
    addNamed(
        tr("Reload"), QKeySequence(Qt::Key_F5), [this] { reload(); }, {}, tr("refresh update"));
    addNamed(tr("Copy link"), QKeySequence(Qt::CTRL | Qt::Key_L), [this] { copyLink(); });
}

QList<QAction*> Workspace::findableActions() const {
    QList<QAction*> all = actions_;
    const bool onWorkflow = workflow_ != nullptr && pages_->currentWidget() == workflow_;
    if (onWorkflow) all += workflow_->pageActions();
    if (onWorkflow && workflow_->showsInstances())
        all += workflow_->instances().verbs().actions() + workflow_->instances().bulkActions();
    if (worker_ != nullptr && pages_->currentWidget() == worker_) all += worker_->pageActions();
    if (site_ != nullptr && pages_->currentWidget() == site_) all += site_->pageActions();
    if (deployment_ != nullptr && pages_->currentWidget() == deployment_) all += deployment_->pageActions();
    if (instance_ != nullptr && pages_->currentWidget() == instance_)
        all += instance_->actions().actions() + instance_->pageActions();
    return all;
}

void Workspace::trigger(const QString& workflow) {
    if (backend_ == nullptr) return;
    if (!navigator_.current().workflow.isEmpty()) return openTriggerDialog({workflow}, workflow);
    QStringList names;
    for (const auto& known : workflows_->model().workflows())
        names.push_back(QString::fromStdString(known.name));
    if (names.isEmpty())
        return notices_->post(NoticeBar::Kind::warning,
                              tr("There is no workflow to trigger yet: import one first"));
    openTriggerDialog(names, workflow);
}

void Workspace::openTriggerDialog(const QStringList& workflows, const QString& chosen) {
    auto* dialog = new TriggerDialog(*backend_, workflows, chosen, this);
    connect(dialog, &TriggerDialog::triggered, this, [this](const QString& workflow, const QString& id) {
        notices_->post(NoticeBar::Kind::success, tr("%1 of %2 was triggered").arg(id, workflow));
        navigator_.go({workflow, id});
    });
    dialog->open();
}

void Workspace::chooseImport() {
    auto* dialog = new QFileDialog(this, tr("Import a Worker project"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setObjectName("importChooser");
    connect(dialog, &QFileDialog::fileSelected, this, &Workspace::importPath);
    dialog->open();
}

void Workspace::importPath(const QString& path) {
    if (backend_ == nullptr) {
        waitingImport_ = path;
        return;
    }
    if (const auto support = usable(*backend_, Feature::uploadScript); !support.available)
        return notices_->post(NoticeBar::Kind::warning, support.reason);
    auto* dialog = new ImportDialog(*backend_, path, setup_.esbuild, this);
    connect(dialog, &ImportDialog::imported, this, &Workspace::showImported);
    dialog->open();
    if (!spec().production) dialog->start();  // there the person presses the button first
}

void Workspace::showImported(const QStringList& workflows, const QString& script, int warnings) {
    workflows_->reload();
    navigator_.go(workflows.size() == 1 ? Place{workflows.front(), {}} : Place{});
    if (warnings > 0) return;  // the dialog stays open to show them
    notices_->post(NoticeBar::Kind::success,
                   workflows.size() == 1
                       ? tr("%1 was imported").arg(workflows.front())
                       : tr("%1 workflows were imported from %2").arg(workflows.size()).arg(script));
}

bool Workspace::mayLeave(std::function<void()> later) {
    auto* page = qobject_cast<Page*>(pages_->currentWidget());
    if (page == nullptr || !page->hasUnsaved()) return true;
    askAboutUnsaved(this, *page, std::move(later));
    return false;
}

void Workspace::deleteWorkflow(const QString& name) {
    if (backend_ == nullptr) return;
    askToDeleteWorkflow(*backend_, name, pages_->currentWidget(), [this, name] {
        workflows_->reload();
        if (navigator_.current().workflow != name) return;
        workflow_->discardEntered();  // for a workflow that is gone
        navigator_.go({});
    });
}

void Workspace::deleteWorker(const QString& name) {
    if (backend_ == nullptr) return;
    askToDeleteWorker(*backend_, name, pages_->currentWidget(), [this, name] {
        workers_->reload();
        workflows_->reload();
        if (navigator_.current().worker == name) navigator_.go(placeOfWorker());
    });
}

void Workspace::copyText(const QString& text, const QString& notice) {
    QApplication::clipboard()->setText(text);
    notices_->post(NoticeBar::Kind::success, notice);
}

void Workspace::copyLink() {
    copyText(linkTo(spec(), navigator_.current()), tr("Link copied"));
}

void Workspace::reload() {
    if (!mayLeave([this] { reload(); })) return;
    if (moved_ && !mayDisconnect([this] { reload(); })) return;
    if (moved_) return connectTo(BackendChoice(*moved_));
    health_->refresh();
    if (auto* page = qobject_cast<Page*>(pages_->currentWidget())) page->reload();
}

}  // namespace stepwell
