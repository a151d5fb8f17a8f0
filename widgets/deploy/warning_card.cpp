#include "widgets/deploy/warning_card.h"

#include "widgets/controls.h"
#include "widgets/fitted_label.h"

#include <QPainter>
#include <QPainterPath>
#include <QResizeEvent>
#include <QVBoxLayout>

namespace stepwell {
namespace {
constexpr int shapeSize = 12;
constexpr int left = 30;
constexpr int right = 10;
constexpr int firstWidth = 200;  ///< before it has one of its own
constexpr int linkPadding = 5;   ///< of a button that looks like a link: its words start below the others

/// A triangle with an exclamation mark.
void paintSign(QPainter& painter, const QRectF& area) {
    QPainterPath sign;
    sign.moveTo(area.center().x(), area.top());
    sign.lineTo(area.right(), area.bottom());
    sign.lineTo(area.left(), area.bottom());
    sign.closeSubpath();
    const QColor color = Theme::get().color(Token::waiting);
    painter.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(sign);
    const qreal x = area.center().x();
    painter.drawLine(QPointF(x, area.top() + 4.5), QPointF(x, area.top() + 7.2));
    painter.drawPoint(QPointF(x, area.bottom() - 2.2));
}

}  // namespace

WarningCard::WarningCard(const QString& name, const QString& text, const QString& action, QWidget* parent)
    : QFrame(parent)
    , name_(name)
    , text_(text)
    , words_(new QLabel) {
    setObjectName("warningCard");
    auto* words = words_;
    words->setTextFormat(Qt::RichText);
    words->setWordWrap(true);
    words->setFont(Theme::get().secondary());
    words->setAccessibleName(name + QLatin1Char(' ') + text);
    fit(firstWidth);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(left - linkPadding, 8, right, 8);
    words->setContentsMargins(linkPadding, 0, 0, 0);
    all->setSpacing(2);
    all->addWidget(words);
    if (action.isEmpty()) return;
    auto* button = makeButton(action, "link");
    button->setFont(Theme::get().secondary());
    all->addWidget(button, 0, Qt::AlignLeft);
    connect(button, &QPushButton::clicked, this, &WarningCard::acted);
}

/// A path has no place to be wrapped at.
void WarningCard::fit(int width) {
    QFont bold = Theme::get().secondary();
    bold.setBold(true);
    const QString name = withWordsElided(name_, QFontMetrics(bold), width);
    const QString text = withWordsElided(text_, QFontMetrics(Theme::get().secondary()), width);
    const QString all =
        (name.isEmpty() ? QString() : QStringLiteral("<b>%1</b> ").arg(name.toHtmlEscaped())) +
        text.toHtmlEscaped();
    if (all == words_->text()) return;
    words_->setText(all);
    words_->setToolTip(name == name_ && text == text_ ? QString() : words_->accessibleName().toHtmlEscaped());
}

void WarningCard::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fit(event->size().width() - left - right);
}

void WarningCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Theme::get().color(Token::waiting));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    paintSign(painter, QRectF(10, 10, shapeSize, shapeSize));
}

}  // namespace stepwell
