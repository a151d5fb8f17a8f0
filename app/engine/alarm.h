#pragma once

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

}  // namespace stepwell::engine
