#include "widgets/workspace.h"

#include "models/backends/reach.h"
#include "models/between/promotion.h"
#include "widgets/action_dialog.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/explorer_page.h"
#include "widgets/arc_clock.h"
#include "widgets/backends/backend_link.h"
#include "widgets/backends/backend_look.h"
#include "widgets/backends/freshness_bar.h"
#include "widgets/backends/production.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/health_bar.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instances_page.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/palette_search.h"
#include "widgets/rail.h"
#include "widgets/top_bar.h"
#include "widgets/worker/worker_page.h"
#include "widgets/workers_page.h"
#include "widgets/workflow_page.h"
#include "widgets/workflows_page.h"

#include <QHBoxLayout>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

const QString placeKey = QStringLiteral("window/place");
/// Where it was when the program ended.
QString placeKeyOf(const BackendSpec& spec) {
    return spec.kind == BackendKind::thisMachine ? placeKey : placeKey + QLatin1Char('-') + spec.id;
}

const QString workflowsKey = QStringLiteral("workflows");
const QString workersKey = QStringLiteral("workers");
const QString sitesKey = QStringLiteral("sites");
const QString analyticsKey = QStringLiteral("analytics");
const QString tokensKey = QStringLiteral("tokens");
const QString auditKey = QStringLiteral("audit");

QString railKey(Area area) {
    switch (area) {
    case Area::workers:
        return workersKey;
    case Area::sites:
        return sitesKey;
    case Area::analytics:
    case Area::explorer:
        return analyticsKey;
    case Area::tokens:
        return tokensKey;
    case Area::audit:
        return auditKey;
    case Area::workflows:
        break;
    }
    return workflowsKey;
}

}  // namespace

Workspace::Workspace(const WindowSetup& setup, const BackendSpec& spec, QWidget* parent)
    : QWidget(parent)
    , setup_(setup)
    , choice_{spec, {}}
    , rail_(new Rail)
    , freshness_(new FreshnessBar)
    , health_(new HealthBar)
    , pages_(new QStackedWidget)
    , missing_(new EmptyState)
    , search_(new PaletteSearch(
          [this](const Place& place) {
              emit showRequested();
              navigator_.go(place);
          },
          this)) {
    setProperty("kind", "page");
    setAttribute(Qt::WA_StyledBackground);
    layOut();
    makeActions();
    connect(&navigator_, &Navigator::changed, this, &Workspace::showPlace);
    navigator_.setGuard([this](std::function<void()> later) { return mayLeave(std::move(later)); });
    connect(rail_, &Rail::chosen, this, [this](const QString& key) {
        navigator_.go(key == workersKey     ? placeOfWorker()
                      : key == sitesKey     ? placeOfSite()
                      : key == analyticsKey ? placeOfAnalytics(analyticsQuery_)
                      : key == tokensKey    ? placeOfTokens()
                      : key == auditKey     ? placeOfAudit()
                                            : Place{});
    });
    connect(rail_->switcher(), &BackendSwitcher::menuRequested, this, &Workspace::switcherRequested);
    connect(health_, &HealthBar::reachableChanged, this, &Workspace::markBackend);
    connect(health_, &HealthBar::reachableChanged, freshness_, &FreshnessBar::setReachable);
    connect(freshness_, &FreshnessBar::retryRequested, this, &Workspace::reload);
    connect(missing_, &EmptyState::actionRequested, this, &Workspace::retryRequested);
    connect(&Theme::get(), &Theme::changed, this, &Workspace::applyLook);
    if (isLocal())
        showMissingBackend({});
    else
        showWaiting(tr("%1 is not connected yet").arg(spec.name), {}, tr("Connect"));
}

Workspace::~Workspace() {
    navigator_.disconnect(this);
    navigator_.setGuard({});
    health_->setBackend(nullptr);
    freshness_->setBackend(nullptr);
    search_->setBackend(nullptr);
    dropPages();
}

void Workspace::layOut() {
    rail_->addEntry(workflowsKey, Glyph::workflows, tr("Workflows"));
    rail_->addEntry(workersKey, Glyph::workers, tr("Workers"));
    rail_->addEntry(sitesKey, Glyph::sites, tr("Sites"));
    rail_->addEntry(analyticsKey, Glyph::analytics, tr("Analytics"));
    rail_->addEntry(tokensKey, Glyph::lock, tr("Tokens"));
    rail_->addEntry(auditKey, Glyph::journal, tr("Audit log"));
    auto* top = new TopBar(navigator_);
    connect(top, &TopBar::findRequested, this, &Workspace::paletteRequested);
    missing_->setProperty("kind", "page");
    pages_->addWidget(missing_);
    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(top);
    right->addWidget(freshness_);
    right->addWidget(pages_, 1);
    auto* upper = new QHBoxLayout;
    upper->setSpacing(0);
    upper->addWidget(rail_);
    upper->addLayout(right, 1);
    notices_ = new NoticeBar(pages_, this);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(upper, 1);
    all->addWidget(health_);
}

