#include "widgets/rail.h"

#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"

#include <QPainter>
#include <QVBoxLayout>

namespace stepwell {
namespace {
constexpr int railWidth = 208;
constexpr int barHeight = 44;
}  // namespace

RailEntry::RailEntry(Glyph glyph, const QString& text, QWidget* parent)
    : QAbstractButton(parent)
    , glyph_(glyph) {
    setText(text);
    setAccessibleName(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
}

QSize RailEntry::sizeHint() const {
    return {railWidth - 16, 32};
}

void RailEntry::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool here = isChecked();
    if (here || (underMouse() && isEnabled())) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(here ? Token::sel : Token::line2));
        painter.drawRoundedRect(rect(), 6, 6);
    }
    if (hasFocus()) paintFocusRing(painter, rect(), 5);
    const QColor color = theme.color(!isEnabled() ? Token::faint : here ? Token::accent : Token::mute);
    paintGlyph(painter, QRectF(10, (height() - 18) / 2.0, 18, 18), glyph_, color);
    painter.setFont(here ? theme.cardTitle() : theme.body());
    painter.setPen(color);
    painter.drawText(rect().adjusted(38, 0, -8, 0), Qt::AlignVCenter, text());
}

BackendSwitcher::BackendSwitcher(QWidget* parent)
    : QAbstractButton(parent) {
    setObjectName("backendSwitcher");
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    connect(this, &QAbstractButton::clicked, this,
            [this] { emit menuRequested(mapToGlobal(QPoint(8, height()))); });
}

void BackendSwitcher::setLook(const BackendLook& look) {
    look_ = look;
    setText(look.name);
    const QString kind = !look.reachable   ? tr(" (not reachable)")
                         : look.production ? tr(" (production)")
                                           : QString();
    setAccessibleName(tr("Backend: %1%2").arg(look.name, kind));
    setToolTip(accessibleName());
    update();
}

QSize BackendSwitcher::sizeHint() const {
    return {railWidth, barHeight - 1};
}

void BackendSwitcher::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse()) painter.fillRect(rect(), theme.color(Token::raised));
    painter.setPen(Qt::NoPen);
    painter.setBrush(look_.reachable ? look_.colour : theme.color(Token::errored));
    const QPointF center(12, height() / 2.0);
    look_.reachable ? painter.drawEllipse(center, 4.5, 4.5)
                    : painter.drawRect(QRectF(center.x() - 4, center.y() - 4, 8, 8));
    painter.setFont(theme.cardTitle());
    painter.setPen(look_.production ? look_.colour : theme.color(Token::text));
    const QRect words = rect().adjusted(25, 0, -34, 0);
    painter.drawText(words, Qt::AlignVCenter,
                     QFontMetrics(theme.cardTitle()).elidedText(text(), Qt::ElideRight, words.width()));
    paintGlyph(painter, QRectF(width() - 26, (height() - 14) / 2.0, 14, 14), Glyph::down,
               theme.color(Token::mute));
    if (hasFocus()) paintFocusRing(painter, QRectF(rect()).adjusted(2, 2, -2, -2), 5);
}

Rail::Rail(QWidget* parent)
    : QWidget(parent)
    , switcher_(new BackendSwitcher)
    , entries_(new QVBoxLayout) {
    setFixedWidth(railWidth + 1);
    entries_->setContentsMargins(4, 8, 9, 8);
    entries_->setSpacing(0);
    entries_->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 0, 1, 0);  // the stripe is seen beside what is in it
    layout->setSpacing(0);
    layout->addWidget(switcher_);
    layout->addWidget(makeLine(Qt::Horizontal));
    layout->addLayout(entries_, 1);
}

void Rail::addEntry(const QString& key, Glyph glyph, const QString& text) {
    auto* entry = new RailEntry(glyph, text);
    entry->setObjectName(key);
    entry->setChecked(buttons_.isEmpty());
    buttons_.push_back(entry);
    entries_->insertWidget(entries_->count() - 1, entry);
    connect(entry, &QAbstractButton::clicked, this, [this, key] {
        select(key);
        emit chosen(key);
    });
}

void Rail::select(const QString& key) {
    for (auto* entry : buttons_)
        entry->setChecked(entry->objectName() == key);
}

void Rail::gateEntry(const QString& key, Backend& backend, Feature feature) {
    for (auto* entry : buttons_)
        if (entry->objectName() == key) gate(entry, backend, feature);
}

void Rail::setEntryVisible(const QString& key, bool visible) {
    for (auto* entry : buttons_)
        if (entry->objectName() == key) entry->setVisible(visible);
}

void Rail::setStripe(std::optional<QColor> colour) {
    stripe_ = std::move(colour);
    update();
}

void Rail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::get().color(Token::surface));
    painter.fillRect(QRect(width() - 1, 0, 1, height()), Theme::get().color(Token::line));
    painter.fillRect(QRect(0, switcher_->geometry().bottom() + 1, 4, 1), Theme::get().color(Token::line));
    if (stripe_) painter.fillRect(QRect(0, 0, 4, height()), *stripe_);
}

}  // namespace stepwell
