#pragma once

#include "models/timeline/zoom.h"

#include <QElapsedTimer>
#include <QImage>
#include <QTimer>
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
    /// A drawing of the whole run, done a little at a time so that no frame waits for it.
    struct Drawing {
        QImage image;
        Range range;  ///< shown time that the image spans
        Squeeze squeeze;
        bool dark = false;
        std::size_t nextRow = 0;
    };
    void begin();
    void goOn();
    void drawRow(Drawing& drawing, const Row& row, int from, int to) const;
    Scale whole() const;
    QRectF frame() const;
    Moment shownAt(double x) const;

    const Layout& layout_;
    Zoom& zoom_;
    Drawing shown_;
    std::optional<Drawing> next_;
    bool stale_ = true;
    QElapsedTimer sinceDrawn_;
    QTimer slices_;
    Drag drag_ = Drag::none;
    Moment grabbed_{0};
    Range selected_;
};

}  // namespace stepwell::timeline
