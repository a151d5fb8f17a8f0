#include "models/timeline/layout.h"

#include "models/timeline/step_bars.h"

#include <QLocale>
#include <QStringList>

#include <algorithm>

namespace stepwell::timeline {
namespace {

api::Time originOf(const api::InstanceDetail& detail) {
    if (detail.start) return *detail.start;
    if (!detail.steps.empty() && detail.steps.front().start) return *detail.steps.front().start;
    return detail.queued.value_or(api::Time{});
}

bool isExecuting(const Bar& bar) {
    return bar.kind == BarKind::attempt || bar.kind == BarKind::request || bar.kind == BarKind::rollback;
}

constexpr std::size_t newestLeftOut = 64;
constexpr std::ptrdiff_t mostEndedLeftOut = 256;

/// Joins stretches that overlap or touch.
std::vector<Range> merged(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
    std::vector<Range> result;
    for (const Range& range : ranges) {
        if (!result.empty() && range.from <= result.back().to)
            result.back().to = std::max(result.back().to, range.to);
        else
            result.push_back(range);
    }
    return result;
}

}  // namespace

bool Layout::updateHead(const api::InstanceDetail& detail) {
    const api::Time origin = originOf(detail);
    const bool live = !api::isFinal(detail.status);
    std::optional<Moment> end;
    if (!live && detail.end) end = *detail.end - origin;
    if (!live && !end) end = last_;  // a backend that does not tell the end
    const bool same = origin == origin_ && live == live_ && end == end_;
    origin_ = origin;
    live_ = live;
    end_ = end;
    return same;
}

void Layout::update(const api::InstanceDetail& detail, int firstChanged) {
    const bool fewer = detail.steps.size() < stepCount_;
    if (!updateHead(detail) || fewer || firstChanged < 0) firstChanged = 0;
    const bool anew = fewer || (!detail.steps.empty() && stepCount_ > 0 &&
                                entryOf(detail.steps.front().index) == std::nullopt);
    if (anew) {
        entries_.clear();
        knownGroups_.clear();
        failedAttempts_ = 0;
        stepCount_ = 0;
        first_ = last_ = Moment(0);
        rowsStale_ = true;
    }
    const std::size_t before = entries_.size();
    bool changed = updateOutside(detail) || anew;
    if (anew || entries_.size() != before) forgetBusy();
    const std::size_t shift = !entries_.empty() && entries_.front().index < 0 ? 1 : 0;
    for (auto i = static_cast<std::size_t>(firstChanged); i < detail.steps.size(); ++i)
        if (updateEntry(i + shift, detail.steps.at(i))) {
            changed = true;
            if (isKept(i + shift)) forgetBusy();
        }
    stepCount_ = detail.steps.size();
    measure(detail);
    if (changed) ++revision_;
    if (rowsStale_) rebuildRows();
}

bool Layout::updateOutside(const api::InstanceDetail& detail) {
    const bool has = !entries_.empty() && entries_.front().index < 0;
    if (detail.requests.empty()) {
        if (has) entries_.erase(entries_.begin());
        rowsStale_ = rowsStale_ || has;
        return has;
    }
    Entry entry = makeOutsideEntry(detail.requests, {origin_, end_});
    rowsStale_ = rowsStale_ || !has || entries_.front().lanes.size() != entry.lanes.size();
    for (const Lane& lane : entry.lanes)
        first_ = std::min(first_, lane.bars.at(0).start);
    if (has)
        entries_.front() = std::move(entry);
    else
        entries_.insert(entries_.begin(), std::move(entry));
    return true;
}

bool Layout::updateEntry(std::size_t position, const api::Step& step) {
    const bool isNew = position >= entries_.size();
    const std::size_t print = fingerprint(step) ^ (end_ ? 0x51ULL : 0) ^
                              std::hash<double>{}(end_.value_or(Moment(0)).count()) ^
                              static_cast<std::size_t>(origin_.time_since_epoch().count());
    if (!isNew && entries_.at(position).fingerprint == print) return false;
    Entry entry = makeEntry(step, {origin_, end_});
    entry.fingerprint = print;
    failedAttempts_ += entry.failedAttempts;
    if (isNew) {
        entries_.push_back(std::move(entry));
        rowsStale_ = true;
        return true;
    }
    Entry& old = entries_.at(position);
    failedAttempts_ -= old.failedAttempts;
    rowsStale_ = rowsStale_ || old.index != entry.index || old.base != entry.base ||
                 old.failed != entry.failed || old.lanes.size() != entry.lanes.size();
    old = std::move(entry);
    return true;
}

void Layout::measure(const api::InstanceDetail& detail) {
    if (end_) last_ = std::max(*end_, Moment(0));
    if (detail.queued && !detail.start) first_ = std::min(first_, Moment(0));
    if (end_ && detail.end) return;
    for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry - entries_.rbegin() < 512; ++entry)
        for (const Bar& bar : entry->bars.bars())
            last_ = std::max(last_, bar.open ? bar.start : bar.end);
}

