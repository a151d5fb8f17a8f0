#include "widgets/analytics/plot_items.h"

#include "widgets/analytics/plot_scene.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace stepwell::analytics {

namespace {

constexpr double wordsGap = 6;
constexpr double bandLine = 2;  // where a column covers less
constexpr double dotRadius = 2;

double finite(double value) {
    return std::isfinite(value) ? value : 0;
}

}  // namespace

QColor areaColor(Tone tone) {
    const QColor color = toneColor(tone);
    const QColor below = Theme::get().color(Token::surface);
    const auto mixed = [](int over, int under) { return static_cast<int>(over * 0.9 + under * 0.1); };
    return QColor(mixed(color.red(), below.red()), mixed(color.green(), below.green()),
                  mixed(color.blue(), below.blue()));
}

std::vector<double> stackedTotals(const Chart& chart, const QSet<QString>& hidden, bool before) {
    std::vector<double> totals;
    for (const auto& series : chart.series) {
        if (hidden.contains(series.key)) continue;
        const auto& values = before ? series.before : series.values;
        totals.resize(std::max(totals.size(), values.size()), 0);
        for (std::size_t i = 0; i < values.size(); ++i)
            totals[i] += finite(values[i]);
    }
    return totals;
}

FrameItem::FrameItem(QSizeF size, QRectF area, std::vector<Tick> values, std::vector<Tick> times,
                     std::size_t buckets, QString end)
    : size_(size)
    , area_(area)
    , values_(std::move(values))
    , times_(std::move(times))
    , buckets_(buckets)
    , end_(std::move(end)) {
    setZValue(-20);
}

void FrameItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const auto& theme = Theme::get();
    painter->setFont(theme.axis());
    painter->setRenderHint(QPainter::Antialiasing, false);
    for (const auto& tick : values_) {
        const double share = (tick.at - values_.front().at) / (values_.back().at - values_.front().at);
        const double y = std::round(area_.bottom() - share * area_.height());
        painter->fillRect(QRectF(area_.left(), y, area_.width(), 1),
                          theme.color(share == 0 ? Token::line : Token::line2));
        painter->setPen(theme.color(Token::mute));
        painter->drawText(QRectF(0, y - 8, area_.left() - wordsGap, 16), Qt::AlignRight | Qt::AlignVCenter,
                          tick.label);
    }
    paintTimes(*painter);
}

void FrameItem::paintTimes(QPainter& painter) const {
    if (buckets_ == 0) return;
    const QFontMetricsF metrics(Theme::get().axis());
    const double y = area_.bottom() + 5;
    double from = -1e9;
    double free = area_.right();
    painter.setPen(Theme::get().color(Token::mute));
    if (!end_.isEmpty()) {
        const double width = metrics.horizontalAdvance(end_);
        free -= width + 12;
        painter.drawText(QRectF(area_.right() - width, y, width + 1, 14), Qt::AlignCenter, end_);
    }
    for (const auto& tick : times_) {
        const double width = metrics.horizontalAdvance(tick.label);
        const double x = area_.left() + tick.at / static_cast<double>(buckets_) * area_.width();
        const double left = std::max(x - width / 2, area_.left() - 6);
        if (left < from || left + width > free) continue;
        painter.drawText(QRectF(left, y, width + 1, 14), Qt::AlignCenter, tick.label);
        from = left + width + 8;
    }
}

BarsItem::BarsItem(const Chart& chart, const QSet<QString>& hidden, QRectF area, double top)
    : area_(area)
    , top_(top)
    , open_(chart.newestIsOpen)
    , buckets_(chart.points())
    , before_(stackedTotals(chart, hidden, true)) {
    setZValue(-10);
    for (const auto& series : chart.series)
        if (!hidden.contains(series.key)) parts_.push_back({areaColor(series.tone), series.values});
}

void BarsItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    if (buckets_ == 0) return;
    const double step = area_.width() / static_cast<double>(buckets_);
    const double between = step >= 4 ? 1 : 0;
    painter->setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t i = 0; i < buckets_; ++i) {
        const double left = std::round(area_.left() + static_cast<double>(i) * step);
        const double right =
            std::max(left + 1, std::round(area_.left() + static_cast<double>(i + 1) * step) - between);
        const bool filling = open_ && i + 1 == buckets_;
        double bottom = area_.bottom();
        for (const auto& part : parts_) {
            const double value = i < part.values.size() ? finite(part.values[i]) : 0;
            if (value <= 0) continue;
            // What is there is seen, however little.
            const double height = std::max(1.0, value / top_ * area_.height());
            const QRectF bar(left, bottom - height, right - left, height);
            if (filling) {
                QColor tint = part.color;
                tint.setAlpha(90);
                painter->fillRect(bar, tint);
                painter->setPen(QPen(part.color, 1, Qt::DashLine));
                painter->setBrush(Qt::NoBrush);
                painter->drawRect(bar.adjusted(0, 0, -1, -1));
            } else {
                painter->fillRect(bar, part.color);
            }
            bottom -= height;
        }
    }
    if (before_.empty()) return;
    painter->setRenderHint(QPainter::Antialiasing, true);
    painter->setPen(QPen(Theme::get().color(Token::faint), 1.5));
    QPainterPath outline;
    for (std::size_t i = 0; i < std::min(before_.size(), buckets_); ++i) {
        const double y = area_.bottom() - std::min(top_, before_[i]) / top_ * area_.height();
        const QPointF left(area_.left() + static_cast<double>(i) * step, y);
        i == 0 ? outline.moveTo(left) : outline.lineTo(left);
        outline.lineTo(left.x() + step, y);
    }
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(outline);
}

