#pragma once

#include "app/engine/analytics/bytes.h"

#include <optional>

namespace stepwell::engine::analytics {

/// Quantiles of numbers within a relative error of 1 %, in little room, of any number of them; sketches of
/// parts add up to that of the whole. Source: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable
/// Quantile Sketch with Relative-Error Guarantees", PVLDB 12(12), 2019. Numbers are integers from 0 up, so
/// that the buckets are bounded by themselves, and none is ever collapsed.
namespace sketch {
inline constexpr double relativeError = 0.01;
/// Buckets by growing numbers: bucket 0 holds the zeros, bucket i + 1 the numbers in (g^(i-1), g^i], with g =
/// (1 + relativeError) / (1 - relativeError).
inline constexpr std::size_t buckets = 2'200;
std::uint16_t bucketOf(std::int64_t value);  ///< of values below 0, that of 0
double middleOf(std::uint16_t bucket);       ///< at most 1 % from every number in it
}  // namespace sketch

/// A sketch as it is kept: buckets that hold something, in order.
class Sketch {
  public:
    void add(std::uint16_t bucket, std::uint64_t count = 1);
    void merge(const Sketch& other);
    bool empty() const { return m_entries.empty(); }
    void write(std::string& out) const;
    /// Adds what `write` wrote; false when it did not.
    bool mergeFrom(std::string_view bytes);

  private:
    struct Entry {
        std::uint16_t bucket;
        std::uint64_t count;
    };
    std::vector<Entry> m_entries;
};

/// A sketch to add many others to.
class SketchSum {
  public:
    void add(std::uint16_t bucket, std::uint64_t count = 1) {
        if (bucket < m_first || bucket >= m_first + m_counts.size()) widen(bucket);
        m_counts[bucket - m_first] += count;
        m_total += count;
    }
    /// What Sketch::write wrote; false when it did not.
    bool add(std::string_view bytes);
    std::uint64_t total() const { return m_total; }
    /// The smallest number of which at least the share `q` is not greater, as in the paper: that of rank
    /// floor(q * (n - 1)), counted from 0.
    std::optional<double> quantile(double q) const;
    /// The same for each of `shares`, in one go where they grow; nothing is added when there are no numbers.
    void quantiles(std::span<const double> shares, std::vector<double>& values) const;

  private:
    void widen(std::size_t bucket);

    std::size_t m_first = 0;  ///< bucket of the first count
    std::vector<std::uint64_t> m_counts;
    std::uint64_t m_total = 0;
};

}  // namespace stepwell::engine::analytics
