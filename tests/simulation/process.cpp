#include "tests/simulation/process.h"

namespace stepwell::simulation {

using engine::ExitCause;

SimProcess::SimProcess(World& world, engine::RuntimeId id)
    : m_world(world)
    , m_id(id)
    , m_driver(*this)
    , m_lastOut(world.now) {}

void SimProcess::start() {
    m_lastIn = m_world.now + m_world.random.between(5, 50);
    auto& failed = m_world.m_failedStarts[m_id];
    if (failed < 2 && m_world.random.percent(m_world.faults.failedStart)) {
        ++failed;
        after(m_world.random.between(0, 20), [this] { die(ExitCause::failedToStart, "no such file"); });
        return;
    }
    failed = 0;
}

void SimProcess::after(std::int64_t ms, std::function<void()> action) {
    m_world.at(m_world.now + ms, [weak = weak_from_this(), action = std::move(action)] {
        const auto process = weak.lock();
        if (process && !process->m_isDead) action();
    });
}

void SimProcess::note(std::string_view line) {
    engine::LineReader reader(line);
    const auto op = reader.raw();
    if (op != "r" && op != "x") return;
    RunId run;
    run.instance = reader.number();
    run.run = reader.number();
    if (op == "r")
        m_told.insert(run);
    else
        m_told.erase(run);
}

/// Lines travel in one piece or in a few, so that a death may fall between them.
void SimProcess::hear(const std::string& lines) {
    ++m_idleToken;
    std::string chunk;
    std::string_view rest = lines;
    while (!rest.empty()) {
        const auto end = rest.find('\n') + 1;
        note(rest.substr(0, end));
        chunk += rest.substr(0, end);
        rest.remove_prefix(end);
        if (!rest.empty() && !m_world.random.percent(5)) continue;
        if (m_isDead) continue;
        m_lastIn = std::max(m_lastIn, m_world.now) + m_world.latency();
        ++m_underWay;
        after(m_lastIn - m_world.now, [this, text = std::exchange(chunk, {})] { deliver(text); });
    }
}

void SimProcess::deliver(std::string chunk) {
    --m_underWay;
    m_driver.hear(chunk);
    if (!m_world.random.percent(m_world.faults.processDies)) return;
    const bool suspicious = m_world.random.percent(m_world.faults.suspicious);
    const auto cause = m_world.random.percent(50) ? ExitCause::crashed : ExitCause::unresponsive;
    if (suspicious) m_world.onFalseAccusation(m_id, cause);
    die(suspicious ? cause : ExitCause::killed, "was made to end");
}

void SimProcess::wantsToSpeak() {
    if (m_isSpeaking) return;
    m_isSpeaking = true;
    ++m_underWay;
    after(m_world.random.between(0, 1), [this] {
        m_isSpeaking = false;
        --m_underWay;
        say(m_driver.speak());
    });
}

void SimProcess::say(const std::string& frame) {
    if (frame.empty()) return;
    m_lastOut = std::max(m_lastOut, m_world.now) + m_world.latency();
    ++m_underWay;
    const auto life = m_world.m_engineLife;
    m_world.at(m_lastOut, [this, keep = shared_from_this(), life, frame] {
        --m_underWay;
        if (life != m_world.m_engineLife || (m_isDead && m_losesFrames)) return;
        m_world.inbox.emplace_back(engine::DriverLines{m_id, frame});
    });
    if (!m_world.random.percent(m_world.faults.duplicate)) return;
    m_world.at(m_lastOut + m_world.random.between(0, 3'000), [this, keep = shared_from_this(), life, frame] {
        if (life == m_world.m_engineLife && !m_isDead)
            m_world.inbox.emplace_back(engine::DriverLines{m_id, frame});
    });
}

void SimProcess::stopWhenIdle(std::int64_t ms) {
    after(ms, [this, token = ++m_idleToken] {
        if (token == m_idleToken) die(ExitCause::stopped, "idle");
    });
}

void SimProcess::die(ExitCause cause, const std::string& reason) {
    if (m_isDead) return;
    m_isDead = true;
    m_losesFrames = m_world.random.percent(50);
    const auto reported =
        std::max(m_losesFrames ? 0 : m_lastOut, m_world.now + m_world.random.between(0, 300));
    const auto life = m_world.m_engineLife;
    m_world.at(reported, [this, keep = shared_from_this(), life, cause, reason] {
        if (life != m_world.m_engineLife) return;
        m_world.inbox.emplace_back(engine::RuntimeEnded{m_id, {cause, reason}});
        m_hasEnded = true;
    });
}

}  // namespace stepwell::simulation