BandItem::BandItem(std::vector<QPolygonF> lines, QColor color, QRectF area)
    : lines_(std::move(lines))
    , color_(std::move(color))
    , area_(area) {}

void BandItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    painter->setRenderHint(QPainter::Antialiasing, false);
    for (const auto& line : lines_) {
        double above = line.front().y();
        double below = above;
        for (qsizetype i = 0; i < line.size(); ++i) {
            const double column = std::floor(line[i].x());
            above = std::min(above, line[i].y());
            below = std::max(below, line[i].y());
            const bool isLast = i + 1 == line.size();
            const double next = isLast ? column + 1 : std::floor(line[i + 1].x());
            if (next == column && !isLast) continue;
            const double top = std::floor(above - bandLine / 2);
            painter->fillRect(
                QRectF(column, top, next - column, std::max(bandLine, std::floor(below) + 1 - top)), color_);
            // The next column begins where this one ends, so that steep ways leave no hole.
            above = below = line[i].y();
        }
    }
}

PiecesItem::PiecesItem(std::vector<QPolygonF> pieces, QPen pen, QRectF around)
    : pieces_(std::move(pieces))
    , pen_(std::move(pen))
    , around_(around) {}

void PiecesItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    painter->setRenderHint(QPainter::Antialiasing, true);
    for (const auto& piece : pieces_) {
        const bool isDot = piece.size() == 1;
        painter->setPen(isDot ? QPen(Qt::NoPen) : pen_);
        painter->setBrush(isDot ? QBrush(pen_.color()) : QBrush(Qt::NoBrush));
        if (isDot)
            painter->drawEllipse(piece.front(), dotRadius, dotRadius);
        else
            painter->drawPolyline(piece);
    }
}

RankingItem::RankingItem(const Chart& chart, const QSet<QString>& hidden, QRectF area)
    : chart_(chart)
    , hidden_(hidden)
    , area_(area) {
    setZValue(-10);
}

void RankingItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const auto& theme = Theme::get();
    const QFontMetricsF metrics(theme.secondary());
    double largest = 0;
    double words = 0;
    for (const auto& series : chart_.series) {
        if (hidden_.contains(series.key)) continue;
        for (const double value : series.values) {
            largest = std::max(largest, finite(value));
            words = std::max(words, metrics.horizontalAdvance(valueText(value, chart_.unit)));
        }
    }
    const double names = std::min(area_.width() * 0.42, 200.0);
    const double room = std::max(10.0, area_.width() - names - words - 20);
    painter->setRenderHint(QPainter::Antialiasing, true);
    painter->setFont(theme.secondary());
    for (std::size_t i = 0; i < chart_.categories.size(); ++i) {
        const QRectF row(area_.left(), area_.top() + static_cast<double>(i) * rankingRow, area_.width(),
                         rankingRow);
        if (row.bottom() > area_.bottom() + 1) return;
        painter->setPen(theme.color(Token::text));
        painter->drawText(QRectF(row.left(), row.top(), names - 8, row.height()), Qt::AlignVCenter,
                          metrics.elidedText(chart_.categories[i], Qt::ElideMiddle, names - 8));
        double text = std::nan("");
        bool isLongest = true;
        // The longest first, so that the shorter ones lie on it.
        for (auto series = chart_.series.rbegin(); series != chart_.series.rend(); ++series) {
            if (hidden_.contains(series->key) || i >= series->values.size()) continue;
            const double value = finite(series->values[i]);
            const double length = largest > 0 ? std::max(2.0, value / largest * room) : 2;
            painter->setPen(Qt::NoPen);
            painter->setBrush(areaColor(series->tone));
            painter->drawRoundedRect(QRectF(row.left() + names, row.center().y() - 5, length, 10), 2, 2);
            if (isLongest) text = series->values[i];
            isLongest = false;
        }
        painter->setPen(theme.color(Token::mute));
        painter->drawText(row.adjusted(0, 0, -2, 0), Qt::AlignVCenter | Qt::AlignRight,
                          valueText(text, chart_.unit));
    }
}

}  // namespace stepwell::analytics
