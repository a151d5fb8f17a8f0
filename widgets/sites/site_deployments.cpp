#include "widgets/sites/site_deployments.h"

#include "models/backend.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/icons.h"
#include "widgets/row_delegate.h"
#include "widgets/sites/compare_dialog.h"
#include "widgets/sites/site_deletion.h"
#include "widgets/sites/site_verbs.h"
#include "widgets/table_view.h"
#include "widgets/web_address.h"

#include <QAction>
#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int rowHeight = 34;
const QList<TableView::Width> columnWidths = {{116, 104}, {116, 104}, {230, 120}, {300, 100},
                                              {90, 72},   {104, 88},  {140, 116}};

class DeploymentDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QColor mute = theme.color(Token::mute);
        if (index.data(SiteDeploymentsModel::PlaceholderRole).toBool()) {
            if (index.column() == SiteDeploymentsModel::Deployment)
                text(cell, QStringLiteral("…"), theme.mono(12), theme.color(Token::faint));
            return;
        }
        const QString words = index.data(Qt::DisplayRole).toString();
        switch (index.column()) {
        case SiteDeploymentsModel::State:
            return paintState(cell, index);
        case SiteDeploymentsModel::Deployment:
            return text(cell, words, theme.mono(12), theme.color(Token::text));
        case SiteDeploymentsModel::Branch:
            return paintBranch(cell, index);
        case SiteDeploymentsModel::Files:
        case SiteDeploymentsModel::Size:
            return text(cell, words, theme.body(), mute, Qt::AlignRight | Qt::AlignVCenter);
        case SiteDeploymentsModel::Created: {
            const QDateTime time = index.data(SiteDeploymentsModel::CreatedRole).toDateTime();
            const QString when =
                time.isValid() ? format::relative(format::timeOf(time), format::now()) : words;
            return text(cell, when, theme.body(), mute);
        }
        default:
            text(cell, words, theme.body(), mute);
        }
    }

  private:
    void paintState(const Cell& cell, const QModelIndex& index) const {
        const auto deployment = index.data(SiteDeploymentsModel::DeploymentRole).value<api::SiteDeployment>();
        const bool live = deployment.live.value_or(false);
        const auto shown = siteStatus(deployment);
        // Ready is what nearly all are: only what differs has a colour.
        if (live || shown != api::Status::complete) return status(cell, {shown}, siteStateWord(deployment));
        const Cell rest{cell.painter, cell.area.adjusted(19, 0, 0, 0), cell.selected, cell.hovered};
        const auto& theme = Theme::get();
        paintGlyph(cell.painter, QRectF(cell.area.left(), cell.area.center().y() - 7, 15, 15), Glyph::check,
                   theme.color(Token::mute));
        text(rest, siteStateWord(deployment), theme.body(), theme.color(Token::mute));
    }
    /// Previews are told by their branch; production says so.
    static void paintBranch(const Cell& cell, const QModelIndex& index) {
        const auto& theme = Theme::get();
        const QString branch = index.data(Qt::DisplayRole).toString();
        const auto deployment = index.data(SiteDeploymentsModel::DeploymentRole).value<api::SiteDeployment>();
        const bool production = deployment.environment == api::SiteEnvironment::production;
        const QString note = production ? QObject::tr("· production") : QString();
        const int noteWidth = production ? QFontMetrics(theme.secondary()).horizontalAdvance(note) + 6 : 0;
        const int wanted = QFontMetrics(theme.body()).horizontalAdvance(branch);
        const bool both = wanted + noteWidth <= cell.area.width();
        text(cell, branch, theme.body(), theme.color(Token::text), Qt::AlignLeft | Qt::AlignVCenter,
             Qt::ElideMiddle);
        if (!both || !production) return;
        const Cell rest{cell.painter, cell.area.adjusted(wanted + 6, 0, 0, 0), cell.selected, cell.hovered};
        text(rest, note, theme.secondary(), theme.color(Token::mute));
    }
};

