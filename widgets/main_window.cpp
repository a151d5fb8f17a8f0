#include "widgets/main_window.h"

#include "widgets/action_dialog.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/explorer_page.h"
#include "widgets/command_palette.h"
#include "widgets/controls.h"
#include "widgets/drop_overlay.h"
#include "widgets/health_bar.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instances_page.h"
#include "widgets/notice_bar.h"
#include "widgets/palette_search.h"
#include "widgets/rail.h"
#include "widgets/top_bar.h"
#include "widgets/worker/worker_page.h"
#include "widgets/workers_page.h"
#include "widgets/workflow_page.h"
#include "widgets/workflows_page.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

const QString placeKey = QStringLiteral("window/place");
const QString workflowsKey = QStringLiteral("workflows");
const QString workersKey = QStringLiteral("workers");
const QString sitesKey = QStringLiteral("sites");
const QString analyticsKey = QStringLiteral("analytics");

QString railKey(Area area) {
    switch (area) {
    case Area::workers:
        return workersKey;
    case Area::sites:
        return sitesKey;
    case Area::analytics:
    case Area::explorer:
        return analyticsKey;
    case Area::workflows:
        break;
    }
    return workflowsKey;
}

}  // namespace

MainWindow::MainWindow(WindowSetup setup, QWidget* parent)
    : QMainWindow(parent)
    , setup_(std::move(setup))
    , rail_(new Rail)
    , health_(new HealthBar)
    , pages_(new QStackedWidget)
    , missing_(new EmptyState)
    , overlay_(new DropOverlay(this))
    , search_(new PaletteSearch([this](const Place& place) { navigator_.go(place); }, this)) {
    Theme::get();
    setAcceptDrops(true);
    setMinimumSize(800, 520);
    layOut();
    palette_ = new CommandPalette(
        this, [this](const QString& text) { return search_->find(findableActions(), text); });
    makeActions();
    connect(palette_, &CommandPalette::searchRequested, search_, &PaletteSearch::ask);
    connect(search_, &PaletteSearch::learned, palette_, &CommandPalette::refresh);
    connect(palette_, &CommandPalette::putAway, this, &MainWindow::returnFocus);
    connect(&navigator_, &Navigator::changed, this, &MainWindow::showPlace);
    navigator_.setGuard([this](std::function<void()> later) { return mayLeave(std::move(later)); });
    connect(rail_, &Rail::chosen, this, [this](const QString& key) {
        navigator_.go(key == workersKey     ? placeOfWorker()
                      : key == sitesKey     ? placeOfSite()
                      : key == analyticsKey ? placeOfAnalytics(analyticsQuery_)
                                            : Place{});
    });
    connect(rail_->switcher(), &BackendSwitcher::menuRequested, this, &MainWindow::showSwitcherMenu);
    connect(health_, &HealthBar::reachableChanged, this, &MainWindow::markBackend);
    connect(missing_, &EmptyState::actionRequested, this, &MainWindow::localRetryRequested);
    rail_->switcher()->setCurrent(tr("This machine"), BackendSwitcher::Mark::ordinary);
    showMissingBackend({});
    retitle();
    const QRect room = screen()->availableGeometry();
    resize(QSize(1440, 900).boundedTo(room.size()));
    restoreGeometry(QSettings().value(QStringLiteral("window/geometry")).toByteArray());
}

MainWindow::~MainWindow() {
    navigator_.disconnect(this);
    navigator_.setGuard({});
    health_->setBackend(nullptr);
    search_->setBackend(nullptr);
    dropPages();
}

void MainWindow::layOut() {
    rail_->addEntry(workflowsKey, Glyph::workflows, tr("Workflows"));
    rail_->addEntry(workersKey, Glyph::workers, tr("Workers"));
    rail_->addEntry(sitesKey, Glyph::sites, tr("Sites"));
    rail_->addEntry(analyticsKey, Glyph::analytics, tr("Analytics"));
    auto* top = new TopBar(navigator_);
    connect(top, &TopBar::findRequested, this, [this] { palette_->openSheet(); });
    missing_->setProperty("kind", "page");
    pages_->addWidget(missing_);
    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(top);
    right->addWidget(pages_, 1);
    auto* upper = new QHBoxLayout;
    upper->setSpacing(0);
    upper->addWidget(rail_);
    upper->addLayout(right, 1);
    auto* central = new QWidget;
    central->setProperty("kind", "page");
    central->setAttribute(Qt::WA_StyledBackground);
    notices_ = new NoticeBar(pages_, central);
    auto* all = new QVBoxLayout(central);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(upper, 1);
    all->addWidget(health_);
    setCentralWidget(central);
}

