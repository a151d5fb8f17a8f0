#pragma once

#include "models/api/time.h"

#include <QString>

#include <array>
#include <optional>

/// Which time is looked at, and in which steps. Local time is for people; everything here is UTC.
namespace stepwell::analytics {

enum class Bucket { minute, fiveMinutes, fifteenMinutes, hour };

api::Milliseconds widthOf(Bucket bucket);
/// "datetimeFifteenMinutes"
std::string dimensionOf(Bucket bucket);

enum class Preset { lastHour, last6Hours, last24Hours, last7Days, last31Days };
inline constexpr std::array presets = {Preset::lastHour, Preset::last6Hours, Preset::last24Hours,
                                       Preset::last7Days, Preset::last31Days};

/// What was chosen: a preset, which moves with the time, or a stretch that stays.
struct Range {
    Preset preset = Preset::last24Hours;
    std::optional<api::Time> from = {};  ///< with `to`: this stretch, and not the preset
    std::optional<api::Time> to = {};

    bool isAbsolute() const { return from && to; }
    friend bool operator==(const Range&, const Range&) = default;
};

/// "Last 24 hours", or the stretch in local time.
QString rangeWords(const Range& range);
/// "day before", "31 days before": what a comparison is with.
QString beforeWords(const Range& range);
/// "24h", or "2026-11-20T08:00:00.000Z..2026-11-20T09:00:00.000Z": for links. Nothing for anything else.
QString rangeKey(const Range& range);
std::optional<Range> rangeFrom(const QString& key);

/// What a backend allows, as far as it told.
struct Limits {
    std::optional<api::Milliseconds> oldest = {};   ///< how far back data may start
    std::optional<api::Milliseconds> longest = {};  ///< widest range
};

/// A range at a moment, as it is asked for: [from, to), both at edges of buckets, `to` at or behind now for a
/// preset, so that the last bucket is the one that still fills.
struct Window {
    api::Time from;
    api::Time to;
    Bucket bucket = Bucket::fifteenMinutes;
    bool cut = false;  ///< the backend allows less than was chosen

    api::Milliseconds length() const { return to - from; }
    /// The window of the same length that ends where this one begins.
    Window before() const { return {from - length(), from, bucket, cut}; }
    friend bool operator==(const Window&, const Window&) = default;
};

/// At most 750 buckets: minutes up to two hours, hours from two days on.
Window windowOf(const Range& range, api::Time now, const Limits& limits = {});

}  // namespace stepwell::analytics
