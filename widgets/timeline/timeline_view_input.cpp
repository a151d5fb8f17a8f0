// Mouse, wheel and keys of the timeline.
#include "widgets/timeline/hover_card.h"
#include "widgets/timeline/timeline_view.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>

#include <cmath>

namespace stepwell {

using namespace timeline;

namespace {

constexpr int dragDistance = 4;
constexpr double zoomStep = 1.25;

}  // namespace

std::optional<int> TimelineView::selectedRow() const {
    return zoom_.selection() ? layout_.find(*zoom_.selection()) : std::nullopt;
}

void TimelineView::selectRow(int row) {
    zoom_.select(layout_.rows().at(static_cast<std::size_t>(row)).id);
    ensureVisible(row);
}

void TimelineView::selectStep(int stepIndex) {
    const RowId id{RowKind::step, stepIndex, 0};
    const auto row = layout_.find(id);
    if (!row) return;
    const Row& found = layout_.rows().at(static_cast<std::size_t>(*row));
    if (found.id.kind == RowKind::group) toggleGroup(found);
    zoom_.select(id);
    ensureVisible(layout_.find(id).value_or(*row));
}

void TimelineView::ensureVisible(int row) {
    const QRect rect = rowRect(row);
    QScrollBar* bar = verticalScrollBar();
    if (rect.top() < 0) bar->setValue(bar->value() + rect.top());
    if (rect.bottom() > viewport()->height())
        bar->setValue(bar->value() + rect.bottom() - viewport()->height());
}

void TimelineView::moveBy(int rows) {
    const int count = static_cast<int>(layout_.rows().size());
    if (count == 0) return;
    const auto row = selectedRow();
    selectRow(row ? std::clamp(*row + rows, 0, count - 1) : rows > 0 ? 0 : count - 1);
}

void TimelineView::moveToFailure(int direction) {
    const int count = static_cast<int>(layout_.rows().size());
    for (int row = selectedRow().value_or(direction > 0 ? -1 : count) + direction; row >= 0 && row < count;
         row += direction)
        if (layout_.rows().at(static_cast<std::size_t>(row)).failed) return selectRow(row);
}

bool TimelineView::navigate(int key) {
    const int page = std::max(1, viewport()->height() / metrics::row - 1);
    switch (key) {
    case Qt::Key_Up:
        moveBy(-1);
        break;
    case Qt::Key_Down:
        moveBy(1);
        break;
    case Qt::Key_PageUp:
        moveBy(-page);
        break;
    case Qt::Key_PageDown:
        moveBy(page);
        break;
    case Qt::Key_Home:
        moveBy(-static_cast<int>(layout_.rows().size()));
        break;
    case Qt::Key_End:
        moveBy(static_cast<int>(layout_.rows().size()));
        break;
    case Qt::Key_N:
        moveToFailure(1);
        break;
    case Qt::Key_P:
        moveToFailure(-1);
        break;
    default:
        return false;
    }
    showCardForSelection();
    return true;
}

bool TimelineView::changeView(int key) {
    const Range range = zoom_.range();
    const Moment middle = range.from + range.length() / 2.0;
    switch (key) {
    case Qt::Key_Left:
        zoom_.panBy(range.length() * -0.1);
        break;
    case Qt::Key_Right:
        zoom_.panBy(range.length() * 0.1);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom_.zoomBy(1 / zoomStep, middle);
        break;
    case Qt::Key_Minus:
        zoom_.zoomBy(zoomStep, middle);
        break;
    case Qt::Key_0:
    case Qt::Key_F:
        zoom_.fit();
        break;
    default:
        return false;
    }
    return true;
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    const auto modifiers = event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier);
    const auto row = selectedRow();
    if (event->key() == Qt::Key_Escape && (card_->isVisible() || drag_ == Drag::range)) {
        drag_ = Drag::none;
        unhover();
        return viewport()->update();
    }
    if (modifiers == Qt::NoModifier && event->key() == Qt::Key_R && zoom_.selectedStep())
        return emit restartRequested(*zoom_.selectedStep());
    if (modifiers == Qt::NoModifier && (navigate(event->key()) || changeView(event->key()))) return;
    const bool enters =
        event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (!enters || !row) return QAbstractScrollArea::keyPressEvent(event);
    const Row& current = layout_.rows().at(static_cast<std::size_t>(*row));
    if (current.id.kind == RowKind::group) return toggleGroup(current);
    if (const auto step = zoom_.selectedStep()) emit activated(*step);
}

void TimelineView::wheelEvent(QWheelEvent* event) {
    const QPoint angle = event->angleDelta();
    const Columns columns(viewport()->width());
    const Range range = zoom_.range();
    if (event->modifiers() & Qt::ControlModifier) {
        const Moment anchor = zoom_.scale(columns.width).at(event->position().x() - columns.plot);
        zoom_.zoomBy(std::pow(zoomStep, -angle.y() / 120.0), anchor);
        return event->accept();
    }
    const bool sideways = std::abs(angle.x()) > std::abs(angle.y());
    if (sideways || (event->modifiers() & Qt::ShiftModifier)) {
        const int delta = sideways ? angle.x() : angle.y();
        zoom_.panBy(range.length() * (-delta / 1200.0));
        return event->accept();
    }
    QAbstractScrollArea::wheelEvent(event);
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    pressedAt_ = draggedTo_ = event->position().toPoint();
    drag_ = event->modifiers() & Qt::ShiftModifier ? Drag::range : Drag::pressed;
    unhover();
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (drag_ == Drag::none) return hoverAt(at);
    if (drag_ == Drag::pressed && (at - pressedAt_).manhattanLength() < dragDistance) return;
    if (drag_ == Drag::range) {
        draggedTo_ = at;
        return viewport()->update();
    }
    drag_ = Drag::pan;
    viewport()->setCursor(Qt::ClosedHandCursor);
    const Columns columns(viewport()->width());
    zoom_.panBy(zoom_.scale(columns.width).perPixel() * (draggedTo_.x() - at.x()));
    verticalScrollBar()->setValue(verticalScrollBar()->value() + draggedTo_.y() - at.y());
    draggedTo_ = at;
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const Drag drag = std::exchange(drag_, Drag::none);
    viewport()->unsetCursor();
    if (drag == Drag::range) finishRange();
    if (drag == Drag::pressed) click(event->position().toPoint());
    viewport()->update();
}