void MainWindow::setLocal(const BackendChoice& local) {
    local_ = local;
    localFailure_.clear();
    if (backend_ != nullptr && choice_ == local) {
        // The connection finds its way back by itself, and nothing that was entered is lost.
        health_->refresh();
        auto* page = qobject_cast<Page*>(pages_->currentWidget());
        if (page != nullptr && !page->hasUnsaved()) page->reload();
        return;
    }
    if (backend_ == nullptr) return connectTo(local);
    if (choice_.name != local.name) return;
    localMoved_ = true;
    if (!holdsEntered()) return followLocal();
    // Said last, over what is said about the engine itself.
    QMetaObject::invokeMethod(
        this,
        [this] {
            notices_->post(NoticeBar::Kind::warning,
                           tr("The engine of this machine has another address now. What you entered stays "
                              "until you leave it; copy what you need, it cannot be saved from here."));
        },
        Qt::QueuedConnection);
}

bool MainWindow::holdsEntered() const {
    const auto* page = qobject_cast<const Page*>(pages_->currentWidget());
    if (page != nullptr && page->hasUnsaved()) return true;
    const auto dialogs = findChildren<ActionDialog*>();
    return std::any_of(dialogs.begin(), dialogs.end(),
                       [](const auto* dialog) { return dialog->isVisible(); });
}

void MainWindow::followLocal() {
    if (localMoved_ && !holdsEntered()) connectTo(local_);
}

void MainWindow::setLocalFailure(const QString& reason) {
    const bool isNews = std::exchange(localFailure_, reason) != reason;
    if (backend_ == nullptr) return showMissingBackend(reason);
    if (isNews && choice_.name == local_.name) sayLocalFailure();
}

void MainWindow::sayLocalFailure() {
    notices_->post(NoticeBar::Kind::error,
                   tr("The engine of this machine did not start: %1").arg(localFailure_));
}

void MainWindow::showMissingBackend(const QString& reason) {
    health_->setBackend(nullptr, reason);
    if (reason.isEmpty())
        missing_->show(EmptyState::Kind::nothingYet, tr("The engine is starting…"), {}, {});
    else
        missing_->show(EmptyState::Kind::failed, tr("The engine of this machine did not start"), reason,
                       tr("Try again"));
    rail_->switcher()->setCurrent(tr("This machine"), reason.isEmpty() ? BackendSwitcher::Mark::ordinary
                                                                       : BackendSwitcher::Mark::unreachable);
    pages_->setCurrentWidget(missing_);
}

/// They speak to the backend that goes. Perhaps one of them led here, so they go a little later.
void MainWindow::closeDialogs() {
    for (auto* dialog : findChildren<ActionDialog*>()) {
        dialog->hide();
        dialog->deleteLater();
    }
}

void MainWindow::connectTo(const BackendChoice& choice) {
    closeDialogs();
    health_->setBackend(nullptr);
    search_->setBackend(nullptr);
    dropPages();
    // The same one again, after its engine was restarted, shows what it showed; the program starts where it
    // ended.
    const QString place = choice_.name == choice.name ? linkOf(navigator_.current())
                          : backend_ == nullptr && choice.name == local_.name
                              ? QSettings().value(placeKey).toString()
                              : QString();
    choice_ = choice;
    localMoved_ = false;
    // Dialogs that go a little later speak to it until then.
    if (auto* before = backend_.release()) before->deleteLater();
    backend_ = setup_.makeBackend(choice);
    makePages();
    search_->setBackend(backend_.get());
    health_->setBackend(backend_.get());
    markBackend(true);
    retitle();
    navigator_.reset();
    if (waitingImport_.isEmpty() && waitingPaths_.isEmpty()) navigator_.open(place);
    if (!waitingImport_.isEmpty()) importPath(std::exchange(waitingImport_, {}));
    if (!waitingPaths_.isEmpty()) openPaths(std::exchange(waitingPaths_, {}));
    if (choice_ == local_ && !localFailure_.isEmpty()) sayLocalFailure();
}

