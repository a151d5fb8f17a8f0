#include "widgets/timeline/minimap.h"

#include "widgets/timeline/timeline_paint.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTimer>

#include <cmath>

namespace stepwell::timeline {
namespace {

/// A large run that grows is drawn anew no more often than this.
constexpr int restMs = 250;

}  // namespace

Minimap::Minimap(const Layout& layout, Zoom& zoom, QWidget* parent)
    : QWidget(parent)
    , layout_(layout)
    , zoom_(zoom) {
    setFixedHeight(metrics::minimap);
    setAccessibleName(tr("Overview of the whole run"));
    setMouseTracking(true);
    connect(&slices_, &QTimer::timeout, this, &Minimap::goOn);
    connect(&zoom_, &Zoom::rangeChanged, this, qOverload<>(&QWidget::update));
    connect(&Theme::get(), &Theme::changed, this, &Minimap::invalidate);
}

void Minimap::invalidate() {
    stale_ = true;
    update();
}

Scale Minimap::whole() const {
    return {zoom_.bounds(), static_cast<double>(Columns(width()).width)};
}

Moment Minimap::shownAt(double x) const {
    return whole().at(x - Columns(width()).plot);
}

QRectF Minimap::frame() const {
    const Columns columns(width());
    const Scale scale = whole();
    const double from = std::max(0.0, scale.x(zoom_.range().from));
    const double to = std::min(scale.width, scale.x(zoom_.range().to));
    return {columns.plot + from, 0.5, std::max(to - from, 6.0), height() - 1.0};
}

void Minimap::drawRow(Drawing& drawing, const Row& row, int from, int to) const {
    const QRgb failedColor = Theme::get().color(Token::errored).rgb();
    const Scale scale{drawing.range, static_cast<double>(drawing.image.width())};
    const BarList& list = layout_.bars(row);
    const auto draw = [&](const Bar& bar, int x0, int x1) {
        if (bar.kind == BarKind::wait) return;
        const QRgb color = colorOf(bar).rgb();
        for (int y = from; y < to; ++y) {
            auto* line = reinterpret_cast<QRgb*>(drawing.image.scanLine(y));
            for (int x = std::max(0, x0); x <= std::min(std::max(x1, x0 + 1), drawing.image.width() - 1); ++x)
                if (line[x] != failedColor) line[x] = color;
        }
    };
    // Of a great many bars only those that differ by a pixel are looked at.
    for (const Mark& mark : foldBars(list, drawing.squeeze, scale, zoom_.whole().to, 1))
        draw(list.at(mark.bar), static_cast<int>(mark.x0), static_cast<int>(mark.x1));
}

void Minimap::begin() {
    next_.emplace();
    next_->range = zoom_.bounds();
    next_->squeeze = zoom_.squeeze();
    next_->dark = Theme::get().dark();
    next_->image = QImage(Columns(width()).width, height(), QImage::Format_ARGB32_Premultiplied);
    next_->image.fill(Qt::transparent);
    stale_ = false;
    goOn();
}

void Minimap::goOn() {
    constexpr qint64 sliceMs = 2;
    constexpr std::size_t rowsPerLook = 32;
    if (!next_) return slices_.stop();
    QElapsedTimer spent;
    spent.start();
    const auto& rows = layout_.rows();
    const double pitch =
        rows.empty() ? 1 : std::min(3.0, (height() - 8.0) / static_cast<double>(rows.size()));
    while (next_->nextRow < rows.size()) {
        const std::size_t i = next_->nextRow++;
        const int y = 4 + static_cast<int>(static_cast<double>(i) * pitch);
        drawRow(*next_, rows[i], y, y + (pitch >= 2 ? 2 : 1));
        if (i % rowsPerLook == rowsPerLook - 1 && spent.elapsed() >= sliceMs) return slices_.start(0);
    }
    slices_.stop();
    shown_ = std::move(*next_);
    next_.reset();
    sinceDrawn_.start();
    update();
}

void Minimap::paintEvent(QPaintEvent*) {
    const Columns columns(width());
    const bool resized = shown_.image.width() != columns.width || shown_.image.height() != height();
    const bool outgrown =
        zoom_.bounds().length() > shown_.range.length() * 1.02 || zoom_.squeeze() != shown_.squeeze;
    const bool wanted = stale_ || outgrown || resized || shown_.dark != Theme::get().dark();
    const bool large = layout_.rows().size() > 500;
    const bool rested = !large || !sinceDrawn_.isValid() || sinceDrawn_.elapsed() > restMs;
    if (wanted && !next_ && rested)
        begin();
    else if (wanted && !next_)
        QTimer::singleShot(restMs, this, qOverload<>(&QWidget::update));
    QPainter painter(this);
    const Theme& theme = Theme::get();
    painter.fillRect(rect(), theme.color(Token::raised));
    QColor seen = theme.color(Token::accentSoft);
    seen.setAlpha(theme.dark() ? 150 : 130);
    painter.fillRect(frame(), seen);
    // A run that grew a little since is drawn a little narrower instead of anew.
    const Scale scale = whole();
    const double from = columns.plot + scale.x(shown_.range.from);
    const double to = columns.plot + scale.x(shown_.range.to);
    painter.drawImage(QRectF(from, 0, to - from, height()), shown_.image);
    painter.setPen(theme.color(Token::line));
    painter.drawLine(0, height() - 1, width(), height() - 1);
    if (!zoom_.isFitted()) {
        painter.setPen(QPen(theme.color(Token::accent), 1));
        painter.drawRect(frame().adjusted(0, 0, -1, -1));
    }
    if (drag_ != Drag::select) return;
    QColor band = theme.color(Token::accent);
    band.setAlpha(60);
    const double x0 = columns.plot + scale.x(selected_.from);
    const double x1 = columns.plot + scale.x(selected_.to);
    painter.fillRect(QRectF(std::min(x0, x1), 0, std::abs(x1 - x0), height()), band);
}

void Minimap::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const bool onFrame = !zoom_.isFitted() && frame().contains(event->position());
    drag_ = onFrame ? Drag::pan : Drag::select;
    grabbed_ = shownAt(event->position().x());
    selected_ = {grabbed_, grabbed_};
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
    const Moment at = shownAt(event->position().x());
    if (drag_ == Drag::pan) {
        zoom_.panBy(at - grabbed_);
        grabbed_ = at;
    } else if (drag_ == Drag::select) {
        selected_.to = at;
        update();
    } else {
        const bool onFrame = !zoom_.isFitted() && frame().contains(event->position());
        setCursor(onFrame ? Qt::OpenHandCursor : Qt::CrossCursor);
    }
}

void Minimap::mouseReleaseEvent(QMouseEvent* event) {
    const Drag drag = std::exchange(drag_, Drag::none);
    if (drag != Drag::select || event->button() != Qt::LeftButton) return;
    const Range range{std::min(selected_.from, selected_.to), std::max(selected_.from, selected_.to)};
    if (range.length() > whole().perPixel() * 4)
        zoom_.show(range);
    else
        zoom_.panBy(range.from - (zoom_.range().from + zoom_.range().length() / 2.0));
    update();
}

}  // namespace stepwell::timeline
