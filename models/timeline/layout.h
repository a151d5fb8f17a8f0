#pragma once

#include "models/api/types.h"
#include "models/timeline/bars.h"

#include <QString>

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace stepwell::timeline {

enum class RowKind { step, request, group };

/// Names a row so that it is found again after the rows changed.
struct RowId {
    RowKind kind = RowKind::step;
    int step = -1;  ///< api::Step::index; of a group: that of its first step; -1: requests outside any step
    int lane = 0;   ///< of a request row: its place under the step
    friend bool operator==(const RowId&, const RowId&) = default;
};

struct Row {
    RowId id;
    int depth = 0;          ///< 1: below a step or in an open group, 2: both
    std::size_t entry = 0;  ///< place of the step (of a group: of its first)
    std::size_t count = 1;  ///< steps in a group
    bool failed = false;    ///< an attempt of it failed
};

/// One row of requests under a step: all with the same method and address.
struct Lane {
    QString label;  ///< "POST payments.example/v1/charges"
    BarList bars;   ///< Bar::number is the position in api::Step::requests
};

/// A step as it is drawn.
struct Entry {
    int index = 0;
    QString name;
    QString base;  ///< the name without counters: steps with the same one fold
    api::StepKind kind = api::StepKind::step;
    bool isRollback = false;
    api::StepState state = api::StepState::running;
    int failedAttempts = 0;
    bool failed = false;
    BarList bars;
    QString words;                  ///< inside the bar of a sleep or wait: "sleep 3 s"
    std::optional<Moment> planned;  ///< when an open sleep, wait or retry delay will end
    std::vector<Lane> lanes;
    std::size_t fingerprint = 0;
};

/// What the timeline of one instance shows, as rows of bars. Values only; knows no pixel and no clock.
class Layout {
  public:
    /// More consecutive steps of one name than this fold into a group.
    static constexpr std::size_t foldBeyond = 12;
    /// Rows of requests under one step; the last takes all further addresses.
    static constexpr std::size_t mostLanes = 6;

    /// Takes over what differs from the steps at position `firstChanged` on; -1: everything may differ.
    void update(const api::InstanceDetail& detail, int firstChanged = -1);
    void setFailuresOnly(bool on);
    bool failuresOnly() const { return failuresOnly_; }
    void setGroupOpen(int firstStep, bool open);
    bool isGroupOpen(int firstStep) const { return openGroups_.contains(firstStep); }
    /// A group that forms around this step while the run grows starts open, so that it does not vanish.
    void setPinnedStep(std::optional<int> step) { pinned_ = step; }

    const std::vector<Row>& rows() const { return rows_; }
    const Entry& entry(const Row& row) const { return entries_.at(row.entry); }
    const std::vector<Entry>& entries() const { return entries_; }
    const BarList& bars(const Row& row) const;
    QString label(const Row& row) const;
    /// Position of the row; of a step hidden in a closed group: of the group; nothing when it is filtered
    /// away.
    std::optional<int> find(RowId id) const;
    std::optional<std::size_t> entryOf(int stepIndex) const;

    std::size_t stepCount() const { return stepCount_; }
    int failedAttempts() const { return failedAttempts_; }
    bool isLive() const { return live_; }
    bool isEmpty() const { return entries_.empty(); }
    api::Time origin() const { return origin_; }
    Moment offset(api::Time time) const { return time - origin_; }
    /// From the start to the latest moment known (the end of a finished instance).
    Range known() const { return {first_, last_}; }
    /// Stretches of `until` in which nothing executes: sleeps, waits, retry delays.
    std::vector<Range> idle(Moment until) const;
    /// Grows with every change of rows or bars.
    int revision() const { return revision_; }

    /// One line per row and its bars, for tests and for the clipboard.
    QString asText() const;

  private:
    struct Group {
        int revision = -1;
        std::size_t count = 0;
        BarList bars;
    };

    bool updateHead(const api::InstanceDetail& detail);
    bool updateEntry(std::size_t position, const api::Step& step);
    bool updateOutside(const api::InstanceDetail& detail);
    void rebuildRows();
    std::vector<Range> busyOf(const Entry& entry, Moment until) const;
    void keepBusy() const;
    bool isKept(std::size_t position) const;
    bool isOver(std::size_t position) const;
    void forgetBusy() const;
    std::size_t addRun(std::size_t first);
    void addEntry(std::size_t position, int depth);
    void addGroup(std::size_t first, std::size_t count);
    std::size_t runFrom(std::size_t first) const;
    bool passes(const Entry& entry) const { return !failuresOnly_ || entry.failed; }
    void measure(const api::InstanceDetail& detail);

    api::Time origin_{};
    std::optional<Moment> end_;
    bool live_ = false;
    Moment first_{0};
    Moment last_{0};
    std::size_t stepCount_ = 0;
    int failedAttempts_ = 0;
    int revision_ = 0;
    bool failuresOnly_ = false;
    bool rowsStale_ = true;
    std::optional<int> pinned_;
    std::set<int> openGroups_;
    std::set<int> knownGroups_;
    std::vector<Entry> entries_;  // in order of index; the first may be the requests outside any step
    std::vector<Row> rows_;
    // When the first entries executed, joined: without those left out, which are not over or may change.
    mutable std::vector<Range> busy_;
    mutable std::size_t busyEntries_ = 0;
    mutable std::vector<std::size_t> leftOut_;  ///< of the first `busyEntries_`; in order
    mutable std::map<int, Group> groups_;       // bars of groups, gathered when they are first asked for
};

}  // namespace stepwell::timeline
