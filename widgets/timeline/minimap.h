#pragma once

#include "models/timeline/zoom.h"

#include <QElapsedTimer>
#include <QImage>
#include <QWidget>

namespace stepwell::timeline {

/// The whole run in a strip, with the visible part framed. Dragging the frame pans; dragging elsewhere
/// selects a range; a click elsewhere goes there.
class Minimap : public QWidget {
    Q_OBJECT
  public:
    Minimap(const Layout& layout, Zoom& zoom, QWidget* parent);
    /// Bars or rows differ. Redrawn at most four times a second when the run is large.
    void invalidate();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    enum class Drag { none, pan, select };
    void draw();
    void drawRow(const Row& row, int from, int to);
    Scale whole() const;
    QRectF frame() const;
    Moment shownAt(double x) const;

    const Layout& layout_;
    Zoom& zoom_;
    QImage image_;
    Range imageRange_;  // shown time that the image spans
    Squeeze imageSqueeze_;
    bool stale_ = true;
    bool imageDark_ = false;
    qint64 drawCost_ = 0;
    QElapsedTimer sinceDraw_;
    Drag drag_ = Drag::none;
    Moment grabbed_{0};
    Range selected_;
};

}  // namespace stepwell::timeline
