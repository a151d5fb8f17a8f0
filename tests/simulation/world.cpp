#include "tests/simulation/world.h"

#include "tests/simulation/process.h"

#include <algorithm>

namespace stepwell::simulation {

namespace {
constexpr std::int64_t idleStopMs = 10'000;
constexpr std::int64_t beginning = 1'767'225'600'000;  // 2026-01-01
}  // namespace

World::World(std::uint64_t seed)
    : random(seed)
    , wallOffset(beginning) {}

World::~World() = default;

void World::violated(const std::string& what) {
    if (!violation) violation = what;
}

void World::at(std::int64_t time, std::function<void()> action) {
    m_events.push({time, ++m_number, std::move(action)});
}

std::optional<std::int64_t> World::nextEvent() const {
    return m_events.empty() ? std::nullopt : std::optional(m_events.top().time);
}

void World::fireNext() {
    const auto event = m_events.top();
    m_events.pop();
    now = std::max(now, event.time);
    event.action();
}

std::int64_t World::latency() {
    return random.percent(faults.slow) ? random.between(0, 300) : random.between(0, 3);
}

void World::send(engine::RuntimeId id, const std::string& lines) {
    auto& process = m_processes[id];
    if (!process) {
        process = std::make_shared<SimProcess>(*this, id);
        process->start();
    }
    process->hear(lines);
}

void World::exitSeen(engine::RuntimeId id) {
    const auto found = m_processes.find(id);
    if (found != m_processes.end() && found->second->hasEnded()) m_processes.erase(found);
}

void World::release(engine::RuntimeId id) {
    const auto found = m_processes.find(id);
    if (found != m_processes.end()) found->second->stopWhenIdle(idleStopMs);
}

void World::stop(engine::RuntimeId id) {
    const auto found = m_processes.find(id);
    if (found != m_processes.end()) found->second->die(engine::ExitCause::stopped, "stopped");
}

void World::killSomeProcess() {
    if (m_processes.empty()) return;
    auto it = m_processes.begin();
    std::advance(it, random.below(static_cast<std::int64_t>(m_processes.size())));
    const auto cause = random.percent(70) ? engine::ExitCause::killed : engine::ExitCause::stopped;
    it->second->die(cause, "was killed");
}

void World::engineDied() {
    ++m_engineLife;
    m_processes.clear();
    m_failedStarts.clear();
    inbox.clear();
}

bool World::holds(RunId run) const {
    for (const auto& [id, process] : m_processes)
        if (process->holds(run)) return true;
    return false;
}

bool World::awaits(RunId run, int step) const {
    return std::any_of(m_processes.begin(), m_processes.end(),
                       [&](const auto& entry) { return entry.second->awaits(run, step); });
}

bool World::anyQuarantine() const {
    return std::any_of(m_processes.begin(), m_processes.end(),
                       [](const auto& entry) { return entry.first.quarantine; });
}

bool World::isIdle(RunId run) const {
    for (const auto& [id, process] : m_processes)
        if (process->holds(run) && !process->isIdle(run)) return false;
    return true;
}

}  // namespace stepwell::simulation
