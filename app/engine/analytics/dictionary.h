#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stepwell::engine::analytics {

/// Words of rollups by small numbers, up to a bound. Any thread may look words up; one adds and releases
/// them.
class Dictionary {
  public:
    static constexpr std::uint32_t none = 0;   ///< no word: the lead of what has no lead
    static constexpr std::uint32_t other = 1;  ///< `otherWord`, and every word beyond the bound
    static constexpr std::size_t mostWords = 200'000;

    Dictionary();
    using Words = std::vector<std::pair<std::uint32_t, std::string>>;
    /// Words as they are stored, by growing numbers.
    void load(const Words& words);

    /// The number of a word, which is added if there is room; otherwise `other`.
    std::uint32_t add(std::string_view text);
    std::optional<std::uint32_t> find(std::string_view text) const;
    std::string text(std::uint32_t id) const;  ///< empty for a number that stands for nothing
    std::size_t size() const;                  ///< numbers below it may be taken
    std::size_t words() const;                 ///< so many are
    bool isFull() const { return words() >= mostWords; }

    /// Words that are not stored yet.
    const std::vector<std::uint32_t>& unstored() const { return m_unstored; }
    void stored() { m_unstored.clear(); }

    /// Forgets words that no rollup has, `isUsed` by number, if none had them the last time either: in
    /// between lie hours, so that no snapshot knows them. Answers their numbers, which are given to others.
    std::vector<std::uint32_t> release(const std::vector<bool>& isUsed);

  private:
    std::uint32_t put(std::uint32_t id, std::string_view text);

    mutable std::shared_mutex m_mutex;
    std::deque<std::string> m_texts;                                ///< guarded by m_mutex; never move
    std::unordered_map<std::string_view, std::uint32_t> m_numbers;  ///< guarded by m_mutex
    std::vector<std::uint32_t> m_free;      ///< guarded by m_mutex; numbers without a word
    std::vector<std::uint32_t> m_unstored;  ///< of the thread that adds
    std::vector<bool> m_unused;             ///< the same; as of the last release
};

}  // namespace stepwell::engine::analytics
