#include "widgets/instances_page.h"

#include "models/backend.h"
#include "models/backends/reach.h"
#include "widgets/backends/support_gate.h"
#include "widgets/bulk_dialog.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/instance_actions.h"
#include "widgets/instance_delegate.h"
#include "widgets/table_view.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>

namespace stepwell {
namespace {

const QList<TableView::Width> columnWidths = {{140, 124}, {292, 130}, {180, 66}, {110, 88},
                                              {96, 76},   {90, 76},   {100, 70}, {140, 128}};
constexpr std::chrono::milliseconds summaryEvery{1000};

}  // namespace

InstancesPage::InstancesPage(Backend& backend, QWidget* parent)
    : WorkflowSection(parent)
    , backend_(backend)
    , table_(new TableView(QStringLiteral("instances"), InstanceDelegate::rowHeight))
    , card_(new ListCard(table_))
    , filters_(new FilterBar)
    , actions_(new InstanceActions(backend, this))
    , bulk_(new Chip(tr("Act on all")))
    , bulkMenu_(new QMenu(this))
    , summary_(
          summaryEvery, [this] { loadSummary(); }, this) {
    table_->setAccessibleName(tr("Instances"));
    table_->setItemDelegate(new InstanceDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, InstancesModel::Steps);
    table_->viewport()->installEventFilter(this);
    layOut();
    makeBulk();

    connect(table_, &TableView::opened, this, [this](const QModelIndex& index) {
        if (const QString id = idAt(index); !id.isEmpty()) emit instanceChosen(workflow_, id);
    });
    connect(table_, &TableView::menuRequested, this, &InstancesPage::showMenu);
    connect(table_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &InstancesPage::takeCurrent);
    connect(table_->verticalScrollBar(), &QScrollBar::valueChanged, this, &InstancesPage::noteVisibleRows);
    connect(table_->verticalScrollBar(), &QScrollBar::rangeChanged, this, &InstancesPage::noteVisibleRows);
    connect(&model_, &InstancesModel::rowsShifted, this, [this](int by) {
        auto* bar = table_->verticalScrollBar();
        if (bar->value() > 0) bar->setValue(bar->value() + by * InstanceDelegate::rowHeight);
    });
    connect(&model_, &ListModel::stateChanged, this, &InstancesPage::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, &InstancesPage::update);
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &InstancesPage::update);
    connect(&model_, &QAbstractItemModel::rowsRemoved, this, &InstancesPage::update);
    connect(&model_, &QAbstractItemModel::dataChanged, this, &InstancesPage::takeCurrent);
    connect(filters_, &FilterBar::changed, this, [this](const InstanceFilter& filter) {
        model_.setFilter(filter);
        table_->scrollToTop();
    });
    connect(card_->empty(), &EmptyState::actionRequested, this, [this] {
        if (model_.state() == LoadState::failed) return reload();
        model_.isFiltered() ? filters_->clear() : emit triggerRequested(workflow_);
    });
    connect(actions_, &InstanceActions::changed, this, &InstancesPage::reload);
    connect(&backend_, &Backend::live, this, [this](const std::vector<api::LiveEvent>& events) {
        const auto ours = [name = workflow_.toStdString()](const auto& event) {
            return event.workflow == name;
        };
        if (std::any_of(events.begin(), events.end(), ours)) summary_.request();
    });
    // Counts were not told while the backend was away, and what was missed is not told afterwards.
    connect(&backend_, &Backend::liveReset, &summary_, &Coalescer::request);
    connect(&backend_, &Backend::liveStateChanged, this, [this](LiveState state) {
        if (state == LiveState::live) summary_.request();
    });
    connect(&Reach::of(backend_), &Reach::changed, this, [this] {
        table_->viewport()->update();
        if (Reach::of(backend_).isReachable()) summary_.request();
    });
    second_.setInterval(1000);
    connect(&second_, &QTimer::timeout, this, [this] {
        table_->viewport()->update();
        if (backend_.liveState() == LiveState::polling) summary_.request();
    });
    model_.setActive(false);
    summary_.setActive(false);
}

void InstancesPage::layOut() {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(filters_);
    layout->addWidget(card_, 1);
}

