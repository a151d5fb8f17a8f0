#pragma once

#include "models/analytics/chart.h"

#include <utility>
#include <vector>

/// Where things are on a chart: pure functions between values, times and pixels.
namespace stepwell::analytics {

/// A mark on an axis; `at` in the axis' own measure.
struct Tick {
    double at = 0;
    QString label;
    friend bool operator==(const Tick&, const Tick&) = default;
};

/// An axis up to the last tick, which is no less than `largest`: 1, 2 or 5 times a power of ten apart,
/// durations at human intervals, never more than `most` ticks above the first one. It begins at 0; only
/// percentages end at 100 and begin at 50, 90 or 99 when `smallest` is above that.
std::vector<Tick> valueTicks(double smallest, double largest, Unit unit, int most);

/// Ticks at human intervals of local time (5, 15 min, 1, 3, 6 h, days ...) with at least `minGap` pixels
/// between them on an axis of `pixels`; `at` counts buckets from the first one. At most 50.
std::vector<Tick> timeTicks(const Chart& chart, double pixels, double minGap);

struct Point {
    std::size_t index = 0;  ///< of the bucket
    double value = 0;
    friend bool operator==(const Point&, const Point&) = default;
};
using Run = std::vector<Point>;  ///< points joined by a line

/// What of a series is drawn: runs between gaps. With more buckets than pixels, of each column of pixels the
/// first, smallest, largest and last value stay, so that the line looks as if all were drawn (M4: Jugel,
/// Jerzak, Hackenbroich, Markl, VLDB 2014).
std::vector<Run> runsOf(const std::vector<double>& values, std::size_t pixels);

/// The bucket at `x` of `pixels`, as close as there is; nothing without buckets.
std::optional<std::size_t> bucketAt(double x, double pixels, std::size_t buckets);

}  // namespace stepwell::analytics
