#include "models/analytics/axis.h"
#include "widgets/analytics/paper.h"
#include "widgets/analytics/plot_scene.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace stepwell::analytics {
namespace {

constexpr double inset = 12;
constexpr double titleHeight = 20;
constexpr double legendHeight = 18;
constexpr double axisHeight = 20;
constexpr double axisWidth = 48;
constexpr int valueTicksAtMost = 4;
constexpr double timeTickGap = 90;
constexpr double rankRow = 18;

class PaperChart : private PaperPen {
  public:
    PaperChart(QPainter& painter, const QRectF& target, const Chart& chart, const QSet<QString>& hidden,
               const PaperStyle& style)
        : PaperPen(painter, style)
        , painter_(painter)
        , target_(target.adjusted(inset, inset, -inset, -inset))
        , chart_(chart) {
        for (const auto& series : chart.series)
            if (!hidden.contains(series.key)) shown_.push_back(&series);
    }

    void paint() {
        painter_.setRenderHint(QPainter::Antialiasing);
        heading();
        const double top = target_.top() + titleHeight + legend() + 8;
        if (!chart_.hasData() || shown_.empty()) return nothing(top);
        if (chart_.kind == ChartKind::ranking) return ranking(top);
        plot_ = QRectF(QPointF(target_.left() + axisWidth, top),
                       QPointF(target_.right() - 8, target_.bottom() - axisHeight));
        axes();
        chart_.kind == ChartKind::stackedBars ? bars() : lines();
    }

