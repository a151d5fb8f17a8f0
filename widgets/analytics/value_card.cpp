#include "widgets/analytics/value_card.h"

#include "widgets/theme.h"

#include <QAbstractScrollArea>
#include <QPainter>
#include <QScrollBar>

namespace stepwell::analytics {
namespace {

constexpr int inset = 10;
constexpr int lineHeight = 18;
constexpr int mark = 14;  // room of the coloured square
constexpr int columnGap = 16;
constexpr int widestName = 240;

}  // namespace

ValueCard::ValueCard(QWidget* owner)
    : FloatingCard(owner) {
    // What it tells of moves away under it.
    for (auto* around = owner->parentWidget(); around != nullptr; around = around->parentWidget())
        if (auto* area = qobject_cast<QAbstractScrollArea*>(around))
            connect(area->verticalScrollBar(), &QScrollBar::valueChanged, this, &QWidget::hide);
}

QSize ValueCard::measure() {
    const QFontMetrics body(Theme::get().secondary());
    const QFontMetrics title(Theme::get().cardTitle());
    names_ = numbers_ = befores_ = 0;
    for (const auto& row : values_.rows) {
        names_ = std::max(names_, std::min(widestName, body.horizontalAdvance(row.name)));
        numbers_ = std::max(numbers_, body.horizontalAdvance(row.value));
        befores_ = std::max(befores_, body.horizontalAdvance(row.before));
    }
    int width = mark + names_ + columnGap + numbers_ + (befores_ > 0 ? columnGap + befores_ : 0);
    width = std::max(width, title.horizontalAdvance(values_.title));
    int height = lineHeight + static_cast<int>(values_.rows.size()) * lineHeight + 2;
    for (const auto& words : {values_.note, values_.hint}) {
        if (words.isEmpty()) continue;
        width = std::max(width, body.horizontalAdvance(words));
        height += lineHeight;
    }
    return {width + 2 * inset, height + 2 * inset - 2};
}

void ValueCard::showAt(const CardValues& values, const QPoint& spot) {
    values_ = values;
    place(measure(), QRect(spot, QSize(0, 0)), Side::beside);
}

void ValueCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::get();
    QPainter painter(this);
    paintFrame(painter);
    QRect line(inset, inset - 1, width() - 2 * inset, lineHeight);
    painter.setFont(theme.cardTitle());
    painter.setPen(theme.color(Token::text));
    painter.drawText(line, Qt::AlignVCenter, values_.title);
    line.translate(0, lineHeight + 2);
    painter.setFont(theme.secondary());
    const auto words = [&](const QString& text) {
        if (text.isEmpty()) return;
        painter.setPen(theme.color(Token::mute));
        painter.drawText(line, Qt::AlignVCenter, text);
        line.translate(0, lineHeight);
    };
    words(values_.note);
    const QFontMetrics metrics(theme.secondary());
    for (const auto& row : values_.rows) {
        if (row.color.isValid()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(row.color);
            painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 3.5, 8, 8), 2, 2);
        }
        painter.setPen(theme.color(Token::mute));
        painter.drawText(line.adjusted(mark, 0, 0, 0), Qt::AlignVCenter,
                         metrics.elidedText(row.name, Qt::ElideMiddle, names_));
        painter.setPen(theme.color(Token::text));
        const int end = mark + names_ + columnGap + numbers_;
        painter.drawText(QRect(line.left(), line.top(), end, lineHeight), Qt::AlignVCenter | Qt::AlignRight,
                         row.value);
        painter.setPen(theme.color(Token::mute));
        painter.drawText(QRect(line.left() + end, line.top(), columnGap + befores_, lineHeight),
                         Qt::AlignVCenter | Qt::AlignRight, row.before);
        line.translate(0, lineHeight);
    }
    words(values_.hint);
}

}  // namespace stepwell::analytics
