#include "widgets/between/comparison_delegate.h"

#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/instance/texts.h"
#include "widgets/table_view.h"

#include <QPainter>

namespace stepwell {
namespace {

constexpr int statusWidth = 24;
constexpr int durationWidth = 76;
constexpr int barHeight = 8;

Token tokenOf(between::Likeness likeness) {
    switch (likeness) {
    case between::Likeness::outcome:
        return Token::errored;
    case between::Likeness::output:
        return Token::waiting;
    case between::Likeness::onlyLeft:
    case between::Likeness::onlyRight:
        return Token::accent;
    case between::Likeness::same:
    case between::Likeness::sameSoFar:
        break;
    }
    return Token::mute;
}

}  // namespace

ComparisonDelegate::ComparisonDelegate(const ComparisonModel& model, TableView* view)
    : RowDelegate(view)
    , model_(model) {}

void ComparisonDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto& theme = Theme::get();
    const auto words = index.data(Qt::DisplayRole).toString();
    switch (index.column()) {
    case ComparisonModel::Left:
        return paintSide(cell, model_.left(index.row()));
    case ComparisonModel::Right:
        return paintSide(cell, model_.right(index.row()));
    case ComparisonModel::Difference: {
        const auto token = tokenOf(model_.pair(index.row()).likeness);
        const QColor color =
            cell.selected && token != Token::mute ? theme.color(Token::text) : theme.color(token);
        return text(cell, words, theme.body(), color);
    }
    default:
        text(cell, words, theme.mono(12), theme.color(Token::text), Qt::AlignLeft | Qt::AlignVCenter,
             Qt::ElideMiddle);
    }
}

void ComparisonDelegate::paintSide(const Cell& cell, const api::Step* step) const {
    const auto& theme = Theme::get();
    if (step == nullptr) return text(cell, QStringLiteral("–"), theme.body(), theme.color(Token::faint));
    const auto shown = texts::status(*step);
    const QRectF shape(cell.area.left(), cell.area.center().y() - 7, 14, 14);
    paintStatusShape(cell.painter, shape, shown);
    Cell rest{cell.painter, cell.area.adjusted(statusWidth, 0, 0, 0), cell.selected, cell.hovered};
    const auto duration = between::durationOf(*step);
    Cell number = rest;
    number.area.setWidth(durationWidth);
    text(number, duration ? format::duration(*duration) : statusWord(shown), theme.body(),
         theme.color(Token::text));
    const QRect bar(rest.area.left() + durationWidth + 8, rest.area.center().y() - barHeight / 2,
                    rest.area.width() - durationWidth - 8, barHeight);
    if (!duration || bar.width() < 12) return;
    const double share =
        static_cast<double>(duration->count()) / static_cast<double>(model_.longest().count());
    const double width = std::max(2.0, bar.width() * share);
    cell.painter.save();
    cell.painter.setRenderHint(QPainter::Antialiasing);
    cell.painter.setPen(Qt::NoPen);
    cell.painter.setBrush(theme.color(statusToken(shown)));
    cell.painter.drawRoundedRect(QRectF(bar.left(), bar.top(), width, bar.height()), 2, 2);
    cell.painter.restore();
}

}  // namespace stepwell
