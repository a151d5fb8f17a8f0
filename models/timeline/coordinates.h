#pragma once

#include <QString>

#include <chrono>
#include <vector>

/// Where things are on a timeline: pure functions between time and pixels. Moments are counted from the start
/// of the instance. Real time is what happened; shown time is what is drawn, shorter where idle stretches are
/// squeezed.
namespace stepwell::timeline {

using Moment = std::chrono::duration<double, std::milli>;

struct Range {
    Moment from{0};
    Moment to{0};
    Moment length() const { return to - from; }
    bool contains(Moment at) const { return at >= from && at <= to; }
    friend bool operator==(const Range&, const Range&) = default;
};

/// The shortest range that can be shown.
inline constexpr Moment shortestRange{0.2};

/// A range of shown time across `width` pixels.
struct Scale {
    Range range;
    double width = 1;
    double x(Moment at) const;
    Moment at(double x) const;
    Moment perPixel() const { return range.length() / width; }
};

/// `factor` below 1 zooms in; the time at `anchor` stays where it is.
Range zoomed(Range range, double factor, Moment anchor);
Range panned(Range range, Moment by);
/// Moves and, where it is too long, shortens `range` so that it lies within `bounds`.
Range clamped(Range range, Range bounds);

/// The human interval (1, 2, 5, 10, 20, 50 ms ... 1, 2, 5, 10, 15, 30 s, min; 1, 2, 3, 6, 12 h; 1, 2, 5, 10 d
/// ...) with at least `minGap` pixels between ticks.
Moment tickInterval(Moment perPixel, double minGap);
/// The multiples of `interval` within `range`, at most 1,000.
std::vector<Moment> ticks(Range range, Moment interval);
/// "3 s", "1 min 30 s", "250 ms"; as exact as `interval` needs.
QString tickLabel(Moment at, Moment interval);

/// Maps real to shown time: straight, with some stretches made shorter. Monotonous and continuous.
class Squeeze {
  public:
    /// Nothing is squeezed.
    Squeeze() = default;
    /// `idle` in order and without overlap; each that is longer than `shownLength` gets that length.
    Squeeze(const std::vector<Range>& idle, Moment shownLength);

    Moment shown(Moment real) const;
    Moment real(Moment shown) const;
    Range shown(Range real) const { return {shown(real.from), shown(real.to)}; }
    Range real(Range shown) const { return {real(shown.from), real(shown.to)}; }
    bool isStraight() const { return cuts_.empty(); }

    /// A stretch that is drawn shorter than it was.
    struct Cut {
        Range real;
        Range shown;
        friend bool operator==(const Cut&, const Cut&) = default;
    };
    const std::vector<Cut>& cuts() const { return cuts_; }
    friend bool operator==(const Squeeze&, const Squeeze&) = default;

  private:
    std::vector<Cut> cuts_;
};

/// The multiples of `interval` in real time that are visible in `shown`, none of them within a cut; at most
/// 1,000.
std::vector<Moment> ticks(const Squeeze& squeeze, Range shown, Moment interval);

}  // namespace stepwell::timeline
