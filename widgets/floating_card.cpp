#include "widgets/floating_card.h"

#include "widgets/theme.h"

#include <QPainter>

namespace stepwell {
namespace {

constexpr int away = 14;
constexpr int below = 8;
constexpr int edge = 4;

}  // namespace

FloatingCard::FloatingCard(QWidget* owner)
    : QWidget(owner->window())
    , owner_(owner) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void FloatingCard::place(QSize size, const QRect& spot, Side side) {
    if (parentWidget() != owner_->window()) setParent(owner_->window());
    resize(size);
    const QRect room = parentWidget()->rect().adjusted(edge, edge, -edge, -edge);
    const QRect at(owner_->mapTo(parentWidget(), spot.topLeft()), spot.size());
    QPoint corner(at.left() + away, side == Side::below ? at.bottom() + below : at.top() - height() / 2);
    if (side == Side::below && corner.y() + height() > room.bottom())
        corner.setY(at.top() - below - height());
    if (side == Side::beside) corner.setY(std::min(corner.y(), room.bottom() - height()));
    if (corner.x() + width() > room.right()) corner.setX(at.left() - away - width());
    move(std::max(room.left(), corner.x()), std::max(room.top(), corner.y()));
    raise();
    show();
    update();
}

void FloatingCard::paintFrame(QPainter& painter) const {
    const Theme& theme = Theme::get();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(Token::line));
    painter.setBrush(theme.color(Token::surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

}  // namespace stepwell
