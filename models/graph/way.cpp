#include "models/graph/way.h"

#include <algorithm>

namespace stepwell::graph {

using Kind = api::GraphNode::Kind;

namespace {

/// What is known of a part: the run came into it, and it went through to its end.
struct Passage {
    bool isEntered = false;
    bool isThrough = false;
};

class WayFinder {
  public:
    WayFinder(const RunStates& run, const Layout& layout, std::vector<bool> reached)
        : m_run(run)
        , m_layout(layout)
        , m_way{std::move(reached), std::vector<bool>(layout.lines.size())} {}

    Way find() {
        if (m_layout.root >= 0) pass(part(m_layout.root), m_run.isComplete());
        return std::move(m_way);
    }

  private:
    const Part& part(int id) const { return m_layout.parts[static_cast<std::size_t>(id)]; }

    bool isTouched(const Part& part) const {
        const auto from = m_way.items.begin();
        const auto end = from + part.items.second;
        return std::find(from + part.items.first, end, true) != end;
    }

    void mark(int line, bool isTaken) {
        if (line >= 0) m_way.lines[static_cast<std::size_t>(line)] = isTaken;
    }

    /// `wentOn`: the run is known to have come out of the part.
    Passage pass(const Part& part, bool wentOn) {
        switch (part.kind) {
        case Part::Kind::item:
            return passItem(part, wentOn);
        case Part::Kind::sequence:
            return passSequence(part, wentOn);
        case Part::Kind::parallel:
            return passParallel(part, wentOn);
        case Part::Kind::choice:
            return passChoice(part, wentOn);
        case Part::Kind::attempt:
            return passAttempt(part, wentOn);
        case Part::Kind::frame:
            return passFrame(part, wentOn);
        case Part::Kind::way:
            break;
        }
        mark(part.own, wentOn);
        return {wentOn, wentOn};
    }

    Passage passItem(const Part& part, bool wentOn) const {
        const auto item = static_cast<std::size_t>(part.item);
        const bool isReached = m_way.items[item];
        const auto* node = m_layout.items[item].node;
        const auto* run = node != nullptr ? m_run.of(node) : nullptr;
        const bool isLeft = run == nullptr ? m_layout.items[item].kind == Item::Kind::start
                                           : run->status == api::Status::complete;
        return {isReached, isReached && (wentOn || isLeft)};
    }

    /// Index of the last part of a sequence that has something the run was seen at, -1 when none has.
    int lastSeenOf(const Part& sequence) const {
        for (auto i = static_cast<int>(sequence.parts.size()); i-- > 0;)
            if (isTouched(part(sequence.parts[static_cast<std::size_t>(i)]))) return i;
        return -1;
    }

    /// A branch that returns was taken last: what comes behind was not reached. In a loop `break` goes on.
    bool isStopped(const Part& part, bool isInLoop) const {
        if (!isTouched(part)) return false;
        const auto first = [&]() -> const Part& { return this->part(part.parts.front()); };
        switch (part.kind) {
        case Part::Kind::sequence: {
            const auto& last = this->part(part.parts.back());
            if (part.ends && last.kind == Part::Kind::item)
                return !isInLoop || kindOf(last) != Kind::breakLoop;
            return isStopped(this->part(part.parts[static_cast<std::size_t>(lastSeenOf(part))]), isInLoop);
        }
        case Part::Kind::choice:
            return std::all_of(part.parts.begin(), part.parts.end(), [&](int id) {
                return !isTouched(this->part(id)) || isStopped(this->part(id), isInLoop);
            });
        case Part::Kind::attempt: {
            const auto& caught = this->part(part.parts.back());
            return isStopped(isTouched(caught) ? caught : first(), isInLoop);
        }
        case Part::Kind::frame:
            return kindOf(part) != Kind::call && isStopped(first(), isInLoop || kindOf(part) == Kind::loop);
        default:
            return false;
        }
    }

