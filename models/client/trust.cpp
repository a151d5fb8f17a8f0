#include "models/client/trust.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace stepwell::client {

namespace {

struct Entry {
    std::vector<std::pair<int, Trust>> live;  ///< by number, the newest last
    Trust last;                               ///< of when there was one; holds while there is none
};

struct Book {
    std::mutex mutex;
    std::map<std::string, Entry> entries;  // guarded by mutex; by account
    int numbers = 0;                       // guarded by mutex
};

Book& book() {
    static Book instance;
    return instance;
}

std::string keyOf(std::string apiBase, const std::string& account) {
    while (apiBase.ends_with('/'))
        apiBase.pop_back();
    return apiBase + '\n' + account;
}

/// How much it demands: a pin more than an authority, and that more than nothing.
int demandOf(const Trust& trust) {
    return (trust.pinnedKey.empty() ? 0 : 2) + (trust.caFile.empty() ? 0 : 1);
}

Trust strictest(const Entry& entry) {
    if (entry.live.empty()) return entry.last;
    const Trust* best = &entry.live.front().second;
    for (const auto& [number, trust] : entry.live)
        if (demandOf(trust) >= demandOf(*best)) best = &trust;
    return *best;
}

}  // namespace

bool isPin(std::string_view text) {
    constexpr std::string_view start = "sha256//";
    constexpr std::size_t digits = 43;
    if (!text.starts_with(start) || text.size() != start.size() + digits + 1 || text.back() != '=')
        return false;
    const auto base64 = text.substr(start.size(), digits);
    return std::all_of(base64.begin(), base64.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
               c == '/';
    });
}

TrustOfAccount::TrustOfAccount(const std::string& apiBase, const std::string& account, Trust trust)
    : m_key(keyOf(apiBase, account)) {
    const std::lock_guard lock(book().mutex);
    m_number = ++book().numbers;
    book().entries[m_key].live.emplace_back(m_number, std::move(trust));
}

TrustOfAccount::~TrustOfAccount() {
    const std::lock_guard lock(book().mutex);
    auto& entry = book().entries[m_key];
    entry.last = strictest(entry);
    std::erase_if(entry.live, [this](const auto& one) { return one.first == m_number; });
    if (entry.live.empty() && demandOf(entry.last) == 0) book().entries.erase(m_key);
}

Trust trustFor(const std::string& apiBase, const std::string& account) {
    const std::lock_guard lock(book().mutex);
    const auto found = book().entries.find(keyOf(apiBase, account));
    return found == book().entries.end() ? Trust{} : strictest(found->second);
}

}  // namespace stepwell::client
