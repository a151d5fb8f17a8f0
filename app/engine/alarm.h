#pragma once

#include "app/engine/core/actions.h"
#include "app/engine/runtime/unique_fd.h"
#include "models/api/time.h"

#include <optional>

namespace stepwell::engine {

/// Sleeps until a time of the system's clock, and no longer when that clock is set or the machine comes back
/// from suspension. Costs no wake-up in between.
class Alarm {
  public:
    Alarm();

    enum class Cause { time, rung, clock };
    /// Waits until `time` (for ever when there is none), until somebody rings, or until the clock was set.
    /// One thread.
    Cause wait(std::optional<api::Time> time);
    /// Ends the wait under way, or else the next one. Any thread.
    void ring();

  private:
    UniqueFd m_timer;
    UniqueFd m_bell;
};

/// Notices when the system's clock and the time that went by part company. One thread.
class ClockWatch {
  public:
    struct Reading {
        std::chrono::milliseconds system{0};  ///< what the clock on the wall says
        std::chrono::milliseconds boot{0};    ///< time gone by, suspension included
        std::chrono::milliseconds active{0};  ///< time gone by, without suspension
    };
    static Reading read();

    explicit ClockWatch(Reading start)
        : m_last(start) {}
    /// What happened since the last look, unless it is too little to matter.
    std::optional<ClockMoved> look(Reading now);

  private:
    Reading m_last;
};

}  // namespace stepwell::engine
