#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <cmath>
#include <numbers>

namespace stepwell {
namespace {

// All shapes are drawn in a box of 16 units around the origin, -8 to 8.

void drawComplete(QPainter& painter, const QColor& color, const QColor& paper) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QPointF(0, 0), 6.5, 6.5);
    painter.setPen(QPen(paper, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(QPolygonF({{-2.9, 0.2}, {-0.8, 2.3}, {3.0, -2.0}}));
}

void drawRunning(QPainter& painter, const QColor& color, qreal phase) {
    QColor track = color;
    track.setAlphaF(0.35F);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(track, 2));
    painter.drawEllipse(QPointF(0, 0), 5.5, 5.5);
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap));
    painter.drawArc(QRectF(-5.5, -5.5, 11, 11), static_cast<int>(90 * 16 - phase * 360 * 16), -100 * 16);
}

void drawWaiting(QPainter& painter, const QColor& color) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 1.9, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawEllipse(QPointF(0, 0), 5.6, 5.6);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF({{0, -3.0}, {0, 0.4}, {2.2, 1.6}}));
}

void drawSleeping(QPainter& painter, const QColor& color) {
    QPainterPath disc;
    disc.addEllipse(QPointF(-0.3, 0.3), 6.2, 6.2);
    QPainterPath bite;
    bite.addEllipse(QPointF(3.0, -2.4), 5.0, 5.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPath(disc.subtracted(bite));
}

void drawPaused(QPainter& painter, const QColor& color) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(-4.4, -5, 3, 10), 0.8, 0.8);
    painter.drawRoundedRect(QRectF(1.4, -5, 3, 10), 0.8, 0.8);
}

void drawQueued(QPainter& painter, const QColor& color) {
    QPen pen(color, 1.8, Qt::CustomDashLine, Qt::FlatCap);
    const qreal dash =
        2 * std::numbers::pi * 5.6 / 8 / 1.8 / 2;  // eight dashes and eight gaps of the same length
    pen.setDashPattern({dash, dash});
    painter.setBrush(Qt::NoBrush);
    painter.setPen(pen);
    painter.drawEllipse(QPointF(0, 0), 5.6, 5.6);
}

void drawErrored(QPainter& painter, const QColor& color, const QColor& paper) {
    painter.setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF({{0, -6}, {6, 0}, {0, 6}, {-6, 0}}));
    painter.setPen(QPen(paper, 1.6, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(0, -3), QPointF(0, 0.4));
    painter.drawPoint(QPointF(0, 3));
}

void drawTerminated(QPainter& painter, const QColor& color) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(-5.2, -5.2, 10.4, 10.4), 1.6, 1.6);
}

void drawRollingBack(QPainter& painter, const QColor& color) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 1.9, Qt::SolidLine, Qt::RoundCap));
    painter.drawArc(QRectF(-4.6, -4.6, 9.2, 9.2), 150 * 16, -280 * 16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF({{-7.2, -5.4}, {-1.6, -3.8}, {-6.2, 0.4}}));
}

void drawUnknown(QPainter& painter, const QColor& color) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 1.6));
    painter.drawEllipse(QPointF(0, 0), 5.6, 5.6);
}

/// The colour cut out of filled shapes: near-white on the strong light colours, near-black on the bright dark
/// ones.
QColor cutOut() {
    return Theme::get().color(Theme::get().dark() ? Token::bg : Token::surface);
}

}  // namespace

Token statusToken(ShownStatus status) {
    using api::Status;
    switch (status.status) {
    case Status::queued:
        return Token::queued;
    case Status::running:
        return Token::running;
    case Status::paused:
    case Status::waitingForPause:
        return Token::paused;
    case Status::errored:
        return Token::errored;
    case Status::terminated:
        return Token::terminated;
    case Status::complete:
        return Token::complete;
    case Status::waiting:
        return status.sleeping ? Token::sleeping : Token::waiting;
    case Status::rollingBack:
        return Token::rollingBack;
    case Status::unknown:
        break;
    }
    return Token::mute;
}

QString statusWord(ShownStatus status) {
    using api::Status;
    switch (status.status) {
    case Status::queued:
        return QObject::tr("Queued");
    case Status::running:
        return QObject::tr("Running");
    case Status::paused:
        return QObject::tr("Paused");
    case Status::waitingForPause:
        return QObject::tr("Pausing");
    case Status::errored:
        return QObject::tr("Errored");
    case Status::terminated:
        return QObject::tr("Terminated");
    case Status::complete:
        return QObject::tr("Complete");
    case Status::waiting:
        return status.sleeping ? QObject::tr("Sleeping") : QObject::tr("Waiting");
    case Status::rollingBack:
        return QObject::tr("Rolling back");
    case Status::unknown:
        break;
    }
    return QObject::tr("Unknown");
}

void paintStatusShape(QPainter& painter, const QRectF& rect, ShownStatus status, qreal phase) {
    using api::Status;
    const QColor color = Theme::get().color(statusToken(status));
    const qreal scale = std::min(rect.width(), rect.height()) / 16;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.center());
    painter.scale(scale, scale);
    switch (status.status) {
    case Status::queued:
        drawQueued(painter, color);
        break;
    case Status::running:
        drawRunning(painter, color, phase);
        break;
    case Status::paused:
    case Status::waitingForPause:
        drawPaused(painter, color);
        break;
    case Status::errored:
        drawErrored(painter, color, cutOut());
        break;
    case Status::terminated:
        drawTerminated(painter, color);
        break;
    case Status::complete:
        drawComplete(painter, color, cutOut());
        break;
    case Status::waiting:
        status.sleeping ? drawSleeping(painter, color) : drawWaiting(painter, color);
        break;
    case Status::rollingBack:
        drawRollingBack(painter, color);
        break;
    case Status::unknown:
        drawUnknown(painter, color);
        break;
    }
    painter.restore();
}

}  // namespace stepwell
