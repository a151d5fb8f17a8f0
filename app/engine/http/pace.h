#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

/// How long a client may take. Pure bookkeeping: the clock is the caller's.
namespace stepwell::engine::http {

using PaceClock = std::chrono::steady_clock;
using PaceTime = PaceClock::time_point;

struct PaceLimits {
    std::chrono::milliseconds handshake{10'000};  ///< of TLS
    std::chrono::milliseconds head{15'000};       ///< from the first byte of a request to the end of its head
    std::chrono::milliseconds idle{60'000};       ///< of a connection between two requests
    std::chrono::milliseconds body{30'000};       ///< without any byte of a body that is waited for
    std::chrono::milliseconds grace{20'000};      ///< that a body may take at any rate
    std::int64_t bodyRate = 512;                  ///< bytes a second on average, once the grace is over
    std::chrono::milliseconds write{30'000};      ///< in which the client takes nothing of an answer
    std::chrono::milliseconds silence{300'000};   ///< of a WebSocket, in both directions
    std::chrono::milliseconds linger{2'000};      ///< for the client to see the last answer
};

/// What a client took too long for.
enum class Late { no, handshake, idle, head, body, write, silence, linger };

/// The body of a request. Only time in which the client is waited for counts.
class BodyPace {
  public:
    void wait(PaceTime now) { since_ = now; }
    void got(std::size_t bytes, PaceTime now);
    bool isLate(PaceTime now, const PaceLimits& limits) const;

  private:
    std::optional<PaceTime> since_;
    PaceClock::duration waited_{0};
    std::uint64_t bytes_ = 0;
};

/// One connection, which waits for one thing at a time.
class Pace {
  public:
    enum class Wait { nothing, handshake, firstHead, nextHead, body, write, linger };

    /// `body` begins a new one, or goes on with the one that is under way.
    void wait(Wait what, PaceTime now);
    void nothing() { wait_ = Wait::nothing; }
    Wait waitsFor() const { return wait_; }
    /// Of a body or an answer.
    void progress(std::size_t bytes, PaceTime now);
    /// `hasBytes`: of a head. Asked every so often; it notices the beginning of a head when it is asked.
    Late late(PaceTime now, const PaceLimits& limits, bool hasBytes);

  private:
    Wait wait_ = Wait::nothing;
    PaceTime since_;
    bool headBegan_ = false;
    std::optional<BodyPace> body_;
};

}  // namespace stepwell::engine::http
