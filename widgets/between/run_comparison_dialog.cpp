#include "widgets/between/run_comparison_dialog.h"

#include "models/backend.h"
#include "models/deploy/deploy_pool.h"
#include "models/visible_text.h"
#include "widgets/between/comparison_delegate.h"
#include "widgets/between/instance_card.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/table_view.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int rowHeight = 32;
constexpr int headerHeight = 28;
constexpr QSize wantedSize{1040, 720};
constexpr QSize roomAround{48, 48};  ///< of the window that stay beside it
const QList<TableView::Width> widths = {{260, 140}, {250, 120}, {250, 120}, {160, 110}};

QString nameOf(const std::vector<Peer>& peers, const Backend* backend) {
    for (const auto& peer : peers)
        if (peer.backend == backend) return peer.name;
    return backend != nullptr ? backend->name() : QString();
}

std::string outputText(const std::optional<std::string>& output) {
    return output.value_or("null");
}

}  // namespace

RunComparisonDialog::RunComparisonDialog(Peers peers, const InstanceName& left, const InstanceName& right,
                                         QWidget* parent)
    : QDialog(parent)
    , peers_(std::move(peers))
    , leftName_(left)
    , leftCard_(new InstanceCard(tr("Left")))
    , rightCard_(new InstanceCard(tr("Right")))
    , choice_(new InstanceChoice(peers_))
    , summary_(makeLabel({}, "mute"))
    , onlyDifferences_(new Chip(tr("Only differences")))
    , model_(new ComparisonModel(this))
    , table_(new TableView(QStringLiteral("compare"), rowHeight))
    , empty_(new EmptyState)
    , stack_(new QStackedWidget)
    , changesTitle_(makeLabel({}, "small"))
    , changes_(new QTableWidget) {
    setObjectName("runComparisonDialog");
    onlyDifferences_->setObjectName("onlyDifferences");
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Compare %1").arg(left.id));
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(10);
    split->addWidget(buildSteps());
    split->addWidget(buildChanges());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 16);
    column->setSpacing(10);
    column->addWidget(buildHead());
    column->addWidget(split, 1);
    choice_->leaveOut(left);
    choice_->setName(right);
    connect(choice_, &InstanceChoice::chosen, this, &RunComparisonDialog::load);
    const QSize room = parent != nullptr ? parent->window()->size() - roomAround : wantedSize;
    resize(wantedSize.boundedTo(room));
    loadLeft();
    if (right.id.isEmpty())
        choice_->instances().setFocus();
    else
        load();
}

QWidget* RunComparisonDialog::buildHead() {
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* choose = new QHBoxLayout;
    choose->setSpacing(8);
    choose->addWidget(makeLabel(tr("Compare with"), "mute"));
    choose->addWidget(choice_, 1);
    column->addLayout(choose);
    auto* cards = new QHBoxLayout;
    cards->setSpacing(12);
    cards->addWidget(leftCard_, 1);
    cards->addWidget(rightCard_, 1);
    column->addLayout(cards);
    rightCard_->say(tr("Choose the instance to compare with"));
    return head;
}

QWidget* RunComparisonDialog::buildSteps() {
    auto* card = makeCard();
    onlyDifferences_->setCheckable(true);
    connect(onlyDifferences_, &QAbstractButton::toggled, model_, &ComparisonModel::setOnlyDifferences);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 8, 6);
    bar->addWidget(summary_, 1);
    bar->addWidget(onlyDifferences_);
    table_->setModel(model_);
    table_->setItemDelegate(new ComparisonDelegate(*model_, table_));
    table_->setColumns(widths, ComparisonModel::Step);
    table_->setAccessibleName(tr("Steps of both instances"));
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this] { setPart(Part::step); });
    stack_->addWidget(empty_);
    stack_->addWidget(table_);
    empty_->show(
        EmptyState::Kind::nothingYet, tr("Nothing to compare with yet"),
        tr("Choose an instance above: one that went well beside one that failed tells where they part."), {});
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(makeLine(Qt::Horizontal));
    column->addWidget(stack_, 1);
    card->setMinimumHeight(160);
    connect(empty_, &EmptyState::actionRequested, this, [this] {
        loadLeft();
        load();
    });
    return card;
}

QWidget* RunComparisonDialog::buildChanges() {
    auto* card = makeCard();
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 6, 12, 6);
    bar->setSpacing(0);
    auto* group = new QButtonGroup(this);
    const auto add = [&](Part part, const QString& text) {
        auto* button = makeButton(text, "segment");
        button->setCheckable(true);
        group->addButton(button);
        bar->addWidget(button);
        parts_.at(static_cast<std::size_t>(part)) = button;
        connect(button, &QPushButton::clicked, this, [this, part] { setPart(part); });
    };
    add(Part::step, tr("Step"));
    add(Part::params, tr("Params"));
    add(Part::output, tr("Output"));
    parts_.front()->setChecked(true);
    bar->addSpacing(12);
    bar->addWidget(changesTitle_, 1);
    changes_->setColumnCount(3);
    changes_->setHorizontalHeaderLabels({tr("Where"), tr("Left"), tr("Right")});
    changes_->setAccessibleName(tr("What differs"));
    changes_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    changes_->setSelectionBehavior(QAbstractItemView::SelectRows);
    changes_->setShowGrid(false);
    changes_->setFrameShape(QFrame::NoFrame);
    changes_->setWordWrap(false);
    changes_->verticalHeader()->hide();
    changes_->verticalHeader()->setDefaultSectionSize(26);
    changes_->horizontalHeader()->setFixedHeight(headerHeight);
    changes_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    changes_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(makeLine(Qt::Horizontal));
    column->addWidget(changes_, 1);
    card->setMinimumHeight(120);
    return card;
}

