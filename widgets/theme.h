#pragma once

#include "models/api/status.h"

#include <QColor>
#include <QFont>
#include <QObject>

class QPainter;
class QRectF;

namespace stepwell {

/// The colours of the look, by role. See the token table in theme.cpp, which a test checks for contrast.
enum class Token {
    bg,
    surface,
    raised,
    line,
    line2,
    text,
    mute,
    faint,
    accent,
    onAccent,
    accentSoft,
    sel,
    complete,
    running,
    waiting,
    sleeping,
    paused,
    queued,
    errored,
    terminated,
    rollingBack,
    series1,
    series2,
    series3,
    series4,
};

/// Owns colours and fonts; every widget asks it and repaints on `changed`. GUI thread only.
class Theme : public QObject {
    Q_OBJECT
  public:
    enum class Mode { system, light, dark };
    static Theme& get();

    void setMode(Mode mode);
    Mode mode() const;
    bool dark() const;
    QColor color(Token token) const;
    static QColor color(Token token, bool dark);

    QFont body() const;       ///< 13 px
    QFont secondary() const;  ///< 12 px
    QFont axis() const;       ///< 11 px
    QFont pageTitle() const;  ///< 18 px semi-bold
    QFont cardTitle() const;  ///< 13 px semi-bold
    QFont mono(int pixelSize = 12) const;

    /// Whether the system asks for less motion.
    bool reducedMotion() const;

  signals:
    void changed();
};

/// Status as the window shows it: `waiting` splits into waiting and sleeping.
struct ShownStatus {
    api::Status status = api::Status::unknown;
    bool sleeping = false;
};
Token statusToken(ShownStatus status);
QString statusWord(ShownStatus status);  ///< "Rolling back"
/// The status' shape in its colour, filling `rect` (16 x 16 at best). `phase` 0..1 turns the running arc.
void paintStatusShape(QPainter& painter, const QRectF& rect, ShownStatus status, qreal phase = 0);

}  // namespace stepwell
