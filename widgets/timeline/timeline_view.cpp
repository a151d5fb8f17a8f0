#include "widgets/timeline/timeline_view.h"

#include "widgets/format.h"
#include "widgets/timeline/axis_strip.h"
#include "widgets/timeline/hover_card.h"
#include "widgets/timeline/minimap.h"

#include <QAccessible>
#include <QPainter>
#include <QScrollBar>

#include <cmath>

namespace stepwell {

using namespace timeline;

TimelineView::TimelineView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , clock_(&format::now)
    , minimap_(new Minimap(layout_, zoom_, this))
    , axis_(new AxisStrip([this] { return scene(); }, this))
    , card_(new HoverCard(this)) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setViewportMargins(0, metrics::minimap + metrics::axis, 0, 0);
    setAccessibleName(tr("Timeline"));
    auto* aboveScrollBar = new QWidget(this);
    aboveScrollBar->setFixedSize(1, metrics::minimap + metrics::axis);
    addScrollBarWidget(aboveScrollBar, Qt::AlignTop);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    verticalScrollBar()->setSingleStep(metrics::row);
    connect(&zoom_, &Zoom::rangeChanged, this, [this] {
        dropLayer();
        restartClock();
    });
    connect(&zoom_, &Zoom::filterChanged, this, &TimelineView::applyFilter);
    connect(&zoom_, &Zoom::selectionChanged, this, &TimelineView::onSelection);
    connect(&Theme::get(), &Theme::changed, this, &TimelineView::dropLayer);
    connect(&timer_, &QTimer::timeout, this, &TimelineView::tick);
}

TimelineView::~TimelineView() {
    delete card_;  // lies over the window, which may live longer
}

void TimelineView::setDetail(const api::InstanceDetail* detail) {
    detail_ = detail;
    layout_ = Layout();
    idleRevision_ = -1;
    zoom_.select(std::nullopt);
    zoom_.fit();
    refresh(-1);
}

void TimelineView::setClock(std::function<api::Time()> clock) {
    clock_ = std::move(clock);
    tick();
}

Moment TimelineView::now() const {
    const Moment known = layout_.known().to;
    return layout_.isLive() ? std::max(known, layout_.offset(clock_())) : known;
}

RowScene TimelineView::scene() const {
    return {layout_, zoom_, Columns(viewport()->width()), zoom_.whole().to};
}

void TimelineView::refresh(int firstChanged) {
    if (detail_ == nullptr) return;
    const int before = layout_.revision();
    keepInPlace([&] {
        layout_.setPinnedStep(zoom_.selectedStep());
        layout_.setFailuresOnly(zoom_.failuresOnly());
        layout_.update(*detail_, firstChanged);
    });
    if (layout_.revision() != before) {
        minimap_->invalidate();
        dropLayer();
    }
    tick();
    restartClock();
    onSelection();
    emit summaryChanged();
}

void TimelineView::tick() {
    zoom_.setWhole({std::min(layout_.known().from, Moment(0)), now()}, layout_.isLive());
    updateSqueeze();
    if (layerHasOpen_) dropLayer();
    viewport()->update();
    axis_->update();
    if (layout_.isLive()) emit summaryChanged();
}

/// Idle time only grows at its end between two changes of the run, so the whole is walked once per change.
void TimelineView::updateSqueeze() {
    if (!zoom_.squeezesIdle()) return zoom_.setSqueeze({});
    const Moment until = now();
    if (idleRevision_ != layout_.revision()) {
        idle_ = layout_.idle(until);
        idleRevision_ = layout_.revision();
    } else if (!idle_.empty() && idle_.back().to == idleUntil_) {
        idle_.back().to = until;
    }
    idleUntil_ = until;
    zoom_.setSqueeze(Squeeze(idle_, squeezedLength(idle_, {layout_.known().from, until})));
}

/// Rows that come or go above what is seen do not move it; who looks at the end goes on seeing the end.
void TimelineView::keepInPlace(const std::function<void()>& change) {
    const int scroll = verticalScrollBar()->value();
    const bool atEnd = verticalScrollBar()->maximum() > 0 && scroll == verticalScrollBar()->maximum();
    const auto top = static_cast<std::size_t>(scroll / metrics::row);
    std::optional<RowId> anchor;
    if (top < layout_.rows().size()) anchor = layout_.rows().at(top).id;
    change();
    updateScrollBar();
    if (atEnd && layout_.isLive()) return verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    const auto row = anchor ? layout_.find(*anchor) : std::nullopt;
    if (row) verticalScrollBar()->setValue(*row * metrics::row + scroll % metrics::row);
}

void TimelineView::applyFilter() {
    keepInPlace([this] { layout_.setFailuresOnly(zoom_.failuresOnly()); });
    minimap_->invalidate();
    dropLayer();
    tick();
    if (const auto row = selectedRow()) ensureVisible(*row);
    emit summaryChanged();
}

void TimelineView::toggleGroup(const Row& row) {
    const RowId id = row.id;
    keepInPlace([&] { layout_.setGroupOpen(id.step, !layout_.isGroupOpen(id.step)); });
    minimap_->invalidate();
    dropLayer();
}

void TimelineView::updateScrollBar() {
    const int content = static_cast<int>(layout_.rows().size()) * metrics::row + metrics::row / 2;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, content - viewport()->height()));
}