void MainWindow::markBackend(bool reachable) {
    using Mark = BackendSwitcher::Mark;
    const Mark calm = choice_.isProduction() ? Mark::production : Mark::ordinary;
    if (backend_ == nullptr) return;
    rail_->switcher()->setCurrent(backend_->name(), reachable ? calm : Mark::unreachable);
    if (!reachable && choice_ == local_) emit localLost();
}

void MainWindow::makePages() {
    workflows_ = new WorkflowsPage(*backend_, setup_.samples);
    workflow_ = new WorkflowPage(*backend_);
    pages_->addWidget(workflows_);
    pages_->addWidget(workflow_);
    connect(workflows_, &WorkflowsPage::workflowChosen, this, [this](const QString& name) {
        navigator_.go({name, {}});
    });
    connect(workflows_, &WorkflowsPage::triggerRequested, this, &MainWindow::trigger);
    connect(workflows_, &WorkflowsPage::settingsRequested, this, [this](const QString& name) {
        navigator_.go({name, {}, QStringLiteral("settings")});
    });
    connect(workflows_, &WorkflowsPage::deletionRequested, this, &MainWindow::deleteWorkflow);
    connect(workflow_, &WorkflowPage::deletionRequested, this, &MainWindow::deleteWorkflow);
    connect(workflows_, &WorkflowsPage::importRequested, this, &MainWindow::chooseImport);
    connect(workflows_, &WorkflowsPage::sampleRequested, this, &MainWindow::importPath);
    connect(workflow_, &WorkflowPage::triggerRequested, this, &MainWindow::trigger);
    connect(workflow_, &WorkflowPage::placeChosen, &navigator_, &Navigator::go);
    const auto* instances = &workflow_->instances();
    connect(instances, &InstancesPage::triggerRequested, this, &MainWindow::trigger);
    connect(instances, &InstancesPage::instanceChosen, this,
            [this](const QString& workflow, const QString& id) {
                navigator_.go({workflow, id});
            });
    connect(instances, &InstancesPage::linkCopyRequested, this,
            [this](const QString& workflow, const QString& id) {
                copyText(linkOf({workflow, id}), tr("Link copied"));
            });
    workers_ = new WorkersPage(*backend_);
    pages_->addWidget(workers_);
    connect(workers_, &WorkersPage::workerChosen, this,
            [this](const QString& name) { navigator_.go(placeOfWorker(name)); });
    connect(workers_, &WorkersPage::deletionRequested, this, &MainWindow::deleteWorker);
    connect(workers_, &WorkersPage::importRequested, this, &MainWindow::chooseImport);
    connect(workers_, &WorkersPage::addressCopyRequested, this,
            [this](const QString& url) { copyText(url, tr("Address copied")); });
    makeSitesPage();
    makeAnalyticsPage();
}

void MainWindow::dropPages() {
    dropSitePages();
    delete explorer_;
    explorer_ = nullptr;
    delete analytics_;
    analytics_ = nullptr;
    analyticsQuery_.clear();
    delete worker_;
    delete workers_;
    delete instance_;
    delete workflow_;
    delete workflows_;
    worker_ = nullptr;
    workers_ = nullptr;
    instance_ = nullptr;
    workflow_ = nullptr;
    workflows_ = nullptr;
    instancePlace_ = {};
}

void MainWindow::showPlace(const Place& place) {
    // Later: a page that goes with its backend may be the one that led here.
    if (localMoved_) QMetaObject::invokeMethod(this, &MainWindow::followLocal, Qt::QueuedConnection);
    retitle();
    rail_->select(railKey(place.area));
    if (workflows_ == nullptr) return;
    if (choice_.name == local_.name) QSettings().setValue(placeKey, linkOf(place));
    if (place.area == Area::workers) return showWorker(place);
    if (place.area == Area::sites) return showSite(place);
    if (place.area == Area::explorer) return showExplorer();
    if (place.area == Area::analytics) return showAnalytics(place);
    if (!place.instance.isEmpty()) return showInstance(place);
    if (place.workflow.isEmpty()) {
        pages_->setCurrentWidget(workflows_);
        workflows_->focusMain();
        return;
    }
    workflow_->setPlace(place);
    pages_->setCurrentWidget(workflow_);
    workflow_->focusMain();
}

