#include "widgets/timeline/timeline_paint.h"

#include "models/api/duration.h"

#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace stepwell::timeline {
namespace {

QColor tint(Token token, int alpha) {
    QColor color = Theme::get().color(token);
    color.setAlpha(alpha);
    return color;
}

Token tokenOf(const Bar& bar) {
    if (bar.state == BarState::errored) return Token::errored;
    if (bar.state == BarState::stopped) return Token::terminated;
    if (bar.kind == BarKind::sleep) return Token::sleeping;
    if (bar.kind == BarKind::eventWait) return Token::waiting;
    if (bar.kind == BarKind::wait) return Token::errored;
    if (bar.kind == BarKind::rollback) return Token::rollingBack;
    return bar.state == BarState::running ? Token::running : Token::complete;
}

bool isOutlined(const Bar& bar) {
    return bar.kind == BarKind::sleep || bar.kind == BarKind::eventWait;
}

QRectF barRect(const Mark& mark, int top, int height) {
    const double y = top + (metrics::row - height) / 2.0;
    return {mark.x0, y, std::max(mark.x1 - mark.x0, metrics::narrowest), static_cast<double>(height)};
}

/// Cuts what reaches far out of the view: huge rectangles are slow and lose precision.
QRectF cropped(QRectF rect, const Columns& columns) {
    rect.setLeft(std::max(rect.left(), columns.plot - 8.0));
    rect.setRight(std::min(rect.right(), columns.right() + 8.0));
    return rect;
}

void paintWait(QPainter& painter, const QRectF& rect, const Bar& bar) {
    QColor color = colorOf(bar);
    color.setAlpha(Theme::get().dark() ? 150 : 130);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setClipRect(rect.adjusted(1, 1, -1, -1), Qt::IntersectClip);
    painter.setPen(QPen(color, 1));
    const double height = rect.height();
    // Starting at a multiple keeps the hatch still while the bar grows.
    for (double x = std::floor((rect.left() - height) / 6) * 6; x < rect.right(); x += 6)
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + height, rect.top()));
    painter.restore();
}

void paintOutlined(QPainter& painter, const QRectF& rect, const Bar& bar, const QString& words) {
    const QColor color = colorOf(bar);
    QColor fill = color;
    fill.setAlpha(Theme::get().dark() ? 70 : 45);
    painter.setRenderHint(QPainter::Antialiasing, rect.width() > 4);
    painter.setPen(QPen(color, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    if (rect.width() < 36 || words.isEmpty()) return;
    painter.setFont(Theme::get().axis());
    painter.setPen(Theme::get().dark() ? color.lighter(115) : color.darker(118));
    const QString shown =
        painter.fontMetrics().elidedText(words, Qt::ElideRight, static_cast<int>(rect.width()) - 12);
    painter.drawText(rect.adjusted(7, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft, shown);
}

void paintFilled(QPainter& painter, const QRectF& rect, const Bar& bar, bool isFolded) {
    if (isFolded || rect.width() < 5) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.fillRect(rect, colorOf(bar));
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(bar));
    painter.drawRoundedRect(rect, 3, 3);
}

/// Pointed at its start: it goes back.
void paintRollback(QPainter& painter, const QRectF& rect, const Bar& bar) {
    if (rect.width() < 8) return paintFilled(painter, rect, bar, true);
    const double tip = std::min(rect.height() / 2, rect.width() / 2);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(bar));
    painter.drawPolygon(
        QPolygonF({rect.topRight(), rect.topLeft() + QPointF(tip, 0), QPointF(rect.left(), rect.center().y()),
                   rect.bottomLeft() + QPointF(tip, 0), rect.bottomRight()}));
}

void paintNumber(QPainter& painter, const QRectF& rect, int number) {
    const QString text = QString::number(number);
    QFont font = Theme::get().axis();
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    if (painter.fontMetrics().horizontalAdvance(text) + 3 > rect.width()) return;
    painter.setPen(onStatusColor());
    const bool wide = rect.width() > 24;
    painter.drawText(wide ? rect.adjusted(4, 0, 0, 0) : rect,
                     Qt::AlignVCenter | (wide ? Qt::AlignLeft : Qt::AlignHCenter), text);
}

/// What an open wait is still going to last, dashed behind now.
void paintPlanned(QPainter& painter, const RowScene& scene, const Entry& entry, int top) {
    if (!entry.planned || *entry.planned <= scene.now || entry.bars.empty()) return;
    const double width = scene.columns.width;
    Mark mark;
    mark.x0 = scene.columns.plot + scene.zoom.x(scene.now, width);
    mark.x1 = scene.columns.plot + scene.zoom.x(*entry.planned, width);
    if (mark.x0 > scene.columns.right() || mark.x1 - mark.x0 < 4) return;
    QColor color = colorOf(entry.bars.at(entry.bars.size() - 1));
    color.setAlpha(130);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(color, 1, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    const QRectF rect = cropped(barRect(mark, top, metrics::bar), scene.columns);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
}

void paintTriangle(QPainter& painter, const QRect& rect, bool open) {
    const QPointF c = QRectF(rect).center();
    QPolygonF shape;
    if (open)
        shape << c + QPointF(-4, -2) << c + QPointF(4, -2) << c + QPointF(0, 3);
    else
        shape << c + QPointF(-2, -4) << c + QPointF(3, 0) << c + QPointF(-2, 4);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::get().color(Token::mute));
    painter.drawPolygon(shape);
}

/// Two short slanted strokes on the line: time is missing here.
constexpr double breakWidth = 10;

void paintBreak(QPainter& painter, double x, double y) {
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(Theme::get().color(Token::faint), 1.2));
    for (const double shift : {-2.0, 2.0})
        painter.drawLine(QPointF(x + shift - 2, y + 4), QPointF(x + shift + 2, y - 4));
}

