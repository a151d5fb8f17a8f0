#pragma once

#include "widgets/timeline/timeline_paint.h"

#include <QAbstractScrollArea>
#include <QPixmap>
#include <QTimer>

#include <functional>

namespace stepwell {

namespace timeline {
class HoverCard;
class Minimap;
class AxisStrip;
}  // namespace timeline

/// The rows of a timeline with minimap and axis. Ctrl+wheel zooms at the cursor, the wheel scrolls rows,
/// Shift+wheel pans; dragging pans, Shift+drag shows a range, a double click shows the step. Keys: see
/// keyPressEvent. GUI thread.
class TimelineView : public QAbstractScrollArea {
    Q_OBJECT
  public:
    explicit TimelineView(QWidget* parent = nullptr);
    ~TimelineView() override;

    /// `detail` has to outlive the view or the next call; null shows nothing.
    void setDetail(const api::InstanceDetail* detail);
    /// The detail differs from the step at this position on; -1: everything may differ.
    void refresh(int firstChanged);
    /// Where "now" comes from; the system's clock unless a test has its own.
    void setClock(std::function<api::Time()> clock);
    /// Moves the run on to now, as the timer does while the view is visible.
    void tick();

    const timeline::Layout& layoutOfRun() const { return layout_; }
    timeline::Zoom& zoom() { return zoom_; }
    timeline::Moment now() const;
    /// Opens or closes the selected group.
    void toggleGroup(const timeline::Row& row);
    void selectStep(int stepIndex);
    /// The row at this place of the viewport; nothing beyond the last.
    std::optional<int> rowAt(int y) const;
    /// The place of a row in the viewport.
    QRect rowRect(int row) const;
    /// Pixels of the viewport.
    double xOf(timeline::Moment real) const;
    timeline::HoverCard& card() { return *card_; }
    /// What assistive technology reads for a row.
    QString describe(const timeline::Row& row) const;

  signals:
    /// Steps, failures or length differ: the header is out of date.
    void summaryChanged();
    /// Enter on a step: whoever shows its details takes the focus.
    void activated(int stepIndex);
    /// The menu of a step, at this place of the screen.
    void menuRequested(int stepIndex, const QPoint& at);
    /// R on a step.
    void restartRequested(int stepIndex);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    enum class Drag { none, pressed, pan, range };
    struct VisibleRow {
        int row = 0;
        std::vector<timeline::Mark> marks;
    };

    timeline::RowScene scene() const;
    void dropLayer();
    void renderLayer();
    void paintBands(QPainter& painter);
    void paintRangeBand(QPainter& painter);
    void updateSqueeze();
    void updateScrollBar();
    void keepInPlace(const std::function<void()>& change);
    void applyFilter();
    void restartClock();

    bool navigate(int key);
    bool changeView(int key);
    void moveBy(int rows);
    void moveToFailure(int direction);
    void selectRow(int row);
    void ensureVisible(int row);
    std::optional<int> selectedRow() const;
    void onSelection();
    void hoverAt(QPoint at);
    void unhover();
    void showCardForSelection();
    const timeline::Bar* barAt(int row, double x) const;
    void finishRange();
    void click(QPoint at);

    timeline::Layout layout_;
    timeline::Zoom zoom_;
    const api::InstanceDetail* detail_ = nullptr;
    std::function<api::Time()> clock_;
    timeline::Minimap* minimap_;
    timeline::AxisStrip* axis_;
    timeline::HoverCard* card_;
    QTimer timer_;

    QPixmap layer_;  // labels, grid and bars of what is visible; empty when out of date
    std::vector<VisibleRow> visible_;
    bool layerHasOpen_ = false;
    std::vector<timeline::Range> idle_;
    int idleRevision_ = -1;
    timeline::Moment idleUntil_{0};

    int hoverRow_ = -1;
    Drag drag_ = Drag::none;
    QPoint pressedAt_;
    QPoint draggedTo_;
};

}  // namespace stepwell
