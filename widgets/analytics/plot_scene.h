#pragma once

#include "models/analytics/axis.h"
#include "widgets/theme.h"

#include <QGraphicsScene>
#include <QSet>

#include <memory>

class QChart;
class QValueAxis;

namespace stepwell::analytics {

/// The window's colour of a series.
QColor toneColor(Tone tone);

/// A chart laid out for one size, ready to be painted anywhere: on the screen, into a picture, as vectors.
/// Lines are Qt Charts'; grid, words and bars are drawn in the look of the window. GUI thread.
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
    void showLines(const Chart& chart, const QSet<QString>& hidden);
    void addRuns(const std::vector<double>& values, const QPen& wanted, bool openEnd);
    void addLine(const Run& run, const QPen& pen);
    QPen penFor(std::size_t values, QPen pen) const;

    QGraphicsScene scene_;
    QChart* chart_;  // owned by the scene
    QValueAxis* x_;
    QValueAxis* y_;
    QSizeF size_;
    QRectF area_;
    std::size_t points_ = 0;
    double base_ = 0;
    double top_ = 1;
    bool ranking_ = false;
};

}  // namespace stepwell::analytics