void TimelineView::click(QPoint at) {
    const auto row = rowAt(at.y());
    if (!row) return zoom_.select(std::nullopt);
    const Row& current = layout_.rows().at(static_cast<std::size_t>(*row));
    const bool onTriangle = triangleRect(current, rowRect(*row).top()).contains(at);
    selectRow(*row);
    if (current.id.kind == RowKind::group && onTriangle) toggleGroup(current);
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
    const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
    const auto row = keyboard ? selectedRow() : rowAt(event->pos().y());  // of the viewport, as mouse events
    if (!row) return;
    selectRow(*row);
    const auto step = zoom_.selectedStep();
    if (!step) return;
    unhover();
    const QPoint corner = rowRect(*row).bottomLeft() + QPoint(metrics::side, 0);
    emit menuRequested(*step, keyboard ? viewport()->mapToGlobal(corner) : event->globalPos());
}

void TimelineView::finishRange() {
    const Columns columns(viewport()->width());
    const int from = std::min(pressedAt_.x(), draggedTo_.x());
    const int to = std::max(pressedAt_.x(), draggedTo_.x());
    if (to - from < dragDistance) return;
    const Scale scale = zoom_.scale(columns.width);
    zoom_.show(
        {scale.at(std::max(0, from - columns.plot)), scale.at(std::min(columns.width, to - columns.plot))});
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto row = rowAt(event->position().toPoint().y());
    if (!row) return zoom_.fit();
    const Row current = layout_.rows().at(static_cast<std::size_t>(*row));
    if (current.id.kind == RowKind::group && event->position().x() < Columns(viewport()->width()).plot)
        return toggleGroup(current);
    Range range{Moment(1e18), Moment(-1e18)};
    for (const Bar& bar : layout_.bars(current).bars()) {
        range.from = std::min(range.from, bar.start);
        range.to = std::max(range.to, bar.endAt(now()));
    }
    if (range.from <= range.to) zoom_.showReal(range);
}

const Bar* TimelineView::barAt(int row, double x) const {
    const auto seen =
        std::find_if(visible_.begin(), visible_.end(), [row](const VisibleRow& v) { return v.row == row; });
    if (seen == visible_.end()) return nullptr;
    const BarList& bars = layout_.bars(layout_.rows().at(static_cast<std::size_t>(row)));
    const Mark* best = nullptr;
    for (const Mark& mark : seen->marks) {
        if (x < mark.x0 - 3 || x > std::max(mark.x1, mark.x0 + metrics::narrowest) + 3) continue;
        const bool narrower = best == nullptr || mark.x1 - mark.x0 < best->x1 - best->x0;
        const bool inside = x >= mark.x0 && x <= mark.x1;
        if (narrower || inside) best = &mark;
    }
    return best != nullptr && best->bar < bars.size() ? &bars.at(best->bar) : nullptr;
}

void TimelineView::hoverAt(QPoint at) {
    const auto row = rowAt(at.y());
    if (row.value_or(-1) != hoverRow_) {
        hoverRow_ = row.value_or(-1);
        viewport()->update();
    }
    const Bar* bar = row ? barAt(*row, at.x()) : nullptr;
    const Row* current = row ? &layout_.rows().at(static_cast<std::size_t>(*row)) : nullptr;
    const bool triangle = current != nullptr && current->id.kind == RowKind::group &&
                          triangleRect(*current, rowRect(*row).top()).contains(at);
    viewport()->setCursor(triangle ? Qt::PointingHandCursor : Qt::ArrowCursor);
    const bool onLabel = current != nullptr && at.x() < Columns(viewport()->width()).plot;
    if (detail_ == nullptr || (bar == nullptr && !onLabel)) return card_->hide();
    const QRect spot = QRect(at, QSize(1, 1)).translated(viewport()->pos());
    card_->showAt(cardFor(layout_, *current, bar, *detail_, now()), spot);
}

void TimelineView::unhover() {
    card_->hide();
    if (hoverRow_ < 0) return;
    hoverRow_ = -1;
    viewport()->update();
}

void TimelineView::showCardForSelection() {
    const auto row = selectedRow();
    if (!row || detail_ == nullptr || !isVisible()) return card_->hide();
    const Row& current = layout_.rows().at(static_cast<std::size_t>(*row));
    const BarList& bars = layout_.bars(current);
    const Columns columns(viewport()->width());
    const double x = bars.empty()
                         ? columns.plot
                         : std::clamp(xOf(bars.at(0).start), double(columns.plot), double(columns.right()));
    QRect spot = rowRect(*row);
    spot.setLeft(static_cast<int>(x));
    spot.setWidth(1);
    card_->showAt(cardFor(layout_, current, nullptr, *detail_, now()), spot.translated(viewport()->pos()));
}

void TimelineView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason) {
        if (!selectedRow() && !layout_.rows().empty()) selectRow(0);
        showCardForSelection();
    }
    viewport()->update();
}

void TimelineView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    card_->hide();
    viewport()->update();
}

bool TimelineView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave && drag_ == Drag::none) unhover();
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace stepwell