void InstancesPage::setWorkflow(const QString& name) {
    if (name == workflow_) return;
    workflow_ = name;
    filters_->setCounts({});
    filters_->setFilter({});
    actions_->clearTarget();
    model_.setSource(&backend_, name.toStdString());
    loadSummary();  // even unseen: the page around this one shows it too
    update();
}

void InstancesPage::setFilter(const InstanceFilter& filter) {
    filters_->setFilter(filter);
    model_.setFilter(filter);
    table_->scrollToTop();
}

void InstancesPage::reload() {
    model_.refresh();
    summary_.request();
}

void InstancesPage::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void InstancesPage::loadSummary() {
    if (workflow_.isEmpty()) return;
    backend_.workflow(workflow_.toStdString(), this, [this](api::Result<api::Workflow> answer) {
        if (answer && answer->name == workflow_.toStdString()) showSummary(*answer);
    });
}

void InstancesPage::showSummary(const api::Workflow& workflow) {
    emit summaryLoaded(workflow);
    filters_->setCounts(workflow.counts, workflow.otherCounts);
    showTotal();
}

/// The list itself says how long it is where no counts are told.
void InstancesPage::showTotal() {
    if (model_.state() != LoadState::ready) return;
    filters_->setShown(model_.total(),
                       model_.totalIsExact() ? FilterBar::Total::exact : FilterBar::Total::atLeast);
}

void InstancesPage::update() {
    filters_->offer(model_.otherStatuses());
    showTotal();
    const bool none = model_.rowCount() == 0;
    if (model_.state() == LoadState::failed && model_.error() && none) {
        card_->empty()->showError(*model_.error(), tr("The instances of %1").arg(workflow_),
                                  QStringLiteral("Workers Scripts Read"));
    } else if (none && model_.isFiltered()) {
        card_->empty()->show(EmptyState::Kind::filteredOut, tr("No instance matches the filter"),
                             tr("There may be others with another status, or created earlier."),
                             tr("Clear the filter"));
    } else if (none) {
        card_->empty()->show(EmptyState::Kind::nothingYet, tr("No instances yet"),
                             tr("Trigger %1 to see its first run here.").arg(workflow_), tr("Trigger…"));
    }
    const bool settled = model_.state() == LoadState::ready || model_.state() == LoadState::failed;
    none&& settled ? card_->showEmpty() : card_->showList();
    nameBulk();
    noteVisibleRows();
}

void InstancesPage::noteVisibleRows() {
    if (model_.rowCount() == 0) return;
    const int first = std::max(0, table_->rowAt(0));
    const int last = table_->rowAt(table_->viewport()->height() - 1);
    model_.setVisibleRows(first, last < 0 ? model_.rowCount() - 1 : last);
}

QString InstancesPage::idAt(const QModelIndex& index) const {
    return index.isValid() ? index.data(InstancesModel::IdRole).toString() : QString();
}

void InstancesPage::takeCurrent() {
    const api::InstanceSummary* row = model_.at(table_->currentIndex().row());
    row == nullptr ? actions_->clearTarget()
                   : actions_->setTarget(workflow_.toStdString(), row->id, row->status);
}

void InstancesPage::showMenu(const QModelIndex& index, const QPoint& at) {
    const QString id = idAt(index);
    if (id.isEmpty()) return;
    takeCurrent();
    if (scope().kind == Scope::Kind::selection) {
        nameBulk();
        bulkMenu_->popup(at);
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("instanceMenu");
    connect(menu->addAction(tr("Open")), &QAction::triggered, this,
            [this, id] { emit instanceChosen(workflow_, id); });
    menu->addSeparator();
    menu->addActions(actions_->actions());
    menu->addSeparator();
    connect(menu->addAction(tr("Copy id")), &QAction::triggered, this,
            [id] { QApplication::clipboard()->setText(id); });
    connect(menu->addAction(tr("Copy link")), &QAction::triggered, this,
            [this, id] { emit linkCopyRequested(workflow_, id); });
    menu->popup(at);
}

void InstancesPage::makeBulk() {
    using Verb = BulkJob::Verb;
    for (const auto verb : {Verb::pause, Verb::resume, Verb::restart, Verb::terminate, Verb::remove}) {
        auto* action = new QAction(this);
        connect(action, &QAction::triggered, this, [this, verb] { runBulk(verb); });
        gate(action, backend_, verb == Verb::remove ? Feature::deleteInstances : Feature::changeStatus);
        bulkActions_.push_back(action);
    }
    bulkMenu_->setObjectName("bulkMenu");
    bulkMenu_->addActions(bulkActions_);
    bulkMenu_->insertSeparator(bulkActions_.at(static_cast<int>(Verb::terminate)));
    connect(bulkMenu_, &QMenu::aboutToShow, this, &InstancesPage::nameBulk);
    bulk_->setMenu(bulkMenu_);
    bulk_->setAccessibleDescription(tr("Verbs on all instances that the filter shows"));
    filters_->addTrailing(bulk_);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &InstancesPage::nameBulk);
    nameBulk();
}

