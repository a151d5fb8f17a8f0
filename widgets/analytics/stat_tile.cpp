#include "widgets/analytics/stat_tile.h"

#include "widgets/controls.h"

#include <QPainter>

namespace stepwell::analytics {
namespace {

constexpr int inset = 14;
constexpr int titleTop = 10;
constexpr int valueTop = 30;
constexpr int noteTop = 58;
constexpr int lineHeight = 18;

Token moodToken(StatTile::Mood mood) {
    switch (mood) {
    case StatTile::Mood::good:
        return Token::complete;
    case StatTile::Mood::bad:
        return Token::errored;
    case StatTile::Mood::neutral:
        break;
    }
    return Token::mute;
}

}  // namespace

StatTile::StatTile(const QString& title, QWidget* parent)
    : QAbstractButton(parent) {
    setText(title);
    setFocusPolicy(Qt::NoFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    connect(&Theme::get(), &Theme::changed, this, qOverload<>(&QWidget::update));
    setFigure(QStringLiteral("–"));
}

void StatTile::setFigure(const QString& value, const QString& change, Mood mood) {
    value_ = value;
    change_ = change;
    mood_ = mood;
    describe();
}

void StatTile::setNote(const QString& note) {
    note_ = note;
    describe();
}

void StatTile::setOpens(bool opens) {
    opens_ = opens;
    setFocusPolicy(opens ? Qt::TabFocus : Qt::NoFocus);
}

void StatTile::describe() {
    QString words = QStringLiteral("%1: %2").arg(text(), value_);
    if (!change_.isEmpty()) words += tr(", %1 against the period before").arg(change_);
    if (!note_.isEmpty()) words += QStringLiteral(", ") + note_;
    setAccessibleName(words);
    setToolTip(change_.isEmpty() ? QString() : tr("%1 against the period before").arg(change_));
    update();
}

void StatTile::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(opens_ && underMouse() ? Token::faint : Token::line));
    painter.setBrush(theme.color(Token::surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    if (hasFocus()) paintFocusRing(painter, rect(), 7);
    const int room = width() - 2 * inset;
    painter.setFont(theme.secondary());
    painter.setPen(theme.color(Token::mute));
    painter.drawText(QRect(inset, titleTop, room, lineHeight), Qt::AlignVCenter, text());

    QFont large = theme.pageTitle();
    QFontMetrics metrics(large);
    while (metrics.horizontalAdvance(value_) > room && large.pixelSize() > 12) {
        large.setPixelSize(large.pixelSize() - 1);
        metrics = QFontMetrics(large);
    }
    painter.setFont(large);
    painter.setPen(theme.color(Token::text));
    const QRect line(inset, valueTop, room, 26);
    painter.drawText(line, Qt::AlignVCenter, metrics.elidedText(value_, Qt::ElideRight, room));
    const int used = metrics.horizontalAdvance(value_) + 6;
    const QFontMetrics small(theme.secondary());
    QRect below(inset, noteTop, room, lineHeight);
    const auto write = [&](const QRect& where, const QString& words, Token token) {
        painter.setFont(theme.secondary());
        painter.setPen(theme.color(token));
        painter.drawText(where, Qt::AlignVCenter, small.elidedText(words, Qt::ElideRight, where.width()));
    };
    if (!change_.isEmpty()) {
        const bool beside = used + small.horizontalAdvance(change_) <= room;
        write(beside ? line.adjusted(used, 3, 0, 0) : below, change_, moodToken(mood_));
        if (!beside) below.translate(small.horizontalAdvance(change_) + 8, 0);
    }
    write(below, note_, Token::mute);
}

}  // namespace stepwell::analytics
