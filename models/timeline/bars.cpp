#include "models/timeline/bars.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stepwell::timeline {
namespace {

constexpr std::size_t shortList = 24;
constexpr Moment endless{std::numeric_limits<double>::max()};

Moment lastMoment(const Bar& bar) {
    return bar.open ? endless : bar.end;
}

}  // namespace

BarList::BarList(std::vector<Bar> bars)
    : bars_(std::move(bars)) {
    const auto earlier = [](const Bar& a, const Bar& b) { return a.start < b.start; };
    if (!std::is_sorted(bars_.begin(), bars_.end(), earlier))
        std::stable_sort(bars_.begin(), bars_.end(), earlier);
    hasOpen_ = std::any_of(bars_.begin(), bars_.end(), [](const Bar& bar) { return bar.open; });
    if (bars_.size() > shortList) buildIndex();
}

void BarList::buildIndex() {
    lastEnd_.reserve(bars_.size());
    failures_.reserve(bars_.size() + 1);
    failures_.push_back(0);
    Moment latest{std::numeric_limits<double>::lowest()};
    for (const Bar& bar : bars_) {
        latest = std::max(latest, lastMoment(bar));
        lastEnd_.push_back(latest);
        failures_.push_back(failures_.back() + (bar.failed() ? 1 : 0));
    }
}

std::size_t BarList::firstEndingAfter(Moment at) const {
    if (lastEnd_.empty()) {
        const auto found =
            std::find_if(bars_.begin(), bars_.end(), [at](const Bar& bar) { return lastMoment(bar) >= at; });
        return static_cast<std::size_t>(found - bars_.begin());
    }
    return static_cast<std::size_t>(std::lower_bound(lastEnd_.begin(), lastEnd_.end(), at) -
                                    lastEnd_.begin());
}

std::size_t BarList::firstStartingFrom(Moment at, std::size_t from) const {
    const auto begin = bars_.begin() + static_cast<std::ptrdiff_t>(std::min(from, bars_.size()));
    const auto found = std::lower_bound(begin, bars_.end(), at,
                                        [](const Bar& bar, Moment moment) { return bar.start < moment; });
    return static_cast<std::size_t>(found - bars_.begin());
}

bool BarList::failedWithin(std::size_t from, std::size_t to) const {
    if (!failures_.empty()) return failures_.at(to) > failures_.at(from);
    for (std::size_t i = from; i < to; ++i)
        if (bars_.at(i).failed()) return true;
    return false;
}

bool BarList::reachesBeyond(Moment at, std::size_t from, std::size_t to) const {
    if (from >= to) return false;
    if (!lastEnd_.empty() && lastEnd_.at(to - 1) <= at) return false;
    for (std::size_t i = from; i < to; ++i)
        if (lastMoment(bars_.at(i)) > at) return true;
    return false;
}

namespace {

/// One pass over the visible bars, a cell of `minWidth` pixels at a time where they are narrow.
class Folder {
  public:
    Folder(const BarList& list, const Squeeze& squeeze, const Scale& scale, Moment now, double minWidth)
        : list_(list)
        , squeeze_(squeeze)
        , scale_(scale)
        , now_(now)
        , minWidth_(minWidth) {}

    std::vector<Mark> run() {
        const Range visible = squeeze_.real(scale_.range);
        std::size_t i = list_.firstEndingAfter(visible.from);
        while (i < list_.size() && list_.at(i).start <= visible.to)
            i = take(i, visible);
        return std::move(marks_);
    }

  private:
    double x(Moment real) const { return scale_.x(squeeze_.shown(real)); }
    Mark markOf(std::size_t i) const { return {x(list_.at(i).start), x(list_.at(i).endAt(now_)), i, 1}; }
    bool isWide(const Mark& mark) const { return mark.x1 - mark.x0 >= minWidth_; }

    std::size_t take(std::size_t i, const Range& visible) {
        if (list_.at(i).endAt(now_) < visible.from) return i + 1;
        const Mark mark = markOf(i);
        if (isWide(mark)) {
            marks_.push_back(mark);
            return i + 1;
        }
        return takeCell(i, mark);
    }

    std::size_t takeCell(std::size_t i, const Mark& first) {
        const double cellStart = std::floor(first.x0 / minWidth_) * minWidth_;
        const double cellEnd = cellStart + minWidth_;
        const Moment end = squeeze_.real(scale_.at(cellEnd));
        const std::size_t next = std::max(i + 1, list_.firstStartingFrom(end, i + 1));
        if (next == i + 1) {
            marks_.push_back({first.x0, std::max(first.x1, first.x0 + minWidth_), i, 1});
            return next;
        }
        marks_.push_back({cellStart, cellEnd, spokesman(i, next), next - i});
        if (list_.reachesBeyond(end, i, next)) takeWide(i, next);
        return next;
    }

    /// Narrow bars hide a wide one that starts among them unless it is drawn too; a handful says it all.
    void takeWide(std::size_t from, std::size_t to) {
        constexpr int most = 4;
        int taken = 0;
        for (std::size_t i = from; i < to && taken < most; ++i) {
            const Mark mark = markOf(i);
            if (!isWide(mark)) continue;
            marks_.push_back(mark);
            ++taken;
        }
    }

    std::size_t spokesman(std::size_t from, std::size_t to) const {
        const bool failed = list_.failedWithin(from, to);
        for (std::size_t i = from; i < to; ++i) {
            const Bar& bar = list_.at(i);
            if (failed ? bar.failed() : bar.kind != BarKind::wait) return i;
        }
        return from;
    }

    const BarList& list_;
    const Squeeze& squeeze_;
    const Scale& scale_;
    Moment now_;
    double minWidth_;
    std::vector<Mark> marks_;
};

}  // namespace

std::vector<Mark> foldBars(const BarList& list, const Squeeze& squeeze, const Scale& scale, Moment now,
                           double minWidth) {
    return Folder(list, squeeze, scale, now, minWidth).run();
}

}  // namespace stepwell::timeline
