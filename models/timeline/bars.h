#pragma once

#include "models/timeline/coordinates.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace stepwell::timeline {

/// rollback: an attempt to undo a step.
enum class BarKind { attempt, wait, sleep, eventWait, request, rollback };
/// stopped: was under way when the instance ended.
enum class BarState { running, complete, errored, stopped };

struct Bar {
    Moment start{0};
    Moment end{0};      ///< of an open bar: equal to start
    bool open = false;  ///< lasts until now
    BarKind kind = BarKind::attempt;
    BarState state = BarState::running;
    int number =
        0;  ///< attempt, from 1; of a request: its position among the requests of the step; 0 for none

    Moment endAt(Moment now) const { return open ? std::max(now, start) : end; }
    bool failed() const { return state == BarState::errored && kind != BarKind::wait; }
    friend bool operator==(const Bar&, const Bar&) = default;
};

/// Bars in order of start, with what is needed to find the visible ones without walking all.
class BarList {
  public:
    BarList() = default;
    explicit BarList(std::vector<Bar> bars);

    const std::vector<Bar>& bars() const { return bars_; }
    const Bar& at(std::size_t i) const { return bars_.at(i); }
    std::size_t size() const { return bars_.size(); }
    bool empty() const { return bars_.empty(); }

    /// The first bar that may reach beyond `at`; all before it end earlier.
    std::size_t firstEndingAfter(Moment at) const;
    /// The first bar from `from` on that starts at or after `at`.
    std::size_t firstStartingFrom(Moment at, std::size_t from) const;
    /// Whether a bar of [from, to) failed.
    bool failedWithin(std::size_t from, std::size_t to) const;
    /// Whether a bar of [from, to) may reach beyond `at`.
    bool reachesBeyond(Moment at, std::size_t from, std::size_t to) const;
    bool hasOpen() const { return hasOpen_; }

  private:
    void buildIndex();

    std::vector<Bar> bars_;
    std::vector<Moment> lastEnd_;  // the latest end of all bars up to here; empty for short lists
    std::vector<int> failures_;  // how many failed before here; one longer than bars_; empty for short lists
    bool hasOpen_ = false;
};

/// What is painted in place of one or more bars, in pixels.
struct Mark {
    double x0 = 0;
    double x1 = 0;
    std::size_t bar = 0;  ///< the bar, or the one that stands for all
    std::size_t count = 1;
    friend bool operator==(const Mark&, const Mark&) = default;
};

/// The visible bars; where they are narrower than `minWidth` pixels, those within one cell of that width
/// become one mark (a failed one stands for the others). The work depends on the width, not on the number of
/// bars.
std::vector<Mark> foldBars(const BarList& list, const Squeeze& squeeze, const Scale& scale, Moment now,
                           double minWidth);

}  // namespace stepwell::timeline
