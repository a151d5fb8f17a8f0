#include "widgets/instance/instance_page.h"

#include "models/backends/reach.h"
#include "models/visible_text.h"
#include "widgets/backends/support_gate.h"
#include "widgets/format.h"
#include "widgets/graph/graph_panel.h"
#include "widgets/instance/inspector_panel.h"
#include "widgets/instance/instance_facts.h"
#include "widgets/instance/log_panel.h"
#include "widgets/instance/texts.h"
#include "widgets/instance_actions.h"
#include "widgets/json/json_view.h"
#include "widgets/navigator.h"
#include "widgets/timeline/timeline_header.h"
#include "widgets/timeline/timeline_view.h"

#include <QAction>
#include <QApplication>
#include <QButtonGroup>
#include <QClipboard>
#include <QHBoxLayout>
#include <QMenu>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {
namespace {

/// Below this width the inspector goes under the timeline.
constexpr int sideBySide = 700;
/// A run's way through the graph is found anew at most this often.
constexpr std::chrono::milliseconds graphEvery{500};

QPushButton* buttonFor(QAction* action, const char* kind) {
    auto* button = makeButton(action->text(), kind);
    const auto follow = [button, action] {
        button->setEnabled(action->isEnabled());
        button->setToolTip(action->toolTip() == action->iconText() ? QString() : action->toolTip());
    };
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    follow();
    return button;
}

}  // namespace

InstancePage::InstancePage(Backend& backend, std::string workflow, std::string id, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , workflow_(std::move(workflow))
    , id_(std::move(id))
    , feed_(new InstanceFeed(this))
    , actions_(new InstanceActions(backend, this))
    , graphRun_(
          graphEvery, [this] { showGraph(); }, this)
    , stack_(new QStackedWidget)
    , empty_(new EmptyState) {
    setAccessibleName(tr("Instance %1").arg(QString::fromStdString(id_)));
    auto* loading = makeLabel(tr("Loading %1…").arg(QString::fromStdString(id_)), "mute");
    loading->setAlignment(Qt::AlignCenter);
    stack_->addWidget(loading);
    stack_->addWidget(empty_);
    stack_->addWidget(buildContent());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(stack_);

    timeline_->setDetail(&feed_->detail());
    timeline_->setClock([this] { return feed_->clock(); });
    // What stands still is drawn once more as of then.
    connect(&Reach::of(backend), &Reach::changed, this, [this] {
        if (feed_->isLoaded()) tick();
    });
    connect(feed_, &InstanceFeed::changed, this, &InstancePage::onChanged);
    connect(feed_, &InstanceFeed::stateChanged, this, &InstancePage::onState);
    connect(feed_, &InstanceFeed::gone, this, &InstancePage::onGone);
    connect(feed_, &InstanceFeed::logsChanged, this, [this](int from) { showLogs(from > 0); });
    connect(actions_, &InstanceActions::changed, feed_, &InstanceFeed::reload);
    connect(actions_, &InstanceActions::removed, this, [this] {
        emit openRequested(linkOf({QString::fromStdString(workflow_), {}}));
    });
    connect(empty_, &EmptyState::actionRequested, this, &InstancePage::onEmptyAction);
    connect(&timeline_->zoom(), &timeline::Zoom::selectionChanged, this, [this] {
        showInspector();
        showLogs(false);
    });
    connect(&graph_->view(), &GraphView::selectionChanged, this, &InstancePage::takeFromGraph);
    connect(&graph_->view(), &GraphView::stepActivated, this, [this](int step) {
        timeline_->selectStep(step);
        inspector_->widget()->setFocus();
    });
    connect(timeline_, &TimelineView::activated, this, [this] { inspector_->widget()->setFocus(); });
    connect(inspector_, &InspectorPanel::restartWanted, this, &InstancePage::restartFrom);
    connect(timeline_, &TimelineView::restartRequested, this, &InstancePage::restartFrom);
    connect(timeline_, &TimelineView::menuRequested, this, &InstancePage::showStepMenu);
    makePageActions();
    connect(&beat_, &QTimer::timeout, this, &InstancePage::tick);
    beat_.setInterval(200);
    setFocusProxy(timeline_);
    feed_->open(&backend_, workflow_, id_);
    feed_->setActive(false);
}

QWidget* InstancePage::buildHeader() {
    auto* header = new QWidget;
    auto* name = new ElidedLabel(QString::fromStdString(id_), Qt::ElideMiddle);
    name->setStyleSheet(
        QStringLiteral("font-family: \"%1\"; font-size: 18px").arg(Theme::get().mono(18).family()));
    name->setFont(Theme::get().mono(18));
    name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    badge_ = new StatusBadge;
    notice_ = makeLabel({}, "error");
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(name, 0);
    row->addWidget(badge_);
    row->addWidget(notice_, 1);
    auto* more = new Chip(tr("More"));
    auto* menu = new QMenu(more);
    menu->setObjectName("instanceMore");
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillMore(menu); });
    more->setMenu(menu);
    for (const auto verb : {InstanceVerb::sendEvent, InstanceVerb::pause, InstanceVerb::resume,
                            InstanceVerb::restart, InstanceVerb::terminate, InstanceVerb::remove}) {
        const bool destroys = verb == InstanceVerb::terminate || verb == InstanceVerb::remove;
        auto* button = buttonFor(actions_->action(verb), destroys ? "danger" : "");
        verbs_.push_back(button);
        row->addWidget(button);
    }
    row->addWidget(more);
    return header;
}