void RunComparisonDialog::loadLeft() {
    if (leftName_.backend == nullptr) return;
    leftCard_->say(tr("Loading %1…").arg(leftName_.id));
    leftName_.backend->instance(leftName_.workflow.toStdString(), leftName_.id.toStdString(), {}, this,
                                [this](api::Result<api::InstanceDetail> answer) {
                                    if (answer)
                                        leftCard_->show(nameOf(peers_(), leftName_.backend),
                                                        leftName_.workflow, *answer);
                                    take(left_, std::move(answer), generation_);
                                });
}

void RunComparisonDialog::load() {
    const auto name = choice_->name();
    if (name.backend == nullptr || name.workflow.isEmpty() || name.id.isEmpty()) return;
    rightName_ = name;
    right_.reset();
    whole_[1].clear();
    const int generation = ++generation_;
    rightCard_->say(tr("Loading %1…").arg(name.id));
    name.backend->instance(name.workflow.toStdString(), name.id.toStdString(), {}, this,
                           [this, name, generation](api::Result<api::InstanceDetail> answer) {
                               if (generation != generation_) return;
                               if (answer)
                                   rightCard_->show(nameOf(peers_(), name.backend), name.workflow, *answer);
                               else
                                   rightCard_->say(QString::fromStdString(answer.error().message));
                               take(right_, std::move(answer), generation);
                           });
}

void RunComparisonDialog::take(Detail& side, api::Result<api::InstanceDetail> answer, int generation) {
    if (!answer) return showProblem(answer.error());
    if (generation != generation_ && &side == &right_) return;
    side = std::make_shared<const api::InstanceDetail>(std::move(*answer));
    if (left_ && right_) compareNow();
}

void RunComparisonDialog::showProblem(const api::Error& error) {
    empty_->showError(error, tr("This instance"), QStringLiteral("Workflows Read"));
    stack_->setCurrentWidget(empty_);
    summary_->clear();
    model_->set({});
    changes_->setRowCount(0);
    changesTitle_->clear();
}

void RunComparisonDialog::compareNow() {
    summary_->setText(tr("Comparing…"));
    const int generation = generation_;
    runDeployWork(
        this, [left = left_, right = right_] { return between::compare(*left, *right); },
        [this, left = left_, right = right_, generation](between::InstanceComparison comparison) {
            if (generation == generation_) showComparison({left, right, std::move(comparison)});
        });
}

void RunComparisonDialog::showComparison(ComparisonModel::Compared compared) {
    const bool sameParams = compared.comparison.sameParams;
    const bool sameOutput = compared.comparison.sameOutput;
    const bool sameEnd = compared.comparison.sameEnd;
    const auto pairs = static_cast<int>(compared.comparison.steps.size());
    model_->set(std::move(compared));
    const int different = model_->differences();
    QStringList parts{pairs == 1 ? tr("1 step") : tr("%1 steps").arg(format::number(pairs)),
                      different == 0   ? tr("none differs")
                      : different == 1 ? tr("1 differs")
                                       : tr("%1 differ").arg(format::number(different))};
    parts << (sameParams ? tr("same params") : tr("other params"));
    parts << (!sameEnd ? tr("ended otherwise") : sameOutput ? tr("same output") : tr("other output"));
    summary_->setText(parts.join(QStringLiteral(" · ")));
    if (pairs == 0) {
        empty_->show(EmptyState::Kind::nothingYet, tr("Neither has a step"), {}, {});
        stack_->setCurrentWidget(empty_);
    } else {
        stack_->setCurrentWidget(table_);
    }
    const int first = model_->firstDifference();
    if (first >= 0) {
        table_->selectRow(first);
        table_->scrollTo(model_->index(first, 0), QAbstractItemView::PositionAtCenter);
    } else {
        setPart(sameParams ? Part::output : Part::params);
    }
}

QString RunComparisonDialog::summary() const {
    return summary_->text();
}

void RunComparisonDialog::setPart(Part part) {
    part_ = part;
    parts_.at(static_cast<std::size_t>(part))->setChecked(true);
    showPart();
}

