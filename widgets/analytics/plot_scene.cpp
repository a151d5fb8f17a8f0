#include "widgets/analytics/plot_scene.h"

#include "widgets/analytics/plot_items.h"

#include <QChart>
#include <QFontMetricsF>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLineSeries>
#include <QPainter>
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
constexpr qreal beforeWidth = 1.25;
constexpr int beforeAlpha = 95;
/// Of one line. Each is a series of Qt Charts, whose cost grows with how many there are.
constexpr std::size_t runsAtMost = 8;

struct Extent {
    double smallest = 1e300;
    double largest = 0;

    void take(double value) {
        if (!std::isfinite(value)) return;
        smallest = std::min(smallest, value);
        largest = std::max(largest, value);
    }
    void take(const std::vector<Run>& runs) {
        for (const auto& run : runs)
            for (const auto& point : run)
                take(point.value);
    }
};

Extent stackExtent(const Chart& chart, const QSet<QString>& hidden) {
    Extent extent;
    for (const bool before : {false, true})
        for (const double total : stackedTotals(chart, hidden, before))
            extent.take(total);
    return extent;
}

}  // namespace

Token tokenOf(Tone tone) {
    switch (tone) {
    case Tone::first:
        return Token::series1;
    case Tone::second:
        return Token::series2;
    case Tone::third:
        return Token::series3;
    case Tone::fourth:
        return Token::series4;
    case Tone::complete:
        return Token::complete;
    case Tone::errored:
        return Token::errored;
    case Tone::terminated:
        return Token::terminated;
    case Tone::waiting:
        return Token::waiting;
    case Tone::rest:
    case Tone::queued:
        break;
    }
    return Token::queued;
}

QColor toneColor(Tone tone) {
    return Theme::get().color(tokenOf(tone));
}

/// A series, or what it was in the period before, as far as its points are told apart on the screen.
struct PlotScene::Drawn {
    QPen pen;
    std::vector<Run> runs;
    bool isBand = false;  ///< more points than pixels
    bool before = false;
};

