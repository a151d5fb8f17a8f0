#include "tests/simulation/run.h"

#include <cstdio>

namespace stepwell::simulation {

std::string Params::text() const {
    return "j[" + std::to_string(seed) + "," + std::to_string(shape.flat ? 1 : 0) + "," +
           std::to_string(shape.killers ? 1 : 0) + "," + std::to_string(shape.undoes ? 1 : 0) + "]";
}

Params Params::from(const std::string& value) {
    unsigned long long seed = 0;
    int flat = 0;
    int killers = 0;
    int undoes = 0;
    std::sscanf(value.c_str(), "j[%llu,%d,%d,%d]", &seed, &flat, &killers, &undoes);
    return {seed, {flat != 0, killers != 0, undoes != 0}};
}

Driver::Driver(DriverHost& host)
    : m_host(host) {}
Driver::~Driver() = default;

void Driver::hear(std::string_view lines) {
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        handle(lines.substr(0, end));
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
    const auto woken = std::exchange(m_woken, {});
    for (const auto key : woken) {
        const auto found = m_runs.find(key);
        if (found == m_runs.end()) continue;
        found->second->advance();
        if (found->second->isOver()) m_runs.erase(found);
    }
    if (!m_text.empty() || !m_echoes.empty()) m_host.wantsToSpeak();
}

std::string Driver::speak() {
    return std::exchange(m_text, {}) + std::exchange(m_echoes, {});
}

void Driver::handle(std::string_view line) {
    engine::LineReader reader(line);
    const auto op = reader.raw();
    if (op == "b") {
        m_echoes += std::string(line) + "\n";
        return;
    }
    if (op == "r") return describe(reader);
    const auto key = reader.number();
    const auto found = m_runs.find(key);
    if (found == m_runs.end() || found->second->id().run != reader.number()) return;
    found->second->tell(op, reader);
    if (found->second->isOver())
        m_runs.erase(found);
    else
        m_woken.insert(key);
}

void Driver::describe(engine::LineReader& reader) {
    RunId id;
    id.instance = reader.number();
    id.run = reader.number();
    m_runs[id.instance] = std::make_unique<SimRun>(*this, id, reader);
}

bool Driver::hasRun(RunId id) const {
    const auto found = m_runs.find(id.instance);
    return found != m_runs.end() && found->second->id().run == id.run;
}

bool Driver::awaits(RunId id, int step) const {
    return hasRun(id) && m_runs.at(id.instance)->awaits(step);
}

bool Driver::isIdle(RunId id) const {
    return m_text.empty() && m_echoes.empty() && (!hasRun(id) || m_runs.at(id.instance)->isIdle());
}

}  // namespace stepwell::simulation
