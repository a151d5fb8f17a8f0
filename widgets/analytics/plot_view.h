#pragma once

#include "models/analytics/behind.h"
#include "widgets/analytics/plot_scene.h"
#include "widgets/analytics/value_card.h"

#include <QPixmap>
#include <QPointer>
#include <QSet>
#include <QWidget>

namespace stepwell::analytics {

/// The plot of a card. The chart is painted once for its size and kept as a picture; what follows the mouse
/// or the keys is painted over it. Arrow keys walk over the buckets, with Shift they choose a range, Return
/// takes it or opens what is behind the bucket. GUI thread.
class PlotView : public QWidget {
    Q_OBJECT
  public:
    explicit PlotView(QWidget* parent = nullptr);
    ~PlotView() override;

    void setChart(std::shared_ptr<const Chart> chart, const QSet<QString>& hidden);
    void setDrillable(bool drillable);
    /// The bucket or category under the mouse or the keys.
    std::optional<std::size_t> cursor() const { return cursor_; }
    /// What the hover card says; empty while there is none.
    CardValues cardValues() const;
    const PlotScene& scene() const { return scene_; }
    /// Whether what is on the screen is of other numbers or another size than it should be.
    bool isOld() const;
    QSize sizeHint() const override { return {320, 150}; }
    QSize minimumSizeHint() const override { return {160, 110}; }

  signals:
    void rangePicked(stepwell::api::Time from, stepwell::api::Time to);
    void spotChosen(const stepwell::analytics::Spot& spot);

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void prepare();
    void paintCursor(QPainter& painter);
    void moveTo(std::optional<std::size_t> bucket, std::optional<QPointF> at);
    void describe();
    void showCard(std::optional<QPointF> at);
    void endSelection();
    void pickSelection();
    void choose(std::size_t bucket, std::optional<QPointF> at);
    QString seriesAt(std::size_t bucket, std::optional<QPointF> at) const;
    bool hasPoints() const { return chart_->points() > 0; }
    bool hasTime() const { return hasPoints() && chart_->kind != ChartKind::ranking; }

    std::shared_ptr<const Chart> chart_;
    QSet<QString> hidden_;
    PlotScene scene_;
    QPixmap picture_;
    bool dirty_ = true;
    bool drillable_ = false;
    std::optional<std::size_t> cursor_;
    std::optional<std::size_t> anchor_;  ///< where the selection began
    QPointF pressedAt_;
    bool pressed_ = false;
    bool dragging_ = false;
    QPointer<ValueCard> card_;  ///< made when first needed; the window's child, since it lies over it
};

}  // namespace stepwell::analytics
