#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace stepwell::simulation {

/// Mixes bits well; also the hash that programs fold their results with.
constexpr std::uint64_t mixed(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
}

constexpr std::uint64_t folded(std::uint64_t seed, std::string_view text) {
    for (const char c : text)
        seed = mixed(seed ^ static_cast<unsigned char>(c));
    return mixed(seed);
}

/// Every draw of a run comes from here, so that a seed tells the whole run, on every machine.
class Random {
  public:
    explicit Random(std::uint64_t seed)
        : m_state(mixed(seed)) {}

    std::uint64_t next() { return mixed(m_state++); }
    /// 0 to bound - 1; 0 when bound is not positive.
    std::int64_t below(std::int64_t bound) {
        return bound <= 0 ? 0 : static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
    }
    std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
    bool percent(int chance) { return below(100) < chance; }
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[static_cast<std::size_t>(below(static_cast<std::int64_t>(from.size())))];
    }

  private:
    std::uint64_t m_state;
};

}  // namespace stepwell::simulation
