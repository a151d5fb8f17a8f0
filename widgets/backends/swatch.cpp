#include "widgets/backends/swatch.h"

#include "widgets/backends/backend_look.h"
#include "widgets/controls.h"

#include <QPainter>

namespace stepwell {

Swatch::Swatch(const QString& colour, QWidget* parent)
    : QAbstractButton(parent)
    , colour_(colour) {
    setCheckable(true);
    setAccessibleName(colour.isEmpty() ? tr("Colour of its kind") : tr("Colour %1").arg(colour));
    setToolTip(accessibleName());
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
}

QSize Swatch::sizeHint() const {
    return {24, 24};
}

void Swatch::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF center = QRectF(rect()).center();
    if (colour_.isEmpty()) {
        painter.setPen(QPen(theme.color(Token::mute), 1.4, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(legible(QColor(colour_), theme.color(Token::surface), 3.0));
    }
    painter.drawEllipse(center, 7, 7);
    if (isChecked()) {
        painter.setPen(QPen(theme.color(Token::text), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(center, 10, 10);
    }
    if (hasFocus()) paintFocusRing(painter, rect(), 6);
}

}  // namespace stepwell
