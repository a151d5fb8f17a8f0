#include "widgets/analytics/explorer_answer.h"

#include "models/text.h"
#include "widgets/analytics/answer_table_model.h"
#include "widgets/analytics/chart_card.h"
#include "widgets/analytics/explorer_chart.h"
#include "widgets/analytics/export_files.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/json/json_view.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QPointer>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QThreadPool>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr std::size_t parsedAtOnce = 32 * 1024;
constexpr int rowHeight = 28;
constexpr int widestColumn = 280;
constexpr int cellPadding = 12;

std::vector<std::shared_ptr<const graphql::AnswerTable>> tablesIn(const std::string& answer) {
    std::vector<std::shared_ptr<const graphql::AnswerTable>> tables;
    for (auto& table : graphql::tablesOf(answer))
        tables.push_back(std::make_shared<const graphql::AnswerTable>(std::move(table)));
    return tables;
}

/// Rows of the house: a hairline below, the text with room at both sides.
class CellDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        painter->fillRect(option.rect, theme.color(selected ? Token::sel : Token::surface));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          theme.color(Token::line2));
        const QRect room = option.rect.adjusted(cellPadding, 0, -cellPadding, 0);
        const QFont font = index.data(Qt::FontRole).value<QFont>();
        painter->setFont(font);
        painter->setPen(index.data(Qt::ForegroundRole).value<QColor>());
        painter->drawText(
            room, index.data(Qt::TextAlignmentRole).value<Qt::Alignment>(),
            QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideMiddle, room.width()));
    }
};

void prepare(QTableView& table) {
    table.setItemDelegate(new CellDelegate(&table));
    table.setObjectName("answerTable");
    table.setAccessibleName(QObject::tr("Answer as a table"));
    table.setShowGrid(false);
    table.setSortingEnabled(true);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setWordWrap(false);
    table.setTextElideMode(Qt::ElideMiddle);
    table.verticalHeader()->hide();
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table.verticalHeader()->setDefaultSectionSize(rowHeight);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setSectionsMovable(true);
    table.horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
}

}  // namespace

ExplorerAnswer::ExplorerAnswer(QWidget* parent)
    : QWidget(parent)
    , json_(new JsonView)
    , table_(new QTableView)
    , model_(new AnswerTableModel(this))
    , chart_(new analytics::ChartCard)
    , lists_(new ComboBox)
    , measures_(new ComboBox)
    , status_(makeLabel({}, "small"))
    , empty_(new EmptyState)
    , stack_(new QStackedWidget) {
    prepare(*table_);
    table_->setModel(model_);
    lists_->setAccessibleName(tr("List of the answer"));
    measures_->setAccessibleName(tr("Measure"));
    chart_->setMaximumHeight(QWIDGETSIZE_MAX);  // the whole room is its
    layOut();
    connect(lists_, &QComboBox::activated, this, &ExplorerAnswer::chooseTable);
    connect(measures_, &QComboBox::activated, this, &ExplorerAnswer::showChart);
    connect(chart_, &analytics::ChartCard::exportRequested, this, [this](analytics::FileKind kind) {
        analytics::exportChart(this, chart_->chart(), chart_->hiddenSeries(), kind);
    });
    setView(View::json);
    empty_->show(EmptyState::Kind::nothingYet, tr("Run the document to see its answer"), tr("Ctrl+Return"),
                 {});
    stack_->setCurrentWidget(empty_->parentWidget());
}

QPushButton* ExplorerAnswer::addSegment(const QString& text, View view) {
    auto* segment = makeButton(text, "segment");
    segment->setCheckable(true);
    segment->setAutoExclusive(true);
    connect(segment, &QPushButton::clicked, this, [this, view] { setView(view); });
    segments_.push_back(segment);
    return segment;
}

void ExplorerAnswer::layOut() {
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(addSegment(tr("JSON"), View::json));
    row->addWidget(addSegment(tr("Table"), View::table));
    row->addWidget(addSegment(tr("Chart"), View::chart));
    row->addSpacing(8);
    row->addWidget(lists_);
    row->addWidget(measures_);
    row->addStretch(1);
    row->addWidget(status_);
    for (auto* box : {lists_, measures_}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(9);
        box->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
        box->setMaximumWidth(240);
        box->hide();
    }
    const auto inCard = [](QWidget* content) {
        auto* card = makeCard();
        auto* inside = new QVBoxLayout(card);
        inside->setContentsMargins(1, 1, 1, 1);
        inside->addWidget(content);
        return card;
    };
    stack_->addWidget(json_);
    stack_->addWidget(inCard(table_));
    stack_->addWidget(chart_);
    stack_->addWidget(inCard(empty_));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(stack_, 1);
    setMinimumWidth(340);  // whatever is shown, so that the columns of the page keep their widths
}

void ExplorerAnswer::setBusy() {
    setLook(status_, "kind", "small");
    status_->setText(tr("Running…"));
}