QLineEdit* makeField(const QString& hint, int least, int most) {
    auto* field = new QLineEdit;
    field->setPlaceholderText(hint);
    field->setAccessibleName(hint);
    field->setClearButtonEnabled(true);
    field->setMinimumWidth(least);
    field->setMaximumWidth(most);
    field->setMaxLength(200);
    return field;
}

}  // namespace

SiteDeployments::SiteDeployments(Backend& backend, const QString& site, QWidget* parent)
    : QWidget(parent)
    , backend_(backend)
    , site_(site)
    , branch_(makeField(tr("Branch"), 110, 180))
    , search_(makeField(tr("Find by id, message, commit"), 150, 280))
    , table_(new TableView(QStringLiteral("siteDeployments"), rowHeight))
    , card_(new ListCard(table_))
    , compareButton_(makeButton(tr("Compare")))
    , removeButton_(makeButton(tr("Delete…"), "danger")) {
    table_->setAccessibleName(tr("Deployments"));
    table_->setItemDelegate(new DeploymentDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, SiteDeploymentsModel::Message);
    table_->viewport()->installEventFilter(this);
    makeActions();
    layOut();
    connect(table_, &TableView::opened, this, [this](const QModelIndex& index) {
        const QString id = index.data(SiteDeploymentsModel::IdRole).toString();
        if (!id.isEmpty()) emit deploymentChosen(id);
    });
    connect(table_, &TableView::menuRequested, this, &SiteDeployments::showMenu);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &SiteDeployments::updateActions);
    connect(table_->verticalScrollBar(), &QScrollBar::valueChanged, this, &SiteDeployments::noteVisibleRows);
    connect(table_->verticalScrollBar(), &QScrollBar::rangeChanged, this, &SiteDeployments::noteVisibleRows);
    connect(&model_, &SiteDeploymentsModel::rowsShifted, this, [this](int by) {
        auto* bar = table_->verticalScrollBar();
        if (bar->value() > 0) bar->setValue(bar->value() + by * rowHeight);
    });
    connect(&model_, &ListModel::stateChanged, this, &SiteDeployments::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, &SiteDeployments::update);
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &SiteDeployments::update);
    connect(&model_, &QAbstractItemModel::rowsRemoved, this, &SiteDeployments::update);
    connect(&model_, &QAbstractItemModel::dataChanged, this, &SiteDeployments::updateActions);
    typing_.setSingleShot(true);
    typing_.setInterval(250);
    connect(&typing_, &QTimer::timeout, this, &SiteDeployments::applyFilter);
    for (auto* field : {branch_, search_}) {
        connect(field, &QLineEdit::textChanged, &typing_, qOverload<>(&QTimer::start));
        connect(field, &QLineEdit::returnPressed, this, &SiteDeployments::applyFilter);
    }
    card_->empty()->setGlyph(Glyph::sites);
    connect(card_->empty(), &EmptyState::actionRequested, this, [this] {
        if (model_.isFiltered()) return clearFilter();
        model_.state() == LoadState::failed ? reload() : emit deployRequested();
    });
    second_.setInterval(1000);
    connect(&second_, &QTimer::timeout, table_->viewport(), qOverload<>(&QWidget::update));
    model_.setActive(false);
    model_.setSource(&backend_, site.toStdString());
    update();
}

void SiteDeployments::makeActions() {
    const auto add = [this](const QString& text, auto run) {
        auto* action = new QAction(text, this);
        connect(action, &QAction::triggered, this, run);
        actions_ << action;
        return action;
    };
    open_ = add(tr("Open this deployment in browser"), [this] {
        if (const auto rows = chosen(); rows.size() == 1)
            openWebAddress(this, QString::fromStdString(rows.front().url));
    });
    compare_ = add(tr("Compare deployments…"), [this] { compareChosen(); });
    rollBack_ = add(tr("Roll back to this deployment…"), [this] { rollBackChosen(); });
    retry_ = add(tr("Deploy the same again…"), [this] { retryChosen(); });
    remove_ = add(tr("Delete deployments…"), [this] { deleteChosen(); });
    // Of the list alone: in the fields above it the key deletes a letter.
    remove_->setShortcut(QKeySequence::Delete);
    remove_->setShortcutContext(Qt::WidgetShortcut);
    table_->addAction(remove_);
    for (auto* change : {rollBack_, retry_, remove_})
        gate(change, backend_, Feature::siteUpload);
    gate(removeButton_, backend_, Feature::siteUpload);
    connect(compareButton_, &QPushButton::clicked, compare_, &QAction::trigger);
    connect(removeButton_, &QPushButton::clicked, remove_, &QAction::trigger);
}

