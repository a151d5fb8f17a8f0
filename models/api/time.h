#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stepwell::api {

using Milliseconds = std::chrono::milliseconds;
/// A point in time, UTC, to the millisecond.
using Time = std::chrono::sys_time<Milliseconds>;

/// "2026-01-01T00:00:00.000Z", the form of every time in the API.
std::string toIso(Time time);
/// Reads ISO 8601 with or without a fraction of a second (further digits are cut), `Z` or `+hh:mm`; a date
/// alone is midnight UTC, a time without a zone is UTC. Nothing for anything else, impossible dates included.
std::optional<Time> fromIso(std::string_view text);

}  // namespace stepwell::api
