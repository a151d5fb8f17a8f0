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
constexpr int fromSpot = 14;

}  // namespace

ValueCard::ValueCard(QWidget* owner)
    : QWidget(owner->window())
    , owner_(owner) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
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
    if (parentWidget() != owner_->window()) setParent(owner_->window());
    values_ = values;
    resize(measure());
    const QRect room = parentWidget()->rect().adjusted(4, 4, -4, -4);
    const QPoint at = owner_->mapTo(parentWidget(), spot);
    QPoint corner(at.x() + fromSpot, at.y() - height() / 2);
    if (corner.x() + width() > room.right()) corner.setX(at.x() - fromSpot - width());
    corner.setY(std::min(corner.y(), room.bottom() - height()));
    move(std::max(room.left(), corner.x()), std::max(room.top(), corner.y()));
    raise();
    show();
    update();
}

void ValueCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(Token::line));
    painter.setBrush(theme.color(Token::surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
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
