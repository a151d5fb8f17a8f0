#pragma once

#include "models/analytics/axis.h"
#include "widgets/theme.h"

#include <QGraphicsScene>
#include <QSet>

#include <memory>

class QChart;
class QLineSeries;
class QValueAxis;

namespace stepwell::analytics {

/// The window's colour of a series.
Token tokenOf(Tone tone);
QColor toneColor(Tone tone);

/// A chart laid out for one size, ready to be painted anywhere: on the screen, into a picture, as vectors.
/// Lines are Qt Charts'; grid, words, bars, lines in many pieces and lines with more points than pixels are
/// drawn in the look of the window. GUI thread.
class PlotScene {
  public:
    PlotScene();
    ~PlotScene();

    void show(const Chart& chart, const QSet<QString>& hidden, QSizeF size);
    void paint(QPainter& painter, const QRectF& target);

    QRectF plotArea() const { return area_; }
    /// Pixels from the left edge to the middle of a bucket.
    double xOf(std::size_t bucket) const;
    double yOf(double value) const;
    std::optional<std::size_t> bucketAt(QPointF at) const;
    /// Of a ranking: which bar is there.
    std::optional<std::size_t> categoryAt(QPointF at) const;
    QRectF categoryRow(std::size_t category) const;

  private:
    struct Drawn;  ///< what of a series is drawn
    std::vector<Drawn> drawnOf(const Chart& chart, const QSet<QString>& hidden) const;
    void frame(const Chart& chart, double smallest, double largest);
    void showLines(const Chart& chart, const std::vector<Drawn>& drawn);
    std::vector<QPolygonF> onScreen(const std::vector<Run>& runs) const;
    void addRuns(const Drawn& drawn, std::size_t values, bool openEnd);
    void addLine(const Run& run, const QPen& pen);
    void addItem(std::unique_ptr<QGraphicsItem> item, bool below = false);

    QGraphicsScene scene_;
    QChart* chart_;  // owned by the scene
    QValueAxis* x_;
    QValueAxis* y_;
    /// Of the chart, used again by the next one; what it does not use is empty.
    std::vector<QLineSeries*> lines_;
    std::size_t usedLines_ = 0;
    std::vector<std::unique_ptr<QGraphicsItem>> items_;
    QSizeF size_;
    QRectF area_;
    std::size_t points_ = 0;
    double base_ = 0;
    double top_ = 1;
    bool ranking_ = false;
};

}  // namespace stepwell::analytics
