#include "widgets/row_delegate.h"

#include "widgets/arc_clock.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/table_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace stepwell {
namespace {
constexpr int padding = 12;
constexpr int shapeSize = 15;
}  // namespace

RowDelegate::RowDelegate(TableView* view)
    : QStyledItemDelegate(view)
    , view_(view) {}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const auto& theme = Theme::get();
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = view_->hoveredRow() == index.row();
    painter->save();
    const bool last = index.row() + 1 == index.model()->rowCount();
    const QRect row = option.rect.adjusted(0, 0, 0, -1);
    if (selected)
        painter->fillRect(row, theme.color(Token::sel));
    else if (hovered)
        painter->fillRect(row, theme.color(Token::raised));
    if (!last)
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          theme.color(Token::line2));
    const bool firstShown = view_->columnViewportPosition(index.column()) <= 0 && option.rect.left() <= 0;
    if (selected && firstShown && view_->hasFocus())
        painter->fillRect(QRect(row.left(), row.top(), 3, row.height()), theme.color(Token::accent));
    const Cell cell{*painter, row.adjusted(padding, 0, -padding, 0), selected, hovered};
    painter->setClipRect(option.rect);
    paintCell(cell, index);
    painter->restore();
}

bool RowDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                            const QModelIndex& index) {
    if (event->type() != QEvent::ToolTip) return QStyledItemDelegate::helpEvent(event, view, option, index);
    QString tip = index.data(Qt::ToolTipRole).toString();
    if (tip.isEmpty()) tip = index.data(Qt::DisplayRole).toString();
    tip.isEmpty() ? QToolTip::hideText()
                  : QToolTip::showText(event->globalPos(), format::plainTip(tip), view);
    return true;
}

void RowDelegate::text(const Cell& cell, const QString& text, const QFont& font, const QColor& color,
                       Qt::Alignment alignment, Qt::TextElideMode elide) {
    cell.painter.setFont(font);
    cell.painter.setPen(color);
    cell.painter.drawText(cell.area, static_cast<int>(alignment) | Qt::TextSingleLine,
                          QFontMetrics(font).elidedText(text, elide, cell.area.width()));
}

void RowDelegate::status(const Cell& cell, ShownStatus shown, const QString& words) const {
    const QRect box(cell.area.left(), cell.area.center().y() - shapeSize / 2, shapeSize, shapeSize);
    const bool turning = shown.status == api::Status::running;
    paintStatusShape(cell.painter, box, shown, turning ? ArcClock::get().phase(view_->viewport(), box) : 0);
    const Cell rest{cell.painter, cell.area.adjusted(shapeSize + 4, 0, 0, 0), cell.selected, cell.hovered};
    text(rest, words, Theme::get().body(), statusTextColor(shown, cell.selected));
}

}  // namespace stepwell
