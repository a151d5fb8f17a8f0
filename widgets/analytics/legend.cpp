#include "widgets/analytics/legend.h"

#include "widgets/analytics/plot_scene.h"
#include "widgets/controls.h"
#include "widgets/flow_layout.h"

#include <QPainter>

namespace stepwell::analytics {
namespace {

constexpr int entryHeight = 18;
constexpr int markRoom = 14;
constexpr int pad = 4;
constexpr int widestEntry = 190;

}  // namespace

LegendEntry::LegendEntry(QWidget* parent)
    : QAbstractButton(parent) {
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
}

void LegendEntry::setSeries(const Series& series, bool shown) {
    key_ = series.key;
    tone_ = series.tone;
    setText(series.name);
    setAccessibleName(series.name);
    setChecked(shown);
    setToolTip(shown ? tr("Hide %1").arg(series.name) : tr("Show %1").arg(series.name));
    updateGeometry();
    update();
}

QSize LegendEntry::sizeHint() const {
    const int words = QFontMetrics(Theme::get().axis()).horizontalAdvance(text());
    return {std::min(widestEntry, words + markRoom + 2 * pad), entryHeight};
}

void LegendEntry::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Token::line2));
        painter.drawRoundedRect(rect(), 4, 4);
    }
    const QRectF mark(pad, (height() - 8) / 2.0, 8, 8);
    painter.setPen(isChecked() ? QPen(Qt::NoPen) : QPen(toneColor(tone_), 1.2));
    painter.setBrush(isChecked() ? QBrush(toneColor(tone_)) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(mark, 2, 2);
    QFont font = theme.axis();
    font.setStrikeOut(!isChecked());
    painter.setFont(font);
    painter.setPen(theme.color(Token::mute));
    const QRect words = rect().adjusted(pad + markRoom, 0, -1, 0);
    painter.drawText(words, Qt::AlignVCenter,
                     QFontMetrics(font).elidedText(text(), Qt::ElideMiddle, words.width()));
    if (hasFocus()) paintFocusRing(painter, rect(), 4);
}

Legend::Legend(QWidget* parent)
    : QWidget(parent) {
    auto* flow = new FlowLayout(4, this);
    flow->setContentsMargins(0, 0, 0, 0);
    hide();
}

QList<LegendEntry*> Legend::entries() const {
    QList<LegendEntry*> shown;
    for (auto* entry : entries_)
        if (!entry->isHidden()) shown.append(entry);
    return shown;
}

void Legend::show(const std::vector<Series>& series, const QSet<QString>& hidden) {
    while (entries_.size() < static_cast<qsizetype>(series.size())) {
        auto* entry = new LegendEntry(this);
        entries_.append(entry);
        layout()->addWidget(entry);
        connect(entry, &QAbstractButton::clicked, this,
                [this, entry](bool on) { emit toggled(entry->key(), on); });
    }
    for (qsizetype i = 0; i < entries_.size(); ++i) {
        const bool used = i < static_cast<qsizetype>(series.size());
        if (used) {
            const auto& one = series[static_cast<std::size_t>(i)];
            entries_[i]->setSeries(one, !hidden.contains(one.key));
        }
        entries_[i]->setVisible(used);
    }
    setVisible(series.size() > 1);
    updateGeometry();
}

}  // namespace stepwell::analytics
