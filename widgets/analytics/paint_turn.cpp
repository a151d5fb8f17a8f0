#include "widgets/analytics/paint_turn.h"

#include <QTimer>

namespace stepwell::analytics {

namespace {

using namespace std::chrono_literals;

/// Half of what a frame may take: the chart that crosses it is still painted.
constexpr auto room = 3ms;

}  // namespace

PaintTurn& PaintTurn::get() {
    static PaintTurn turn;
    return turn;
}

bool PaintTurn::takes(QWidget* widget) {
    if (spent_ < room) return true;
    if (std::find(waiting_.begin(), waiting_.end(), widget) == waiting_.end()) waiting_.emplace_back(widget);
    return false;
}

void PaintTurn::spend(std::chrono::nanoseconds time) {
    spent_ += time;
    if (ends_) return;
    ends_ = true;
    QTimer::singleShot(0, this, &PaintTurn::next);
}

void PaintTurn::next() {
    ends_ = false;
    spent_ = 0ns;
    for (const auto& widget : std::exchange(waiting_, {}))
        if (widget) widget->update();
}

}  // namespace stepwell::analytics