QWidget* InstancePage::buildTimelineCard() {
    timeline_ = new TimelineView;
    noSteps_ = new EmptyState;
    logs_ = new LogPanel;
    stepsOrNone_ = new QStackedWidget;
    stepsOrNone_->addWidget(timeline_);
    stepsOrNone_->addWidget(noSteps_);
    stepsOrNone_->setMinimumHeight(160);
    graph_ = new GraphPanel(backend_);
    views_ = new QStackedWidget;
    views_->addWidget(stepsOrNone_);
    views_->addWidget(graph_);
    heads_ = new QStackedWidget;
    heads_->setFixedHeight(40);
    heads_->addWidget(new TimelineHeader(*timeline_, TimelineHeader::Title::none));
    heads_->addWidget(new GraphHeader(*graph_, GraphHeader::Title::none));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(6, 0, 0, 0);
    head->setSpacing(0);
    head->addWidget(buildViewSwitch());
    head->addWidget(heads_, 1);
    auto* lower = new QWidget;
    auto* lowerColumn = new QVBoxLayout(lower);
    lowerColumn->setContentsMargins(0, 0, 0, 0);
    lowerColumn->setSpacing(0);
    lowerColumn->addWidget(makeLine(Qt::Horizontal));
    lowerColumn->addWidget(logs_, 1);
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(4);
    split->addWidget(views_);
    split->addWidget(lower);
    split->setStretchFactor(0, 1);
    split->setSizes({600, 150});
    auto* card = makeCard();
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(makeLine(Qt::Horizontal));
    column->addWidget(split, 1);
    card->setMinimumWidth(360);
    return card;
}

QWidget* InstancePage::buildViewSwitch() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    auto* group = new QButtonGroup(box);
    const auto add = [&](View view, const QString& text, const QString& tip) {
        auto* button = makeButton(text, "segment");
        button->setCheckable(true);
        button->setToolTip(tip);
        group->addButton(button);
        row->addWidget(button);
        viewButtons_.at(static_cast<std::size_t>(view)) = button;
        connect(button, &QPushButton::clicked, this, [this, view] { setView(view); });
    };
    add(View::timeline, tr("Timeline"), tr("When each step ran"));
    add(View::graph, tr("Graph"), tr("The way of this run through its version (G)"));
    viewButtons_.front()->setChecked(true);
    return box;
}

void InstancePage::setView(View view) {
    if (view == view_) return;
    view_ = view;
    const bool isGraph = view == View::graph;
    viewButtons_.at(static_cast<std::size_t>(view))->setChecked(true);
    heads_->setCurrentIndex(isGraph ? 1 : 0);
    views_->setCurrentIndex(isGraph ? 1 : 0);
    setFocusProxy(isGraph ? static_cast<QWidget*>(graph_) : timeline_);
    if (isGraph) showGraph();
    if (!views_->currentWidget()->isAncestorOf(window()->focusWidget()))
        viewButtons_.at(static_cast<std::size_t>(view))->setFocus();
    focusMain();
}