void SiteDeployments::layOut() {
    auto* bar = new QHBoxLayout;
    bar->setSpacing(8);
    addEnvironment(tr("All"), std::nullopt, bar);
    addEnvironment(tr("Production"), api::SiteEnvironment::production, bar);
    addEnvironment(tr("Previews"), api::SiteEnvironment::preview, bar);
    bar->addSpacing(4);
    bar->addWidget(branch_, 1);
    bar->addWidget(search_, 2);
    bar->addStretch(1);
    bar->addWidget(compareButton_);
    bar->addWidget(removeButton_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addLayout(bar);
    layout->addWidget(card_, 1);
}

void SiteDeployments::addEnvironment(const QString& text, std::optional<api::SiteEnvironment> environment,
                                     QLayout* layout) {
    auto* chip = new Chip(text);
    chip->setCheckable(true);
    chip->setChecked(!environment);
    connect(chip, &QAbstractButton::clicked, this, [this, environment] {
        environment_ = environment;
        applyFilter();
    });
    chips_.push_back({environment, chip});
    layout->addWidget(chip);
}

void SiteDeployments::setCounts(std::optional<std::int64_t> production,
                                std::optional<std::int64_t> previews) {
    for (const auto& [environment, chip] : chips_) {
        std::optional<std::int64_t> count;
        if (production && previews)
            count = !environment                                       ? *production + *previews
                    : *environment == api::SiteEnvironment::production ? *production
                                                                       : *previews;
        chip->setCount(count);
    }
    counted_ = production && previews;
    showTotal();
}

/// The list itself says how long it is where no counts are told.
void SiteDeployments::showTotal() {
    if (counted_ || model_.state() != LoadState::ready) return;
    const bool isExact = model_.totalIsExact();
    for (const auto& [environment, chip] : chips_) {
        const bool isShown = environment == environment_;
        chip->setCount(isShown ? std::optional(isExact ? model_.total() : model_.total() - 1) : std::nullopt,
                       isExact ? Chip::Count::exact : Chip::Count::atLeast);
    }
}

void SiteDeployments::applyFilter() {
    typing_.stop();
    for (const auto& [environment, chip] : chips_)
        chip->setChecked(environment == environment_);
    model_.setFilter(
        {environment_, branch_->text().trimmed().toStdString(), search_->text().trimmed().toStdString()});
    table_->scrollToTop();
}

void SiteDeployments::clearFilter() {
    environment_.reset();
    branch_->clear();
    search_->clear();
    applyFilter();
}

void SiteDeployments::setDeployable(bool deployable) {
    deployable_ = deployable;
    update();
}

void SiteDeployments::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void SiteDeployments::update() {
    const bool none = model_.rowCount() == 0;
    const bool failed = model_.state() == LoadState::failed && model_.error();
    for (auto* field : {branch_, search_})
        field->setVisible(model_.offersFilters() || !field->text().isEmpty());
    if (failed && none)
        card_->empty()->showError(*model_.error(), tr("The deployments of %1").arg(site_),
                                  QStringLiteral("Cloudflare Pages Read"));
    else if (none && model_.isFiltered())
        card_->empty()->show(EmptyState::Kind::filteredOut, tr("No deployment matches the filter"),
                             tr("There may be others of another environment or branch."),
                             tr("Clear the filter"));
    else if (none)
        card_->empty()->show(
            EmptyState::Kind::nothingYet, tr("No deployments yet"),
            deployable_ ? tr("Choose the folder that holds what is to be published.")
                        : tr("Deploy one with: wrangler pages deploy <folder> --project-name %1").arg(site_),
            deployable_ ? tr("Deploy a folder…") : QString());
    const bool settled = failed || model_.state() == LoadState::ready;
    none&& settled ? card_->showEmpty() : card_->showList();
    showTotal();
    noteVisibleRows();
    updateActions();
}

void SiteDeployments::noteVisibleRows() {
    if (model_.rowCount() == 0) return;
    const int first = std::max(0, table_->rowAt(0));
    const int last = table_->rowAt(table_->viewport()->height() - 1);
    model_.setVisibleRows(first, last < 0 ? model_.rowCount() - 1 : last);
}

std::vector<api::SiteDeployment> SiteDeployments::chosen() const {
    std::vector<api::SiteDeployment> rows;
    for (const auto& range : table_->selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row)
            if (const auto* deployment = model_.at(row)) rows.push_back(*deployment);
    return rows;
}

void SiteDeployments::updateActions() {
    int count = 0;
    for (const auto& range : table_->selectionModel()->selection())
        count += range.height();
    const auto* only = count == 1 ? model_.at(table_->selectionModel()->selection().front().top()) : nullptr;
    open_->setEnabled(only != nullptr);
    retry_->setEnabled(only != nullptr);
    rollBack_->setEnabled(only != nullptr && only->environment == api::SiteEnvironment::production &&
                          !only->live.value_or(false) && siteStatus(*only) == api::Status::complete);
    compare_->setEnabled(count == 2);
    remove_->setEnabled(count > 0);
    compareButton_->setEnabled(count == 2);
    compareButton_->setToolTip(count == 2 ? QString() : tr("Choose two deployments to compare them"));
    removeButton_->setEnabled(count > 0);
    removeButton_->setText(count > 1 ? tr("Delete %1…").arg(format::number(count)) : tr("Delete…"));
}

void SiteDeployments::showMenu(const QModelIndex& index, const QPoint& at) {
    const QString id = index.data(SiteDeploymentsModel::IdRole).toString();
    if (id.isEmpty()) return;
    const auto deployment = index.data(SiteDeploymentsModel::DeploymentRole).value<api::SiteDeployment>();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("deploymentMenu");
    connect(menu->addAction(tr("Open")), &QAction::triggered, this,
            [this, id] { emit deploymentChosen(id); });
    menu->addAction(open_);
    connect(menu->addAction(tr("Copy address")), &QAction::triggered, this,
            [this, deployment] { emit addressCopyRequested(QString::fromStdString(deployment.url)); });
    menu->addSeparator();
    menu->addActions({compare_, rollBack_, retry_});
    menu->addSeparator();
    menu->addAction(remove_);
    menu->popup(at);
}

void SiteDeployments::compareChosen() {
    auto rows = chosen();
    if (rows.size() != 2) return;
    if (rows[0].createdOn > rows[1].createdOn) std::swap(rows[0], rows[1]);
    (new CompareDialog(backend_, rows[0], rows[1], CompareDialog::Purpose::look, this))->open();
}

void SiteDeployments::rollBackChosen() {
    if (const auto rows = chosen(); rows.size() == 1)
        askToRollBack(backend_, site_, rows.front(), this, [this] { emit changed(); });
}

void SiteDeployments::retryChosen() {
    if (const auto rows = chosen(); rows.size() == 1)
        askToRetry(backend_, rows.front(), this, [this] { emit changed(); });
}

void SiteDeployments::deleteChosen() {
    auto rows = chosen();
    if (rows.empty()) return;
    int count = 0;
    for (const auto& range : table_->selectionModel()->selection())
        count += range.height();
    const int notLoaded = count - static_cast<int>(rows.size());
    auto* dialog = new SiteDeletionDialog(backend_, site_, std::move(rows), notLoaded, this);
    connect(dialog, &SiteDeletionDialog::changed, this, &SiteDeployments::changed);
    dialog->open();
}

void SiteDeployments::showEvent(QShowEvent*) {
    model_.setActive(true);
    second_.start();
}

void SiteDeployments::hideEvent(QHideEvent*) {
    model_.setActive(false);
    second_.stop();
}

bool SiteDeployments::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) noteVisibleRows();
    return QWidget::eventFilter(watched, event);
}

}  // namespace stepwell
