#include "widgets/analytics/plot_scene.h"

#include "widgets/analytics/plot_items.h"

#include <QChart>
#include <QFontMetricsF>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLineSeries>
#include <QPainter>
#include <QScatterSeries>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace stepwell::analytics {

namespace {

constexpr double wordsBelow = 22;
constexpr double roomAbove = 8;
constexpr double leastLeft = 30;
constexpr double labelPad = 8;
constexpr double edge = 4;            // where the ring of the focus is
constexpr double tickGap = 74;        // pixels between times
constexpr double pixelsPerTick = 38;  // between values
constexpr qreal lineWidth = 1.75;
constexpr qreal denseWidth = 1;
constexpr int beforeAlpha = 95;
/// A line in more pieces than this says no more than its points.
constexpr std::size_t runsAtMost = 120;

struct Extent {
    double smallest = 1e300;
    double largest = 0;
};

Extent extentOf(const Chart& chart, const QSet<QString>& hidden) {
    Extent extent;
    const auto take = [&](const std::vector<double>& values) {
        for (const double value : values) {
            if (!std::isfinite(value)) continue;
            extent.smallest = std::min(extent.smallest, value);
            extent.largest = std::max(extent.largest, value);
        }
    };
    if (chart.kind == ChartKind::stackedBars) {
        take(stackedTotals(chart, hidden, false));
        take(stackedTotals(chart, hidden, true));
        return extent;
    }
    for (const auto& series : chart.series) {
        if (hidden.contains(series.key)) continue;
        take(series.values);
        take(series.before);
    }
    return extent;
}

}  // namespace

QColor toneColor(Tone tone) {
    const auto& theme = Theme::get();
    switch (tone) {
    case Tone::first:
        return theme.color(Token::series1);
    case Tone::second:
        return theme.color(Token::series2);
    case Tone::third:
        return theme.color(Token::series3);
    case Tone::fourth:
        return theme.color(Token::series4);
    case Tone::complete:
        return theme.color(Token::complete);
    case Tone::errored:
        return theme.color(Token::errored);
    case Tone::terminated:
        return theme.color(Token::terminated);
    case Tone::waiting:
        return theme.color(Token::waiting);
    case Tone::rest:
    case Tone::queued:
        break;
    }
    return theme.color(Token::queued);
}

PlotScene::PlotScene()
    : chart_(new QChart)
    , x_(new QValueAxis)
    , y_(new QValueAxis) {
    chart_->setBackgroundVisible(false);
    chart_->setPlotAreaBackgroundVisible(false);
    chart_->setMargins({});
    chart_->layout()->setContentsMargins(0, 0, 0, 0);
    chart_->legend()->hide();
    chart_->setAnimationOptions(QChart::NoAnimation);
    for (auto* axis : {x_, y_})
        axis->setVisible(false);
    chart_->addAxis(x_, Qt::AlignBottom);
    chart_->addAxis(y_, Qt::AlignLeft);
    scene_.addItem(chart_);
}

PlotScene::~PlotScene() = default;

void PlotScene::show(const Chart& chart, const QSet<QString>& hidden, QSizeF size) {
    for (auto* item : scene_.items())
        if (dynamic_cast<FrameItem*>(item) || dynamic_cast<BarsItem*>(item) ||
            dynamic_cast<RankingItem*>(item))
            delete item;
    chart_->removeAllSeries();
    size_ = size;
    points_ = chart.points();
    ranking_ = chart.kind == ChartKind::ranking;
    scene_.setSceneRect(QRectF(QPointF(), size));
    if (ranking_) {
        area_ = QRectF(edge, edge, size.width() - 2 * edge, size.height() - edge);
        scene_.addItem(new RankingItem(chart, hidden, area_));
        return;
    }
    const int most = std::max(2, static_cast<int>((size.height() - wordsBelow - roomAbove) / pixelsPerTick));
    const auto extent = extentOf(chart, hidden);
    const auto values = valueTicks(extent.smallest, extent.largest, chart.unit, most);
    base_ = values.front().at;
    top_ = values.back().at;
    const QFontMetricsF metrics(Theme::get().axis());
    double left = leastLeft;
    for (const auto& tick : values)
        left = std::max(left, metrics.horizontalAdvance(tick.label) + labelPad + edge);
    area_ = QRectF(std::ceil(left), roomAbove, size.width() - std::ceil(left) - edge - 2,
                   size.height() - roomAbove - wordsBelow);
    if (area_.width() < 10 || area_.height() < 10) return;
    const QString end = chart.newestIsOpen ? QObject::tr("now") : QString();
    scene_.addItem(
        new FrameItem(size, area_, values, timeTicks(chart, area_.width(), tickGap), points_, end));
    if (chart.kind == ChartKind::stackedBars)
        scene_.addItem(new BarsItem(chart, hidden, area_, top_));
    else
        showLines(chart, hidden);
}

