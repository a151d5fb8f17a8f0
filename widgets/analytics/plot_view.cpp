#include "widgets/analytics/plot_view.h"

#include "widgets/analytics/paint_turn.h"
#include "widgets/controls.h"

#include <QMouseEvent>
#include <QPainter>

#include <cmath>

namespace stepwell::analytics {
namespace {

constexpr double dragFrom = 4;  // pixels
constexpr double dotRadius = 3.5;

}  // namespace

PlotView::PlotView(QWidget* parent)
    : QWidget(parent)
    , chart_(std::make_shared<Chart>()) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::get(), &Theme::changed, this, [this] {
        dirty_ = true;
        update();
    });
}

PlotView::~PlotView() {
    delete card_;
}

void PlotView::setChart(std::shared_ptr<const Chart> chart, const QSet<QString>& hidden) {
    const bool sameBuckets = chart->points() == chart_->points() && chart->starts == chart_->starts;
    chart_ = std::move(chart);
    hidden_ = hidden;
    dirty_ = true;
    setAccessibleName(QStringLiteral("%1, %2").arg(chart_->title, chart_->subtitle));
    if (!cursor_) describe();
    if (!sameBuckets) {
        endSelection();
        moveTo(std::nullopt, std::nullopt);
    } else if (cursor_ && card_ && card_->isVisible()) {
        showCard(std::nullopt);
    }
    update();
}

void PlotView::setDrillable(bool drillable) {
    drillable_ = drillable;
    setProperty("drillable", drillable);
}

bool PlotView::isOld() const {
    return dirty_ || picture_.size() != size() * devicePixelRatioF();
}

void PlotView::prepare() {
    if (!isOld()) return;
    const auto start = std::chrono::steady_clock::now();
    const QSize wanted = size() * devicePixelRatioF();
    dirty_ = false;
    scene_.show(*chart_, hidden_, size());
    if (picture_.size() != wanted) picture_ = QPixmap(wanted);
    picture_.setDevicePixelRatio(devicePixelRatioF());
    picture_.fill(Qt::transparent);
    QPainter painter(&picture_);
    scene_.paint(painter, rect());
    PaintTurn::get().spend(std::chrono::steady_clock::now() - start);
}

bool PlotView::event(QEvent* event) {
    if (event->type() == QEvent::FontChange) dirty_ = true;
    return QWidget::event(event);
}

void PlotView::resizeEvent(QResizeEvent*) {
    dirty_ = true;
}

void PlotView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (isOld() && !PaintTurn::get().takes(this)) {
        // For a moment as it was, in the size that it has now.
        if (!picture_.isNull()) painter.drawPixmap(rect(), picture_);
        return;
    }
    prepare();
    painter.drawPixmap(0, 0, picture_);
    if (cursor_) paintCursor(painter);
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        paintFocusRing(painter, rect(), 5);
    }
}

void PlotView::paintCursor(QPainter& painter) {
    const auto& theme = Theme::get();
    const QRectF area = scene_.plotArea();
    painter.setRenderHint(QPainter::Antialiasing);
    if (chart_->kind == ChartKind::ranking) {
        QColor tint = theme.color(Token::text);
        tint.setAlpha(12);
        painter.setPen(Qt::NoPen);
        painter.setBrush(tint);
        painter.drawRoundedRect(scene_.categoryRow(*cursor_).adjusted(-4, 1, 2, -1), 4, 4);
        return;
    }
    const double x = scene_.xOf(*cursor_);
    if (anchor_) {
        const double half = area.width() / static_cast<double>(chart_->points()) / 2;
        const double other = scene_.xOf(*anchor_);
        QColor tint = theme.color(Token::accent);
        tint.setAlpha(40);
        painter.fillRect(QRectF(QPointF(std::min(x, other) - half, area.top()),
                                QPointF(std::max(x, other) + half, area.bottom())),
                         tint);
    }
    painter.setPen(QPen(theme.color(Token::faint), 1));
    painter.drawLine(QPointF(std::round(x) + 0.5, area.top()), QPointF(std::round(x) + 0.5, area.bottom()));
    if (chart_->kind != ChartKind::lines) return;
    for (const auto& series : chart_->series) {
        if (hidden_.contains(series.key) || *cursor_ >= series.values.size()) continue;
        const double value = series.values[*cursor_];
        if (!std::isfinite(value)) continue;
        painter.setPen(QPen(theme.color(Token::surface), 1.5));
        painter.setBrush(toneColor(series.tone));
        painter.drawEllipse(QPointF(x, scene_.yOf(value)), dotRadius, dotRadius);
    }
}