Moment intervalOf(const RowScene& scene) {
    return tickInterval(scene.zoom.scale(scene.columns.width).perPixel(), 78);
}

}  // namespace

Columns::Columns(int viewWidth) {
    plot = viewWidth < 560 ? 140 : viewWidth < 760 ? 172 : 200;
    width = std::max(viewWidth - plot - metrics::side, 40);
}

QColor colorOf(const Bar& bar) {
    return Theme::get().color(tokenOf(bar));
}

QColor onStatusColor() {
    return Theme::get().dark() ? Theme::get().color(Token::bg) : QColor(Qt::white);
}

std::vector<Mark> marksOf(const RowScene& scene, const Row& row) {
    auto marks = foldBars(scene.layout.bars(row), scene.zoom.squeeze(), scene.zoom.scale(scene.columns.width),
                          scene.now, metrics::narrowest);
    for (Mark& mark : marks) {
        mark.x0 += scene.columns.plot;
        mark.x1 += scene.columns.plot;
    }
    return marks;
}

QRect triangleRect(const Row& row, int top) {
    return {metrics::side + row.depth * 16 - 4, top, 16, metrics::row};
}

void paintLabel(QPainter& painter, const RowScene& scene, const Row& row, int top) {
    const Theme& theme = Theme::get();
    const bool request = row.id.kind == RowKind::request;
    int x = metrics::side + row.depth * 16;
    if (row.id.kind == RowKind::group) {
        paintTriangle(painter, triangleRect(row, top), scene.layout.isGroupOpen(row.id.step));
        x += 14;
    }
    painter.setFont(request ? theme.mono(11) : theme.body());
    painter.setPen(theme.color(request ? Token::mute : Token::text));
    const QRect rect(x, top, scene.columns.plot - x - 10, metrics::row);
    const QString text =
        painter.fontMetrics().elidedText(scene.layout.label(row), Qt::ElideRight, rect.width());
    painter.drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, text);
}

void paintMarks(QPainter& painter, const RowScene& scene, const Row& row, const std::vector<Mark>& marks,
                int top) {
    const Entry& entry = scene.layout.entry(row);
    const BarList& list = scene.layout.bars(row);
    const bool thin = row.id.kind == RowKind::request;
    const bool numbered = row.id.kind == RowKind::step && list.size() > 1;
    if (row.id.kind == RowKind::step) paintPlanned(painter, scene, entry, top);
    for (const Mark& mark : marks) {
        const Bar& bar = list.at(mark.bar);
        const QRectF rect =
            cropped(barRect(mark, top, thin ? metrics::thinBar : metrics::bar), scene.columns);
        if (mark.count > 1) {
            paintFilled(painter, rect, bar, true);
        } else if (bar.kind == BarKind::wait) {
            paintWait(painter, rect, bar);
        } else if (isOutlined(bar)) {
            paintOutlined(painter, rect, bar, row.id.kind == RowKind::step ? entry.words : QString());
        } else if (bar.kind == BarKind::rollback) {
            paintRollback(painter, rect, bar);
            if (numbered && bar.number > 0) paintNumber(painter, rect.adjusted(6, 0, 0, 0), bar.number);
        } else {
            paintFilled(painter, rect, bar, false);
            if (numbered && !thin && bar.number > 0) paintNumber(painter, rect, bar.number);
        }
    }
}

