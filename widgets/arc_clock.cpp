#include "widgets/arc_clock.h"

#include "widgets/theme.h"

#include <QTimerEvent>

#include <algorithm>
#include <utility>

namespace stepwell {
namespace {
constexpr int beatMs = 40;
constexpr int turnMs = 1200;
constexpr const char* standstill = "standstill";

bool standsStill(const QWidget* widget) {
    for (; widget != nullptr; widget = widget->parentWidget())
        if (widget->property(standstill).toBool()) return true;
    return false;
}

}  // namespace

void setStandstill(QWidget* widget, bool stands) {
    if (widget->property(standstill).toBool() == stands) return;
    widget->setProperty(standstill, stands);
    // Each asks for its next beat while it is painted.
    for (auto* within : widget->findChildren<QWidget*>())
        within->update();
}

ArcClock& ArcClock::get() {
    static ArcClock clock;
    return clock;
}

qreal ArcClock::phase(QWidget* widget, const QRect& area) {
    if (widget == nullptr || Theme::get().reducedMotion() || standsStill(widget)) return 0;
    if (!clock_.isValid()) clock_.start();
    const auto known = std::find_if(bookings_.begin(), bookings_.end(),
                                    [widget](const Booking& booking) { return booking.widget == widget; });
    if (known != bookings_.end())
        known->area += area;
    else
        bookings_.push_back({widget, area});
    if (!timer_.isActive()) timer_.start(beatMs, this);
    return static_cast<qreal>(clock_.elapsed() % turnMs) / turnMs;
}

void ArcClock::timerEvent(QTimerEvent* event) {
    if (event->timerId() != timer_.timerId()) return QObject::timerEvent(event);
    const auto due = std::exchange(bookings_, {});
    if (due.empty()) timer_.stop();
    for (const auto& booking : due) {
        if (booking.widget && booking.widget->isVisible() && !booking.widget->window()->isMinimized())
            booking.widget->update(booking.area);
    }
}

}  // namespace stepwell
