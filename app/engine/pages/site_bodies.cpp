#include "app/engine/pages/site_bodies.h"

namespace stepwell::engine::pages {

namespace {

/// An empty file takes room too.
constexpr std::int64_t entryBytes = 256;

}  // namespace

SiteBodies::Body SiteBodies::find(const BlobPlace& place) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_places.find(place);
    if (found == m_places.end()) return nullptr;
    m_entries.splice(m_entries.begin(), m_entries, found->second);
    return found->second->body;
}

void SiteBodies::put(const BlobPlace& place, Body body) {
    // Files of older versions all are at the start of pack 0.
    if (!place.pack || place.bytes > largest) return;
    const std::lock_guard lock(m_mutex);
    if (m_places.count(place) > 0) return;
    m_entries.push_front({place, std::move(body)});
    m_places.emplace(place, m_entries.begin());
    m_bytes += place.bytes + entryBytes;
    while (m_bytes > most) {
        m_bytes -= m_entries.back().place.bytes + entryBytes;
        m_places.erase(m_entries.back().place);
        m_entries.pop_back();
    }
}

}  // namespace stepwell::engine::pages