void PlotScene::showLines(const Chart& chart, const QSet<QString>& hidden) {
    chart_->resize(size_);
    chart_->setPlotArea(area_);
    x_->setRange(0, static_cast<double>(std::max<std::size_t>(1, points_)));
    y_->setRange(base_, top_);
    for (const auto& series : chart.series) {
        if (hidden.contains(series.key)) continue;
        QColor color = toneColor(series.tone);
        color.setAlpha(beforeAlpha);
        if (!series.before.empty()) addRuns(series.before, QPen(color, 1.25), false);
    }
    for (const auto& series : chart.series) {
        if (hidden.contains(series.key)) continue;
        addRuns(series.values,
                QPen(toneColor(series.tone), lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin),
                chart.newestIsOpen);
    }
}

void PlotScene::addLine(const Run& run, const QPen& pen) {
    QList<QPointF> points;
    points.reserve(static_cast<qsizetype>(run.size()));
    for (const auto& point : run)
        points.append({static_cast<double>(point.index) + 0.5, point.value});
    auto* line = new QLineSeries;  // the chart takes it over
    line->setPen(pen);
    chart_->addSeries(line);
    line->attachAxis(x_);
    line->attachAxis(y_);
    // Last: each of the above has the chart work out the whole line once more.
    line->replace(points);
}

/// Lines with more points than pixels are a band: joins that nobody sees would cost most of the time.
QPen PlotScene::penFor(std::size_t values, QPen pen) const {
    if (static_cast<double>(values) <= 2 * area_.width()) return pen;
    pen.setWidthF(denseWidth);
    pen.setJoinStyle(Qt::BevelJoin);
    pen.setCapStyle(Qt::FlatCap);
    return pen;
}

/// `openEnd`: the way to the last bucket is dashed.
void PlotScene::addRuns(const std::vector<double>& values, const QPen& wanted, bool openEnd) {
    const QPen pen = penFor(values.size(), wanted);
    auto runs = runsOf(values, static_cast<std::size_t>(area_.width()));
    QList<QPointF> lone;
    const bool scattered = runs.size() > runsAtMost;
    for (auto& run : runs) {
        const bool open = openEnd && run.back().index + 1 == values.size();
        if (scattered || run.size() == 1) {
            for (const auto& point : run)
                lone.append({static_cast<double>(point.index) + 0.5, point.value});
            continue;
        }
        if (open) {
            QPen dashed = pen;
            dashed.setStyle(Qt::CustomDashLine);
            dashed.setDashPattern({2, 2.4});
            dashed.setCapStyle(Qt::FlatCap);
            addLine({run[run.size() - 2], run.back()}, dashed);
            run.pop_back();
        }
        if (run.size() > 1) addLine(run, pen);
    }
    if (lone.isEmpty()) return;
    auto* dots = new QScatterSeries;
    dots->setMarkerSize(4);
    dots->setColor(pen.color());
    dots->setBorderColor(Qt::transparent);
    chart_->addSeries(dots);
    dots->attachAxis(x_);
    dots->attachAxis(y_);
    dots->replace(lone);
}

void PlotScene::paint(QPainter& painter, const QRectF& target) {
    if (size_.isEmpty()) return;
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    scene_.render(&painter, target, QRectF(QPointF(), size_), Qt::IgnoreAspectRatio);
}

double PlotScene::xOf(std::size_t bucket) const {
    return area_.left() + (static_cast<double>(bucket) + 0.5) / static_cast<double>(points_) * area_.width();
}

double PlotScene::yOf(double value) const {
    return area_.bottom() - (value - base_) / (top_ - base_) * area_.height();
}

std::optional<std::size_t> PlotScene::bucketAt(QPointF at) const {
    if (ranking_) return categoryAt(at);
    return analytics::bucketAt(at.x() - area_.left(), area_.width(), points_);
}

std::optional<std::size_t> PlotScene::categoryAt(QPointF at) const {
    const double row = std::floor((at.y() - area_.top()) / rankingRow);
    if (row < 0 || row >= static_cast<double>(points_)) return std::nullopt;
    return static_cast<std::size_t>(row);
}

QRectF PlotScene::categoryRow(std::size_t category) const {
    return {area_.left(), area_.top() + static_cast<double>(category) * rankingRow, area_.width(),
            rankingRow};
}

}  // namespace stepwell::analytics