/// Loads the graph when it is seen first, and brings the way of the run up to date.
void InstancePage::showGraph() {
    if (view_ != View::graph || !feed_->isLoaded()) return;
    graph_->show(workflow_, feed_->detail().versionId);
    graph_->setRun(&feed_->detail());
}

/// What is selected in the graph is looked at in the inspector.
void InstancePage::takeFromGraph() {
    auto& view = graph_->view();
    if (view_ != View::graph || view.selected() < 0) return;
    const auto* node = view.layoutOfGraph().items.at(static_cast<std::size_t>(view.selected())).node;
    if (const auto* run = view.run().of(node)) timeline_->selectStep(run->stepIndex);
}

QWidget* InstancePage::buildContent() {
    auto* content = new QWidget;
    facts_ = new InstanceFacts;
    inspector_ = new InspectorPanel(backend_, workflow_, id_);
    auto* side = makeCard();
    auto* sideColumn = new QVBoxLayout(side);
    sideColumn->setContentsMargins(1, 1, 1, 1);
    sideColumn->addWidget(inspector_);
    side->setMinimumSize(260, 160);
    split_ = new QSplitter(Qt::Horizontal);
    split_->setChildrenCollapsible(false);
    split_->setHandleWidth(12);
    split_->addWidget(buildTimelineCard());
    split_->addWidget(side);
    split_->setStretchFactor(0, 1);
    connect(split_, &QSplitter::splitterMoved, this, [this] { ownSplit_ = true; });
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(16, 14, 16, 16);
    column->setSpacing(12);
    column->addWidget(buildHeader());
    column->addWidget(facts_);
    column->addWidget(split_, 1);
    return content;
}

void InstancePage::reload() {
    feed_->reload();
}

void InstancePage::focusMain() {
    view_ == View::graph ? graph_->focusMain() : timeline_->setFocus();
}

void InstancePage::onChanged(int firstChanged) {
    if (!feed_->isLoaded()) return;
    const auto& detail = feed_->detail();
    timeline_->refresh(firstChanged);
    const bool steps = !detail.steps.empty() || !detail.requests.empty();
    const bool isFirst = steps && shown_ != Shown::steps;
    shown_ = steps ? Shown::steps : Shown::noSteps;
    for (auto* action : pageActions_)
        action->setEnabled(true);
    stack_->setCurrentIndex(2);
    stepsOrNone_->setCurrentIndex(steps ? 0 : 1);
    if (isFirst && isVisible() && !isAncestorOf(window()->focusWidget())) focusMain();
    if (!steps) {
        const bool queued = detail.status == api::Status::queued;
        const QString sentence = api::isFinal(detail.status) ? tr("This run ended without a step.")
                                 : queued ? tr("This run is queued: its first step has not started.")
                                          : tr("No step has started yet.");
        noSteps_->show(EmptyState::Kind::nothingYet, sentence,
                       api::isFinal(detail.status) ? QString() : tr("Steps appear here as they start."), {});
    }
    showHeader();
    showInspector();
    showLogs(true);
    graphRun_.request();
}

void InstancePage::showHeader() {
    const auto& detail = feed_->detail();
    actions_->setTarget(workflow_, id_, detail.status, texts::awaitedEvents(detail));
    badge_->setProperty("otherStatus", QString::fromStdString(detail.otherStatus));
    badge_->setStatus({detail.status, detail.sleeping});
    showVerbs(detail.status);
    facts_->setDetail(detail, feed_->clock());
    if (!api::isFinal(detail.status) && isVisible())
        beat_.start();
    else
        beat_.stop();
}

/// Only what the status takes has a button; Delete waits until the run is over, and is in the menu before.
void InstancePage::showVerbs(api::Status status) {
    const bool over = api::isFinal(status);
    const bool paused = allows(status, InstanceVerb::resume) && status != api::Status::unknown;
    const auto show = [this](InstanceVerb verb, bool shown) {
        verbs_.at(static_cast<std::size_t>(verb))->setVisible(shown);
    };
    show(InstanceVerb::sendEvent, !over);
    show(InstanceVerb::pause, !over && !paused);
    show(InstanceVerb::resume, paused);
    show(InstanceVerb::terminate, !over);
    show(InstanceVerb::remove, over);
}

