#include "widgets/analytics/behind_dialog.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QItemSelectionModel>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace stepwell::analytics {
namespace {

constexpr int rowHeight = 28;
constexpr QSize wanted{860, 520};
constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;

/// "WORKFLOW_SUCCESS" as people say it; others stay as they are.
std::pair<QString, std::optional<api::Status>> wordOf(const QString& event) {
    if (event.endsWith(QLatin1String("_SUCCESS"))) return {QObject::tr("Complete"), api::Status::complete};
    if (event.endsWith(QLatin1String("_FAILURE"))) return {QObject::tr("Errored"), api::Status::errored};
    if (event.endsWith(QLatin1String("_TERMINATED")))
        return {QObject::tr("Terminated"), api::Status::terminated};
    return {event, std::nullopt};
}

class BehindDelegate final : public RowDelegate {
  public:
    BehindDelegate(TableView* view, const BehindModel& model)
        : RowDelegate(view)
        , model_(model) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data().toString();
        switch (index.column()) {
        case BehindModel::Instance:
            return text(cell, words, theme.mono(), theme.color(Token::text), Qt::AlignLeft | Qt::AlignVCenter,
                        Qt::ElideMiddle);
        case BehindModel::Event:
            if (const auto shape = wordOf(model_.at(index.row()).event).second)
                return status(cell, {*shape}, words);
            break;
        case BehindModel::Took:
            return text(cell, words, theme.body(), theme.color(Token::mute), right);
        default:
            break;
        }
        text(cell, words, theme.body(),
             theme.color(index.column() == BehindModel::Workflow ? Token::text : Token::mute));
    }

  private:
    const BehindModel& model_;
};

}  // namespace

BehindModel::BehindModel(QObject* parent)
    : ListModel({{tr("When")}, {tr("Workflow")}, {tr("Instance")}, {tr("What")}, {tr("Took"), right}},
                parent) {}

void BehindModel::setRows(std::vector<BehindRow> rows) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
    setState(LoadState::ready);
}

QVariant BehindModel::value(int row, int column, int role) const {
    const auto& one = at(row);
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip) return {};
    switch (column) {
    case When:
        return tip ? format::fullStamp(one.time) : format::relative(one.time, format::now());
    case Workflow:
        return one.workflow;
    case Instance:
        return one.instance;
    case Event: {
        const QString word = tip ? one.event : wordOf(one.event).first;
        return one.step.isEmpty() ? word : QStringLiteral("%1 · %2").arg(word, one.step);
    }
    case Took:
        if (one.wallTime <= 0) return QStringLiteral("–");
        return tip ? exactText(one.wallTime, Unit::milliseconds)
                   : valueText(one.wallTime, Unit::milliseconds);
    default:
        return {};
    }
}

BehindDialog::BehindDialog(Backend& backend, Behind behind, const Spot& spot, QWidget* parent)
    : ActionDialog(behind.words, tr("Open the instance"), Look::main, parent)
    , backend_(backend)
    , behind_(std::move(behind))
    , model_(new BehindModel(this))
    , table_(new TableView(QStringLiteral("behindTable"), rowHeight))
    , empty_(new EmptyState)
    , stack_(new QStackedWidget)
    , list_(addButton(tr("Show as a list"))) {
    setObjectName("behindDialog");
    setSubtitle(spanText(spot.from, spot.to));
    cancelButton()->setText(tr("Close"));
    list_->setToolTip(tr("The workflow's instances from about that time. The list goes by when they were "
                         "created, so it may hold more than the point does."));
    auto* query = addButton(tr("Show the query"));
    table_->setAccessibleName(tr("Events behind the point"));
    table_->setItemDelegate(new BehindDelegate(table_, *model_));
    table_->setModel(model_);
    table_->setColumns({{110, 80}, {170, 100}, {250, 120}, {180, 120}, {80, 70}}, BehindModel::Instance);
    auto* card = makeCard();
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(stack_);
    stack_->addWidget(table_);
    stack_->addWidget(empty_);
    body()->addWidget(card, 1);
    connect(query, &QPushButton::clicked, this, [this] {
        emit queryRequested(behind_.query, behind_.words);
        accept();
    });
    connect(list_, &QPushButton::clicked, this, [this] {
        const auto* row = current();
        if (row == nullptr) return;
        double longest = 0;
        for (int i = 0; i < model_->rowCount(); ++i)
            if (model_->at(i).workflow == row->workflow) longest = std::max(longest, model_->at(i).wallTime);
        const QString workflow = row->workflow;
        accept();
        emit listRequested(workflow, api::Milliseconds{std::llround(longest)});
    });
    connect(this, &ActionDialog::confirmed, this, &BehindDialog::choose);
    connect(table_, &TableView::opened, this, &BehindDialog::choose);
    connect(empty_, &EmptyState::actionRequested, this, &BehindDialog::load);
    resize(parent == nullptr ? wanted : wanted.boundedTo(parent->window()->size() - QSize(40, 40)));
    load();
}

void BehindDialog::load() {
    empty_->show(EmptyState::Kind::nothingYet, tr("Searching…"), {}, {});
    stack_->setCurrentWidget(empty_);
    verbButton()->setEnabled(false);
    list_->setEnabled(false);
    backend_.graphql(behind_.query, this, [this](const api::Result<api::GraphqlAnswer>& answer) {
        answer ? take(behindRowsFrom(*answer)) : take(api::fail(answer.error()));
    });
}

void BehindDialog::take(const api::Result<BehindRows>& found) {
    if (!found) {
        empty_->showError(found.error(), tr("What is behind this point"), tr("Account Analytics: Read"));
        emit loaded();
        return;
    }
    const auto shown = static_cast<double>(found->rows.size());
    model_->setRows(found->rows);
    if (found->rows.empty()) {
        empty_->show(EmptyState::Kind::filteredOut, tr("Nothing is behind this point"),
                     tr("Single events may be kept for less long than their counts."), {});
        emit loaded();
        return;
    }
    setNote(found->total > shown
                ? tr("The newest %1 of %2")
                      .arg(valueText(shown, Unit::count), valueText(found->total, Unit::count))
            : shown == 1 ? tr("1 event, all there is")
                         : tr("All %1 events").arg(valueText(shown, Unit::count)));
    stack_->setCurrentWidget(table_);
    table_->selectRow(0);
    table_->setFocus();
    verbButton()->setEnabled(true);
    list_->setEnabled(true);
    emit loaded();
}

const BehindRow* BehindDialog::current() const {
    const auto index = table_->currentIndex();
    return index.isValid() && stack_->currentWidget() == table_ ? &model_->at(index.row()) : nullptr;
}

void BehindDialog::choose() {
    const auto* row = current();
    if (row == nullptr) return;
    const BehindRow chosen = *row;
    accept();
    emit instanceChosen(chosen.workflow, chosen.instance);
}

}  // namespace stepwell::analytics
