#include "app/engine/alarm.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <poll.h>
#include <unistd.h>

namespace stepwell::engine {

namespace {

/// Clocks are read one after the other, and corrected a little all the time.
constexpr std::chrono::seconds tolerance{5};

std::chrono::milliseconds readClock(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::seconds{time.tv_sec} +
                                                         std::chrono::nanoseconds{time.tv_nsec});
}

/// The kernel takes no time 0, which would disarm, and nothing before it.
itimerspec settingFor(const std::optional<api::Time>& time) {
    constexpr std::int64_t never = 4'000'000'000;  // seconds; a set clock still ends the wait
    const auto ms = time ? std::max<std::int64_t>(1, time->time_since_epoch().count()) : never * 1000;
    itimerspec setting{};
    setting.it_value.tv_sec = static_cast<time_t>(std::min(ms / 1000, never));
    setting.it_value.tv_nsec = static_cast<long>(ms % 1000) * 1'000'000;
    return setting;
}

}  // namespace

Alarm::Alarm()
    : m_timer(::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK))
    , m_bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Alarm::Cause Alarm::wait(std::optional<api::Time> time) {
    const auto setting = settingFor(time);
    ::timerfd_settime(m_timer.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &setting, nullptr);
    std::array<pollfd, 2> sources = {pollfd{m_bell.get(), POLLIN, 0}, pollfd{m_timer.get(), POLLIN, 0}};
    while (::poll(sources.data(), sources.size(), -1) < 0 && errno == EINTR) {
    }
    std::uint64_t count = 0;
    if (::read(m_bell.get(), &count, sizeof count) > 0) return Cause::rung;
    if (::read(m_timer.get(), &count, sizeof count) < 0 && errno == ECANCELED) return Cause::clock;
    return Cause::time;
}

void Alarm::ring() {
    const std::uint64_t one = 1;
    const auto written = ::write(m_bell.get(), &one, sizeof one);
    static_cast<void>(written);  // fails only when it rings already
}

ClockWatch::Reading ClockWatch::read() {
    return {readClock(CLOCK_REALTIME), readClock(CLOCK_BOOTTIME), readClock(CLOCK_MONOTONIC)};
}

std::optional<ClockMoved> ClockWatch::look(Reading now) {
    const auto before = std::exchange(m_last, now);
    ClockMoved moved;
    moved.set = (now.system - before.system) - (now.boot - before.boot);
    moved.slept = (now.boot - before.boot) - (now.active - before.active);
    if (std::chrono::abs(moved.set) < tolerance) moved.set = {};
    if (moved.slept < tolerance) moved.slept = {};
    if (moved.set.count() == 0 && moved.slept.count() == 0) return std::nullopt;
    return moved;
}

}  // namespace stepwell::engine