void MainWindow::showInstance(const Place& place) {
    if (instance_ == nullptr || instancePlace_ != place) {
        delete instance_;
        instancePlace_ = place;
        instance_ =
            new InstancePage(*backend_, place.workflow.toStdString(), place.instance.toStdString(), nullptr);
        pages_->addWidget(instance_);
        connect(instance_, &InstancePage::openRequested, this,
                [this](const QString& link) { navigator_.open(link); });
    }
    pages_->setCurrentWidget(instance_);
    instance_->focusMain();
}

void MainWindow::showWorker(const Place& place) {
    if (place.worker.isEmpty()) {
        pages_->setCurrentWidget(workers_);
        return workers_->focusMain();
    }
    if (worker_ == nullptr || worker_->name() != place.worker) {
        delete worker_;
        worker_ = new WorkerPage(*backend_, place.worker);
        pages_->addWidget(worker_);
        connect(worker_, &WorkerPage::placeChosen, &navigator_, &Navigator::go);
        connect(worker_, &WorkerPage::deletionRequested, this, &MainWindow::deleteWorker);
        connect(worker_, &WorkerPage::addressCopyRequested, this,
                [this](const QString& url) { copyText(url, tr("Address copied")); });
    }
    worker_->setSection(place.section);
    pages_->setCurrentWidget(worker_);
    worker_->focusMain();
}

void MainWindow::retitle() {
    const Place& place = navigator_.current();
    const bool ofWorkers = place.area == Area::workers;
    const QString site = place.site.isEmpty() ? tr("Sites") : place.site;
    QString title = place.area == Area::analytics  ? tr("Analytics")
                    : place.area == Area::explorer ? tr("GraphQL explorer")
                    : place.area == Area::sites    ? site
                    : ofWorkers                    ? (place.worker.isEmpty() ? tr("Workers") : place.worker)
                    : place.workflow.isEmpty()     ? tr("Workflows")
                                                   : place.workflow;
    if (!place.deployment.isEmpty())
        title = QStringLiteral("%1 · %2").arg(place.deployment.left(8), place.site);
    if (!place.instance.isEmpty()) title = QStringLiteral("%1 · %2").arg(place.instance, place.workflow);
    setWindowTitle(QStringLiteral("%1 – Stepwell").arg(title));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const QStringList paths = DropOverlay::pathsOf(*event->mimeData());
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    overlay_->showFor(paths);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
    overlay_->hide();
}

void MainWindow::dropEvent(QDropEvent* event) {
    overlay_->hide();
    const QStringList paths = DropOverlay::pathsOf(*event->mimeData());
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    openPaths(paths);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    overlay_->setGeometry(rect());
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {  // only reaches the window when nothing inside it had a use for it
        notices_->isVisible() ? notices_->dismiss() : navigator_.up();
        return;
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::BackButton) return navigator_.back();
    if (event->button() == Qt::ForwardButton) return navigator_.forward();
    QMainWindow::mousePressEvent(event);
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() != QEvent::ActivationChange || !isActiveWindow()) return;
    if (localMoved_)  // a dialog may have been what held it back
        QMetaObject::invokeMethod(this, &MainWindow::followLocal, Qt::QueuedConnection);
    returnFocus();
}

/// What had the keys may be gone by the time a dialog or the palette closes; then they go to the page.
void MainWindow::returnFocus() {
    const auto* focused = focusWidget();
    if (focused != nullptr && focused->isVisible() && focused->isEnabled()) return;
    if (auto* page = qobject_cast<Page*>(pages_->currentWidget())) page->focusMain();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    const auto again = [this] { close(); };
    if (!mayLeave(again) || !mayDisconnect(again)) return event->ignore();
    QSettings().setValue(QStringLiteral("window/geometry"), saveGeometry());
    QMainWindow::closeEvent(event);
}

}  // namespace stepwell
