#pragma once

#include "models/api/time.h"

namespace stepwell::api {

/// Reads the duration grammar of Workflows (reference, section 3.3): a bare number is milliseconds, else
/// `<number> <unit>` with second, minute, hour, day, week, month (30 days) or year (365.25 days), singular or
/// plural. Stricter than the original on purpose: an unknown unit is nothing, not milliseconds. The number is
/// decimal, may have a sign and a fraction; the result is rounded to a millisecond and never leaves ±2^53 ms.
std::optional<Milliseconds> parseDuration(std::string_view text);

/// As people say it: "182 ms", "1.2 s", "2 min 4 s", "3 h 5 min", "3 d". Negative values read as 0.
std::string humanDuration(Milliseconds duration);

}  // namespace stepwell::api