PlotScene::PlotScene()
    : chart_(new QChart)
    , x_(new QValueAxis)
    , y_(new QValueAxis) {
    // A handful of things that are all painted every time: an index of where they are would only cost.
    scene_.setItemIndexMethod(QGraphicsScene::NoIndex);
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

void PlotScene::addItem(std::unique_ptr<QGraphicsItem> item, bool below) {
    if (below) item->setZValue(-1);
    scene_.addItem(item.get());
    items_.push_back(std::move(item));
}

void PlotScene::show(const Chart& chart, const QSet<QString>& hidden, QSizeF size) {
    items_.clear();  // an item that goes leaves its scene
    usedLines_ = 0;
    size_ = size;
    points_ = chart.points();
    ranking_ = chart.kind == ChartKind::ranking;
    scene_.setSceneRect(QRectF(QPointF(), size));
    if (ranking_) {
        area_ = QRectF(edge, edge, size.width() - 2 * edge, size.height() - edge);
        addItem(std::make_unique<RankingItem>(chart, hidden, area_));
    } else if (chart.kind == ChartKind::stackedBars) {
        const auto [smallest, largest] = stackExtent(chart, hidden);
        frame(chart, smallest, largest);
        if (!area_.isEmpty()) addItem(std::make_unique<BarsItem>(chart, hidden, area_, top_));
    } else {
        const auto drawn = drawnOf(chart, hidden);
        Extent extent;
        for (const auto& one : drawn)
            extent.take(one.runs);  // the extremes are among what is drawn
        frame(chart, extent.smallest, extent.largest);
        if (!area_.isEmpty()) showLines(chart, drawn);
    }
}

/// Grid, words and the area between them.
void PlotScene::frame(const Chart& chart, double smallest, double largest) {
    const int most = std::max(2, static_cast<int>((size_.height() - wordsBelow - roomAbove) / pixelsPerTick));
    const auto values = valueTicks(smallest, largest, chart.unit, most);
    base_ = values.front().at;
    top_ = values.back().at;
    const QFontMetricsF metrics(Theme::get().axis());
    double left = leastLeft;
    for (const auto& tick : values)
        left = std::max(left, metrics.horizontalAdvance(tick.label) + labelPad + edge);
    area_ = QRectF(std::ceil(left), roomAbove, size_.width() - std::ceil(left) - edge - 2,
                   size_.height() - roomAbove - wordsBelow);
    if (area_.width() < 10 || area_.height() < 10) {
        area_ = {};
        return;
    }
    const QString end = chart.newestIsOpen ? QObject::tr("now") : QString();
    addItem(std::make_unique<FrameItem>(size_, area_, values, timeTicks(chart, area_.width(), tickGap),
                                        points_, end));
}

/// Those of the period before first, so that they lie below.
std::vector<PlotScene::Drawn> PlotScene::drawnOf(const Chart& chart, const QSet<QString>& hidden) const {
    const auto room = static_cast<std::size_t>(std::max(1.0, size_.width() - leastLeft - edge - 2));
    std::vector<Drawn> drawn;
    const auto add = [&](const std::vector<double>& values, const QPen& pen, bool before) {
        drawn.push_back({pen, runsOf(values, room), values.size() > 2 * room, before});
    };
    for (const auto& series : chart.series) {
        if (hidden.contains(series.key) || series.before.empty()) continue;
        QColor color = toneColor(series.tone);
        color.setAlpha(beforeAlpha);
        add(series.before, QPen(color, beforeWidth), true);
    }
    for (const auto& series : chart.series)
        if (!hidden.contains(series.key))
            add(series.values,
                QPen(toneColor(series.tone), lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin), false);
    return drawn;
}

void PlotScene::showLines(const Chart& chart, const std::vector<Drawn>& drawn) {
    // What is there is laid out anew whenever the size or an axis changes: it goes first. The series stay,
    // since adding and removing them costs more than all else.
    for (auto* line : lines_)
        line->replace(QList<QPointF>());
    chart_->resize(size_);
    chart_->setPlotArea(area_);
    x_->setRange(0, static_cast<double>(std::max<std::size_t>(1, points_)));
    y_->setRange(base_, top_);
    for (const auto& one : drawn) {
        if (one.isBand)
            addItem(std::make_unique<BandItem>(onScreen(one.runs), one.pen.color(), area_), one.before);
        else
            addRuns(one, chart.points(), !one.before && chart.newestIsOpen);
    }
}

/// Where the points are on the screen.
std::vector<QPolygonF> PlotScene::onScreen(const std::vector<Run>& runs) const {
    std::vector<QPolygonF> lines;
    lines.reserve(runs.size());
    for (const auto& run : runs) {
        QPolygonF points;
        points.reserve(static_cast<qsizetype>(run.size()));
        for (const auto& point : run)
            points.append({xOf(point.index), yOf(point.value)});
        lines.push_back(std::move(points));
    }
    return lines;
}

void PlotScene::addLine(const Run& run, const QPen& pen) {
    QList<QPointF> points;
    points.reserve(static_cast<qsizetype>(run.size()));
    for (const auto& point : run)
        points.append({static_cast<double>(point.index) + 0.5, point.value});
    if (usedLines_ == lines_.size()) {
        auto* line = new QLineSeries;  // the chart takes it over
        chart_->addSeries(line);
        line->attachAxis(x_);
        line->attachAxis(y_);
        lines_.push_back(line);
    }
    auto* line = lines_[usedLines_++];
    line->setPen(pen);
    line->replace(points);
}

/// `openEnd`: the way to the last of `values` buckets is dashed.
void PlotScene::addRuns(const Drawn& drawn, std::size_t values, bool openEnd) {
    std::vector<Run> pieces;
    auto runs = drawn.runs;
    const bool opens =
        openEnd && !runs.empty() && runs.back().size() > 1 && runs.back().back().index + 1 == values;
    if (opens) {
        QPen dashed = drawn.pen;
        dashed.setStyle(Qt::CustomDashLine);
        dashed.setDashPattern({2, 2.4});
        dashed.setCapStyle(Qt::FlatCap);
        auto& last = runs.back();
        addLine({last[last.size() - 2], last.back()}, dashed);
        last.pop_back();
        if (last.size() == 1) runs.pop_back();
    }
    const bool scattered = runs.size() > runsAtMost;
    for (auto& run : runs) {
        if (scattered || run.size() == 1)
            pieces.push_back(std::move(run));
        else
            addLine(run, drawn.pen);
    }
    if (!pieces.empty())
        addItem(std::make_unique<PiecesItem>(onScreen(pieces), drawn.pen, QRectF(QPointF(), size_)),
                drawn.before);
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