void TimelineView::restartClock() {
    if (!isVisible() || !layout_.isLive() || detail_ == nullptr) return timer_.stop();
    // Once per pixel that now moves is all that can be seen.
    const double perPixel = zoom_.scale(Columns(viewport()->width()).width).perPixel().count();
    timer_.start(static_cast<int>(std::clamp(perPixel, 40.0, 1000.0)));
}

void TimelineView::dropLayer() {
    layer_ = {};
    viewport()->update();
    axis_->update();
    minimap_->update();
}

double TimelineView::xOf(Moment real) const {
    const Columns columns(viewport()->width());
    return columns.plot + zoom_.x(real, columns.width);
}

std::optional<int> TimelineView::rowAt(int y) const {
    const int row = (y + verticalScrollBar()->value()) / metrics::row;
    if (y < 0 || row < 0 || row >= static_cast<int>(layout_.rows().size())) return std::nullopt;
    return row;
}

QRect TimelineView::rowRect(int row) const {
    return {0, row * metrics::row - verticalScrollBar()->value(), viewport()->width(), metrics::row};
}

void TimelineView::renderLayer() {
    const qreal ratio = viewport()->devicePixelRatioF();
    layer_ = QPixmap(viewport()->size() * ratio);
    layer_.setDevicePixelRatio(ratio);
    layer_.fill(Qt::transparent);
    visible_.clear();
    layerHasOpen_ = false;
    const RowScene at = scene();
    QPainter painter(&layer_);
    paintGrid(painter, at, viewport()->height());
    const auto& rows = layout_.rows();
    for (int row = rowAt(0).value_or(0); row < static_cast<int>(rows.size()); ++row) {
        const QRect rect = rowRect(row);
        if (rect.top() > viewport()->height()) break;
        const Row& current = rows.at(static_cast<std::size_t>(row));
        paintLabel(painter, at, current, rect.top());
        painter.setClipRect(
            QRect(at.columns.plot - 1, rect.top(), at.columns.width + metrics::side, metrics::row));
        visible_.push_back({row, marksOf(at, current)});
        paintMarks(painter, at, current, visible_.back().marks, rect.top());
        painter.setClipping(false);
        layerHasOpen_ = layerHasOpen_ || layout_.bars(current).hasOpen();
    }
}

void TimelineView::paintBands(QPainter& painter) {
    const Theme& theme = Theme::get();
    painter.fillRect(viewport()->rect(), theme.color(Token::surface));
    if (hoverRow_ >= 0) painter.fillRect(rowRect(hoverRow_), theme.color(Token::raised));
    const auto row = selectedRow();
    if (!row) return;
    painter.fillRect(rowRect(*row), theme.color(Token::sel));
    if (!hasFocus()) return;
    painter.fillRect(QRect(0, rowRect(*row).top(), 3, metrics::row), theme.color(Token::accent));
}

void TimelineView::paintRangeBand(QPainter& painter) {
    if (drag_ != Drag::range) return;
    const Columns columns(viewport()->width());
    const int from = std::clamp(std::min(pressedAt_.x(), draggedTo_.x()), columns.plot, columns.right());
    const int to = std::clamp(std::max(pressedAt_.x(), draggedTo_.x()), columns.plot, columns.right());
    QColor band = Theme::get().color(Token::accent);
    painter.setPen(band);
    band.setAlpha(40);
    const QRect rect(from, 0, to - from, viewport()->height());
    painter.fillRect(rect, band);
    painter.drawLine(rect.topLeft(), rect.bottomLeft());
    painter.drawLine(rect.topRight(), rect.bottomRight());
    const Moment length =
        zoom_.real(to - columns.plot, columns.width) - zoom_.real(from - columns.plot, columns.width);
    painter.setFont(Theme::get().axis());
    painter.drawText(rect.adjusted(4, 4, 200, 0), Qt::AlignTop | Qt::AlignLeft,
                     format::duration(std::chrono::round<api::Milliseconds>(length)));
}

void TimelineView::paintEvent(QPaintEvent*) {
    if (layer_.isNull()) renderLayer();
    QPainter painter(viewport());
    paintBands(painter);
    painter.drawPixmap(0, 0, layer_);
    paintNow(painter, scene(), viewport()->height());
    paintRangeBand(painter);
    if (!layout_.rows().empty() || layout_.isEmpty()) return;
    painter.setFont(Theme::get().body());
    painter.setPen(Theme::get().color(Token::mute));
    painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("No step failed."));
}

void TimelineView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    minimap_->setGeometry(0, 0, viewport()->width(), metrics::minimap);
    axis_->setGeometry(0, metrics::minimap, viewport()->width(), metrics::axis);
    updateScrollBar();
    dropLayer();
}

void TimelineView::scrollContentsBy(int, int) {
    unhover();
    dropLayer();
}

void TimelineView::showEvent(QShowEvent* event) {
    QAbstractScrollArea::showEvent(event);
    tick();
    restartClock();
}

void TimelineView::hideEvent(QHideEvent* event) {
    QAbstractScrollArea::hideEvent(event);
    timer_.stop();
    unhover();
}

void TimelineView::onSelection() {
    viewport()->update();
    const auto row = selectedRow();
    const QString text = row ? describe(layout_.rows().at(static_cast<std::size_t>(*row))) : QString();
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

QString TimelineView::describe(const Row& row) const {
    if (detail_ == nullptr) return {};
    const CardText card = cardFor(layout_, row, nullptr, *detail_, now());
    QStringList parts{card.title, card.word};
    for (const auto& [name, value] : card.facts)
        parts << name + QLatin1Char(' ') + value;
    if (!card.error.isEmpty()) parts << card.error;
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

}  // namespace stepwell
