#pragma once

#include "models/api/error.h"
#include "models/api/time.h"

#include <bitset>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stepwell::api {

/// A cron expression of five fields, in UTC, as Cloudflare reads them: minute, hour, day of the month, month,
/// day of the week. Ranges, steps, lists and names of months and days are understood; days of the week are 1
/// (Sunday) to 7 (Saturday). In the day of the month `L` is the last day, `L-3` three days before it, `15W`
/// the weekday nearest to the 15th, `LW` the last weekday; in the day of the week `6L` is the last Friday and
/// `6#2` the second. When both days are restricted, either is enough.
class Cron {
  public:
    /// Errors (400, code::badBody) quote the field and say what is wrong with it.
    static Result<Cron> parse(std::string_view text);

    /// The first minute that begins after `time`; nothing when there is none within 30 years ("0 0 30 2 *").
    std::optional<Time> next(Time time) const;

    friend bool operator==(const Cron&, const Cron&) = default;

  private:
    struct Parser;

    bool matchesDay(std::chrono::year_month_day day) const;
    bool matchesMonthDay(std::chrono::year_month_day day) const;
    bool matchesWeekday(std::chrono::year_month_day day) const;

    std::bitset<60> m_minutes;
    std::bitset<24> m_hours;
    std::bitset<32> m_days;          ///< of the month, from 1
    std::bitset<32> m_weekdaysNear;  ///< `15W`
    std::bitset<31> m_daysFromLast;  ///< `L` is 0, `L-3` is 3
    bool m_lastWeekday = false;      ///< `LW`
    std::bitset<13> m_months;        ///< from 1
    std::bitset<8> m_weekdays;       ///< from 1, which is Sunday
    std::bitset<8> m_lastWeekdays;   ///< `6L`
    std::bitset<64> m_nthWeekdays;   ///< `6#2` is 6 * 8 + 2
    bool m_anyDay = false;           ///< the day of the month is `*`
    bool m_anyWeekday = false;
};

/// What keeps a list of crons from being used as it is, the first thing found (400, code::badBody): one that
/// cannot be read, one that never runs after `now`, or one that is listed twice.
Result<void> checkCrons(std::span<const std::string> crons, Time now);

}  // namespace stepwell::api
