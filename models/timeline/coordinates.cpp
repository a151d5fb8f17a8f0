#include "models/timeline/coordinates.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <cmath>

namespace stepwell::timeline {
namespace {

constexpr double second = 1000;
constexpr double minute = 60 * second;
constexpr double hour = 60 * minute;
constexpr double day = 24 * hour;

constexpr std::array<double, 36> intervals = {
    0.01,        0.02,        0.05,        0.1,         0.2,         0.5,      1,          2,
    5,           10,          20,          50,          100,         200,      500,        second,
    2 * second,  5 * second,  10 * second, 15 * second, 30 * second, minute,   2 * minute, 5 * minute,
    10 * minute, 15 * minute, 30 * minute, hour,        2 * hour,    3 * hour, 6 * hour,   12 * hour,
    day,         2 * day,     5 * day,     10 * day};

QString fraction(double value, double interval, const QString& unit) {
    int digits = 0;
    for (double step = interval; step < 0.999 && digits < 3; step *= 10)
        ++digits;
    return QString::number(value, 'f', digits) + QLatin1Char(' ') + unit;
}

}  // namespace

double Scale::x(Moment at) const {
    const double length = std::max(range.length().count(), shortestRange.count() / 10);
    return (at - range.from).count() / length * width;
}

Moment Scale::at(double x) const {
    return range.from + range.length() * (x / std::max(width, 1.0));
}

Range zoomed(Range range, double factor, Moment anchor) {
    const double length = range.length().count();
    const double wanted = std::max(length * factor, shortestRange.count());
    const double ratio = length > 0 ? wanted / length : 1;
    const Moment from = anchor - (anchor - range.from) * ratio;
    return {from, from + Moment(wanted)};
}

Range panned(Range range, Moment by) {
    return {range.from + by, range.to + by};
}

Range clamped(Range range, Range bounds) {
    if (range.length() >= bounds.length()) return bounds;
    if (range.from < bounds.from) return panned(range, bounds.from - range.from);
    if (range.to > bounds.to) return panned(range, bounds.to - range.to);
    return range;
}

Moment tickInterval(Moment perPixel, double minGap) {
    const double wanted = perPixel.count() * minGap;
    const auto found = std::lower_bound(intervals.begin(), intervals.end(), wanted);
    if (found != intervals.end()) return Moment(*found);
    double step = 10 * day;
    for (int i = 0; step < wanted && i < 60; ++i)
        step *= i % 2 == 0 ? 2 : 5;
    return Moment(step);
}

std::vector<Moment> ticks(Range range, Moment interval) {
    std::vector<Moment> result;
    if (interval.count() <= 0) return result;
    constexpr int most = 1000;
    const double first = std::ceil(range.from.count() / interval.count() - 1e-9);
    for (int i = 0; i < most; ++i) {
        const Moment at = interval * (first + i);
        if (at > range.to) break;
        result.push_back(at);
    }
    return result;
}

QString tickLabel(Moment at, Moment interval) {
    const double ms = at.count();
    const double step = interval.count();
    if (std::abs(ms) < step / 2) return step < second ? QStringLiteral("0 ms") : QStringLiteral("0 s");
    if (std::abs(ms) < second) return fraction(ms, step, QStringLiteral("ms"));
    if (std::abs(ms) < minute) return fraction(ms / second, step / second, QStringLiteral("s"));
    const bool negative = ms < 0;
    double rest = std::abs(ms);
    QStringList parts;
    const auto take = [&](double unit, const char* word) {
        const double whole = std::floor(rest / unit + 1e-9);
        rest -= whole * unit;
        if (whole > 0) parts << QString::number(whole, 'f', 0) + QLatin1Char(' ') + QLatin1String(word);
    };
    take(day, "d");
    take(hour, "h");
    take(minute, "min");
    if (step < minute && rest > step / 2)
        parts << fraction(rest / second, step / second, QStringLiteral("s"));
    return (negative ? QStringLiteral("−") : QString()) + parts.join(QLatin1Char(' '));
}

Squeeze::Squeeze(const std::vector<Range>& idle, Moment shownLength) {
    Moment saved{0};
    for (const Range& stretch : idle) {
        if (stretch.length() <= shownLength) continue;
        const Moment from = stretch.from - saved;
        cuts_.push_back({stretch, {from, from + shownLength}});
        saved += stretch.length() - shownLength;
    }
}

Moment Squeeze::shown(Moment at) const {
    const auto next = std::upper_bound(cuts_.begin(), cuts_.end(), at,
                                       [](Moment moment, const Cut& cut) { return moment < cut.real.from; });
    if (next == cuts_.begin()) return at;
    const Cut& cut = *std::prev(next);
    if (at >= cut.real.to) return cut.shown.to + (at - cut.real.to);
    return cut.shown.from + cut.shown.length() * ((at - cut.real.from) / cut.real.length());
}

Moment Squeeze::real(Moment at) const {
    const auto next = std::upper_bound(cuts_.begin(), cuts_.end(), at,
                                       [](Moment moment, const Cut& cut) { return moment < cut.shown.from; });
    if (next == cuts_.begin()) return at;
    const Cut& cut = *std::prev(next);
    if (at >= cut.shown.to) return cut.real.to + (at - cut.shown.to);
    return cut.real.from + cut.real.length() * ((at - cut.shown.from) / cut.shown.length());
}

std::vector<Moment> ticks(const Squeeze& squeeze, Range shown, Moment interval) {
    const Range real = squeeze.real(shown);
    std::vector<Moment> result;
    Moment from = real.from;
    const auto add = [&](Range stretch) {
        if (stretch.length().count() < 0 || result.size() >= 1000) return;
        const auto more = ticks(stretch, interval);
        result.insert(result.end(), more.begin(), more.end());
    };
    for (const auto& cut : squeeze.cuts()) {
        if (cut.real.to < from) continue;
        if (cut.real.from > real.to) break;
        add({from, cut.real.from});
        from = cut.real.to;
    }
    add({from, real.to});
    return result;
}

}  // namespace stepwell::timeline
