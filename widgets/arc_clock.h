#pragma once

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QRegion>
#include <QWidget>

#include <vector>

namespace stepwell {

/// Turns every running arc of the program. A painter asks for the phase and thereby books the repaint of its
/// place on the next beat; with nothing booked (nothing running in view, window hidden or minimised) the
/// clock stands still.
class ArcClock : public QObject {
    Q_OBJECT
  public:
    static ArcClock& get();

    /// 0..1, one turn in 1.2 s. Call only while painting `widget`. Always 0 when motion is reduced.
    qreal phase(QWidget* widget, const QRect& area);
    bool ticking() const { return timer_.isActive(); }

  protected:
    void timerEvent(QTimerEvent* event) override;

  private:
    struct Booking {
        QPointer<QWidget> widget;
        QRegion area;
    };
    std::vector<Booking> bookings_;
    QBasicTimer timer_;
    QElapsedTimer clock_;
};

/// The arcs within this widget do not turn as long as this holds: what is running there is not known to be
/// running any more.
void setStandstill(QWidget* widget, bool stands);

}  // namespace stepwell
