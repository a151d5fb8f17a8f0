#include "widgets/analytics/cost_dialog.h"

#include "models/analytics/chart.h"
#include "models/text.h"
#include "widgets/analytics/cost_prices.h"
#include "widgets/analytics/cost_table.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QScreen>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <cmath>

namespace stepwell::analytics {
namespace {

constexpr QSize wanted{960, 640};

/// As it stands after other words: abbreviations stay as they are.
QString inSentence(QString words) {
    if (words.size() > 1 && words[1].isLower()) words[0] = words[0].toLower();
    return words;
}

QFrame* inCard(QWidget* content) {
    auto* card = makeCard();
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(content);
    return card;
}

}  // namespace

CostDialog::CostDialog(Backend& backend, api::Time from, api::Time to, QWidget* parent)
    : ActionDialog(tr("What this load would cost on Cloudflare"), tr("Save prices"), Look::main, parent)
    , backend_(backend)
    , paid_(makeFigure(tr("Paid plan")))
    , free_(makeFigure(tr("Free plan")))
    , basis_(makeFigure(tr("Projected from")))
    , loads_(new CostModel(this))
    , limits_(new LimitsModel(this))
    , form_(new PricesForm)
    , empty_(new EmptyState)
    , stack_(new QStackedWidget)
    , list_(new QStackedWidget) {
    setObjectName("costDialog");
    usage_.from = from;
    usage_.to = to;
    cancelButton()->setText(tr("Close"));
    form_->setPrices(savedPrices());
    layOut();
    connect(form_, &PricesForm::changed, this, &CostDialog::count);
    connect(this, &ActionDialog::confirmed, this, &CostDialog::save);
    connect(empty_, &EmptyState::actionRequested, this, [this] { load(true); });
    QSize room = wanted;
    if (parent != nullptr) room = room.boundedTo(parent->window()->size() - QSize(40, 40));
    resize(room);
    count();
    load(true);
}

CostDialog::Card CostDialog::makeFigure(const QString& title) {
    auto* frame = makeCard();
    auto* value = makeLabel({}, "title");
    auto* detail = makeLabel({}, "small");
    detail->setWordWrap(true);
    auto* column = new QVBoxLayout(frame);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(2);
    column->addWidget(makeLabel(title, "small"));
    column->addWidget(value);
    column->addWidget(detail);
    column->addStretch(1);
    return {frame, value, detail};
}

void CostDialog::layOut() {
    auto* figures = new QHBoxLayout;
    figures->setSpacing(12);
    for (const auto& card : {paid_, free_, basis_})
        figures->addWidget(card.frame, 1);
    auto* segments = new QHBoxLayout;
    segments->setSpacing(4);
    for (const auto& [index, words] :
         {std::pair(0, tr("By workflow")), {1, tr("Free plan")}, {2, tr("Prices")}}) {
        auto* segment = makeButton(words, "segment");
        segment->setCheckable(true);
        segment->setAutoExclusive(true);
        segment->setChecked(index == 0);
        connect(segment, &QPushButton::clicked, stack_,
                [this, index = index] { stack_->setCurrentIndex(index); });
        segments->addWidget(segment);
    }
    segments->addStretch(1);
    segments->addWidget(makeLabel(tr("Figures are for 30 days"), "small"));
    list_->addWidget(inCard(makeCostTable(loads_)));
    list_->addWidget(inCard(empty_));
    stack_->addWidget(list_);
    stack_->addWidget(inCard(makeLimitsTable(limits_)));
    stack_->addWidget(form_);
    body()->setSpacing(12);
    body()->addLayout(figures);
    body()->addLayout(segments);
    body()->addWidget(stack_, 1);
}

/// Asks once more without what Cloudflare itself does not have.
void CostDialog::load(bool extended) {
    empty_->show(EmptyState::Kind::nothingYet, tr("Counting…"), {}, {});
    list_->setCurrentIndex(1);
    const GraphqlQuery query{
        usageDocument(extended), usageVariables(backend_.account(), usage_.from, usage_.to), {}};
    backend_.graphql(query, this, [this, extended](const api::Result<api::GraphqlAnswer>& answer) {
        auto usage = answer ? usageFrom(answer->json, usage_.from, usage_.to)
                            : api::Result<Usage>(tl::unexpect, answer.error());
        if (!usage && answer && extended) return load(false);
        hasUsage_ = usage.has_value();
        if (usage) usage_ = std::move(*usage);
        if (!hasUsage_) empty_->showError(usage.error(), tr("The usage"), tr("Account Analytics: Read"));
        count();
        emit loaded();
    });
}

void CostDialog::count() {
    bill_ = billOf(form_->prices(), usage_);
    loads_->setBill(bill_);
    limits_->setLimits(bill_.freeLimits);
    const QString problem = form_->problem();
    problem.isEmpty() ? clearError() : showError(problem);
    verbButton()->setEnabled(problem.isEmpty() && form_->prices() != savedPrices());
    showBill();
}

void CostDialog::showBill() {
    basis_.value->setText(spanText(usage_.from, usage_.to));
    const QString times = QString::number(bill_.scale, 'f', bill_.scale < 10 ? 1 : 0);
    basis_.detail->setText(bill_.isRough()
                               ? tr("times %1: less than a day says little about a month").arg(times)
                               : tr("times %1 is 30 days").arg(times));
    if (!hasUsage_) {
        for (const auto& card : {paid_, free_}) {
            card.value->setText(QStringLiteral("–"));
            card.detail->clear();
        }
        return;
    }
    const bool any = !bill_.loads.empty();
    list_->setCurrentIndex(any ? 0 : 1);
    if (!any)
        empty_->show(EmptyState::Kind::filteredOut, tr("Nothing ran in this range"), tr("Choose another one"),
                     {});
    paid_.value->setText(tr("%1 a month").arg(toQt(moneyText(bill_.paid()))));
    paid_.detail->setText(
        tr("%1 subscription, %2 beyond the allowances: requests %3, CPU %4, steps %5, storage %6")
            .arg(toQt(moneyText(bill_.subscription)), toQt(moneyText(bill_.beyond.sum())),
                 toQt(moneyText(bill_.beyond.requests)), toQt(moneyText(bill_.beyond.cpu)),
                 toQt(moneyText(bill_.beyond.steps)), toQt(moneyText(bill_.beyond.storage))) +
        (bill_.lacksCpu() ? tr(". CPU time of Workers and sites is not measured, and not in it")
                          : QString()));
    QStringList exceeded;
    for (const auto& one : bill_.freeLimits)
        if (one.exceeded()) exceeded << inSentence(toQt(one.name));
    free_.value->setText(exceeded.isEmpty() ? tr("$0, it fits") : tr("Does not fit"));
    free_.detail->setText(exceeded.isEmpty() ? tr("The load stays within all limits of the free plan")
                                             : tr("Too much: %1").arg(exceeded.join(QStringLiteral(", "))));
}

void CostDialog::save() {
    if (!form_->problem().isEmpty()) return;
    savePrices(form_->prices());
    emit pricesChanged();
    count();
    setNote(tr("Saved"));
}

QString CostDialog::paidText() const {
    return paid_.value->text();
}

QString CostDialog::freeText() const {
    return free_.value->text();
}

}  // namespace stepwell::analytics
