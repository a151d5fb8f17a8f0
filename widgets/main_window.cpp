#include "widgets/main_window.h"

#include "widgets/backends/backend_tabs.h"
#include "widgets/command_palette.h"
#include "widgets/drop_overlay.h"
#include "widgets/palette_search.h"
#include "widgets/theme.h"
#include "widgets/workspace.h"

#include <QDragEnterEvent>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

const QString localId = QStringLiteral("local");

}  // namespace

MainWindow::MainWindow(WindowSetup setup, QWidget* parent)
    : QMainWindow(parent)
    , setup_(std::move(setup))
    , tabs_(new BackendTabs)
    , stack_(new QStackedWidget)
    , overlay_(new DropOverlay(this)) {
    Theme::get();
    setAcceptDrops(true);
    setMinimumSize(800, 520);
    auto* central = new QWidget;
    auto* all = new QVBoxLayout(central);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(tabs_);
    all->addWidget(stack_, 1);
    setCentralWidget(central);
    palette_ = new CommandPalette(
        this, [this](const QString& text) { return workspace().search().find(findableActions(), text); });
    connect(palette_, &CommandPalette::searchRequested, this,
            [this](const QString& text) { workspace().search().ask(text); });
    connect(palette_, &CommandPalette::putAway, this, [this] { workspace().returnFocus(); });
    connect(tabs_, &BackendTabs::chosen, this, &MainWindow::showTab);
    connect(tabs_, &BackendTabs::closeRequested, this, &MainWindow::closeTab);
    connect(tabs_, &BackendTabs::menuRequested, this, &MainWindow::showTabMenu);
    connect(tabs_, &BackendTabs::addRequested, this, &MainWindow::showSwitcherMenu);
    makeActions();
    addWorkspace(localId);
    showTab(localId);
    const QRect room = screen()->availableGeometry();
    resize(QSize(1440, 900).boundedTo(room.size()));
    restoreGeometry(QSettings().value(QStringLiteral("window/geometry")).toByteArray());
}

MainWindow::~MainWindow() {
    // They speak to this while they go.
    for (const auto& [id, workspace] : workspaces_) {
        workspace->disconnect(this);
        delete workspace;
    }
}

Workspace* MainWindow::addWorkspace(const QString& id) {
    auto* made = new Workspace(setup_, id == localId ? Workspace::Of::thisMachine : Workspace::Of::another);
    workspaces_.emplace_back(id, made);
    stack_->addWidget(made);
    tabs_->add(id, {});
    markTab(id);
    connect(made, &Workspace::titleChanged, this, [this, id] {
        markTab(id);
        retitle();
    });
    connect(made, &Workspace::reachableChanged, this, [this, id] { markTab(id); });
    connect(made, &Workspace::paletteRequested, this, [this] { palette_->openSheet(); });
    connect(made, &Workspace::switcherRequested, this, &MainWindow::showSwitcherMenu);
    connect(made, &Workspace::localRetryRequested, this, &MainWindow::localRetryRequested);
    connect(made, &Workspace::localLost, this, &MainWindow::localLost);
    connect(&made->search(), &PaletteSearch::learned, palette_, &CommandPalette::refresh);
    return made;
}

Workspace* MainWindow::workspaceOf(const QString& id) const {
    for (const auto& [other, workspace] : workspaces_)
        if (other == id) return workspace;
    return nullptr;
}

Workspace& MainWindow::workspace() const {
    return *static_cast<Workspace*>(stack_->currentWidget());
}

Navigator& MainWindow::navigator() const {
    return workspace().navigator();
}

Backend* MainWindow::backend() const {
    return workspace().backend();
}

QString MainWindow::currentId() const {
    for (const auto& [id, workspace] : workspaces_)
        if (workspace == stack_->currentWidget()) return id;
    return {};
}