void ExplorerAnswer::setAnswer(const api::GraphqlAnswer& answer, qint64 elapsedMs) {
    const int generation = ++generation_;
    setLook(status_, "kind", answer.errors.empty() ? "small" : "error");
    const QString size = format::bytes(static_cast<std::int64_t>(answer.json.size()));
    const QString took = format::duration(api::Milliseconds{elapsedMs});
    status_->setText(answer.errors.empty()
                         ? tr("%1 · %2").arg(took, size)
                         : tr("%n errors · %1", nullptr, static_cast<int>(answer.errors.size())).arg(took));
    json_->setText(answer.json);
    if (answer.json.size() <= parsedAtOnce) return take(generation, tablesIn(answer.json));
    QThreadPool::globalInstance()->start(
        [view = QPointer<ExplorerAnswer>(this), copy = answer.json, generation] {
            auto tables = tablesIn(copy);
            QMetaObject::invokeMethod(qApp, [view, generation, tables = std::move(tables)] {
                if (view) view->take(generation, tables);
            });
        });
}

void ExplorerAnswer::setFailure(const api::Error& error) {
    ++generation_;
    tables_.clear();
    lists_->clear();
    chooseTable(-1);
    setLook(status_, "kind", "error");
    status_->setText(tr("No answer"));
    empty_->showError(error, tr("The answer"), tr("Account Analytics: Read"));
    stack_->setCurrentWidget(empty_->parentWidget());
    emit shown();
}

void ExplorerAnswer::take(int generation, Tables tables) {
    if (generation != generation_) return;
    const QString before = lists_->currentData().toString();
    tables_ = std::move(tables);
    lists_->clear();
    int chosen = tables_.empty() ? -1 : 0;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
        const QString path = toQt(tables_[i]->path);
        const QString name = path.section(QLatin1Char('.'), -1);
        const auto count = tables_[i]->rows.size();
        lists_->addItem(
            (count == 1 ? tr("%1 · 1 row") : tr("%1 · %2 rows").arg(QStringLiteral("%1")).arg(count))
                .arg(name.isEmpty() ? tr("answer") : name),
            path);
        lists_->setItemData(lists_->count() - 1, path, Qt::ToolTipRole);
        if (path == before) chosen = static_cast<int>(i);
    }
    lists_->setCurrentIndex(chosen);
    chooseTable(chosen);
    emit shown();
}

void ExplorerAnswer::chooseTable(int index) {
    const auto table = index < 0 ? nullptr : tables_.at(static_cast<std::size_t>(index));
    model_->setTable(table);
    table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table_->resizeColumnsToContents();
    for (int i = 0; i < model_->columnCount(); ++i)
        table_->setColumnWidth(i, std::min(table_->columnWidth(i) + cellPadding, widestColumn));
    const QString measure = measures_->currentText();
    measures_->clear();
    measureColumns_.clear();
    if (table)
        for (std::size_t i = 0; i < table->columns.size(); ++i)
            if (table->columns[i].numeric) {
                measureColumns_.push_back(i);
                measures_->addItem(toQt(table->columns[i].name));
            }
    measures_->setCurrentIndex(std::max(measureColumns_.empty() ? -1 : 0, measures_->findText(measure)));
    showChart();
    update();
}

void ExplorerAnswer::showChart() {
    const int list = lists_->currentIndex();
    const int measure = measures_->currentIndex();
    std::shared_ptr<const analytics::Chart> made;
    if (list >= 0 && measure >= 0)
        made = explorerChart(*tables_[static_cast<std::size_t>(list)],
                             measureColumns_[static_cast<std::size_t>(measure)]);
    charted_ = made != nullptr;
    if (made) chart_->setChart(made);
}

void ExplorerAnswer::setView(View view) {
    view_ = view;
    segments_[static_cast<std::size_t>(view)]->setChecked(true);
    update();
}

void ExplorerAnswer::sayMissing() {
    using Kind = EmptyState::Kind;
    if (view_ == View::table)
        empty_->show(Kind::filteredOut, tr("The answer holds no rows"), {}, {});
    else
        empty_->show(Kind::filteredOut, tr("The answer holds no times to draw"),
                     tr("Ask for a time among the dimensions, such as datetimeHour, and for a number"), {});
    stack_->setCurrentWidget(empty_->parentWidget());
}

void ExplorerAnswer::update() {
    lists_->setVisible(view_ != View::json && lists_->count() > 0);
    measures_->setVisible(view_ == View::chart && charted_ && measures_->count() > 1);
    if (generation_ == 0 || status_->text() == tr("No answer")) return;
    if (view_ == View::json) return stack_->setCurrentWidget(json_);
    if (view_ == View::table ? model_->rowCount() == 0 : !charted_) return sayMissing();
    stack_->setCurrentIndex(view_ == View::table ? 1 : 2);
}

QString ExplorerAnswer::status() const {
    return status_->text();
}

}  // namespace stepwell
