#include "widgets/main_window.h"

#include "widgets/backends/backend_look.h"
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

const QString tabsKey = QStringLiteral("window/tabs");
const QString currentKey = QStringLiteral("window/tab");
constexpr int bandHeight = 4;

}  // namespace

MainWindow::MainWindow(WindowSetup setup, QWidget* parent)
    : QMainWindow(parent)
    , setup_(std::move(setup))
    , band_(new QWidget)
    , tabs_(new BackendTabs)
    , stack_(new QStackedWidget)
    , overlay_(new DropOverlay(this)) {
    Theme::get();
    setAcceptDrops(true);
    setMinimumSize(800, 520);
    layOut();
    palette_ = new CommandPalette(this, [this](const QString& text) { return find(text); });
    connect(palette_, &CommandPalette::searchRequested, this, [this](const QString& text) {
        for (auto* open : openWorkspaces())
            open->search().ask(text);
    });
    connect(palette_, &CommandPalette::putAway, this, [this] { workspace().returnFocus(); });
    connect(tabs_, &BackendTabs::chosen, this, &MainWindow::openBackend);
    connect(tabs_, &BackendTabs::closeRequested, this, &MainWindow::closeTab);
    connect(tabs_, &BackendTabs::menuRequested, this, &MainWindow::showTabMenu);
    connect(tabs_, &BackendTabs::addRequested, this, &MainWindow::showSwitcherMenu);
    connect(tabs_, &BackendTabs::reordered, this, &MainWindow::saveTabs);
    connect(&list_, &BackendList::changed, this, &MainWindow::followList);
    connect(&Theme::get(), &Theme::changed, this, [this] {
        for (const auto* open : workspaces_)
            markTab(open->spec().id);
        showFound();
        retitle();
    });
    connect(&wrangler_, &WranglerWatch::gone, this, &MainWindow::showFound);
    connect(&wrangler_, &WranglerWatch::appeared, this, [this](const BackendSpec& spec) {
        showFound();
        auto* waiting = workspaceOf(spec.id);
        if (waiting == nullptr || waiting->backend() != nullptr) return;
        waiting->setSpec(spec);
        connectSaved(spec);
        markTab(spec.id);
    });
    makeActions();
    restoreTabs();
    wrangler_.setActive(setup_.findsWrangler);
    const QRect room = screen()->availableGeometry();
    resize(QSize(1440, 900).boundedTo(room.size()));
    restoreGeometry(QSettings().value(QStringLiteral("window/geometry")).toByteArray());
}

MainWindow::~MainWindow() {
    // They speak to this while they go.
    for (auto* workspace : workspaces_) {
        workspace->disconnect(this);
        delete workspace;
    }
}

void MainWindow::layOut() {
    band_->setObjectName("productionBand");
    band_->setFixedHeight(bandHeight);
    band_->setAutoFillBackground(true);
    band_->hide();
    auto* central = new QWidget;
    auto* all = new QVBoxLayout(central);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(band_);
    all->addWidget(tabs_);
    all->addWidget(stack_, 1);
    setCentralWidget(central);
}

Workspace* MainWindow::addWorkspace(const BackendSpec& spec) {
    auto* made = new Workspace(setup_, spec);
    const QString id = spec.id;
    workspaces_.push_back(made);
    stack_->addWidget(made);
    tabs_->add(id, lookOf(spec));
    showFound();
    markTab(id);
    connect(made, &Workspace::titleChanged, this, [this, id] {
        markTab(id);
        retitle();
    });
    connect(made, &Workspace::reachableChanged, this, [this, id] {
        markTab(id);
        tellPeers();
    });
    connect(made, &Workspace::paletteRequested, this, [this] { palette_->openSheet(); });
    connect(made, &Workspace::switcherRequested, this, &MainWindow::showSwitcherMenu);
    connect(made, &Workspace::retryRequested, this, [this, id] { retry(id); });
    connect(made, &Workspace::showRequested, this, [this, id] { showTab(id); });
    connect(made, &Workspace::localLost, this, &MainWindow::localLost);
    connect(made, &Workspace::localPlaceRequested, this, &MainWindow::goLocal);
    connect(made, &Workspace::placeRequested, this, &MainWindow::goTo);
    connect(made, &Workspace::backendRequested, this, &MainWindow::openBeside);
    made->setPeers([this] { return peers(); });
    made->setKnown([this] { return knownBackends(); });
    connect(&made->search(), &PaletteSearch::learned, palette_, &CommandPalette::refresh);
    saveTabs();
    return made;
}

Workspace* MainWindow::workspaceOf(const QString& id) const {
    for (auto* open : workspaces_)
        if (open->spec().id == id) return open;
    return nullptr;
}

std::vector<Workspace*> MainWindow::openWorkspaces() const {
    std::vector<Workspace*> open;
    for (const QString& id : tabs_->ids())
        if (auto* at = workspaceOf(id); at != nullptr && at->backend() != nullptr) open.push_back(at);
    return open;
}

