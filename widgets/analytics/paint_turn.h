#pragma once

#include <QObject>
#include <QPointer>
#include <QWidget>

#include <chrono>
#include <vector>

namespace stepwell::analytics {

/// Spreads the painting of many charts over turns of the event loop: when all numbers of the page are new, it
/// is drawn chart by chart, and the window answers in between. The first one of a turn is never put off, so
/// a single chart is painted at once. GUI thread.
class PaintTurn : public QObject {
    Q_OBJECT
  public:
    static PaintTurn& get();

    /// Whether this turn has time left; else `widget` is updated in the next one.
    bool takes(QWidget* widget);
    /// What was painted took this long.
    void spend(std::chrono::nanoseconds time);

  private:
    void next();

    std::chrono::nanoseconds spent_{0};
    bool ends_ = false;  ///< the end of this turn is awaited
    std::vector<QPointer<QWidget>> waiting_;
};

}  // namespace stepwell::analytics