void MainWindow::markTab(const QString& id) {
    const auto* of = workspaceOf(id);
    BackendLook look;
    look.name = of->choice().name.isEmpty() ? tr("This machine") : of->choice().name;
    look.production = of->choice().isProduction();
    look.colour = Theme::get().color(look.production ? Token::series4 : Token::accent);
    look.reachable = of->isReachable();
    look.tip = of->backend() != nullptr ? of->backend()->address() : QString();
    tabs_->setLook(id, look);
}

void MainWindow::showTab(const QString& id) {
    auto* shown = workspaceOf(id);
    if (shown == nullptr) return;
    stack_->setCurrentWidget(shown);
    tabs_->setCurrent(id);
    retitle();
    shown->returnFocus();
}

void MainWindow::showNeighbour(int step) {
    const auto ids = tabs_->ids();
    const auto at = ids.indexOf(currentId());
    showTab(ids[(at + step + ids.size()) % ids.size()]);
}

void MainWindow::closeTab(const QString& id) {
    auto* closing = workspaceOf(id);
    if (closing == nullptr || workspaces_.size() < 2) return;
    if (closing->mayClose([this, id] { closeTab(id); })) return removeTab(id);
    showTab(id);
}

void MainWindow::removeTab(const QString& id) {
    auto* gone = workspaceOf(id);
    const auto ids = tabs_->ids();
    const auto at = ids.indexOf(id);
    if (gone == &workspace()) showTab(ids[at + 1 < ids.size() ? at + 1 : at - 1]);
    gone->disconnect(this);
    std::erase_if(workspaces_, [&id](const auto& entry) { return entry.first == id; });
    tabs_->remove(id);
    stack_->removeWidget(gone);
    gone->deleteLater();  // what is asked there may have led here
    retitle();
}

void MainWindow::setLocal(const BackendChoice& local) {
    local_ = local;
    if (auto* open = workspaceOf(localId)) open->setLocal(local);
}

void MainWindow::setLocalFailure(const QString& reason) {
    if (auto* open = workspaceOf(localId)) open->setLocalFailure(reason);
}

void MainWindow::connectTo(const BackendChoice& choice) {
    const QString id = choice.name == local_.name ? localId : choice.name;
    auto* open = workspaceOf(id);
    if (open == nullptr) open = addWorkspace(id);
    open->connectTo(choice);
    showTab(id);
    auto* waiting = setup_.withoutLocal ? workspaceOf(localId) : nullptr;
    if (waiting != nullptr && waiting != open) removeTab(localId);
}

void MainWindow::importPath(const QString& path) {
    workspace().importPath(path);
}

void MainWindow::openPaths(const QStringList& paths) {
    workspace().openPaths(paths);
}

void MainWindow::deploySite(const QStringList& paths, const QString& project) {
    workspace().deploySite(paths, project);
}

void MainWindow::exploreQuery(const GraphqlQuery& query, const QString& origin) {
    workspace().exploreQuery(query, origin);
}

void MainWindow::retitle() {
    const QString title = workspace().title();
    const bool several = workspaces_.size() > 1;
    setWindowTitle(several
                       ? QStringLiteral("%1 – %2 – Stepwell").arg(title, tabs_->tab(currentId())->look().name)
                       : QStringLiteral("%1 – Stepwell").arg(title));
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
    // Only reaches the window when nothing inside it had a use for it.
    if (event->key() == Qt::Key_Escape) return workspace().escape();
    QMainWindow::keyPressEvent(event);
}

void MainWindow::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::BackButton) return navigator().back();
    if (event->button() == Qt::ForwardButton) return navigator().forward();
    QMainWindow::mousePressEvent(event);
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() != QEvent::ActivationChange || !isActiveWindow()) return;
    for (const auto& [id, workspace] : workspaces_)
        workspace->activated();
    workspace().returnFocus();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    for (const auto& [id, workspace] : workspaces_) {
        if (workspace->mayClose([this] { QMainWindow::close(); })) continue;
        showTab(id);
        return event->ignore();
    }
    QSettings().setValue(QStringLiteral("window/geometry"), saveGeometry());
    QMainWindow::closeEvent(event);
}

}  // namespace stepwell
