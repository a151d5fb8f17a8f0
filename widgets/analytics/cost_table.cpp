#include "widgets/analytics/cost_table.h"

#include "models/text.h"
#include "widgets/format.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QLocale>

#include <cmath>

namespace stepwell::analytics {
namespace {

constexpr int rowHeight = 34;
constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;

QString whole(double value) {
    return format::count(std::llround(value));
}

QString kindWord(LoadKind kind) {
    return kind == LoadKind::worker  ? QObject::tr("Worker")
           : kind == LoadKind::pages ? QObject::tr("Site")
                                     : QObject::tr("Workflow");
}

QString exact(const QString& month, double inRange, const QString& unit) {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    return QObject::tr("%1 a month, from %2%3 in the range")
        .arg(month, english.toString(inRange, 'f', inRange == std::floor(inRange) ? 0 : 2), unit);
}

QString amount(double value, const std::string& unit) {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    const int digits = unit == "GB" ? (value < 1 ? 3 : 1) : unit.empty() ? 0 : 1;
    const QString number = english.toString(value, 'f', value == std::floor(value) ? 0 : digits);
    return unit.empty() ? number : QStringLiteral("%1 %2").arg(number, toQt(unit));
}

class CostDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        if (index.column() == CostModel::Name)
            return text(cell, words, theme.cardTitle(), theme.color(Token::text));
        const bool money = index.column() >= CostModel::Share;
        text(cell, words, theme.body(), theme.color(money ? Token::text : Token::mute), right);
    }
};

class LimitsDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const bool exceeded = index.data(LimitsModel::ExceededRole).toBool();
        switch (index.column()) {
        case LimitsModel::Name:
            return text(cell, words, theme.body(), theme.color(Token::text));
        case LimitsModel::Verdict:
            return status(cell, {exceeded ? api::Status::errored : api::Status::complete}, words);
        default:
            text(cell, words, theme.body(), theme.color(exceeded ? Token::text : Token::mute), right);
        }
    }
};

}  // namespace

CostModel::CostModel(QObject* parent)
    : ListModel({{tr("Name")},
                 {tr("Requests"), right},
                 {tr("CPU time"), right},
                 {tr("Steps"), right},
                 {tr("Stored"), right},
                 {tr("Of the bill"), right},
                 {tr("For 1,000"), right}},
                parent) {}

void CostModel::setBill(const Bill& bill) {
    beginResetModel();
    loads_ = bill.loads;
    endResetModel();
    setState(LoadState::ready);
}

QVariant CostModel::value(int row, int column, int role) const {
    const auto& one = loads_[static_cast<std::size_t>(row)];
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip) return {};
    switch (column) {
    case Name:
        return tip ? kindWord(one.load.kind) + QStringLiteral(" ") + toQt(one.load.name)
                   : toQt(one.load.name);
    case Requests:
        return tip ? exact(whole(one.month.requests), one.load.requests, {}) : whole(one.month.requests);
    case Cpu: {
        if (!one.load.isCpuKnown)
            return tip ? tr("The backend does not tell how much CPU time this took: it is not in the bill")
                       : tr("not measured");
        const QString month = one.month.cpu > 0
                                  ? format::duration(api::Milliseconds{std::llround(one.month.cpu)})
                                  : QStringLiteral("–");
        return tip ? exact(month, one.load.cpu, tr(" ms")) : month;
    }
    case Steps:
        return tip ? exact(whole(one.month.steps), one.load.steps, {}) : whole(one.month.steps);
    case Storage:
        if (tip) return tr("On an average day, for as long as state is kept");
        return one.storage > 0 ? format::bytes(std::llround(one.storage * 1e9)) : QStringLiteral("–");
    case Share: {
        if (!tip) return one.share.sum() > 0 ? toQt(moneyText(one.share.sum())) : QStringLiteral("–");
        return tr("Beyond the allowances: requests %1, CPU %2, steps %3, storage %4")
            .arg(toQt(moneyText(one.share.requests)), toQt(moneyText(one.share.cpu)),
                 toQt(moneyText(one.share.steps)), toQt(moneyText(one.share.storage)));
    }
    case Thousand:
        if (tip) return tr("1,000 more of them once the allowances are used up");
        return one.perThousand > 0 ? toQt(moneyText(one.perThousand)) : QStringLiteral("–");
    default:
        return {};
    }
}

LimitsModel::LimitsModel(QObject* parent)
    : ListModel(
          {{tr("Limit of the free plan")}, {tr("This load"), right}, {tr("Allowed"), right}, {tr("Verdict")}},
          parent) {}

void LimitsModel::setLimits(std::vector<LimitCheck> limits) {
    beginResetModel();
    limits_ = std::move(limits);
    endResetModel();
    setState(LoadState::ready);
}

QVariant LimitsModel::value(int row, int column, int role) const {
    const auto& one = limits_[static_cast<std::size_t>(row)];
    if (role == ExceededRole) return one.exceeded();
    if (role == Qt::ToolTipRole) return tr("Beyond it, %1.").arg(toQt(one.effect));
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Name:
        return toQt(one.name);
    case Used:
        return one.used > 0 ? amount(one.used, one.unit) : QStringLiteral("–");
    case Limit:
        return amount(one.limit, one.unit);
    case Verdict:
        return one.exceeded() ? tr("Too much: %1").arg(toQt(one.effect)) : tr("Fits");
    default:
        return {};
    }
}

TableView* makeCostTable(CostModel* model) {
    auto* table = new TableView(QStringLiteral("costTable"), rowHeight);
    table->setAccessibleName(QObject::tr("Cost of each workflow"));
    table->setItemDelegate(new CostDelegate(table));
    table->setModel(model);
    table->setColumns({{240, 120}, {100, 80}, {110, 80}, {100, 80}, {90, 70}, {100, 84}, {100, 84}},
                      CostModel::Name);
    return table;
}

TableView* makeLimitsTable(LimitsModel* model) {
    auto* table = new TableView(QStringLiteral("limitsTable"), rowHeight);
    table->setAccessibleName(QObject::tr("Limits of the free plan"));
    table->setItemDelegate(new LimitsDelegate(table));
    table->setModel(model);
    table->setColumns({{230, 180}, {100, 80}, {100, 80}, {380, 160}}, LimitsModel::Verdict);
    return table;
}

}  // namespace stepwell::analytics
