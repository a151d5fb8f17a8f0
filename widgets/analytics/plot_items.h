#pragma once

#include "models/analytics/axis.h"

#include <QGraphicsItem>
#include <QPen>
#include <QPolygonF>
#include <QSet>

/// What the charts have beside Qt Charts' lines; each paints itself in the colours of the theme.
namespace stepwell::analytics {

/// Large areas are quieter than lines of the same colour, and still told from the card (3:1).
QColor areaColor(Tone tone);

/// Hairline grid and the words of both axes.
class FrameItem : public QGraphicsItem {
  public:
    FrameItem(QSizeF size, QRectF area, std::vector<Tick> values, std::vector<Tick> times,
              std::size_t buckets, QString end);
    QRectF boundingRect() const override { return {QPointF(), size_}; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    void paintTimes(QPainter& painter) const;

    QSizeF size_;
    QRectF area_;
    std::vector<Tick> values_;
    std::vector<Tick> times_;
    std::size_t buckets_;
    QString end_;  ///< word at the right end: "now"
};

/// Stacked bars, one column per bucket; the bucket that still fills is hatched and dashed.
class BarsItem : public QGraphicsItem {
  public:
    BarsItem(const Chart& chart, const QSet<QString>& hidden, QRectF area, double top);
    QRectF boundingRect() const override { return area_; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    struct Part {
        QColor color;
        std::vector<double> values;
    };
    QRectF area_;
    double top_;
    bool open_;
    std::size_t buckets_;
    std::vector<Part> parts_;
    std::vector<double> before_;  ///< totals of the period before; empty: not compared
};

/// Lines with more points than pixels: of each column of pixels the stretch that they cover. A rectangle a
/// column costs a fraction of a line through all its turns, and looks the same.
class BandItem : public QGraphicsItem {
  public:
    /// `lines` in pixels, each from left to right.
    BandItem(std::vector<QPolygonF> lines, QColor color, QRectF area);
    QRectF boundingRect() const override { return area_.adjusted(-1, -2, 1, 2); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    std::vector<QPolygonF> lines_;
    QColor color_;
    QRectF area_;
};

/// Lines in many pieces, each of them too little for a series of Qt Charts; a piece of one point is a dot.
class PiecesItem : public QGraphicsItem {
  public:
    PiecesItem(std::vector<QPolygonF> pieces, QPen pen, QRectF around);
    QRectF boundingRect() const override { return around_; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    std::vector<QPolygonF> pieces_;
    QPen pen_;
    QRectF around_;
};

inline constexpr double rankingRow = 22;

/// Bars that grow to the right, one per category and series, with names and values.
class RankingItem : public QGraphicsItem {
  public:
    RankingItem(const Chart& chart, const QSet<QString>& hidden, QRectF area);
    QRectF boundingRect() const override { return area_; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    Chart chart_;
    QSet<QString> hidden_;
    QRectF area_;
};

/// The sum of what is shown, bucket by bucket.
std::vector<double> stackedTotals(const Chart& chart, const QSet<QString>& hidden, bool before);

}  // namespace stepwell::analytics
