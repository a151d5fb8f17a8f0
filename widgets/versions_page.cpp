#include "widgets/versions_page.h"

#include "models/backend.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/graph/graph_panel.h"
#include "widgets/instance/inspector_panel.h"
#include "widgets/list_cut.h"
#include "widgets/row_delegate.h"
#include "widgets/settings_texts.h"
#include "widgets/table_view.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int rowHeight = 34;
constexpr int sideBySide = 900;  // below this width the graph goes under the list
const QList<TableView::Width> columnWidths = {{78, 70}, {112, 96}, {100, 90}, {122, 112}};

/// What sets this version apart, as far as it was declared.
QString factsOf(const api::Version& version) {
    QStringList facts{QString::fromStdString(version.className)};
    if (version.createdOn) facts << QObject::tr("created %1").arg(format::fullStamp(*version.createdOn));
    const auto& set = version.settings;
    if (set.stepLimit) facts << QObject::tr("at most %1 steps").arg(format::number(*set.stepLimit));
    if (set.concurrencyLimit) facts << QObject::tr("%1 at once").arg(format::number(*set.concurrencyLimit));
    if (set.retention.success)
        facts << QObject::tr("successes kept %1").arg(settings::retentionText(set.retention.success));
    if (set.retention.error)
        facts << QObject::tr("failures kept %1").arg(settings::retentionText(set.retention.error));
    return facts.join(QStringLiteral(" · "));
}

class VersionDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const bool isId = index.column() != VersionsModel::Created;
        const bool isName = index.column() == VersionsModel::Number;
        text(cell, words, isId ? theme.mono(12) : theme.body(),
             theme.color(isName ? Token::text : Token::mute));
    }
};

}  // namespace

VersionsPage::VersionsPage(Backend& backend, QWidget* parent)
    : WorkflowSection(parent)
    , backend_(backend)
    , table_(new TableView(QStringLiteral("versions"), rowHeight))
    , card_(new ListCard(table_))
    , graph_(new GraphPanel(backend))
    , cut_(makeLabel({}, "small"))
    , others_(new JsonSection(tr("More fields"), 6))
    , facts_(new ElidedLabel)
    , split_(new QSplitter(Qt::Horizontal)) {
    table_->setAccessibleName(tr("Versions"));
    table_->setItemDelegate(new VersionDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, VersionsModel::ScriptVersion);
    layOut();
    connect(&model_, &ListModel::stateChanged, this, &VersionsPage::update);
    connect(table_->selectionModel(), &QItemSelectionModel::currentChanged, this, &VersionsPage::showCurrent);
    connect(table_, &TableView::opened, this, [this] { graph_->view().setFocus(Qt::TabFocusReason); });
    connect(card_->empty(), &EmptyState::actionRequested, this, &VersionsPage::reload);
    model_.setActive(false);
}

void VersionsPage::layOut() {
    auto* right = makeCard();
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addWidget(new GraphHeader(*graph_, GraphHeader::Title::shown));
    facts_->setProperty("kind", "small");
    facts_->setContentsMargins(12, 0, 12, 10);
    column->addWidget(facts_);
    others_->setContentsMargins(12, 0, 12, 10);
    others_->hide();
    column->addWidget(others_);
    column->addWidget(makeLine(Qt::Horizontal));
    column->addWidget(graph_, 1);
    right->setMinimumSize(320, 200);
    card_->setMinimumSize(240, 120);
    split_->setChildrenCollapsible(false);
    split_->setHandleWidth(12);
    split_->addWidget(card_);
    split_->addWidget(right);
    split_->setStretchFactor(1, 1);
    connect(split_, &QSplitter::splitterMoved, this, [this] { ownSplit_ = true; });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(cut_);
    layout->addWidget(split_, 1);
    cut_->hide();
}

void VersionsPage::setWorkflow(const QString& name) {
    if (name == workflow_) return;
    workflow_ = name;
    model_.setSource(&backend_, name.toStdString());
    update();
}

void VersionsPage::reload() {
    model_.refresh();
    if (graph_->shown() == GraphPanel::Shown::failed) graph_->reload();
}

void VersionsPage::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void VersionsPage::update() {
    const bool none = model_.rowCount() == 0;
    const QString cut = none ? QString() : cutText(backend_.listCut(PagedList::versions));
    cut_->setText(tr("Of the versions %1").arg(cut));
    cut_->setVisible(!cut.isEmpty());
    if (model_.state() == LoadState::failed && model_.error() && none)
        card_->empty()->showError(*model_.error(), tr("The versions of %1").arg(workflow_),
                                  QStringLiteral("Workers Scripts Read"));
    else if (none)
        card_->empty()->show(EmptyState::Kind::nothingYet, tr("No versions yet"),
                             tr("Each deployment that changes %1 makes one.").arg(workflow_), {});
    const bool isSettled = model_.state() == LoadState::ready || model_.state() == LoadState::failed;
    none&& isSettled ? card_->showEmpty() : card_->showList();
    if (!none && !table_->currentIndex().isValid()) table_->setCurrentIndex(model_.index(0, 0));
}

void VersionsPage::showCurrent() {
    const auto* version = model_.at(table_->currentIndex().row());
    if (version == nullptr) return;
    facts_->setText(factsOf(*version));
    others_->setText(version->otherFields);
    graph_->show(workflow_.toStdString(), version->id);
}

void VersionsPage::showEvent(QShowEvent* event) {
    WorkflowSection::showEvent(event);
    model_.setActive(true);
    divide();
}

void VersionsPage::hideEvent(QHideEvent* event) {
    WorkflowSection::hideEvent(event);
    model_.setActive(false);
}

void VersionsPage::resizeEvent(QResizeEvent* event) {
    WorkflowSection::resizeEvent(event);
    divide();
}

/// The list gets what its columns need, until a person moves the border.
void VersionsPage::divide() {
    const auto wanted = width() < sideBySide ? Qt::Vertical : Qt::Horizontal;
    if (split_->orientation() != wanted) {
        split_->setOrientation(wanted);
        ownSplit_ = false;
    }
    if (ownSplit_) return;
    const int length = wanted == Qt::Horizontal ? width() : height();
    const int list = wanted == Qt::Horizontal ? std::clamp(length * 34 / 100, 350, 420) : length / 3;
    split_->setSizes({list, length - list});
}

}  // namespace stepwell