/// Two or more selected rows count as the choice; some of them may not be loaded, and then nobody can say
/// which instances they are.
InstancesPage::Scope InstancesPage::scope() const {
    int count = 0;
    for (const auto& range : table_->selectionModel()->selection())
        count += range.height();
    if (count < 2 || count == model_.rowCount()) return {};
    if (count > InstancesModel::pageSize * InstancesModel::mostPages) return {Scope::Kind::unknown};
    Scope scope{Scope::Kind::selection};
    for (const auto& index : table_->selectionModel()->selectedRows()) {
        scope.ids.push_back(idAt(index));
        if (scope.ids.back().isEmpty()) return {Scope::Kind::unknown};
        scope.statuses.push_back(static_cast<api::Status>(index.data(InstancesModel::StatusRole).toInt()));
    }
    return scope;
}

QStringList InstancesPage::Scope::takers(BulkJob::Verb verb) const {
    QStringList taking;
    for (qsizetype i = 0; i < ids.size(); ++i) {
        const auto status = statuses.at(static_cast<std::size_t>(i));
        // What takes a status that we do not know is up to the backend.
        if (status == api::Status::unknown || takesVerb(status, verb)) taking.push_back(ids.at(i));
    }
    return taking;
}

void InstancesPage::nameBulk() {
    using Verb = BulkJob::Verb;
    const Scope about = scope();
    const bool all = about.kind == Scope::Kind::filter;
    const QString what = all ? tr("all of these instances")
                             : tr("%1 selected instances").arg(format::number(about.ids.size()));
    bulk_->setText(all ? tr("Act on all") : tr("Act on"));
    bulk_->setCount(all ? std::nullopt : std::optional<std::int64_t>(about.ids.size()));
    bulk_->setVisible(model_.rowCount() > 0);
    std::size_t i = 0;
    for (const auto verb : {Verb::pause, Verb::resume, Verb::restart, Verb::terminate, Verb::remove}) {
        auto* action = bulkActions_.at(static_cast<qsizetype>(i++));
        action->setText(tr("%1 %2…").arg(bulkVerbWord(verb), what));
        const bool isUnknown = about.kind == Scope::Kind::unknown;
        const bool isForNone = about.kind == Scope::Kind::selection && about.takers(verb).isEmpty();
        action->setEnabled(!isUnknown && !isForNone && model_.rowCount() > 0);
        action->setToolTip(isUnknown   ? tr("Not all selected rows are loaded: use the filter instead")
                           : isForNone ? tr("None of them is in a status that takes this")
                                       : QString());
    }
}

void InstancesPage::runBulk(BulkJob::Verb verb) {
    const Scope about = scope();
    if (workflow_.isEmpty() || about.kind == Scope::Kind::unknown) return;
    auto* dialog = new BulkDialog(backend_, workflow_, verb, this);
    connect(dialog, &BulkDialog::worked, this, &InstancesPage::reload);
    dialog->open();
    about.kind == Scope::Kind::selection
        ? dialog->take(about.takers(verb), static_cast<std::size_t>(about.ids.size()))
        : dialog->gather(model_.filter());
}

bool InstancesPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == table_->viewport() && event->type() == QEvent::Resize)
        QMetaObject::invokeMethod(this, &InstancesPage::noteVisibleRows, Qt::QueuedConnection);
    return Page::eventFilter(watched, event);
}

void InstancesPage::showEvent(QShowEvent*) {
    model_.setActive(true);
    summary_.setActive(true);
    summary_.request();
    second_.start();
}

void InstancesPage::hideEvent(QHideEvent*) {
    model_.setActive(false);
    summary_.setActive(false);
    second_.stop();
}

}  // namespace stepwell
