#include "widgets/icons.h"

#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

namespace stepwell {
namespace {

void drawWorkflows(QPainter& painter) {
    painter.drawRoundedRect(QRectF(-6, -6, 4, 4), 1, 1);
    painter.drawRoundedRect(QRectF(2, -6, 4, 4), 1, 1);
    painter.drawRoundedRect(QRectF(-2, 2.5, 4, 4), 1, 1);
    painter.drawPolyline(QPolygonF({{-4, -2}, {-4, 0}, {4, 0}, {4, -2}}));
    painter.drawLine(QPointF(0, 0), QPointF(0, 2.5));
}

/// Angle brackets around a slash: code that answers.
void drawWorkers(QPainter& painter) {
    painter.drawPolyline(QPolygonF({{-3.6, -4}, {-7, 0}, {-3.6, 4}}));
    painter.drawPolyline(QPolygonF({{3.6, -4}, {7, 0}, {3.6, 4}}));
    painter.drawLine(QPointF(1.4, -5.4), QPointF(-1.4, 5.4));
}

/// A page going up.
void drawSites(QPainter& painter) {
    painter.drawLine(QPointF(0, 3), QPointF(0, -5.4));
    painter.drawPolyline(QPolygonF({{-3.6, -2}, {0, -5.8}, {3.6, -2}}));
    painter.drawPolyline(QPolygonF({{-6, 2.4}, {-6, 6}, {6, 6}, {6, 2.4}}));
}

/// Three bars.
void drawAnalytics(QPainter& painter) {
    painter.drawLine(QPointF(-5, 6), QPointF(-5, 0));
    painter.drawLine(QPointF(0, 6), QPointF(0, -6));
    painter.drawLine(QPointF(5, 6), QPointF(5, -2.5));
}

/// Lines of a book that is kept.
void drawJournal(QPainter& painter) {
    for (const double y : {-4.5, 0.0, 4.5}) {
        painter.drawLine(QPointF(-5.8, y), QPointF(-5.4, y));
        painter.drawLine(QPointF(-2.4, y), QPointF(5.8, y));
    }
}

void drawReload(QPainter& painter) {
    painter.drawArc(QRectF(-5, -5, 10, 10), 40 * 16, 280 * 16);
    painter.drawPolyline(QPolygonF({{4.6, -6}, {4.4, -2.6}, {1.0, -2.9}}));
}

void drawGlyph(QPainter& painter, Glyph glyph) {
    switch (glyph) {
    case Glyph::workflows:
        return drawWorkflows(painter);
    case Glyph::workers:
        return drawWorkers(painter);
    case Glyph::sites:
        return drawSites(painter);
    case Glyph::analytics:
        return drawAnalytics(painter);
    case Glyph::journal:
        return drawJournal(painter);
    case Glyph::back:
        painter.drawPolyline(QPolygonF({{1.8, -3.6}, {-1.8, 0}, {1.8, 3.6}}));
        return;
    case Glyph::forward:
        painter.drawPolyline(QPolygonF({{-1.8, -3.6}, {1.8, 0}, {-1.8, 3.6}}));
        return;
    case Glyph::down:
        painter.drawPolyline(QPolygonF({{-3.4, -1.7}, {0, 1.7}, {3.4, -1.7}}));
        return;
    case Glyph::plus:
        painter.drawLine(QPointF(-4.5, 0), QPointF(4.5, 0));
        painter.drawLine(QPointF(0, -4.5), QPointF(0, 4.5));
        return;
    case Glyph::copy:
        painter.drawRoundedRect(QRectF(-2, -2, 7, 7), 1.4, 1.4);
        painter.drawPolyline(QPolygonF({{-2, 1.5}, {-5, 1.5}, {-5, -5}, {1.5, -5}, {1.5, -2}}));
        return;
    case Glyph::reload:
        return drawReload(painter);
    case Glyph::close:
        painter.drawLine(QPointF(-3.5, -3.5), QPointF(3.5, 3.5));
        painter.drawLine(QPointF(-3.5, 3.5), QPointF(3.5, -3.5));
        return;
    case Glyph::search:
        painter.drawEllipse(QPointF(-1, -1), 4, 4);
        painter.drawLine(QPointF(2, 2), QPointF(5, 5));
        return;
    case Glyph::check:
        painter.drawPolyline(QPolygonF({{-4, 0}, {-1.2, 3}, {4.4, -3}}));
        return;
    case Glyph::lock:
        painter.drawRoundedRect(QRectF(-5, -1, 10, 7), 1.5, 1.5);
        painter.drawArc(QRectF(-3, -6.5, 6, 9), 0, 180 * 16);
        painter.drawLine(QPointF(0, 2), QPointF(0, 3.2));
        return;
    case Glyph::drop:
        painter.drawLine(QPointF(0, -6), QPointF(0, 2));
        painter.drawPolyline(QPolygonF({{-3, -1}, {0, 2.2}, {3, -1}}));
        painter.drawPolyline(QPolygonF({{-6, 2}, {-6, 6}, {6, 6}, {6, 2}}));
        return;
    }
}

class GlyphEngine : public QIconEngine {
  public:
    GlyphEngine(Glyph glyph, Token token)
        : glyph_(glyph)
        , token_(token) {}
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const Token token = mode == QIcon::Disabled ? Token::line : token_;
        paintGlyph(*painter, rect, glyph_, Theme::get().color(token));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new GlyphEngine(*this); }

  private:
    Glyph glyph_;
    Token token_;
};

}  // namespace

void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph, const QColor& color) {
    const qreal scale = std::min(rect.width(), rect.height()) / 16;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.center());
    painter.scale(scale, scale);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    drawGlyph(painter, glyph);
    painter.restore();
}

QIcon glyphIcon(Glyph glyph, Token token) {
    return QIcon(new GlyphEngine(glyph, token));  // the icon owns its engine
}

}  // namespace stepwell
