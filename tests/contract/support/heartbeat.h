#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include <atomic>
#include <thread>

namespace stepwell::test {

/// How long the GUI thread did not turn its event loop, counted in beats of a thread that does nothing but
/// beat: a busy machine slows both. Begins with its construction, on the GUI thread.
class Heartbeat {
  public:
    static constexpr int beatMs = 5;

    Heartbeat()
        : other_([this] {
            while (!over_) {
                std::this_thread::sleep_for(std::chrono::milliseconds(beatMs));
                ++beats_;
            }
        }) {
        timer_.setTimerType(Qt::PreciseTimer);
        QObject::connect(&timer_, &QTimer::timeout, [this] { take(); });
        timer_.start(beatMs);
    }
    ~Heartbeat() {
        over_ = true;
        other_.join();
    }
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    /// The longest time without a turn, in beats, the one that is not over included.
    int longest() {
        take();
        return longest_;
    }
    /// Forgets what was.
    void restart() {
        take();
        longest_ = 0;
    }
    int beats() const { return beats_; }

  private:
    void take() {
        const int now = beats_;
        longest_ = std::max(longest_, now - last_);
        last_ = now;
    }

    std::atomic<bool> over_{false};
    std::atomic<int> beats_{0};
    int last_ = 0;
    int longest_ = 0;
    QTimer timer_;
    std::thread other_;
};

}  // namespace stepwell::test
