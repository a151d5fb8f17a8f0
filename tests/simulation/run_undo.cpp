// Rollback handlers of the simulation's programs.
#include "tests/simulation/run.h"

namespace stepwell::simulation {

using State = Outcome::State;

/// A call made only to register its handler: what had not ended gives undefined, what is new never starts.
Outcome SimRun::askToUndo(const Op& op, const std::string& key) {
    const auto known = m_history.find(key);
    if (known == m_history.end())
        return op.kind == OpKind::sleepUntil ? Outcome{State::ok, {}}
                                             : Outcome{};  // in the past it has no row
    if (op.undo.exists) m_handlers[known->second.index] = op.undo;
    return {known->second.state == "err" ? State::error : State::ok, known->second.value};
}

void SimRun::undo(int index, engine::LineReader& reader) {
    auto& host = m_driver.m_host;
    const int number = static_cast<int>(reader.number());
    const int target = static_cast<int>(reader.number());
    // So that they are there when the first is asked for; also of a run that has not come to where it was
    // before.
    if (!m_isUndoing && !m_handlers.contains(target)) m_onlyRegisters = true;
    if (m_onlyRegisters) advance();
    m_isUndoing = true;
    const auto handler = m_handlers.find(target);
    if (handler == m_handlers.end())
        return host.violated("step " + std::to_string(target) + " is to be undone, and has no handler");
    m_undoing[index] = {target, number};
    host.executes(m_id, index, number);
    const auto& undo = handler->second;
    if (undo.ending == Ending::hangsFirst && number <= undo.times) return;
    ++m_pendingUndos;
    host.after(host.random().between(0, undo.workMs), [driver = &m_driver, id = m_id, index, number] {
        if (driver->hasRun(id)) driver->m_runs.at(id.instance)->undoEnds(index, number);
    });
}

void SimRun::undoEnds(int index, int number) {
    --m_pendingUndos;
    const auto& undoing = m_undoing.at(index);
    if (undoing.attempt != number) return;  // it had timed out
    const auto& undo = m_handlers.at(undoing.target);
    m_undoing.at(index).attempt = 0;
    const bool fails =
        undo.ending == Ending::alwaysFails || (undo.ending == Ending::failsFirst && number <= undo.times);
    if (fails)
        sayFailure("F", index, number, "-", -1, "Error", "not undone");
    else {
        m_driver.m_host.undid(m_id, index);
        line("O").number(m_id.instance).number(m_id.run).number(index).number(number);
    }
    m_driver.m_host.wantsToSpeak();
}

}  // namespace stepwell::simulation