    /// Of an item or a frame; `block` when no node of the graph stands behind it.
    Kind kindOf(const Part& part) const {
        const auto* node = m_layout.items[static_cast<std::size_t>(part.item)].node;
        return node != nullptr ? node->kind : Kind::block;
    }

    Passage passSequence(const Part& part, bool wentOn) {
        const int lastSeen = lastSeenOf(part);
        if (lastSeen >= 0 && isStopped(this->part(part.parts[static_cast<std::size_t>(lastSeen)]), false))
            wentOn = false;
        Passage before;
        bool isEntered = lastSeen >= 0;
        for (std::size_t i = 0; i < part.parts.size(); ++i) {
            const auto& each = this->part(part.parts[i]);
            Passage passage = pass(each, wentOn || static_cast<int>(i) < lastSeen);
            if (i > 0 && isTerminal(each)) {
                m_way.items[static_cast<std::size_t>(each.item)] = before.isThrough;
                passage = {before.isThrough, false};
            }
            if (i > 0) mark(each.in, passage.isEntered);
            isEntered = isEntered || passage.isEntered;
            before = passage;
        }
        return {isEntered, before.isThrough};
    }

    /// No step tells that these were reached: what comes before them does.
    bool isTerminal(const Part& part) const {
        if (part.kind != Part::Kind::item) return false;
        const auto kind = m_layout.items[static_cast<std::size_t>(part.item)].kind;
        return kind == Item::Kind::stop || kind == Item::Kind::end;
    }

    Passage passParallel(const Part& part, bool wentOn) {
        Passage all{wentOn, true};
        for (const int id : part.parts) {
            const auto passage = passRow(this->part(id), wentOn);
            all.isEntered = all.isEntered || passage.isEntered;
            all.isThrough = all.isThrough && passage.isThrough;
        }
        return all;
    }

    Passage passRow(const Part& row, bool wentOn) {
        const auto passage = pass(row, wentOn);
        mark(row.in, passage.isEntered);
        mark(row.out, passage.isThrough);
        return passage;
    }

    Passage passChoice(const Part& part, bool wentOn) {
        const auto isOpenAndSeen = [this](int id) {
            return !this->part(id).ends && isTouched(this->part(id));
        };
        const bool wentRound = wentOn && std::none_of(part.parts.begin(), part.parts.end(), isOpenAndSeen);
        Passage all{wentOn || isTouched(part), wentRound};
        for (const int id : part.parts) {
            const auto& row = this->part(id);
            const bool isWay = row.kind == Part::Kind::way;
            const auto passage = passRow(row, isWay ? wentRound : wentOn && isOpenAndSeen(id));
            all.isThrough = all.isThrough || (passage.isThrough && !row.ends);
        }
        return all;
    }

    Passage passAttempt(const Part& part, bool wentOn) {
        const auto& tried = this->part(part.parts.front());
        const auto& caught = this->part(part.parts.back());
        const bool hasFailed = isTouched(caught);
        auto first = passRow(tried, wentOn && !hasFailed);
        mark(tried.in, first.isEntered || hasFailed);
        if (hasFailed) mark(tried.out, first.isThrough = false);
        const auto second = passRow(caught, wentOn && hasFailed);
        return {first.isEntered || hasFailed, first.isThrough || second.isThrough};
    }

    Passage passFrame(const Part& part, bool wentOn) {
        const auto& inner = this->part(part.parts.front());
        const bool mayBeSkipped = kindOf(part) == Kind::loop;
        const auto passage = passRow(inner, wentOn && (isTouched(part) || !mayBeSkipped));
        return {wentOn || passage.isEntered, wentOn || passage.isThrough};
    }

    const RunStates& m_run;
    const Layout& m_layout;
    Way m_way;
};

}  // namespace

Way wayOf(const RunStates& run, const api::Graph& graph, const Layout& layout) {
    if (run.isEmpty()) return {};
    return WayFinder(run, layout, run.reached(graph, layout)).find();
}

}  // namespace stepwell::graph
