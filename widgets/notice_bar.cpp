#include "widgets/notice_bar.h"

#include "widgets/controls.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace stepwell {
namespace {

constexpr int goodNewsMs = 6000;
/// The space around a page. It is part of the bar, so that it goes when the bar hides.
constexpr int around = 16;

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

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent)
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
    layout->setContentsMargins(around + 40, around + 6, around + 8, 6);
    layout->addWidget(text_, 1);
    layout->addWidget(close);
    leave_.setSingleShot(true);
    connect(&leave_, &QTimer::timeout, this, &NoticeBar::dismiss);
    hide();
}

void NoticeBar::say(QWidget* anywhere, Kind kind, const QString& text) {
    for (QWidget* at = anywhere; at != nullptr; at = at->window()->parentWidget()) {
        if (auto* bar = at->window()->findChild<NoticeBar*>()) return bar->post(kind, text);
    }
}

void NoticeBar::post(Kind kind, const QString& text) {
    kind_ = kind;
    text_->setText(text);
    setAccessibleName(text);
    kind == Kind::success ? leave_.start(goodNewsMs) : leave_.stop();
    show();
    update();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
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
    painter.setPen(theme.color(tokenOf(kind_)));
    painter.setBrush(theme.color(Token::surface));
    const QRectF card = QRectF(rect()).adjusted(around, around, -around, 0);
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    paintStatusShape(painter, QRectF(card.left() + 14, card.center().y() - 8, 16, 16), shapeOf(kind_));
}

}  // namespace stepwell
