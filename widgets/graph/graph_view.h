#pragma once

#include "models/graph/layout.h"
#include "models/graph/way.h"

#include <QAbstractScrollArea>

#include <memory>

namespace stepwell {

namespace timeline {
class HoverCard;
}

/// The diagram of a step graph. Ctrl+wheel zooms at the cursor, the wheel scrolls, dragging pans, a double
/// click opens a function or, in a run, the step. Keys: arrows walk, Home and End jump, Enter opens, + and -
/// zoom, F fits, 1 is full size. GUI thread.
class GraphView : public QAbstractScrollArea {
    Q_OBJECT
  public:
    static constexpr double smallest = 0.2;
    static constexpr double largest = 2.5;

    explicit GraphView(QWidget* parent = nullptr);
    ~GraphView() override;

    /// Shows another graph, fitted; null shows none.
    void setGraph(std::shared_ptr<const api::Graph> graph);
    /// Shows the way of a run through the graph; nothing: the graph alone.
    void setRun(const api::InstanceDetail* detail);

    const api::Graph* shownGraph() const { return m_graph.get(); }
    const graph::Layout& layoutOfGraph() const { return m_layout; }
    const graph::RunStates& run() const { return m_run; }
    double scale() const { return m_scale; }
    /// Shows all of it, but not so small that it cannot be read: then from its start.
    void fit();
    void zoomBy(double factor, QPointF anchor);
    void zoomBy(double factor) { zoomBy(factor, QRectF(viewport()->rect()).center()); }
    void select(int item);
    int selected() const { return m_selected; }
    void toggle(int item);
    /// Opens or closes all functions.
    void setAllOpen(bool open);
    /// Where an item is in the viewport.
    QRectF shownRect(int item) const;
    timeline::HoverCard& card() { return *m_card; }
    /// What assistive technology reads for an item.
    QString describe(int item) const;

  signals:
    void zoomed();
    void selectionChanged();
    /// A step of the run was chosen to be looked at.
    void stepActivated(int stepIndex);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    void rebuild();
    void setScale(double scale);
    void updateScrollBars();
    QPointF origin() const;
    QPointF inLayout(QPointF at) const { return (at - origin()) / m_scale; }
    void ensureVisible(int item);
    void activate(int item);
    void hover(int item);
    void showCard(int item);
    bool handleKey(int key);

    std::shared_ptr<const api::Graph> m_graph;
    graph::Layout m_layout;
    graph::RunStates m_run;
    graph::Way m_way;
    std::set<QString> m_toggled;
    double m_scale = 1;
    bool m_isFitted = true;  ///< nobody zoomed since
    int m_selected = -1;
    int m_hovered = -1;
    bool m_isPressed = false;
    bool m_isDragging = false;
    QPoint m_pressedAt;
    QPoint m_draggedTo;
    timeline::HoverCard* m_card;
};

}  // namespace stepwell