void RunComparisonDialog::showPart() {
    const auto& compared = model_->compared();
    if (!compared.left || !compared.right) return;
    if (part_ == Part::params)
        return compareTexts(tr("Params"), compared.left->params, compared.right->params);
    if (part_ == Part::output)
        return compareTexts(tr("Output of the run"), outputText(compared.left->output),
                            outputText(compared.right->output));
    const auto current = table_->currentIndex();
    if (current.isValid()) return showStepPart(current.row());
    changesTitle_->setText(tr("Select a step"));
    changes_->setRowCount(0);
}

void RunComparisonDialog::showStepPart(int row) {
    const auto* left = model_->left(row);
    const auto* right = model_->right(row);
    const auto* one = left != nullptr ? left : right;
    const QString name = visibleText(QString::fromStdString(one->name));
    const auto textOf = [this](const api::Step* step, std::size_t side) -> std::string {
        if (step == nullptr) return "null";
        if (step->error) return "{\"error\":" + between::errorJson(*step->error) + "}";
        const auto known = whole_.at(side).find(between::keyOf(*step));
        const bool isWhole = known != whole_.at(side).end() && known->second.text;
        return isWhole ? *known->second.text : outputText(step->output);
    };
    askForWhole(left, true);
    askForWhole(right, false);
    const QString limits = limitsOf(left, 0);
    compareTexts(tr("Output of %1").arg(name), textOf(left, 0), textOf(right, 1),
                 limits.isEmpty() ? limitsOf(right, 1) : limits);
}

QString RunComparisonDialog::limitsOf(const api::Step* step, std::size_t side) const {
    if (step == nullptr || !step->outputTruncated || step->error) return {};
    const auto known = whole_.at(side).find(between::keyOf(*step));
    if (known != whole_.at(side).end() && known->second.text) return {};
    const auto told = QString::fromStdString(outputText(step->output)).size();
    const QString part = tr("only the first %1 characters were compared").arg(format::number(told));
    const QString problem = known != whole_.at(side).end() ? known->second.problem : QString();
    return problem.isEmpty() ? part : tr("%1, for the rest is not told: %2").arg(part, problem);
}

/// What is told with the instance is cut at 1,024 characters.
void RunComparisonDialog::askForWhole(const api::Step* step, bool isLeft) {
    auto& known = whole_.at(isLeft ? 0 : 1);
    if (step == nullptr || !step->outputTruncated || known.contains(between::keyOf(*step))) return;
    const auto& of = isLeft ? leftName_ : rightName_;
    if (of.backend == nullptr) return;
    known[between::keyOf(*step)] = {};
    // Backends tell the output of a step by its name; that of its rollback is not told apart.
    if (step->isRollback) return;
    const int generation = generation_;
    of.backend->stepOutput(
        of.workflow.toStdString(), of.id.toStdString(), step->name, step->kind, this,
        [this, key = between::keyOf(*step), isLeft, generation](api::Result<std::string> answer) {
            if (generation != generation_ && !isLeft) return;
            auto& whole = whole_.at(isLeft ? 0 : 1)[key];
            if (answer)
                whole.text = std::move(*answer);
            else
                whole.problem = QString::fromStdString(answer.error().message);
            if (part_ == Part::step) showPart();
        });
}

void RunComparisonDialog::compareTexts(const QString& title, std::string before, std::string after,
                                       const QString& limits) {
    const int number = ++difference_;
    runDeployWork(
        this,
        [before = std::move(before), after = std::move(after)] {
            return between::jsonDifference(before, after);
        },
        [this, number, title, limits](const between::JsonDifference& difference) {
            if (number == difference_) showChanges(title, difference, limits);
        });
}

QString RunComparisonDialog::changesTitle() const {
    return changesTitle_->text();
}

void RunComparisonDialog::showChanges(const QString& title, const between::JsonDifference& difference,
                                      const QString& limits) {
    const auto count = static_cast<int>(difference.changes.size());
    const QString what = count == 0       ? tr("the same")
                         : difference.cut ? tr("more than %1 differences").arg(format::number(count))
                         : count == 1     ? tr("1 difference")
                                          : tr("%1 differences").arg(format::number(count));
    // What is the same up to there is not the same.
    const QString told = limits.isEmpty() ? what
                         : count == 0     ? limits
                                          : QStringLiteral("%1 · %2").arg(what, limits);
    changesTitle_->setText(QStringLiteral("%1: %2").arg(title, told));
    changes_->setRowCount(count);
    const auto cell = [this](int row, int column, const std::string& text) {
        auto* item = new QTableWidgetItem(visibleText(QString::fromStdString(text)));
        item->setFont(Theme::get().mono(12));
        item->setToolTip(item->text().toHtmlEscaped());
        changes_->setItem(row, column, item);
    };
    for (int row = 0; row < count; ++row) {
        const auto& change = difference.changes[static_cast<std::size_t>(row)];
        using Kind = between::JsonChange::Kind;
        cell(row, 0, change.path.empty() ? "(all)" : change.path);
        cell(row, 1, change.kind == Kind::added ? "–" : change.before);
        cell(row, 2, change.kind == Kind::removed ? "–" : change.after);
    }
}

}  // namespace stepwell