void paintGrid(QPainter& painter, const RowScene& scene, int height) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(Theme::get().color(Token::line2));
    const double width = scene.columns.width;
    for (const Moment at : ticks(scene.zoom.squeeze(), scene.zoom.range(), intervalOf(scene))) {
        const int x = scene.columns.plot + static_cast<int>(std::lround(scene.zoom.x(at, width)));
        painter.drawLine(x, 0, x, height);
    }
    const Scale scale = scene.zoom.scale(width);
    for (const auto& cut : scene.zoom.squeeze().cuts()) {
        const double from = scene.columns.plot + scale.x(cut.shown.from);
        const double to = scene.columns.plot + scale.x(cut.shown.to);
        if (to < scene.columns.plot || from > scene.columns.right()) continue;
        painter.fillRect(QRectF(from, 0, to - from, height), tint(Token::line2, 110));
    }
}

void paintNow(QPainter& painter, const RowScene& scene, int height) {
    if (!scene.zoom.isLive()) return;
    const double x = scene.columns.plot + scene.zoom.x(scene.now, scene.columns.width);
    if (x < scene.columns.plot || x > scene.columns.right() + 1) return;
    painter.setRenderHint(QPainter::Antialiasing, false);
    QPen pen(Theme::get().color(Token::running), 1);
    pen.setDashPattern({3, 3});
    painter.setPen(pen);
    painter.drawLine(QPointF(std::round(x), 0), QPointF(std::round(x), height));
}

namespace {

/// Writes labels from the left to the right and leaves out those that would run into each other.
class LabelStrip {
  public:
    LabelStrip(QPainter& painter, int height)
        : painter_(painter)
        , height_(height) {}
    bool write(double x, const QString& text, Token token) {
        const double width = painter_.fontMetrics().horizontalAdvance(text);
        const double from = x - width / 2;
        for (const auto& [a, b] : taken_)
            if (from < b + 10 && from + width > a - 10) return false;
        taken_.push_back({from, from + width});
        painter_.setPen(Theme::get().color(token));
        painter_.drawText(QRectF(from - 2, 0, width + 4, height_), Qt::AlignCenter, text);
        return true;
    }
    /// Keeps labels away from what is drawn there.
    void reserve(double x, double width) { taken_.push_back({x - width / 2, x + width / 2}); }

  private:
    QPainter& painter_;
    int height_;
    std::vector<std::pair<double, double>> taken_;
};

void paintCutLabels(QPainter& painter, const RowScene& scene, int height, LabelStrip& strip) {
    const Scale scale = scene.zoom.scale(scene.columns.width);
    for (const auto& cut : scene.zoom.squeeze().cuts()) {
        const double from = scale.x(cut.shown.from);
        const double to = scale.x(cut.shown.to);
        if (to < 0 || from > scene.columns.width) continue;
        const double middle = scene.columns.plot + (from + to) / 2;
        paintBreak(painter, middle, height - 5);
        const auto length = std::chrono::round<api::Milliseconds>(cut.real.length());
        const QString words = QString::fromStdString(api::humanDuration(length)) + QStringLiteral(" idle");
        if (!strip.write(middle, words, Token::mute)) strip.reserve(middle, breakWidth);
    }
}

}  // namespace

void paintAxis(QPainter& painter, const RowScene& scene, int height) {
    painter.setFont(Theme::get().axis());
    LabelStrip strip(painter, height);
    const double width = scene.columns.width;
    const double now = scene.zoom.x(scene.now, width);
    if (scene.zoom.isLive() && now >= 0 && now <= width + 1)
        strip.write(scene.columns.plot + now, QStringLiteral("now"), Token::running);
    paintCutLabels(painter, scene, height, strip);
    const Moment interval = intervalOf(scene);
    for (const Moment at : ticks(scene.zoom.squeeze(), scene.zoom.range(), interval))
        strip.write(scene.columns.plot + scene.zoom.x(at, width), tickLabel(at, interval), Token::mute);
}

}  // namespace stepwell::timeline
