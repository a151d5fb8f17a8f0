#include "app/engine/analytics/dictionary.h"

#include "app/engine/analytics/tables.h"

namespace stepwell::engine::analytics {

Dictionary::Dictionary() {
    m_texts.emplace_back();
    push(otherWord);
}

std::uint32_t Dictionary::push(std::string_view text) {
    const auto id = static_cast<std::uint32_t>(m_texts.size());
    m_texts.emplace_back(text);
    m_numbers.emplace(m_texts.back(), id);
    return id;
}

void Dictionary::load(std::vector<std::string> words) {
    const std::unique_lock lock(m_mutex);
    for (const auto& word : words)
        push(word);
    m_firstUnstored = static_cast<std::uint32_t>(m_texts.size());
}

std::uint32_t Dictionary::add(std::string_view text) {
    const std::unique_lock lock(m_mutex);
    const auto known = m_numbers.find(text);
    if (known != m_numbers.end()) return known->second;
    return m_texts.size() < mostWords ? push(text) : other;
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

}  // namespace stepwell::engine::analytics
