// The people and the misfortunes of a simulation: what is asked of the engine, and what goes wrong around it.
#include "tests/simulation/simulation.h"

namespace stepwell::simulation {

void Simulation::planCommands() {
    auto& random = m_world.random;
    m_commandsLeft = static_cast<int>(random.between(8, 40));
    const auto length = random.pick(std::vector<std::int64_t>{2'000, 20'000, 120'000});
    for (int i = 0; i < m_commandsLeft; ++i)
        m_world.at(random.below(length), [this] {
            command();
            disturb();
            --m_commandsLeft;
        });
}

engine::CreateInstance Simulation::creation() {
    engine::CreateInstance request;
    request.workflow = m_world.random.pick(m_workflows);
    request.id = "i" + std::to_string(m_world.random.percent(95) ? ++m_names : m_names);
    request.params = Params{m_world.random.next(), m_shape}.text();
    return request;
}

std::optional<std::pair<std::string, std::string>> Simulation::someInstance() {
    std::vector<const InstanceSeen*> candidates;
    for (const auto& [key, instance] : m_oracle.instances())
        if (!m_oracle.isDeleted(instance) && (!api::isFinal(instance.status) || m_world.random.percent(20)))
            candidates.push_back(&instance);
    if (candidates.empty()) return std::nullopt;
    const auto* chosen = m_world.random.pick(candidates);
    return std::pair(m_oracle.workflowName(*chosen), chosen->id);
}

engine::RestartInstance Simulation::restart(const std::string& workflow, const std::string& id) {
    engine::RestartInstance request{workflow, id, {}};
    if (m_world.random.percent(50)) return request;
    for (const auto& [key, instance] : m_oracle.instances()) {
        if (instance.id != id || m_oracle.workflowName(instance) != workflow) continue;
        std::vector<const StepSeen*> steps;
        for (const auto& [index, step] : instance.steps)
            if (static_cast<api::StepKind>(step.kind) != api::StepKind::rollback) steps.push_back(&step);
        if (steps.empty()) return request;
        const auto* step = m_world.random.pick(steps);
        request.from = {step->name, step->count, static_cast<api::StepKind>(step->kind)};
        if (request.from->kind == api::StepKind::sleepUntil) request.from->kind = api::StepKind::sleep;
    }
    return request;
}

void Simulation::command() {
    auto& random = m_world.random;
    const auto draw = random.below(100);
    if (draw < 30) return send(creation());
    if (draw < 33) return deploy(random.pick(m_workflows));
    if (draw < 34) {
        const auto workflow = random.pick(m_workflows);
        send(engine::DeleteWorkflow{workflow});
        return deploy(workflow);
    }
    const auto target = someInstance();
    if (!target) return send(creation());
    const auto& [workflow, id] = *target;
    if (draw < 48) return send(engine::PauseInstance{workflow, id});
    if (draw < 66) return send(engine::ResumeInstance{workflow, id});
    if (draw < 72) return send(restart(workflow, id));
    if (draw < 76) return send(engine::TerminateInstance{workflow, id, random.percent(50)});
    if (draw < 78) return send(engine::DeleteInstance{workflow, id});
    send(engine::SendEvent{workflow, id, random.pick(eventTypes()),
                           "j\"e" + std::to_string(++m_names) + "\""});
}

void Simulation::disturb() {
    auto& random = m_world.random;
    const auto& faults = m_world.faults;
    if (random.percent(faults.processDies)) m_world.killSomeProcess();
    if (random.percent(faults.engineDies) && m_engine) killEngine();
    if (random.percent(faults.clockJumps)) {
        ++m_faultsSeen;
        const auto longest =
            random.pick(std::vector<std::int64_t>{2'000, 60'000, 3'600'000, 40 * 86'400'000LL});
        m_world.wallOffset += random.between(-longest, longest);
    }
    if (!random.percent(faults.diskFull) || m_isFull) return;
    ++m_faultsSeen;
    m_isFull = true;
    m_database.setFull(true);
    m_world.at(m_world.now + random.between(1, 5'000), [this] {
        m_isFull = false;
        m_database.setFull(false);
    });
}

}  // namespace stepwell::simulation