CardValues PlotView::cardValues() const {
    CardValues card;
    if (!cursor_ || !hasPoints()) return card;
    const std::size_t at = *cursor_;
    const std::size_t first = anchor_ && hasTime() ? std::min(at, *anchor_) : at;
    const std::size_t last = anchor_ && hasTime() ? std::max(at, *anchor_) : at;
    card.title = hasTime() ? spanText(chart_->starts[first], chart_->starts[last] + chart_->width)
                           : chart_->categories[at];
    if (first != last) {
        card.hint = tr("Release to show only this time");
        return card;
    }
    if (hasTime() && chart_->newestIsOpen && at + 1 == chart_->points()) card.note = tr("Still filling");
    double total = 0;
    double totalBefore = 0;
    int counted = 0;
    bool compared = false;
    const auto valueAt = [at](const std::vector<double>& values) {
        return at < values.size() ? values[at] : gap;
    };
    for (const auto& series : chart_->series) {
        if (hidden_.contains(series.key)) continue;
        const double value = valueAt(series.values);
        const bool has = !series.before.empty();
        const double before = valueAt(series.before);
        card.rows.push_back({toneColor(series.tone), series.name, exactText(value, chart_->unit),
                             has ? exactText(before, chart_->unit) : QString()});
        total += std::isfinite(value) ? value : 0;
        totalBefore += std::isfinite(before) ? before : 0;
        compared = compared || has;
        ++counted;
    }
    // The topmost part of a stack first, as it is seen.
    if (chart_->kind == ChartKind::stackedBars) std::reverse(card.rows.begin(), card.rows.end());
    if (chart_->kind == ChartKind::stackedBars && counted > 1)
        card.rows.push_back({{},
                             tr("Total"),
                             exactText(total, chart_->unit),
                             compared ? exactText(totalBefore, chart_->unit) : QString()});
    if (compared) card.note = card.note.isEmpty() ? tr("Right: the period before") : card.note;
    if (drillable_) card.hint = tr("Click for what is behind it");
    return card;
}

void PlotView::moveTo(std::optional<std::size_t> bucket, std::optional<QPointF> at) {
    const bool changed = bucket != cursor_;
    cursor_ = bucket;
    if (changed) update();
    if (bucket) return showCard(at);
    if (card_) card_->hide();
    if (changed) describe();
}

/// What the chart is, for who cannot see it, until a bucket of it is told.
void PlotView::describe() {
    QStringList names;
    for (const auto& series : chart_->series)
        if (!hidden_.contains(series.key)) names.append(series.name);
    QString text = tr("%1 values of %2. Arrow keys read them.")
                       .arg(chart_->points())
                       .arg(names.join(QStringLiteral(", ")));
    if (drillable_) text += tr(" Return opens what is behind one.");
    if (hasTime()) text += tr(" Shift and arrow keys choose a range.");
    setAccessibleDescription(hasPoints() ? text : QString());
}

void PlotView::showCard(std::optional<QPointF> at) {
    prepare();
    const CardValues values = cardValues();
    setAccessibleDescription([&] {
        QString text = values.title;
        for (const auto& row : values.rows)
            text += QStringLiteral(", %1 %2").arg(row.name, row.value);
        return text;
    }());
    if (!card_) card_ = new ValueCard(this);
    const QRectF row = hasTime() ? QRectF() : scene_.categoryRow(*cursor_);
    const double x = hasTime() ? scene_.xOf(*cursor_) : at.value_or(row.center()).x();
    const double y = at ? at->y() : hasTime() ? scene_.plotArea().center().y() : row.center().y();
    card_->showAt(values, QPointF(x, y).toPoint());
}

void PlotView::endSelection() {
    pressed_ = false;
    dragging_ = false;
    if (anchor_) update();
    anchor_.reset();
}

