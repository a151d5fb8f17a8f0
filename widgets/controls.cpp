#include "widgets/controls.h"

#include "models/visible_text.h"
#include "widgets/arc_clock.h"
#include "widgets/format.h"
#include "widgets/icons.h"

#include <QMenu>
#include <QPainter>
#include <QStyle>
#include <QStylePainter>

namespace stepwell {

QPushButton* makeButton(const QString& text, const char* kind, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setProperty("kind", QString::fromLatin1(kind));
    button->setFocusPolicy(Qt::TabFocus);
    button->setAutoDefault(false);
    button->setCursor(Qt::ArrowCursor);
    button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    return button;
}

QLabel* makeLabel(const QString& text, const char* kind, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("kind", QString::fromLatin1(kind));
    label->setTextFormat(Qt::PlainText);
    return label;
}

QFrame* makeCard(QWidget* parent) {
    auto* card = new QFrame(parent);
    card->setProperty("kind", "card");
    return card;
}

QFrame* makeLine(Qt::Orientation orientation, QWidget* parent) {
    auto* line = new QFrame(parent);
    line->setProperty("kind", "line");
    orientation == Qt::Horizontal ? line->setFixedHeight(1) : line->setFixedWidth(1);
    return line;
}

void setLook(QWidget* widget, const char* property, const QVariant& value) {
    if (widget->property(property) == value) return;
    widget->setProperty(property, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

void paintFocusRing(QPainter& painter, const QRectF& rect, qreal radius) {
    painter.setPen(QPen(Theme::get().color(Token::accent), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
}

QColor statusTextColor(ShownStatus status, bool selected) {
    const auto& theme = Theme::get();
    if (selected && !theme.dark()) return theme.color(Token::text);
    switch (statusToken(status)) {
    case Token::queued:
    case Token::paused:
    case Token::terminated:
        return theme.color(Token::mute);
    default:
        return theme.color(statusToken(status));
    }
}

namespace {
constexpr int chipHeight = 24;
constexpr int chipPad = 10;
constexpr int shapeSize = 14;
constexpr int gap = 6;
}  // namespace

Chip::Chip(const QString& text, QWidget* parent)
    : QAbstractButton(parent) {
    setText(text);
    setAccessibleName(text);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
}

void Chip::setShape(std::optional<ShownStatus> shape) {
    shape_ = shape;
    updateGeometry();
    update();
}

void Chip::setCount(std::optional<std::int64_t> count, Count kind) {
    if (count_ == count && countKind_ == kind) return;
    count_ = count;
    countKind_ = kind;
    setAccessibleDescription(countText());
    updateGeometry();
    update();
}

void Chip::setMenu(QMenu* menu) {
    menu_ = menu;
    menu->setParent(this, menu->windowFlags());
    connect(this, &QAbstractButton::clicked, menu,
            [this, menu] { menu->popup(mapToGlobal(QPoint(0, height() + 4))); });
    updateGeometry();
}

QString Chip::countText() const {
    if (!count_) return {};
    return format::count(*count_) + (countKind_ == Count::atLeast ? QStringLiteral("+") : QString());
}

QSize Chip::sizeHint() const {
    const QFontMetrics metrics(Theme::get().secondary());
    int width = 2 * chipPad + metrics.horizontalAdvance(text());
    if (shape_) width += shapeSize + gap;
    if (count_) width += gap + metrics.horizontalAdvance(countText());
    if (menu_ != nullptr) width += gap + 10;
    return {width, chipHeight};
}

void Chip::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const Token edge = isChecked() ? Token::accent : (underMouse() ? Token::faint : Token::line);
    painter.setPen(theme.color(edge));
    painter.setBrush(theme.color(isChecked() ? Token::accentSoft : Token::surface));
    painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2);
    if (hasFocus()) paintFocusRing(painter, rect(), height() / 2.0 - 1);

    painter.setFont(theme.secondary());
    const QFontMetrics metrics(theme.secondary());
    int x = chipPad;
    if (shape_) {
        const QRect box(x, (height() - shapeSize) / 2, shapeSize, shapeSize);
        paintStatusShape(painter, box, *shape_);
        x += shapeSize + gap;
    }
    painter.setPen(theme.color(Token::text));
    painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter, text());
    x += metrics.horizontalAdvance(text()) + gap;
    if (count_) {
        painter.setPen(theme.color(Token::mute));
        painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter, countText());
    }
    if (menu_ != nullptr)
        paintGlyph(painter, QRectF(width() - chipPad - 11, (height() - 12) / 2.0, 12, 12), Glyph::down,
                   theme.color(Token::mute));
}

void ComboBox::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    if (currentIndex() < 0 && !isEditable() && !placeholderText().isEmpty()) {
        option.currentText = placeholderText();
        option.palette.setBrush(QPalette::ButtonText, Theme::get().color(Token::mute));
    }
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    // Never cut without an ellipsis.
    const QRect room =
        style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    option.currentText = option.fontMetrics.elidedText(option.currentText, Qt::ElideMiddle, room.width() - 4);
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
    painter.setRenderHint(QPainter::Antialiasing);
    paintGlyph(painter, QRectF(width() - 22, (height() - 12) / 2.0, 12, 12), Glyph::down,
               Theme::get().color(isEnabled() ? Token::mute : Token::faint));
}

ElidedLabel::ElidedLabel(const QString& text, Qt::TextElideMode mode, QWidget* parent)
    : QLabel(text, parent)
    , mode_(mode) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
}

QSize ElidedLabel::minimumSizeHint() const {
    return {fontMetrics().horizontalAdvance(QStringLiteral("…")) * 3, QLabel::minimumSizeHint().height()};
}

QSize ElidedLabel::sizeHint() const {
    const auto margins = contentsMargins();
    return {fontMetrics().horizontalAdvance(text()) + margins.left() + margins.right() + 1,
            QLabel::sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRect area = contentsRect();
    const QString shown = fontMetrics().elidedText(text(), mode_, area.width());
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(area, static_cast<int>(alignment()), shown);
    setToolTip(shown == text() ? QString() : text());
}

StatusBadge::StatusBadge(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&Theme::get(), &Theme::changed, this, [this] { update(); });
}

namespace {

/// What came where the status is one that this program does not know: the property "otherStatus".
QString badgeWord(const QWidget& badge, ShownStatus status) {
    const QString other = badge.property("otherStatus").toString();
    const bool isOther = status.status == api::Status::unknown && !other.isEmpty();
    return isOther ? visibleText(other.left(60)) : statusWord(status);
}

}  // namespace

void StatusBadge::setStatus(ShownStatus status) {
    const QString word = badgeWord(*this, status);
    if (status.status == status_.status && status.sleeping == status_.sleeping && word == accessibleName())
        return;
    status_ = status;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize StatusBadge::sizeHint() const {
    return {16 + 4 + QFontMetrics(Theme::get().body()).horizontalAdvance(badgeWord(*this, status_)) + 2, 20};
}

void StatusBadge::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRect shape(0, 2, 16, 16);
    const bool running = status_.status == api::Status::running;
    paintStatusShape(painter, shape, status_, running ? ArcClock::get().phase(this, shape) : 0);
    painter.setFont(Theme::get().body());
    painter.setPen(statusTextColor(status_));
    painter.drawText(rect().adjusted(20, 0, 0, 0), Qt::AlignVCenter, badgeWord(*this, status_));
}

}  // namespace stepwell
