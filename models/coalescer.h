#pragma once

#include <QObject>
#include <QTimer>

#include <functional>

namespace stepwell {

/// Turns many requests for the same work into few runs of it: the first within `interval` runs after a short
/// moment, later ones together at the end of the interval. Inactive ones remember the request and run it on
/// activation.
class Coalescer : public QObject {
    Q_OBJECT
  public:
    Coalescer(std::chrono::milliseconds interval, std::function<void()> work, QObject* parent);

    void request();
    /// Drops what was requested.
    void clear();
    /// An inactive coalescer runs nothing.
    void setActive(bool active);

  private:
    void fire();

    std::function<void()> m_work;
    std::chrono::milliseconds m_interval;
    QTimer m_timer;
    std::chrono::steady_clock::time_point m_lastRun;
    bool m_wanted = false;
    bool m_active = true;
};

}  // namespace stepwell
