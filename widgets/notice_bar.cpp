#include "widgets/notice_bar.h"

#include "widgets/controls.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

#include <algorithm>

namespace stepwell {
namespace {

constexpr int goodNewsMs = 6000;
constexpr int around = 16;  // to the edges of the area
constexpr int widest = 640;
constexpr int beforeText = 40;
constexpr int lift = 3;  // of the shadow

Token tokenOf(NoticeBar::Kind kind) {
    switch (kind) {
    case NoticeBar::Kind::success:
        return Token::complete;
    case NoticeBar::Kind::warning:
        return Token::waiting;
    case NoticeBar::Kind::error:
        break;
    }
    return Token::errored;
}

ShownStatus shapeOf(NoticeBar::Kind kind) {
    switch (kind) {
    case NoticeBar::Kind::success:
        return {api::Status::complete};
    case NoticeBar::Kind::warning:
        return {api::Status::waiting};
    case NoticeBar::Kind::error:
        break;
    }
    return {api::Status::errored};
}

}  // namespace

NoticeBar::NoticeBar(QWidget* area, QWidget* parent)
    : QFrame(parent)
    , area_(area)
    , text_(makeLabel(QString())) {
    setObjectName("noticeBar");
    auto* close = new QToolButton;
    close->setIcon(glyphIcon(Glyph::close));
    close->setAccessibleName(tr("Dismiss"));
    close->setToolTip(tr("Dismiss"));
    close->setFocusPolicy(Qt::TabFocus);
    connect(close, &QToolButton::clicked, this, &NoticeBar::dismiss);
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(beforeText, 6, 8, 6 + lift);
    layout->addWidget(text_, 1);
    layout->addWidget(close);
    leave_.setSingleShot(true);
    connect(&leave_, &QTimer::timeout, this, &NoticeBar::dismiss);
    area_->installEventFilter(this);
    hide();
}

void NoticeBar::say(QWidget* anywhere, Kind kind, const QString& text) {
    for (QWidget* at = anywhere; at != nullptr; at = at->parentWidget()) {
        const auto bars = at->findChildren<NoticeBar*>();
        if (bars.isEmpty()) continue;
        const auto shown = std::find_if(bars.begin(), bars.end(),
                                        [](const auto* bar) { return bar->parentWidget()->isVisible(); });
        return (shown == bars.end() ? bars.front() : *shown)->post(kind, text);
    }
}

void NoticeBar::post(Kind kind, const QString& text) {
    kind_ = kind;
    text_->setText(text);
    setAccessibleName(text);
    kind == Kind::success ? leave_.start(goodNewsMs) : leave_.stop();
    place();
    show();
    raise();
    update();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

bool NoticeBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched == area_ && (event->type() == QEvent::Resize || event->type() == QEvent::Move)) place();
    return QFrame::eventFilter(watched, event);
}

void NoticeBar::place() {
    const int room = area_->width() - 2 * around;
    const int wanted = text_->fontMetrics().horizontalAdvance(text_->text()) + beforeText + 56;
    const int width = std::min(room, std::clamp(wanted, 280, widest));
    const int height = std::max(layout()->heightForWidth(width), 38 + lift);
    const QPoint corner = area_->mapTo(
        parentWidget(), QPoint((area_->width() - width) / 2, area_->height() - height - around + lift));
    setGeometry(QRect(corner, QSize(width, height)));
}

void NoticeBar::dismiss() {
    leave_.stop();
    hide();
}

QString NoticeBar::text() const {
    return text_->text();
}

void NoticeBar::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF card = QRectF(rect()).adjusted(0, 0, 0, -lift);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, theme.dark() ? 110 : 40));
    painter.drawRoundedRect(card.adjusted(1, lift, -1, lift), 8, 8);
    painter.setPen(theme.color(tokenOf(kind_)));
    painter.setBrush(theme.color(Token::surface));
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    paintStatusShape(painter, QRectF(card.left() + 14, card.center().y() - 8, 16, 16), shapeOf(kind_));
}

}  // namespace stepwell
