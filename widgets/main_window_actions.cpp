#include "widgets/appearance.h"
#include "widgets/command_palette.h"
#include "widgets/connect_dialog.h"
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
#include "widgets/theme.h"
#include "widgets/trigger_dialog.h"
#include "widgets/unsaved_dialog.h"
#include "widgets/worker/worker_deletion.h"
#include "widgets/worker/worker_page.h"
#include "widgets/workers_page.h"
#include "widgets/workflow_deletion.h"
#include "widgets/workflow_page.h"
#include "widgets/workflows_page.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QMenu>
#include <QStackedWidget>

namespace stepwell {

QAction* MainWindow::addNamed(const QString& text, const QKeySequence& key, std::function<void()> run,
                              const QString& detail, const QString& keywords) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setProperty("detail", detail);
    action->setProperty("keywords", keywords);  // what else the palette finds it by
    connect(action, &QAction::triggered, this, std::move(run));
    addAction(action);
    actions_.push_back(action);
    return action;
}

void MainWindow::makeActions() {
    auto* find =
        addNamed(tr("Find anything"), QKeySequence(Qt::CTRL | Qt::Key_K), [this] { palette_->openSheet(); });
    actions_.removeOne(find);  // the palette need not find itself
    addNamed(
        tr("Trigger a workflow…"), QKeySequence(Qt::CTRL | Qt::Key_T),
        [this] {
            const Place& here = navigator_.current();
            trigger(here.workflow.isEmpty() && workflows_ != nullptr ? workflows_->currentWorkflow()
                                                                     : here.workflow);
        },
        {}, tr("run start create new instance"));
    addNamed(
        tr("Import a Worker project…"), QKeySequence(Qt::CTRL | Qt::Key_O), [this] { chooseImport(); }, {},
        tr("deploy upload open folder"));
    addNamed(
        tr("Deploy a site…"), QKeySequence(Qt::CTRL | Qt::Key_D),
        [this] { chooseSite(QFileDialog::Directory); }, {}, tr("upload folder publish pages"));
    addNamed(
        tr("Deploy a site from an archive…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D),
        [this] { chooseSite(QFileDialog::ExistingFiles); }, {}, tr("upload zip tar files publish pages"));
    addNamed(
        tr("Import an archive of a site…"), {}, [this] { importSite(); }, {},
        tr("project tar export restore move publish pages"));
    addNamed(tr("Import a single file…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] {
        auto* dialog = new QFileDialog(this, tr("Import a Worker"), {}, tr("Workers (*.js *.mjs *.ts)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::importPath);
        dialog->open();
    });
    for (const auto& sample : setup_.samples)
        addNamed(tr("Import the sample %1").arg(sample.title), {},
                 [this, path = sample.path] { importPath(path); });
    addNamed(
        tr("Workflows"), QKeySequence(Qt::CTRL | Qt::Key_1), [this] { navigator_.go({}); }, tr("Go to"));
    addNamed(
        tr("Workers"), QKeySequence(Qt::CTRL | Qt::Key_2), [this] { navigator_.go(placeOfWorker()); },
        tr("Go to"), tr("scripts secrets crons"));
    addNamed(
        tr("GraphQL explorer"), QKeySequence(Qt::CTRL | Qt::Key_G),
        [this] { navigator_.go(placeOfExplorer()); }, tr("Go to"), tr("query analytics metrics schema"));
    addNamed(
        tr("Analytics"), QKeySequence(Qt::CTRL | Qt::Key_4),
        [this] { navigator_.go(placeOfAnalytics(analyticsQuery_)); }, tr("Go to"),
        tr("charts metrics graphs statistics cost percentiles"));
    addNamed(tr("Back"), QKeySequence(Qt::ALT | Qt::Key_Left), [this] { navigator_.back(); });
    addNamed(tr("Forward"), QKeySequence(Qt::ALT | Qt::Key_Right), [this] { navigator_.forward(); });
    addNamed(tr("Up"), QKeySequence(Qt::ALT | Qt::Key_Up), [this] { navigator_.up(); });
    addNamed(
        tr("Reload"), QKeySequence(Qt::Key_F5), [this] { reload(); }, {}, tr("refresh update"));
    addNamed(tr("Copy link"), QKeySequence(Qt::CTRL | Qt::Key_L), [this] { copyLink(); });
    addNamed(tr("Open link from clipboard"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L),
             [this] { openLink(); });
    addNamed(
        tr("Connect to another backend…"), {}, [this] { askForBackend({}); }, {},
        tr("server account cloudflare token login switch"));
    const auto addLook = [this](const QString& text, Theme::Mode mode) {
        addNamed(
            text, {}, [mode] { chooseAppearance(mode); }, {},
            tr("theme color colour mode night day bright dark light"));
    };
    addLook(tr("Appearance: follow the system"), Theme::Mode::system);
    addLook(tr("Appearance: light"), Theme::Mode::light);
    addLook(tr("Appearance: dark"), Theme::Mode::dark);
    addNamed(
        tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); }, {}, tr("exit close"));
}

QList<QAction*> MainWindow::findableActions() const {
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

void MainWindow::trigger(const QString& workflow) {
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

void MainWindow::openTriggerDialog(const QStringList& workflows, const QString& chosen) {
    auto* dialog = new TriggerDialog(*backend_, workflows, chosen, this);
    connect(dialog, &TriggerDialog::triggered, this, [this](const QString& workflow, const QString& id) {
        notices_->post(NoticeBar::Kind::success, tr("%1 of %2 was triggered").arg(id, workflow));
        navigator_.go({workflow, id});
    });
    dialog->open();
}

void MainWindow::chooseImport() {
    auto* dialog = new QFileDialog(this, tr("Import a Worker project"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setObjectName("importChooser");
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::importPath);
    dialog->open();
}

void MainWindow::importPath(const QString& path) {
    if (backend_ == nullptr) {
        waitingImport_ = path;
        return;
    }
    auto* dialog = new ImportDialog(*backend_, path, setup_.esbuild, this);
    connect(dialog, &ImportDialog::imported, this, &MainWindow::showImported);
    dialog->open();
    if (!choice_.isProduction()) dialog->start();  // there the person presses the button first
}

void MainWindow::showImported(const QStringList& workflows, const QString& script, int warnings) {
    workflows_->reload();
    navigator_.go(workflows.size() == 1 ? Place{workflows.front(), {}} : Place{});
    if (warnings > 0) return;  // the dialog stays open to show them
    notices_->post(NoticeBar::Kind::success,
                   workflows.size() == 1
                       ? tr("%1 was imported").arg(workflows.front())
                       : tr("%1 workflows were imported from %2").arg(workflows.size()).arg(script));
}

bool MainWindow::mayLeave(std::function<void()> later) {
    auto* page = qobject_cast<Page*>(pages_->currentWidget());
    if (page == nullptr || !page->hasUnsaved()) return true;
    askAboutUnsaved(this, *page, std::move(later));
    return false;
}

void MainWindow::deleteWorkflow(const QString& name) {
    if (backend_ == nullptr) return;
    askToDeleteWorkflow(*backend_, name, pages_->currentWidget(), [this, name] {
        workflows_->reload();
        if (navigator_.current().workflow != name) return;
        workflow_->discardEntered();  // for a workflow that is gone
        navigator_.go({});
    });
}

void MainWindow::deleteWorker(const QString& name) {
    if (backend_ == nullptr) return;
    askToDeleteWorker(*backend_, name, pages_->currentWidget(), [this, name] {
        workers_->reload();
        workflows_->reload();
        if (navigator_.current().worker == name) navigator_.go(placeOfWorker());
    });
}

void MainWindow::copyText(const QString& text, const QString& notice) {
    QApplication::clipboard()->setText(text);
    notices_->post(NoticeBar::Kind::success, notice);
}

void MainWindow::copyLink() {
    copyText(linkOf(navigator_.current()), tr("Link copied"));
}

void MainWindow::openLink() {
    const QString link = QApplication::clipboard()->text().left(2000);
    if (!navigator_.open(link))
        notices_->post(NoticeBar::Kind::warning, tr("The clipboard holds no stepwell:// link"));
}

void MainWindow::reload() {
    if (!mayLeave([this] { reload(); })) return;
    if (localMoved_ && !mayDisconnect([this] { reload(); })) return;
    if (localMoved_) return connectTo(local_);
    health_->refresh();
    if (auto* page = qobject_cast<Page*>(pages_->currentWidget())) page->reload();
}

void MainWindow::showSwitcherMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("backendMenu");
    const auto add = [&](const QString& text, bool current, std::function<void()> run) {
        auto* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(current);
        connect(action, &QAction::triggered, this, [this, run = std::move(run)] {
            if (mayLeave(run) && mayDisconnect(run)) run();
        });
    };
    if (!local_.name.isEmpty()) add(local_.name, choice_.name == local_.name, [this] { connectTo(local_); });
    for (const auto& saved : store_.saved())
        add(saved.isProduction() ? tr("%1 · production").arg(saved.name) : saved.name,
            choice_.name == saved.name, [this, saved] { connectToSaved(saved); });
    menu->addSeparator();
    connect(menu->addAction(tr("Connect to another backend…")), &QAction::triggered, this,
            [this] { askForBackend({}); });
    menu->addSeparator();
    auto* looks = menu->addMenu(tr("Appearance"));
    auto* group = new QActionGroup(looks);
    auto& theme = Theme::get();
    const auto addLook = [&](const QString& text, Theme::Mode mode) {
        auto* action = looks->addAction(text);
        action->setCheckable(true);
        action->setChecked(theme.mode() == mode);
        group->addAction(action);
        connect(action, &QAction::triggered, &theme, [mode] { chooseAppearance(mode); });
    };
    addLook(tr("Follow the system"), Theme::Mode::system);
    addLook(tr("Light"), Theme::Mode::light);
    addLook(tr("Dark"), Theme::Mode::dark);
    menu->popup(at);
}

void MainWindow::askForBackend(const BackendChoice& start) {
    auto* dialog = new ConnectDialog(start, this);
    connect(dialog, &ConnectDialog::chosen, this, [this](const BackendChoice& choice) {
        store_.save(choice, [this](const QString& error) {
            if (!error.isEmpty())
                notices_->post(NoticeBar::Kind::warning,
                               tr("Connected, but the token was not kept for next time: %1").arg(error));
        });
        connectTo(choice);
    });
    dialog->open();
}

void MainWindow::connectToSaved(const BackendChoice& saved) {
    store_.token(saved.name, [this, saved](const QString& token, const QString& error) {
        BackendChoice choice = saved;
        choice.token = token;
        if (!error.isEmpty() || token.isEmpty()) return askForBackend(choice);
        connectTo(choice);
    });
}

}  // namespace stepwell
