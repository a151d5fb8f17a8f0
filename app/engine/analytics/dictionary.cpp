#include "app/engine/analytics/dictionary.h"

#include "app/engine/analytics/tables.h"

#include <unordered_set>

namespace stepwell::engine::analytics {

Dictionary::Dictionary() {
    m_texts.emplace_back();
    put(other, otherWord);
}

std::uint32_t Dictionary::put(std::uint32_t id, std::string_view text) {
    if (id >= m_texts.size()) m_texts.resize(id + 1);
    m_texts[id] = text;
    m_numbers.emplace(m_texts[id], id);
    return id;
}

void Dictionary::load(const Words& words) {
    const std::unique_lock lock(m_mutex);
    auto next = other + 1;
    for (const auto& [id, text] : words) {
        if (id < next || id >= mostWords) continue;  // a damaged file
        for (; next < id; ++next)
            m_free.push_back(next);
        put(id, text);
        next = id + 1;
    }
}

std::uint32_t Dictionary::add(std::string_view text) {
    const std::unique_lock lock(m_mutex);
    const auto known = m_numbers.find(text);
    if (known != m_numbers.end()) return known->second;
    auto id = static_cast<std::uint32_t>(m_texts.size());
    if (!m_free.empty()) {
        id = m_free.back();
        m_free.pop_back();
    } else if (id >= mostWords) {
        return other;
    }
    m_unstored.push_back(id);
    return put(id, text);
}

std::vector<std::uint32_t> Dictionary::release(const std::vector<bool>& isUsed) {
    const std::unique_lock lock(m_mutex);
    std::vector<std::uint32_t> released;
    std::vector<bool> unused(m_texts.size(), false);
    const std::unordered_set<std::uint32_t> free(m_free.begin(), m_free.end());
    for (auto id = other + 1; id < m_texts.size(); ++id) {
        unused[id] = !free.contains(id) && (id >= isUsed.size() || !isUsed[id]);
        if (!unused[id] || id >= m_unused.size() || !m_unused[id]) continue;
        unused[id] = false;
        m_numbers.erase(m_texts[id]);
        m_texts[id].clear();
        m_free.push_back(id);
        released.push_back(id);
    }
    m_unused = std::move(unused);
    return released;
}

std::optional<std::uint32_t> Dictionary::find(std::string_view text) const {
    const std::shared_lock lock(m_mutex);
    const auto known = m_numbers.find(text);
    return known == m_numbers.end() ? std::nullopt : std::optional(known->second);
}

std::string Dictionary::text(std::uint32_t id) const {
    const std::shared_lock lock(m_mutex);
    return id < m_texts.size() ? m_texts[id] : std::string();
}

std::size_t Dictionary::size() const {
    const std::shared_lock lock(m_mutex);
    return m_texts.size();
}

std::size_t Dictionary::words() const {
    const std::shared_lock lock(m_mutex);
    return m_texts.size() - m_free.size();
}

}  // namespace stepwell::engine::analytics
