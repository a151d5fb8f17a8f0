#include "widgets/graph/graph_paint.h"
#include "widgets/graph/graph_view.h"

#include <QApplication>
#include <QKeyEvent>
#include <QScrollBar>

#include <cmath>

/// Mouse and keys of the graph.
namespace stepwell {

using namespace graph;

namespace {

constexpr double zoomStep = 1.25;
constexpr double wheelNotch = 120;

}  // namespace

bool GraphView::handleKey(int key) {
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (const int next = neighbour(m_layout, m_selected, static_cast<Qt::Key>(key)); next >= 0)
            select(next);
        return true;
    case Qt::Key_Home:
        select(neighbour(m_layout, -1, Qt::Key_Right));
        return true;
    case Qt::Key_End:
        for (int i = static_cast<int>(m_layout.items.size()) - 1; i >= 0; --i)
            if (isSelectable(m_layout.items[static_cast<std::size_t>(i)])) {
                select(i);
                break;
            }
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        activate(m_selected);
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(zoomStep);
        return true;
    case Qt::Key_Minus:
        zoomBy(1 / zoomStep);
        return true;
    case Qt::Key_F:
    case Qt::Key_0:
        fit();
        return true;
    case Qt::Key_1:
        zoomBy(1 / m_scale);
        return true;
    default:
        return false;
    }
}

void GraphView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && (m_card->isVisible() || m_selected >= 0)) {
        m_card->hide();
        return select(-1);
    }
    const bool plain = (event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == Qt::NoModifier;
    if (!plain || !handleKey(event->key())) return QAbstractScrollArea::keyPressEvent(event);
    if (m_selected >= 0) showCard(m_selected);
}

void GraphView::wheelEvent(QWheelEvent* event) {
    const double notches = event->angleDelta().y() / wheelNotch;
    if ((event->modifiers() & Qt::ControlModifier) != 0) {
        zoomBy(std::pow(zoomStep, notches), event->position());
        return event->accept();
    }
    // A diagram that only goes on to the right is scrolled there by an ordinary wheel too.
    auto* bar = verticalScrollBar()->maximum() == 0 || (event->modifiers() & Qt::ShiftModifier) != 0
                    ? horizontalScrollBar()
                    : verticalScrollBar();
    const auto sideways = event->angleDelta().x();
    if (sideways != 0) horizontalScrollBar()->setValue(horizontalScrollBar()->value() - sideways);
    bar->setValue(bar->value() - event->angleDelta().y());
    event->accept();
}

void GraphView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QAbstractScrollArea::mousePressEvent(event);
    m_isPressed = true;
    m_isDragging = false;
    m_pressedAt = m_draggedTo = event->pos();
}

void GraphView::mouseMoveEvent(QMouseEvent* event) {
    if (!m_isPressed) return hover(m_layout.itemAt(inLayout(event->position())));
    const bool isFar = (event->pos() - m_pressedAt).manhattanLength() >= QApplication::startDragDistance();
    if (!m_isDragging && isFar) {
        m_isDragging = true;
        hover(-1);
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
    if (!m_isDragging) return;
    const QPoint moved = event->pos() - m_draggedTo;
    m_draggedTo = event->pos();
    m_isFitted = false;
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - moved.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - moved.y());
}

void GraphView::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_isPressed || event->button() != Qt::LeftButton) return;
    m_isPressed = false;
    viewport()->unsetCursor();
    if (m_isDragging) return;
    const int item = m_layout.itemAt(inLayout(event->position()));
    select(item >= 0 && isSelectable(m_layout.items[static_cast<std::size_t>(item)]) ? item : -1);
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) activate(m_layout.itemAt(inLayout(event->position())));
}

void GraphView::hover(int item) {
    if (item >= 0 && !isSelectable(m_layout.items[static_cast<std::size_t>(item)])) item = -1;
    if (item == m_hovered) return;
    m_hovered = item;
    viewport()->update();
    item >= 0 ? showCard(item) : m_card->hide();
}

void GraphView::showCard(int item) {
    const auto& it = m_layout.items.at(static_cast<std::size_t>(item));
    const Scene scene{m_layout, m_run, m_way, m_selected, m_hovered, hasFocus()};
    QRect spot = shownRect(item).toAlignedRect();
    if (it.kind == Item::Kind::frame) spot.setHeight(static_cast<int>(metrics::frameHead * m_scale));
    spot.setWidth(1);
    m_card->showAt(cardFor(scene, it), spot.translated(viewport()->pos()));
}

void GraphView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (byKey && m_selected < 0) select(neighbour(m_layout, -1, Qt::Key_Right));
    viewport()->update();
}

void GraphView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    m_card->hide();
    viewport()->update();
}

bool GraphView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave && !m_isPressed) hover(-1);
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace stepwell