void PlotView::pickSelection() {
    if (!anchor_ || !cursor_ || !hasTime()) return endSelection();
    const auto first = std::min(*anchor_, *cursor_);
    const auto last = std::max(*anchor_, *cursor_);
    endSelection();
    moveTo(std::nullopt, std::nullopt);
    emit rangePicked(chart_->starts[first], chart_->starts[last] + chart_->width);
}

/// The series under the mouse: the part of the bar, or the nearest line.
QString PlotView::seriesAt(std::size_t bucket, std::optional<QPointF> at) const {
    QString best;
    double nearest = 1e18;
    double stacked = 0;
    for (const auto& series : chart_->series) {
        if (hidden_.contains(series.key) || bucket >= series.values.size()) continue;
        const double value = series.values[bucket];
        if (!std::isfinite(value)) continue;
        if (!at) return series.key;
        const double y = scene_.yOf(chart_->kind == ChartKind::stackedBars ? stacked + value / 2 : value);
        const double away = std::abs(y - at->y());
        if (away < nearest && (chart_->kind == ChartKind::lines || value > 0)) {
            nearest = away;
            best = series.key;
        }
        stacked += value;
    }
    return best;
}

void PlotView::choose(std::size_t bucket, std::optional<QPointF> at) {
    if (!drillable_ || !hasPoints()) return;
    if (!hasTime()) return emit spotChosen({{}, {}, chart_->id, chart_->categories[bucket]});
    const auto from = chart_->starts[bucket];
    emit spotChosen({from, from + chart_->width, chart_->id, seriesAt(bucket, at)});
}

void PlotView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !hasPoints()) return QWidget::mousePressEvent(event);
    prepare();
    pressed_ = true;
    pressedAt_ = event->position();
}

void PlotView::mouseMoveEvent(QMouseEvent* event) {
    if (!hasPoints()) return;
    prepare();
    if (pressed_ && !dragging_ && hasTime() && std::abs(event->position().x() - pressedAt_.x()) >= dragFrom) {
        dragging_ = true;
        anchor_ = scene_.bucketAt(pressedAt_);
    }
    if (dragging_) update();
    moveTo(scene_.bucketAt(event->position()), event->position());
    setCursor(drillable_ && cursor_ && !dragging_ ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void PlotView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !pressed_) return;
    if (dragging_) return pickSelection();
    pressed_ = false;
    if (const auto bucket = scene_.bucketAt(event->position())) choose(*bucket, event->position());
}

void PlotView::leaveEvent(QEvent*) {
    if (!dragging_) moveTo(std::nullopt, std::nullopt);
}

void PlotView::focusOutEvent(QFocusEvent*) {
    endSelection();
    moveTo(std::nullopt, std::nullopt);
    update();
}

void PlotView::hideEvent(QHideEvent*) {
    endSelection();
    moveTo(std::nullopt, std::nullopt);
}

void PlotView::keyPressEvent(QKeyEvent* event) {
    if (!hasPoints()) return QWidget::keyPressEvent(event);
    const auto last = chart_->points() - 1;
    const bool back = event->key() == Qt::Key_Left || event->key() == Qt::Key_Up;
    const bool forth = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down;
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    if (event->modifiers() & (Qt::AltModifier | Qt::ControlModifier)) return QWidget::keyPressEvent(event);
    if (back || forth) {
        if (shift && cursor_ && !anchor_ && hasTime()) anchor_ = cursor_;
        if (!shift) endSelection();
        if (!cursor_) return moveTo(back ? last : 0, std::nullopt);
        return moveTo(back ? *cursor_ - std::min<std::size_t>(*cursor_, 1) : std::min(*cursor_ + 1, last),
                      std::nullopt);
    }
    switch (event->key()) {
    case Qt::Key_Home:
        return moveTo(0, std::nullopt);
    case Qt::Key_End:
        return moveTo(last, std::nullopt);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (anchor_) return pickSelection();
        return cursor_ ? choose(*cursor_, std::nullopt) : void();
    case Qt::Key_Escape:
        if (!cursor_ && !anchor_) break;
        endSelection();
        return moveTo(std::nullopt, std::nullopt);
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace stepwell::analytics
