#include "models/timeline/zoom.h"

#include <algorithm>
#include <cmath>

namespace stepwell::timeline {

Zoom::Zoom(QObject* parent)
    : QObject(parent) {
    range_ = bounds();
}

Range Zoom::bounds() const {
    const Range shown = squeeze_.shown(whole_);
    const Moment length = std::max(shown.length(), Moment(20));
    return {shown.from - length * 0.01, shown.from + length * (live_ ? 1.1 : 1.03)};
}

void Zoom::setWhole(Range whole, bool live) {
    if (whole == whole_ && live == live_) return;
    const Moment before = shownNow();
    const bool follows = live_ && live && range_.contains(before);
    whole_ = whole;
    live_ = live;
    if (fitted_) return setRange(bounds());
    if (follows) setRange(panned(range_, shownNow() - before));
}

void Zoom::setSqueeze(const Squeeze& squeeze) {
    if (squeeze == squeeze_) return;
    const Range real = squeeze_.real(range_);
    squeeze_ = squeeze;
    setRange(fitted_ ? bounds() : clamped(squeeze_.shown(real), bounds()));
}

void Zoom::zoomBy(double factor, Moment anchor) {
    const Range next = zoomed(range_, factor, anchor);
    if (next.length() >= bounds().length()) return fit();
    fitted_ = false;
    setRange(clamped(next, bounds()));
}

void Zoom::panBy(Moment shown) {
    if (fitted_) return;
    setRange(clamped(panned(range_, shown), bounds()));
}

void Zoom::show(Range shown) {
    if (shown.length() < shortestRange) shown.to = shown.from + shortestRange;
    fitted_ = false;
    setRange(clamped(shown, bounds()));
}

void Zoom::showReal(Range real) {
    Range shown = squeeze_.shown(real);
    const Moment room = std::max(shown.length() * 0.08, Moment(1));
    show({shown.from - room, shown.to + room});
}

void Zoom::fit() {
    fitted_ = true;
    setRange(bounds());
}

void Zoom::setRange(Range range) {
    if (range == range_) return;
    range_ = range;
    emit rangeChanged();
}

void Zoom::setFailuresOnly(bool on) {
    if (on == failuresOnly_) return;
    failuresOnly_ = on;
    emit filterChanged();
}

void Zoom::setSqueezesIdle(bool on) {
    if (on == squeezesIdle_) return;
    squeezesIdle_ = on;
    emit filterChanged();
}

void Zoom::select(std::optional<RowId> row) {
    if (row == selection_) return;
    selection_ = row;
    emit selectionChanged();
}

std::optional<int> Zoom::selectedStep() const {
    if (!selection_ || selection_->kind == RowKind::group || selection_->step < 0) return std::nullopt;
    return selection_->step;
}

Moment squeezedLength(const std::vector<Range>& idle, Range whole) {
    Moment busy = whole.length();
    for (const Range& stretch : idle)
        busy -= stretch.length();
    // A power of two only changes when the busy time has doubled, so a growing run does not shift at every
    // step.
    const double wanted = std::max(busy.count() / 12, 50.0);
    return Moment(std::exp2(std::ceil(std::log2(wanted))));
}

}  // namespace stepwell::timeline