  private:
    void heading() {
        const QRectF line(target_.topLeft(), QSizeF(target_.width(), titleHeight));
        const double width = text(line, Qt::AlignLeft | Qt::AlignVCenter, chart_.title,
                                  font(13, QFont::DemiBold), Token::text);
        text(line.adjusted(width + 8, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, chart_.subtitle, font(12),
             Token::mute);
    }

    /// Tells how high it is: a chart with one series needs none.
    double legend() {
        if (shown_.size() < 2 || chart_.kind == ChartKind::ranking) return 0;
        double x = target_.left();
        const double y = target_.top() + titleHeight;
        for (const auto* series : shown_) {
            const double width = QFontMetricsF(font(11)).horizontalAdvance(series->name);
            if (x + width + 14 > target_.right()) break;
            painter_.setPen(Qt::NoPen);
            painter_.setBrush(ink(tokenOf(series->tone)));
            painter_.drawRoundedRect(QRectF(x, y + legendHeight / 2 - 4, 8, 8), 2, 2);
            text(QRectF(x + 13, y, width + 1, legendHeight), Qt::AlignLeft | Qt::AlignVCenter, series->name,
                 font(11), Token::mute);
            x += width + 13 + 16;
        }
        return legendHeight;
    }

    void nothing(double top) {
        text(QRectF(QPointF(target_.left(), top), target_.bottomRight()), Qt::AlignCenter,
             QObject::tr("Nothing in this range"), font(12), Token::mute);
    }

    double largest() const {
        double most = 0;
        for (std::size_t i = 0; i < chart_.starts.size(); ++i) {
            double sum = 0;
            for (const auto* series : shown_) {
                const double value = valueAt(series->values, i);
                sum = chart_.kind == ChartKind::stackedBars ? sum + value : std::max(sum, value);
                sum = std::max(sum, valueAt(series->before, i));
            }
            most = std::max(most, sum);
        }
        return most;
    }

    static double valueAt(const std::vector<double>& values, std::size_t i) {
        return i < values.size() && std::isfinite(values[i]) ? values[i] : 0;
    }

    double xOf(double bucket) const {
        return plot_.left() +
               bucket / std::max(1.0, static_cast<double>(chart_.starts.size())) * plot_.width();
    }
    double yOf(double value) const { return plot_.bottom() - value / top_ * plot_.height(); }

    void axes() {
        const auto ticks = valueTicks(0, largest(), chart_.unit, valueTicksAtMost);
        top_ = ticks.empty() || ticks.back().at <= 0 ? 1 : ticks.back().at;
        for (const auto& tick : ticks) {
            painter_.setPen(QPen(ink(Token::line2), 1));
            painter_.drawLine(QPointF(plot_.left(), yOf(tick.at)), QPointF(plot_.right(), yOf(tick.at)));
            text(QRectF(target_.left(), yOf(tick.at) - 8, axisWidth - 8, 16),
                 Qt::AlignRight | Qt::AlignVCenter, tick.label, font(10), Token::mute);
        }
        for (const auto& tick : timeTicks(chart_, plot_.width(), timeTickGap)) {
            const double x = xOf(tick.at);
            if (x < plot_.left() || x > plot_.right() + 1) continue;
            text(QRectF(x - 40, plot_.bottom() + 4, 80, axisHeight - 4), Qt::AlignHCenter | Qt::AlignTop,
                 tick.label, font(10), Token::mute);
        }
    }

    void lines() {
        for (const auto* series : shown_) {
            if (!series->before.empty()) line(series->before, QPen(faded(series->tone), 1.2, Qt::DotLine));
            line(series->values,
                 QPen(ink(tokenOf(series->tone)), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        }
    }

    static QColor faded(Tone tone) {
        QColor color = ink(tokenOf(tone));
        color.setAlphaF(0.55F);
        return color;
    }

    void line(const std::vector<double>& values, const QPen& pen) {
        painter_.setBrush(Qt::NoBrush);
        for (const auto& run : runsOf(values, static_cast<std::size_t>(plot_.width()) * 2)) {
            QPolygonF points;
            for (const auto& point : run)
                points << QPointF(xOf(static_cast<double>(point.index) + 0.5), yOf(point.value));
            painter_.setPen(pen);
            if (points.size() == 1) {
                painter_.setPen(Qt::NoPen);
                painter_.setBrush(pen.color());
                painter_.drawEllipse(points.front(), 1.8, 1.8);
                painter_.setBrush(Qt::NoBrush);
                continue;
            }
            const bool opens = chart_.newestIsOpen && run.back().index + 1 == values.size();
            const int solid = static_cast<int>(points.size()) - (opens ? 1 : 0);
            painter_.drawPolyline(points.constData(), solid);
            if (!opens) continue;
            QPen dashed(pen);
            dashed.setStyle(Qt::DashLine);
            painter_.setPen(dashed);
            painter_.drawLine(points[points.size() - 2], points.back());
        }
    }

    void bars() {
        const double step = plot_.width() / static_cast<double>(chart_.starts.size());
        const double width = std::max(0.5, step - std::min(2.0, step * 0.2));
        for (std::size_t i = 0; i < chart_.starts.size(); ++i) {
            const bool open = chart_.newestIsOpen && i + 1 == chart_.starts.size();
            double below = 0;
            for (const auto* series : shown_) {
                const double value = valueAt(series->values, i);
                if (value <= 0) continue;
                const QRectF bar(QPointF(xOf(static_cast<double>(i)), yOf(below + value)),
                                 QSizeF(width, yOf(below) - yOf(below + value)));
                const QColor color = ink(tokenOf(series->tone));
                painter_.setPen(open ? QPen(color, 1, Qt::DashLine) : QPen(Qt::NoPen));
                painter_.setBrush(open ? QBrush(faded(series->tone)) : QBrush(color));
                painter_.drawRect(bar);
                below += value;
            }
        }
    }

    void ranking(double top) {
        const auto& values = shown_.front()->values;
        const double room = target_.bottom() - top;
        const auto rows =
            std::min(chart_.categories.size(), static_cast<std::size_t>(std::max(1.0, room / rankRow)));
        double most = 0;
        for (std::size_t i = 0; i < rows; ++i)
            most = std::max(most, valueAt(values, i));
        const double labels = target_.width() * 0.36;
        const double numbers = 64;
        const double bars = target_.width() - labels - numbers - 16;
        for (std::size_t i = 0; i < rows; ++i) {
            const double y = top + static_cast<double>(i) * rankRow;
            text(QRectF(target_.left(), y, labels, rankRow), Qt::AlignLeft | Qt::AlignVCenter,
                 chart_.categories[i], font(11), Token::text);
            const double value = valueAt(values, i);
            painter_.setPen(Qt::NoPen);
            painter_.setBrush(ink(tokenOf(shown_.front()->tone)));
            painter_.drawRoundedRect(QRectF(target_.left() + labels + 8, y + 4,
                                            most > 0 ? std::max(1.0, value / most * bars) : 0, rankRow - 8),
                                     2, 2);
            text(QRectF(target_.right() - numbers, y, numbers, rankRow), Qt::AlignRight | Qt::AlignVCenter,
                 valueText(value, chart_.unit), font(11), Token::mute);
        }
    }

    QPainter& painter_;
    QRectF target_;
    const Chart& chart_;
    std::vector<const Series*> shown_;
    QRectF plot_;
    double top_ = 1;
};

}  // namespace

QFont PaperPen::font(int pixels, QFont::Weight weight) const {
    QFont font(style_.family);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

double PaperPen::text(const QRectF& box, Qt::Alignment alignment, const QString& words, const QFont& with,
                      Token token) const {
    const QFontMetricsF metrics(with);
    const QString fitting = metrics.elidedText(words, Qt::ElideRight, box.width());
    painter_.setFont(with);
    painter_.setPen(ink(token));
    painter_.drawText(box, static_cast<int>(alignment | Qt::TextSingleLine), fitting);
    return metrics.horizontalAdvance(fitting);
}

PaperStyle PaperStyle::current() {
    return {Theme::get().body().family()};
}

void paintOnPaper(QPainter& painter, const QRectF& target, const Chart& chart, const QSet<QString>& hidden,
                  const PaperStyle& style) {
    painter.save();
    PaperChart(painter, target, chart, hidden, style).paint();
    painter.restore();
}

}  // namespace stepwell::analytics