void Workspace::setLocal(const BackendChoice& local) {
    localFailure_.clear();
    if (backend_ != nullptr && choice_ == local) {
        // The connection finds its way back by itself, and nothing that was entered is lost.
        moved_.reset();
        health_->refresh();
        auto* page = qobject_cast<Page*>(pages_->currentWidget());
        if (page != nullptr && !page->hasUnsaved()) page->reload();
        return;
    }
    if (backend_ == nullptr) return connectTo(local);
    moved_ = local;
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

bool Workspace::holdsEntered() const {
    const auto* page = qobject_cast<const Page*>(pages_->currentWidget());
    if (page != nullptr && page->hasUnsaved()) return true;
    const auto dialogs = findChildren<ActionDialog*>();
    return std::any_of(dialogs.begin(), dialogs.end(),
                       [](const auto* dialog) { return dialog->isVisible(); });
}

void Workspace::followLocal() {
    if (moved_ && !holdsEntered()) connectTo(BackendChoice(*moved_));
}

void Workspace::setLocalFailure(const QString& reason) {
    const bool isNews = std::exchange(localFailure_, reason) != reason;
    if (backend_ == nullptr) return showMissingBackend(reason);
    if (isNews) sayLocalFailure();
}

void Workspace::sayLocalFailure() {
    notices_->post(NoticeBar::Kind::error,
                   tr("The engine of this machine did not start: %1").arg(localFailure_));
}

void Workspace::showMissingBackend(const QString& reason) {
    health_->setBackend(nullptr, reason);
    if (reason.isEmpty())
        missing_->show(EmptyState::Kind::nothingYet, tr("The engine is starting…"), {}, {});
    else
        missing_->show(EmptyState::Kind::failed, tr("The engine of this machine did not start"), reason,
                       tr("Try again"));
    reachable_ = reason.isEmpty();
    applyLook();
    pages_->setCurrentWidget(missing_);
}

void Workspace::showWaiting(const QString& sentence, const QString& detail, const QString& action) {
    if (backend_ != nullptr) return;
    missing_->show(action.isEmpty() ? EmptyState::Kind::nothingYet : EmptyState::Kind::notPermitted, sentence,
                   detail, action);
    health_->setWaiting(sentence);
    pages_->setCurrentWidget(missing_);
    applyLook();
    // Its one action is what comes next; a focus that was lost with a dialog lands there as well.
    if (isVisible() && window()->isActiveWindow() && missing_->button()->isVisible())
        missing_->button()->setFocus(Qt::TabFocusReason);
}

/// They speak to the backend that goes. Perhaps one of them led here, so they go a little later.
void Workspace::closeDialogs() {
    for (auto* dialog : findChildren<ActionDialog*>()) {
        dialog->hide();
        dialog->deleteLater();
    }
}

void Workspace::connectTo(const BackendChoice& choice) {
    closeDialogs();
    health_->setBackend(nullptr);
    freshness_->setBackend(nullptr);
    search_->setBackend(nullptr);
    dropPages();
    // The same one again, after its engine was restarted, shows what it showed; the program starts where it
    // ended.
    const QString waited = std::exchange(waitingLink_, {});
    const QString place = !waited.isEmpty()     ? waited
                          : backend_ != nullptr ? linkOf(navigator_.current())
                                                : QSettings().value(placeKeyOf(choice.spec)).toString();
    choice_ = choice;
    moved_.reset();
    // Dialogs that go a little later speak to it until then.
    if (auto* before = backend_.release()) before->deleteLater();
    backend_ = setup_.makeBackend(choice);
    makePages();
    gateActions();
    search_->setBackend(backend_.get());
    freshness_->setBackend(backend_.get());
    health_->setBackend(backend_.get());
    markBackend(true);
    emit titleChanged();
    navigator_.reset();
    if (waitingImport_.isEmpty() && waitingPaths_.isEmpty()) navigator_.open(place);
    if (!waitingImport_.isEmpty()) importPath(std::exchange(waitingImport_, {}));
    if (!waitingPaths_.isEmpty()) openPaths(std::exchange(waitingPaths_, {}));
    if (isLocal() && !localFailure_.isEmpty()) sayLocalFailure();
}

void Workspace::markBackend(bool reachable) {
    if (backend_ == nullptr) return;
    auto& reach = Reach::of(*backend_);
    const bool isBack = reachable && !reach.isReachable();
    reachable_ = reachable;
    reach.setReachable(reachable);
    applyLook();
    emit reachableChanged(reachable);
    // What could not be asked meanwhile, not every page asks again by itself.
    auto* page = qobject_cast<Page*>(pages_->currentWidget());
    if (isBack && page != nullptr && !page->hasUnsaved()) page->reload();
    if (!reachable && isLocal() && !moved_) emit localLost();
}

void Workspace::setSpec(const BackendSpec& spec) {
    choice_.spec = spec;
    applyLook();
}

/// The colour of the backend: everywhere where mistakes cost, else only at its name.
void Workspace::applyLook() {
    auto look = lookOf(choice_.spec);
    look.reachable = reachable_;
    rail_->switcher()->setLook(look);
    rail_->setStripe(look.production ? std::optional(look.colour) : std::nullopt);
    setStandstill(this, !reachable_);
    setProduction(this, look.production ? std::optional(Production{look.name, look.colour}) : std::nullopt);
    search_->setOrigin(look.name, look.colour);
    emit titleChanged();
}

void Workspace::gateActions() {
    rail_->gateEntry(workflowsKey, *backend_, Feature::workflows);
    rail_->gateEntry(workersKey, *backend_, Feature::scripts);
    rail_->gateEntry(sitesKey, *backend_, Feature::sites);
    rail_->gateEntry(analyticsKey, *backend_, Feature::analytics);
    rail_->gateEntry(tokensKey, *backend_, Feature::tokens);
    rail_->gateEntry(auditKey, *backend_, Feature::audit);
    const bool isOurs = spec().kind == BackendKind::thisMachine || spec().kind == BackendKind::stepwell;
    rail_->setEntryVisible(tokensKey, isOurs);
    rail_->setEntryVisible(auditKey, isOurs);
    for (const auto& [action, feature] : needs_)
        gate(action, *backend_, feature);
}

void Workspace::makePages() {
    workflows_ = new WorkflowsPage(*backend_, setup_.samples);
    workflow_ = new WorkflowPage(*backend_);
    pages_->addWidget(workflows_);
    pages_->addWidget(workflow_);
    connect(workflows_, &WorkflowsPage::workflowChosen, this, [this](const QString& name) {
        navigator_.go({name, {}});
    });
    connect(workflows_, &WorkflowsPage::triggerRequested, this, &Workspace::trigger);
    connect(workflows_, &WorkflowsPage::settingsRequested, this, [this](const QString& name) {
        navigator_.go({name, {}, QStringLiteral("settings")});
    });
    connect(workflows_, &WorkflowsPage::deletionRequested, this, &Workspace::deleteWorkflow);
    connect(workflow_, &WorkflowPage::deletionRequested, this, &Workspace::deleteWorkflow);
    connect(workflows_, &WorkflowsPage::importRequested, this, &Workspace::chooseImport);
    connect(workflows_, &WorkflowsPage::sampleRequested, this, &Workspace::importPath);
    connect(workflow_, &WorkflowPage::triggerRequested, this, &Workspace::trigger);
    connect(workflow_, &WorkflowPage::placeChosen, &navigator_, &Navigator::go);
    const auto* instances = &workflow_->instances();
    connect(instances, &InstancesPage::triggerRequested, this, &Workspace::trigger);
    connect(instances, &InstancesPage::instanceChosen, this,
            [this](const QString& workflow, const QString& id) {
                navigator_.go({workflow, id});
            });
    connect(instances, &InstancesPage::linkCopyRequested, this,
            [this](const QString& workflow, const QString& id) {
                copyText(linkTo(spec(), {workflow, id}), tr("Link copied"));
            });
    workers_ = new WorkersPage(*backend_);
    pages_->addWidget(workers_);
    connect(workers_, &WorkersPage::workerChosen, this,
            [this](const QString& name) { navigator_.go(placeOfWorker(name)); });
    connect(workers_, &WorkersPage::deletionRequested, this, &Workspace::deleteWorker);
    connect(workers_, &WorkersPage::importRequested, this, &Workspace::chooseImport);
    connect(workers_, &WorkersPage::addressCopyRequested, this,
            [this](const QString& url) { copyText(url, tr("Address copied")); });
    makeSitesPage();
    makeAnalyticsPage();
}

void Workspace::dropPages() {
    dropSitePages();
    dropAccessPages();
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

void Workspace::showPlace(const Place& place) {
    // Later: a page that goes with its backend may be the one that led here.
    if (moved_) QMetaObject::invokeMethod(this, &Workspace::followLocal, Qt::QueuedConnection);
    emit titleChanged();
    rail_->select(railKey(place.area));
    if (workflows_ == nullptr) return;
    // With --backend the id is of this run only.
    if (!setup_.withoutLocal) QSettings().setValue(placeKeyOf(spec()), linkOf(place));
    if (place.area == Area::workers) return showWorker(place);
    if (place.area == Area::sites) return showSite(place);
    if (place.area == Area::explorer) return showExplorer();
    if (place.area == Area::analytics) return showAnalytics(place);
    if (place.area == Area::tokens || place.area == Area::audit) return showAccess(place);
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

void Workspace::showInstance(const Place& place) {
    if (instance_ == nullptr || instancePlace_ != place) {
        delete instance_;
        instancePlace_ = place;
        instance_ =
            new InstancePage(*backend_, place.workflow.toStdString(), place.instance.toStdString(), nullptr);
        pages_->addWidget(instance_);
        connect(instance_, &InstancePage::compareRequested, this, &Workspace::compareInstance);
        connect(instance_, &InstancePage::reproduceRequested, this, &Workspace::reproduceInstance);
        connect(instance_, &InstancePage::linkCopyRequested, this, &Workspace::copyLink);
        connect(instance_, &InstancePage::openRequested, this,
                [this](const QString& link) { navigator_.open(link); });
    }
    pages_->setCurrentWidget(instance_);
    instance_->focusMain();
}

void Workspace::showWorker(const Place& place) {
    if (place.worker.isEmpty()) {
        pages_->setCurrentWidget(workers_);
        return workers_->focusMain();
    }
    if (worker_ == nullptr || worker_->name() != place.worker) {
        delete worker_;
        worker_ = new WorkerPage(*backend_, place.worker);
        pages_->addWidget(worker_);
        connect(worker_, &WorkerPage::placeChosen, &navigator_, &Navigator::go);
        connect(worker_, &WorkerPage::deletionRequested, this, &Workspace::deleteWorker);
        connect(worker_, &WorkerPage::promotionRequested, this, [this](const QString& name) {
            promote({between::PromotionKind::script, name});
        });
        connect(worker_, &WorkerPage::addressCopyRequested, this,
                [this](const QString& url) { copyText(url, tr("Address copied")); });
    }
    worker_->setSection(place.section);
    pages_->setCurrentWidget(worker_);
    worker_->focusMain();
}

QString Workspace::title() const {
    const Place& place = navigator_.current();
    if (!place.deployment.isEmpty())
        return QStringLiteral("%1 · %2").arg(place.deployment.left(8), place.site);
    if (!place.instance.isEmpty()) return QStringLiteral("%1 · %2").arg(place.instance, place.workflow);
    switch (place.area) {
    case Area::analytics:
        return tr("Analytics");
    case Area::explorer:
        return tr("GraphQL explorer");
    case Area::tokens:
        return tr("Tokens");
    case Area::audit:
        return tr("Audit log");
    case Area::sites:
        return place.site.isEmpty() ? tr("Sites") : place.site;
    case Area::workers:
        return place.worker.isEmpty() ? tr("Workers") : place.worker;
    case Area::workflows:
        break;
    }
    return place.workflow.isEmpty() ? tr("Workflows") : place.workflow;
}

void Workspace::forgetPlace(const BackendSpec& spec) {
    QSettings().remove(placeKeyOf(spec));
}

void Workspace::escape() {
    notices_->isVisible() ? notices_->dismiss() : navigator_.up();
}

void Workspace::activated() {
    if (moved_) QMetaObject::invokeMethod(this, &Workspace::followLocal, Qt::QueuedConnection);
}

void Workspace::returnFocus() {
    const auto* focused = window()->focusWidget();
    if (focused != nullptr && focused->isVisible() && focused->isEnabled()) return;
    if (auto* page = qobject_cast<Page*>(pages_->currentWidget())) return page->focusMain();
    if (pages_->currentWidget() == missing_) missing_->button()->setFocus();
}

bool Workspace::mayClose(std::function<void()> later) {
    return mayLeave(later) && mayDisconnect(later);
}

}  // namespace stepwell