void InstancePage::onState() {
    const auto& error = feed_->error();
    const bool failed = feed_->state() == LoadState::failed && error;
    notice_->setText(failed && feed_->isLoaded()
                         ? tr("Not up to date: %1").arg(QString::fromStdString(error->message))
                         : QString());
    if (feed_->isLoaded() || shown_ == Shown::notFound) return;
    if (!failed) {
        shown_ = Shown::loading;
        return stack_->setCurrentIndex(0);
    }
    if (error->code == api::code::instanceNotFound || error->http == 404) return onGone();
    shown_ = Shown::failed;
    empty_->showError(*error, tr("This instance"), QStringLiteral("Workflows Read"));
    stack_->setCurrentIndex(1);
}

void InstancePage::onGone() {
    shown_ = Shown::notFound;
    beat_.stop();
    actions_->clearTarget();
    for (auto* action : pageActions_)
        action->setEnabled(false);
    const QString id = QString::fromStdString(id_);
    const bool wasHere = feed_->isLoaded();
    if (workflowIsGone())
        empty_->show(EmptyState::Kind::filteredOut,
                     wasHere ? tr("%1 was deleted with its workflow.").arg(id)
                             : tr("%1 was not found.").arg(id),
                     tr("There is no workflow %1 here.").arg(QString::fromStdString(workflow_)),
                     tr("Show all workflows"));
    else
        empty_->show(EmptyState::Kind::filteredOut,
                     wasHere ? tr("%1 was deleted.").arg(id) : tr("%1 was not found.").arg(id),
                     wasHere ? tr("Its steps, results and logs are gone. Its id can be used again.")
                             : tr("It may have been deleted, or the link is wrong."),
                     tr("Show all instances"));
    stack_->setCurrentIndex(1);
}

bool InstancePage::workflowIsGone() const {
    return feed_->error() && feed_->error()->code == api::code::workflowNotFound;
}

void InstancePage::onEmptyAction() {
    if (shown_ == Shown::notFound)
        emit openRequested(linkOf({workflowIsGone() ? QString() : QString::fromStdString(workflow_), {}}));
    else
        reload();
}

const api::Step* InstancePage::stepAt(int stepIndex) const {
    for (const auto& step : feed_->detail().steps)
        if (step.index == stepIndex) return &step;
    return nullptr;
}

const api::Step* InstancePage::selectedStep() const {
    const auto wanted = timeline_->zoom().selectedStep();
    return wanted ? stepAt(*wanted) : nullptr;
}

void InstancePage::showInspector() {
    if (!feed_->isLoaded()) return;
    if (const auto* step = selectedStep())
        inspector_->showStep(feed_->detail(), *step, feed_->clock());
    else
        inspector_->showRun(feed_->detail());
}

void InstancePage::showLogs(bool onlyGrew) {
    const auto* step = selectedStep();
    logs_->show(feed_->logs(), step != nullptr ? std::optional(step->index) : std::nullopt,
                step != nullptr ? visibleText(QString::fromStdString(step->name)) : QString(), onlyGrew);
}

void InstancePage::tick() {
    facts_->tick(feed_->detail(), feed_->clock());
    const auto* step = selectedStep();
    if (step != nullptr && !step->end) inspector_->showStep(feed_->detail(), *step, feed_->clock());
}

void InstancePage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    feed_->setActive(true);
    if (feed_->isLoaded()) showHeader();
}

void InstancePage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    feed_->setActive(false);
    beat_.stop();
}

void InstancePage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    divide();
}

/// The inspector gets about a third, until a person moves the border.
void InstancePage::divide() {
    const auto wanted = width() < sideBySide ? Qt::Vertical : Qt::Horizontal;
    if (split_->orientation() != wanted) {
        split_->setOrientation(wanted);
        ownSplit_ = false;
    }
    if (ownSplit_) return;
    const int length = wanted == Qt::Horizontal ? width() : height() - 120;
    const int side = wanted == Qt::Horizontal ? std::clamp(length * 31 / 100, 272, 400) : length * 2 / 5;
    split_->setSizes({length - side, side});
}

}  // namespace stepwell
