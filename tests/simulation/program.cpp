#include "tests/simulation/program.h"

#include "tests/simulation/random.h"

namespace stepwell::simulation {

namespace {

using State = Outcome::State;

class Maker {
  public:
    Maker(std::uint64_t seed, ProgramShape shape)
        : m_random(seed)
        , m_shape(shape) {}

    Block block(int depth) {
        Block ops;
        const auto length = m_random.between(1, depth == 0 ? 5 : 2);
        for (std::int64_t i = 0; i < length; ++i)
            ops.push_back(op(depth));
        if (depth == 0 && m_shape.killers && m_random.percent(40)) ops.push_back(killer());
        return ops;
    }

  private:
    std::string freshName(const char* kind) { return std::string(kind) + std::to_string(++m_names); }

    Op op(int depth) {
        const auto draw = m_random.below(100);
        if (draw < 50) return step(depth);
        if (draw < 66) return sleep();
        if (draw < 82 || m_shape.flat || depth > 1) return wait();
        return parallel(depth);
    }

    Op step(int depth) {
        Op op;
        op.name = m_random.percent(20) && depth == 0 ? "again" : freshName("step");
        op.caught = m_random.percent(50);
        op.limit = static_cast<int>(m_random.between(0, 4));
        op.delayMs = m_random.between(0, 2'000);
        op.backoff = static_cast<api::Backoff>(m_random.below(3));
        op.timeoutMs = m_random.between(2'000, 20'000);
        op.workMs = m_random.percent(10) ? op.timeoutMs / 2 : m_random.between(0, 300);
        if (m_shape.undoes && m_random.percent(60)) op.undo = undo();
        const auto draw = m_random.below(100);
        if (draw < 55) return op;
        op.ending = draw < 75   ? Ending::failsFirst
                    : draw < 82 ? Ending::alwaysFails
                    : draw < 88 ? Ending::nonRetryable
                    : draw < 96 ? Ending::hangsFirst
                    : draw < 98 ? Ending::alwaysHangs
                    : depth > 0 ? Ending::returns
                                : Ending::notSerialisable;
        op.times = static_cast<int>(m_random.between(0, op.limit));
        if (m_random.percent(15)) {
            op.functionMs = op.delayMs;
            op.delayMs = -1;
        }
        if (op.ending == Ending::failsFirst && m_random.percent(10)) op.limit = -1;
        return op;
    }

    Undo undo() {
        Undo undo;
        undo.exists = true;
        undo.limit = static_cast<int>(m_random.between(0, 3));
        undo.delayMs = m_random.percent(80) ? m_random.between(0, 2'000) : m_random.between(2'000, 60'000);
        undo.timeoutMs = m_random.between(2'000, 20'000);
        undo.workMs = m_random.between(0, 300);
        const auto draw = m_random.below(100);
        if (draw < 60) return undo;
        undo.ending = draw < 78 ? Ending::failsFirst : draw < 90 ? Ending::hangsFirst : Ending::alwaysFails;
        undo.times = static_cast<int>(m_random.between(0, undo.limit));
        return undo;
    }

    Op sleep() {
        Op op;
        op.kind = m_random.percent(75) ? OpKind::sleep : OpKind::sleepUntil;
        op.name = m_random.percent(30) ? "nap" : freshName("sleep");
        if (op.kind == OpKind::sleepUntil) op.name = freshName("until");
        const auto draw = m_random.below(100);
        op.ms = draw < 60 ? m_random.between(0, 3'000) : m_random.between(3'000, 300'000);
        if (draw > 95) op.ms = m_random.between(1, 30) * 86'400'000;
        return op;
    }

    Op wait() {
        Op op;
        op.kind = OpKind::wait;
        op.name = freshName("wait");
        op.caught = m_random.percent(80);
        op.type = m_random.pick(eventTypes());
        op.timeoutMs = m_random.between(0, m_random.percent(80) ? 60'000 : 86'400'000);
        return op;
    }

    Op parallel(int depth) {
        Op op;
        op.kind = m_random.percent(70) ? OpKind::all : OpKind::race;
        op.name = freshName(op.kind == OpKind::all ? "all" : "race");
        op.caught = m_random.percent(50);
        const auto branches = m_random.between(2, 4);
        for (std::int64_t i = 0; i < branches; ++i)
            op.branches.push_back(block(depth + 1));
        return op;
    }

    Op killer() {
        Op op = step(0);
        op.name = freshName("killer");
        op.limit = 5;
        op.delayMs = 10;
        op.times = static_cast<int>(m_random.between(1, 2));
        const auto draw = m_random.below(100);
        op.ending = draw < 40 ? Ending::crashesFirst : draw < 80 ? Ending::alwaysCrashes : Ending::loops;
        return op;
    }

    Random m_random;
    ProgramShape m_shape;
    int m_names = 0;
};

class Evaluation {
  public:
    Evaluation(std::uint64_t seed, StepSource& steps)
        : m_seed(seed)
        , m_steps(steps) {}

    Outcome block(const Block& ops, std::uint64_t value) {
        for (const auto& op : ops) {
            const auto outcome = one(op);
            if (outcome.state == State::open) return outcome;
            if (outcome.state == State::error && !op.caught) return outcome;
            value = folded(value, (outcome.state == State::ok ? "" : "caught ") + outcome.text);
        }
        return {State::ok, std::to_string(value)};
    }

  private:
    Outcome one(const Op& op) {
        if (op.kind == OpKind::all || op.kind == OpKind::race) return parallel(op);
        const auto letter = std::string(1, kindLetter(op));
        return m_steps.ask(op, ++m_counts[letter + std::to_string(op.ms) + op.name]);
    }

    /// Which branch failed or won first depends on timing, so the program makes nothing of it.
    Outcome parallel(const Op& op) {
        bool open = false;
        bool failed = false;
        bool settled = false;
        std::uint64_t value = m_seed;
        for (const auto& branch : op.branches) {
            const auto outcome = block(branch, m_seed);
            open = open || outcome.state == State::open;
            failed = failed || outcome.state == State::error;
            settled = settled || outcome.state != State::open;
            value = folded(value, outcome.text);
        }
        if (op.kind == OpKind::race) return settled ? Outcome{State::ok, "raced"} : Outcome{};
        if (failed) return {State::error, "Error: " + op.name + " failed"};
        return open ? Outcome{} : Outcome{State::ok, std::to_string(value)};
    }

    std::uint64_t m_seed;
    StepSource& m_steps;
    std::map<std::string, int> m_counts;
};

}  // namespace

const std::vector<std::string>& eventTypes() {
    static const std::vector<std::string> types = {"go", "stop", "news"};
    return types;
}

Block makeProgram(std::uint64_t seed, ProgramShape shape) {
    return Maker(seed, shape).block(0);
}

Outcome evaluate(const Block& program, std::uint64_t seed, StepSource& steps) {
    return Evaluation(seed, steps).block(program, seed);
}

char kindLetter(const Op& op) {
    switch (op.kind) {
    case OpKind::sleep:
        return 'z';
    case OpKind::sleepUntil:
        return 'Z';
    case OpKind::wait:
        return 'w';
    default:
        return 'd';
    }
}

std::string keyedName(const Op& op, std::int64_t createdMs) {
    if (op.kind == OpKind::sleep) return std::to_string(op.ms) + " " + op.name;
    if (op.kind == OpKind::sleepUntil) return std::to_string(createdMs + op.ms) + " " + op.name;
    return op.name;
}

bool isKiller(const Op& op) {
    return op.ending == Ending::crashesFirst || op.ending == Ending::alwaysCrashes ||
           op.ending == Ending::loops;
}

Outcome plannedOutcome(const Op& op, int count) {
    switch (op.ending) {
    case Ending::alwaysFails:
        return {State::error, "Error: " + op.name + " fails"};
    case Ending::nonRetryable:
        return {State::error, "NonRetryableError: " + op.name + " gives up"};
    case Ending::alwaysHangs:
        return {State::error,
                "WorkflowTimeoutError: Execution timed out after " + std::to_string(op.timeoutMs) + "ms"};
    case Ending::notSerialisable:
    case Ending::alwaysCrashes:
    case Ending::loops:
        return {};
    default:
        return {State::ok, op.name + "#" + std::to_string(count)};
    }
}

}  // namespace stepwell::simulation
