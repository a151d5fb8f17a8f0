// The ends of the simulation's instances, compared with what their programs say.
#include "tests/simulation/oracle.h"

namespace stepwell::simulation {

using api::Status;
using State = Outcome::State;

namespace {

constexpr int strikes = 3;

/// Answers a program from its plan; only which event a wait got is taken from its row.
class PlannedSteps final : public StepSource {
  public:
    PlannedSteps(const InstanceSeen& instance, int stepLimit)
        : m_instance(instance)
        , m_stepLimit(stepLimit) {}

    Outcome ask(const Op& op, int count) override {
        switch (op.kind) {
        case OpKind::sleep:
        case OpKind::sleepUntil:
            return {State::ok, "slept"};
        case OpKind::wait:
            return waited(op, count);
        default:
            break;
        }
        if (++m_doSteps > m_stepLimit) return {State::error, "WorkflowFatalError: limit reached"};
        const auto plan = plannedOutcome(op, count);
        if (plan.state == State::open) (isKiller(op) ? diesOf : refusesAt) = op.name;
        return plan;
    }

    std::string diesOf;     ///< the step whose process never survives
    std::string refusesAt;  ///< the step whose result cannot be stored

  private:
    Outcome waited(const Op& op, int count) const {
        for (const auto& [index, step] : m_instance.steps) {
            if (step.kind != 3 || step.name != op.name || step.count != count) continue;
            if (step.state == 3)
                return {State::error, "WorkflowTimeoutError: Execution timed out after " +
                                          std::to_string(op.timeoutMs) + "ms"};
            if (step.state != 2) return {};
            engine::LineReader stored(step.value);
            stored.raw();
            stored.raw();
            return {State::ok, stored.text()};
        }
        return {};
    }

    const InstanceSeen& m_instance;
    int m_stepLimit;
    int m_doSteps = 0;
};

}  // namespace

void Oracle::judgeEnds() {
    load();
    checkOrphans();
    for (const auto& [key, instance] : m_instances)
        if (!isDeleted(instance)) judge(instance);
}

void Oracle::judge(const InstanceSeen& instance) {
    const auto& known = memory(workflowName(instance), instance.id);
    const auto error = instance.errorName + ": " + instance.errorMessage;
    const auto says = [&](const char* text) { return error.find(text) != std::string::npos; };
    judgeSteps(instance);
    judgeUndoing(instance);
    if (!api::isFinal(instance.status)) return violated(instance.id + " has not ended");
    if (instance.status == Status::terminated) return;  // asked for, see checkTransition
    const auto params = Params::from(instance.params);
    PlannedSteps steps(instance, stepLimit);
    const auto plan = evaluate(makeProgram(params.seed, params.shape), params.seed, steps);
    if (says("stopped the runtime") || says("its code did not yield") || says("its code was made to end")) {
        const bool blamed = known.accusedOfLoop > 0 || known.accusedOfCrash >= strikes;
        if (steps.diesOf.empty() && !blamed) violated(instance.id + " was blamed for what it did not do");
        return;
    }
    if (says("not serialisable")) {
        if (steps.refusesAt.empty()) violated(instance.id + " was ended for a result that could be stored");
        return;
    }
    const bool complete = instance.status == Status::complete;
    const auto got = complete ? instance.output : error;
    if (plan.state == State::open)
        return violated(instance.id + " has ended with \"" + got + "\" although its program has not");
    const auto wanted = plan.state == State::ok ? "j" + plan.text : plan.text;
    if (complete != (plan.state == State::ok) || got != wanted)
        violated(instance.id + " has ended with \"" + got + "\" and not with \"" + wanted + "\"");
}

/// All that has a handler was undone, unless an entry failed or the engine gave up.
void Oracle::judgeUndoing(const InstanceSeen& instance) {
    constexpr int isComplete = 3;
    if (instance.rollback == 1 || instance.rollback == 2)
        violated(instance.id + " has ended and still undoes steps");
    std::set<std::int64_t> undone;
    for (const auto& [index, step] : instance.steps)
        if (step.kind == 4 && step.state == 2) undone.insert(step.target);
    if (instance.rollback == 0 && !undone.empty()) violated(instance.id + " has undone steps unasked");
    if (instance.rollback != isComplete) return;
    for (const auto& [index, step] : instance.steps)
        if (step.hasUndo && !undone.contains(index))
            violated(instance.id + " step " + std::to_string(index) + " was not undone");
}

void Oracle::judgeSteps(const InstanceSeen& instance) {
    for (const auto& [index, step] : instance.steps) {
        if (step.kind != 0 || step.state != 3 || step.attempts == 0) continue;
        auto rows = m_db->query("SELECT count(*) FROM attempts WHERE step=?");
        rows.bind((instance.key << 20) + index);
        const auto stored = rows.step() ? rows.integer() : 0;
        if (stored != step.attempts)
            violated(instance.id + " step " + std::to_string(index) + " has " +
                     std::to_string(step.attempts) + " attempts, and " + std::to_string(stored) +
                     " are stored");
    }
}

}  // namespace stepwell::simulation
