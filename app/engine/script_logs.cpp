#include "app/engine/script_logs.h"

namespace stepwell::engine {

namespace {

constexpr std::size_t mostRows = 1'000;
constexpr std::size_t mostBytes = 1 << 20;
constexpr std::size_t mostScripts = 1'000;

}  // namespace

void ScriptLogs::add(const std::string& script, LogRow row) {
    const std::lock_guard lock(m_mutex);
    if (m_rings.size() >= mostScripts && !m_rings.contains(script)) return;
    auto& ring = m_rings[script];
    row.key = ++m_lastId;
    ring.bytes += row.text.size();
    ring.rows.push_back(std::move(row));
    while (ring.rows.size() > mostRows || (ring.bytes > mostBytes && ring.rows.size() > 1)) {
        ring.bytes -= ring.rows.front().text.size();
        ring.rows.pop_front();
    }
}

std::vector<LogRow> ScriptLogs::list(const std::string& script, std::int64_t after, int limit) const {
    std::vector<LogRow> rows;
    const std::lock_guard lock(m_mutex);
    const auto ring = m_rings.find(script);
    if (ring == m_rings.end()) return rows;
    for (const auto& row : ring->second.rows)
        if (row.key > after && static_cast<int>(rows.size()) < limit) rows.push_back(row);
    return rows;
}

}  // namespace stepwell::engine
