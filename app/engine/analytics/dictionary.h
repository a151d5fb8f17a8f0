#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stepwell::engine::analytics {

/// Words of rollups by small numbers. Grows up to a bound and never forgets. Any thread may look words up;
/// one adds them.
class Dictionary {
  public:
    static constexpr std::uint32_t none = 0;   ///< no word: the lead of what has no lead
    static constexpr std::uint32_t other = 1;  ///< `otherWord`, and every word beyond the bound
    static constexpr std::size_t mostWords = 200'000;

    Dictionary();
    /// Words as they are stored, in order of their numbers from `other` + 1 on.
    void load(std::vector<std::string> words);

    /// The number of a word, which is added if there is room; otherwise `other`.
    std::uint32_t add(std::string_view text);
    std::optional<std::uint32_t> find(std::string_view text) const;
    std::string text(std::uint32_t id) const;  ///< empty for a number that stands for nothing
    std::size_t size() const;                  ///< numbers below it are taken

    /// Words from this number on are not stored yet.
    std::uint32_t firstUnstored() const { return m_firstUnstored; }
    void stored(std::size_t size) { m_firstUnstored = static_cast<std::uint32_t>(size); }

  private:
    std::uint32_t push(std::string_view text);

    mutable std::shared_mutex m_mutex;
    std::deque<std::string> m_texts;                                ///< guarded by m_mutex; never move
    std::unordered_map<std::string_view, std::uint32_t> m_numbers;  ///< guarded by m_mutex
    std::uint32_t m_firstUnstored = other + 1;                      ///< of the thread that adds
};

}  // namespace stepwell::engine::analytics