void Layout::setFailuresOnly(bool on) {
    if (on == failuresOnly_) return;
    failuresOnly_ = on;
    ++revision_;
    rebuildRows();
}

void Layout::setGroupOpen(int firstStep, bool open) {
    if (open == isGroupOpen(firstStep)) return;
    if (open)
        openGroups_.insert(firstStep);
    else
        openGroups_.erase(firstStep);
    ++revision_;
    rebuildRows();
}

void Layout::rebuildRows() {
    rows_.clear();
    groups_.clear();
    for (std::size_t position = 0; position < entries_.size();) {
        if (passes(entries_.at(position)))
            position = addRun(position);
        else
            ++position;
    }
    rowsStale_ = false;
}

std::size_t Layout::runFrom(std::size_t first) const {
    const Entry& head = entries_.at(first);
    std::size_t end = first + 1;
    while (end < entries_.size() && entries_.at(end).base == head.base && entries_.at(end).kind == head.kind)
        ++end;
    return end;
}

std::size_t Layout::addRun(std::size_t first) {
    const std::size_t end = entries_.at(first).index < 0 ? first + 1 : runFrom(first);
    const auto passing = static_cast<std::size_t>(std::count_if(
        entries_.begin() + static_cast<std::ptrdiff_t>(first),
        entries_.begin() + static_cast<std::ptrdiff_t>(end), [this](const Entry& e) { return passes(e); }));
    const bool folds = passing > foldBeyond;
    if (folds) addGroup(first, end - first);
    if (folds && !isGroupOpen(entries_.at(first).index)) return end;
    for (std::size_t i = first; i < end; ++i)
        if (passes(entries_.at(i))) addEntry(i, folds ? 1 : 0);
    return end;
}

void Layout::addGroup(std::size_t first, std::size_t count) {
    const int key = entries_.at(first).index;
    const bool isNew = knownGroups_.insert(key).second;
    const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (isNew && pinned_ && *pinned_ >= key && *pinned_ <= std::prev(end)->index) openGroups_.insert(key);
    const bool failed = std::any_of(begin, end, [](const Entry& entry) { return entry.failed; });
    rows_.push_back({{RowKind::group, key, 0}, 0, first, count, failed});
}

void Layout::addEntry(std::size_t position, int depth) {
    const Entry& entry = entries_.at(position);
    if (entry.index >= 0)
        rows_.push_back({{RowKind::step, entry.index, 0}, depth, position, 1, entry.failed});
    const int laneDepth = entry.index >= 0 ? depth + 1 : 0;
    for (std::size_t lane = 0; lane < entry.lanes.size(); ++lane)
        rows_.push_back(
            {{RowKind::request, entry.index, static_cast<int>(lane)}, laneDepth, position, 1, false});
}

const BarList& Layout::bars(const Row& row) const {
    const Entry& head = entries_.at(row.entry);
    if (row.id.kind == RowKind::step) return head.bars;
    if (row.id.kind == RowKind::request) return head.lanes.at(static_cast<std::size_t>(row.id.lane)).bars;
    Group& group = groups_[row.id.step];
    if (group.revision == revision_) return group.bars;
    std::vector<Bar> all;
    for (std::size_t i = row.entry; i < row.entry + row.count; ++i)
        if (passes(entries_.at(i)))
            all.insert(all.end(), entries_.at(i).bars.bars().begin(), entries_.at(i).bars.bars().end());
    group = {revision_, row.count, BarList(std::move(all))};
    return group.bars;
}

QString Layout::label(const Row& row) const {
    const Entry& head = entries_.at(row.entry);
    if (row.id.kind == RowKind::step) return head.name;
    if (row.id.kind == RowKind::request) return head.lanes.at(static_cast<std::size_t>(row.id.lane)).label;
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    return head.base + QStringLiteral(" × ") + english.toString(static_cast<qulonglong>(row.count));
}

std::optional<std::size_t> Layout::entryOf(int stepIndex) const {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), stepIndex,
                                        [](const Entry& entry, int index) { return entry.index < index; });
    if (found == entries_.end() || found->index != stepIndex) return std::nullopt;
    return static_cast<std::size_t>(found - entries_.begin());
}

std::optional<int> Layout::find(RowId id) const {
    const auto position = entryOf(id.step);
    if (!position) return std::nullopt;
    // The last row at or before the step is the step's own, one of its requests, or the group that hides it.
    auto row =
        std::upper_bound(rows_.begin(), rows_.end(), *position,
                         [](std::size_t wanted, const Row& candidate) { return wanted < candidate.entry; });
    std::optional<int> hidden;
    while (row != rows_.begin()) {
        --row;
        const int at = static_cast<int>(row - rows_.begin());
        if (row->id == id) return at;
        if (row->id.kind == RowKind::group && *position < row->entry + row->count) {
            if (!isGroupOpen(row->id.step)) hidden = at;
            break;
        }
        if (row->entry < *position) break;
    }
    return hidden;
}

