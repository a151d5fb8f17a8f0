#include "app/engine/pages/site_bodies.h"

namespace stepwell::engine::pages {

namespace {

/// An empty file takes room too.
constexpr std::int64_t entryBytes = 256;

std::int64_t bytesOf(const http::SharedBody& body) {
    return static_cast<std::int64_t>(body.size());
}

}  // namespace

SiteBodies::Body SiteBodies::find(const BodyName& name) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_places.find(name);
    if (found == m_places.end()) return nullptr;
    m_entries.splice(m_entries.begin(), m_entries, found->second);
    found->second->round = m_round;
    return found->second->body;
}

void SiteBodies::put(const BodyName& name, Body body) {
    // Files of older versions all are at the start of pack 0.
    if (!name.place.pack || bytesOf(*body) > largest) return;
    const std::lock_guard lock(m_mutex);
    if (m_places.count(name) > 0) return;
    m_bytes += bytesOf(*body) + entryBytes;
    m_entries.push_front({name, std::move(body), m_round});
    m_places.emplace(name, m_entries.begin());
    while (m_bytes > most)
        dropOldest();
}

void SiteBodies::forgetUnused() {
    const std::lock_guard lock(m_mutex);
    while (!m_entries.empty() && m_entries.back().round < m_round)
        dropOldest();
    ++m_round;
}

void SiteBodies::dropOldest() {
    m_bytes -= bytesOf(*m_entries.back().body) + entryBytes;
    m_places.erase(m_entries.back().name);
    m_entries.pop_back();
}

}  // namespace stepwell::engine::pages