void MainWindow::restoreTabs() {
    const QStringList saved = setup_.withoutLocal ? QStringList() : QSettings().value(tabsKey).toStringList();
    const QString current = QSettings().value(currentKey).toString();
    isRestoring_ = true;
    for (const QString& id : saved.mid(0, openAtMost))
        if (const auto spec = specOf(id); spec && workspaceOf(id) == nullptr) addWorkspace(*spec);
    if (workspaces_.empty()) addWorkspace(*list_.find(localBackendId));
    showTab(workspaceOf(current) != nullptr ? current : tabs_->ids().front());
    isRestoring_ = false;
    for (const auto* open : std::vector(workspaces_))
        if (!open->isLocal()) connectSaved(open->spec());
}

void MainWindow::saveTabs() const {
    if (isRestoring_ || setup_.withoutLocal) return;
    QSettings settings;
    settings.setValue(tabsKey, tabs_->ids());
    settings.setValue(currentKey, currentId());
}

std::vector<Finding> MainWindow::find(const QString& text) const {
    std::vector<PaletteSearch::Ranked> found;
    const auto add = [&found](std::vector<PaletteSearch::Ranked> more) {
        for (auto& one : more)
            found.push_back(std::move(one));
    };
    add(PaletteSearch::ranked(workspace().findableActions() + actions_, text));
    const auto open = openWorkspaces();
    using Origin = PaletteSearch::Origin;
    add(workspace().search().things(text, open.size() > 1 ? Origin::told : Origin::untold));
    for (auto* other : open)
        if (other != &workspace()) add(other->search().things(text, Origin::told));
    return PaletteSearch::best(std::move(found));
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
    return stack_->count() == 0 ? QString() : workspace().spec().id;
}

void MainWindow::markTab(const QString& id) {
    const auto* of = workspaceOf(id);
    if (of == nullptr) return;
    auto look = lookOf(of->spec());
    look.reachable = of->isReachable();
    look.tip = of->backend() != nullptr ? of->backend()->address() : QString();
    tabs_->setLook(id, look);
}

void MainWindow::showTab(const QString& id) {
    auto* shown = workspaceOf(id);
    if (shown == nullptr) return;
    const bool isFirst = shown->focusWidget() == nullptr;
    stack_->setCurrentWidget(shown);
    // Qt takes the first that can have it, the switcher; the page knows better.
    if (auto* first = shown->focusWidget(); isFirst && first != nullptr) first->clearFocus();
    tabs_->setCurrent(id);
    retitle();
    saveTabs();
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
    std::erase(workspaces_, gone);
    tabs_->remove(id);
    showFound();
    stack_->removeWidget(gone);
    gone->deleteLater();  // what is asked there may have led here
    retitle();
    saveTabs();
}

void MainWindow::setLocal(const BackendChoice& local) {
    local_ = local;
    // The person may have given it another name or colour; its address is the engine's to say.
    if (const auto known = list_.find(localBackendId)) {
        local_.spec = *known;
        local_.spec.apiBase = local.spec.apiBase;
        local_.spec.account = local.spec.account;
        local_.spec.pinnedSha256 = local.spec.pinnedSha256;
    }
    if (auto* open = workspaceOf(localBackendId)) open->setLocal(local_);
}

void MainWindow::setLocalFailure(const QString& reason) {
    if (auto* open = workspaceOf(localBackendId)) open->setLocalFailure(reason);
}

void MainWindow::connectTo(const BackendChoice& choice) {
    const QString id = choice.spec.id;
    auto* open = workspaceOf(id);
    if (open == nullptr) open = addWorkspace(choice.spec);
    open->connectTo(choice);
    showTab(id);
    auto* waiting = setup_.withoutLocal ? workspaceOf(localBackendId) : nullptr;
    if (waiting != nullptr && waiting != open) removeTab(localBackendId);
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
    if (stack_->count() == 0) return;
    const auto& spec = workspace().spec();
    const QString title = workspace().title();
    setWindowTitle(workspaces_.size() > 1 ? QStringLiteral("%1 – %2 – Stepwell").arg(title, spec.name)
                                          : QStringLiteral("%1 – Stepwell").arg(title));
    QPalette palette = band_->palette();
    palette.setColor(QPalette::Window, colourOf(spec));
    band_->setPalette(palette);
    band_->setVisible(spec.production);
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
    for (auto* open : workspaces_)
        open->activated();
    workspace().returnFocus();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    for (auto* open : workspaces_) {
        if (open->mayClose([this] { close(); })) continue;
        showTab(open->spec().id);
        return event->ignore();
    }
    QSettings().setValue(QStringLiteral("window/geometry"), saveGeometry());
    QMainWindow::closeEvent(event);
}

}  // namespace stepwell
