#include "tests/simulation/disk.h"

#include "tests/simulation/disk_vfs.h"

#include <algorithm>
#include <set>
#include <sqlite3.h>
#include <utility>

namespace stepwell::simulation {

namespace {

constexpr std::size_t sectorBytes = 512;

void put(std::string& medium, const Disk::Change& change) {
    if (change.truncates) return medium.resize(change.at);
    medium.resize(std::max(medium.size(), change.at + change.bytes.size()));
    medium.replace(change.at, change.bytes.size(), change.bytes);
}

}  // namespace

Disk::Disk(Random& random)
    : m_random(random)
    , m_vfs(registerVfs(*this)) {}

Disk::~Disk() {
    sqlite3_vfs_unregister(m_vfs.get());
}

bool Disk::spend() {
    if (m_isOut) return false;
    if (m_left == 0 || --m_left > 0) return true;
    m_isOut = true;
    ++m_cuts;
    return false;
}

Disk::File Disk::find(const std::string& name) const {
    const auto found = m_now.find(name);
    return found == m_now.end() ? nullptr : found->second;
}

Disk::File Disk::create(const std::string& name) {
    return m_now[name] = std::make_shared<Inode>();
}

/// The operation that the power goes out in may still leave something behind, so it counts as written.
bool Disk::write(Inode& file, std::size_t at, std::string_view bytes) {
    if (m_isOut) return false;
    file.unsynced.push_back({at, std::string(bytes), false});
    put(file.now, file.unsynced.back());
    return spend();
}

bool Disk::truncate(Inode& file, std::size_t size) {
    if (m_isOut) return false;
    file.unsynced.push_back({size, {}, true});
    put(file.now, file.unsynced.back());
    return spend();
}

bool Disk::sync(Inode& file, bool alsoFolder) {
    if (!spend()) return false;
    if (m_ignoresSyncs) return true;
    for (const auto& change : std::exchange(file.unsynced, {}))
        put(file.safe, change);
    if (alsoFolder) m_safe = m_now;
    return true;
}

bool Disk::remove(const std::string& name, bool syncFolder) {
    if (m_isOut) return false;
    m_now.erase(name);
    if (!spend()) return false;
    if (syncFolder && !m_ignoresSyncs) m_safe = m_now;
    return true;
}

/// Room that a file was given and that nothing was written to holds whatever was there before.
void Disk::apply(std::string& medium, const Change& change, bool torn) {
    if (change.truncates) return medium.resize(change.at);
    const auto end = change.at + change.bytes.size();
    if (medium.size() < end) medium.resize(end, m_random.percent(50) ? '\0' : '\xA5');
    for (auto at = change.at; at < end;) {
        const auto next = std::min((at / sectorBytes + 1) * sectorBytes, end);
        if (!torn || m_random.percent(50))
            medium.replace(at, next - at, change.bytes, at - change.at, next - at);
        at = next;
    }
}

/// Of what was not synced: nothing, all of it, what came before some moment, or any of it, some of it torn.
void Disk::settle(Inode& file) {
    enum { nothing, everything, theFirst, any };
    const auto kept = m_random.below(4);
    const auto count = static_cast<std::int64_t>(file.unsynced.size());
    const auto first = m_random.below(count + 1);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto& change = file.unsynced[static_cast<std::size_t>(i)];
        const bool stays =
            kept == everything || (kept == theFirst && i <= first) || (kept == any && m_random.percent(60));
        const bool torn = (kept == theFirst && i == first) || (kept == any && m_random.percent(30));
        if (kept != nothing && stays) apply(file.safe, change, torn);
    }
    file.now = file.safe;
    file.unsynced.clear();
}

void Disk::restorePower() {
    std::set<std::string> names;
    for (const auto* folder : {&m_now, &m_safe})
        for (const auto& [name, file] : *folder)
            names.insert(name);
    std::map<std::string, File> left;
    for (const auto& name : names) {
        const auto& folder = m_random.percent(50) ? m_now : m_safe;
        const auto found = folder.find(name);
        if (found != folder.end()) left.insert(*found);
    }
    for (const auto& [name, file] : left)
        settle(*file);
    m_now = m_safe = std::move(left);
    m_isOut = false;
    m_left = 0;
}

}  // namespace stepwell::simulation