std::vector<Range> Layout::busyOf(const Entry& entry, Moment until) const {
    std::vector<Range> busy;
    for (const Bar& bar : entry.bars.bars())
        if (isExecuting(bar)) busy.push_back({bar.start, bar.endAt(until)});
    if (entry.index >= 0) return busy;
    for (const Lane& lane : entry.lanes)
        for (const Bar& bar : lane.bars.bars())
            busy.push_back({bar.start, bar.endAt(until)});
    return busy;
}

void Layout::forgetBusy() const {
    busy_.clear();
    leftOut_.clear();
    busyEntries_ = 0;
}

bool Layout::isOver(std::size_t position) const {
    const Entry& entry = entries_[position];
    const bool ended = entry.state == api::StepState::complete || entry.state == api::StepState::errored;
    return ended && !entry.bars.hasOpen();
}

/// Whether a change of the entry makes `busy_` wrong.
bool Layout::isKept(std::size_t position) const {
    return position < busyEntries_ && !std::binary_search(leftOut_.begin(), leftOut_.end(), position);
}

/// Takes over the entries that are over. Left out are those that are not, and the newest: what was said to be
/// over a moment ago may still change. All that is left out is looked at every time, so there must be few.
void Layout::keepBusy() const {
    const auto ended = std::count_if(leftOut_.begin(), leftOut_.end(), [this](auto i) { return isOver(i); });
    if (ended > mostEndedLeftOut) forgetBusy();
    std::vector<Range> more;
    for (; busyEntries_ + newestLeftOut < entries_.size(); ++busyEntries_) {
        const Entry& entry = entries_[busyEntries_];
        if (entry.index < 0) continue;  // requests outside steps go on all the time
        if (!isOver(busyEntries_)) {
            leftOut_.push_back(busyEntries_);
            continue;
        }
        const auto busy = busyOf(entry, Moment(0));
        more.insert(more.end(), busy.begin(), busy.end());
    }
    if (more.empty()) return;
    // Entries are in order of start, so what is new lies at the end of what is there.
    const Moment first = std::min_element(more.begin(), more.end(), [](const Range& x, const Range& y) {
                             return x.from < y.from;
                         })->from;
    while (!busy_.empty() && busy_.back().to >= first) {
        more.push_back(busy_.back());
        busy_.pop_back();
    }
    more = merged(std::move(more));
    busy_.insert(busy_.end(), more.begin(), more.end());
}

std::vector<Range> Layout::idle(Moment until) const {
    keepBusy();
    std::vector<Range> open;
    const auto add = [&](const Entry& entry) {
        const auto busy = busyOf(entry, until);
        open.insert(open.end(), busy.begin(), busy.end());
    };
    if (busyEntries_ > 0 && entries_.front().index < 0) add(entries_.front());
    for (const std::size_t i : leftOut_)
        add(entries_[i]);
    for (std::size_t i = busyEntries_; i < entries_.size(); ++i)
        add(entries_[i]);
    open = merged(std::move(open));
    std::vector<Range> all(busy_.size() + open.size());
    std::merge(busy_.begin(), busy_.end(), open.begin(), open.end(), all.begin(),
               [](const Range& x, const Range& y) { return x.from < y.from; });
    std::vector<Range> result;
    Moment last = first_;
    for (const Range& range : all) {
        if (range.from > last) result.push_back({last, range.from});
        last = std::max(last, range.to);
    }
    if (until > last) result.push_back({last, until});
    return result;
}

QString Layout::asText() const {
    static constexpr const char* kinds[] = {"attempt", "wait", "sleep", "event", "request", "rollback"};
    static constexpr const char* states[] = {"running", "complete", "errored", "stopped"};
    QStringList lines;
    for (const Row& row : rows_) {
        QString line = QString(row.depth * 2, QLatin1Char(' ')) + label(row);
        for (const Bar& bar : bars(row).bars()) {
            line += QStringLiteral(" | %1 %2-%3 %4")
                        .arg(QLatin1String(kinds[static_cast<int>(bar.kind)]))
                        .arg(bar.start.count(), 0, 'f', 0)
                        .arg(bar.open ? QStringLiteral("now") : QString::number(bar.end.count(), 'f', 0))
                        .arg(QLatin1String(states[static_cast<int>(bar.state)]));
        }
        const Entry& head = entries_.at(row.entry);
        if (row.id.kind == RowKind::step && !head.words.isEmpty())
            line += QStringLiteral(" \"%1\"").arg(head.words);
        lines << line;
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace stepwell::timeline
