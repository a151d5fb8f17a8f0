#include "app/engine/analytics/sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace stepwell::engine::analytics {

namespace sketch {

namespace {

constexpr double growth = (1 + relativeError) / (1 - relativeError);
/// Bits after the highest one that the first guess looks at: steps of less than a bucket.
constexpr int guessBits = 6;

/// A logarithm of each value would take longer than all else that is done with it.
struct Buckets {
    std::array<std::int64_t, buckets> greatest{};  ///< number in each
    std::array<std::uint16_t, std::size_t{64} << guessBits> guesses{};

    Buckets() {
        constexpr double most = 9.2e18;
        for (std::size_t i = 1; i < buckets; ++i) {
            const double end = std::floor(std::pow(growth, static_cast<double>(i - 1)));
            greatest[i] = end < most ? static_cast<std::int64_t>(end) : INT64_MAX;
        }
        std::uint16_t bucket = 1;
        for (std::size_t i = 0; i < guesses.size(); ++i) {
            const auto width = static_cast<int>(i >> guessBits);
            const auto bits = static_cast<std::uint64_t>(i) & ((1U << guessBits) - 1);
            const auto value = ((std::uint64_t{1} << guessBits | bits) << std::max(0, width - guessBits)) >>
                               std::max(0, guessBits - width);
            while (static_cast<std::uint64_t>(greatest[bucket]) < value && bucket + 1U < buckets)
                ++bucket;
            guesses[i] = bucket;
        }
    }
};

}  // namespace

std::uint16_t bucketOf(std::int64_t value) {
    static const Buckets all;
    if (value <= 0) return 0;
    const auto bits = static_cast<std::uint64_t>(value);
    const int width = std::bit_width(bits) - 1;
    const auto after = width >= guessBits ? bits >> (width - guessBits) : bits << (guessBits - width);
    auto bucket =
        all.guesses[static_cast<std::size_t>(width) << guessBits | (after & ((1U << guessBits) - 1))];
    while (all.greatest[bucket] < value)
        ++bucket;
    return bucket;
}

double middleOf(std::uint16_t bucket) {
    static const auto all = [] {
        std::array<double, buckets> middles{};
        for (std::size_t i = 1; i < buckets; ++i)
            middles[i] = 2 * std::pow(growth, static_cast<double>(i - 1)) / (growth + 1);
        return middles;
    }();
    return all[std::min<std::size_t>(bucket, buckets - 1)];
}

}  // namespace sketch

void Sketch::add(std::uint16_t bucket, std::uint64_t count) {
    const auto at = std::lower_bound(m_entries.begin(), m_entries.end(), bucket,
                                     [](const Entry& entry, std::uint16_t b) { return entry.bucket < b; });
    if (at != m_entries.end() && at->bucket == bucket)
        at->count += count;
    else
        m_entries.insert(at, {bucket, count});
}

void Sketch::merge(const Sketch& other) {
    if (other.m_entries.empty()) return;
    std::vector<Entry> merged;
    merged.reserve(m_entries.size() + other.m_entries.size());
    auto a = m_entries.begin();
    auto b = other.m_entries.begin();
    while (a != m_entries.end() || b != other.m_entries.end()) {
        if (b == other.m_entries.end() || (a != m_entries.end() && a->bucket < b->bucket))
            merged.push_back(*a++);
        else if (a == m_entries.end() || b->bucket < a->bucket)
            merged.push_back(*b++);
        else
            merged.push_back({a->bucket, a++->count + b++->count});
    }
    m_entries = std::move(merged);
}

/// For each bucket the distance from the one before; then how many it holds. Most hold one or two where there
/// are many cells, so the two share a byte: distance times four, and 1, 2, 3 or, with 0, a count that
/// follows.
void Sketch::write(std::string& out) const {
    ByteWriter writer(out);
    std::uint16_t last = 0;
    for (const auto& entry : m_entries) {
        const std::uint64_t distance = entry.bucket - last;
        last = entry.bucket;
        writer.number(distance << 2 | (entry.count < 4 ? entry.count : 0));
        if (entry.count >= 4) writer.number(entry.count);
    }
}

namespace {

template <class Take>
bool readEntries(std::string_view bytes, const Take& take) {
    ByteReader reader(bytes);
    std::uint64_t bucket = 0;
    while (!reader.atEnd()) {
        const auto head = reader.number();
        bucket += head >> 2;
        const auto count = (head & 3) != 0 ? head & 3 : reader.number();
        if (!reader.ok() || bucket >= sketch::buckets) return false;
        take(static_cast<std::uint16_t>(bucket), count);
    }
    return reader.ok();
}

}  // namespace

bool Sketch::mergeFrom(std::string_view bytes) {
    Sketch other;
    const bool ok = readEntries(bytes, [&other](std::uint16_t bucket, std::uint64_t count) {
        other.m_entries.push_back({bucket, count});
    });
    if (!ok) return false;
    if (m_entries.empty())
        m_entries = std::move(other.m_entries);
    else
        merge(other);
    return true;
}

/// Most of the time that percentiles take is spent here: what does not change is kept out of the loop.
bool SketchSum::add(std::string_view bytes) {
    auto* counts = m_counts.data();
    auto first = m_first;
    auto size = m_counts.size();
    std::uint64_t total = 0;
    const bool ok = readEntries(bytes, [&](std::uint16_t bucket, std::uint64_t count) {
        if (bucket - first >= size) {  // wraps below the first
            widen(bucket);
            counts = m_counts.data();
            first = m_first;
            size = m_counts.size();
        }
        counts[bucket - first] += count;
        total += count;
    });
    m_total += total;
    return ok;
}

std::optional<double> SketchSum::quantile(double q) const {
    std::vector<double> values;
    quantiles(std::span(&q, 1), values);
    return values.empty() ? std::nullopt : std::optional(values.front());
}

void SketchSum::quantiles(std::span<const double> shares, std::vector<double>& values) const {
    if (m_total == 0) return;
    std::size_t bucket = 0;
    std::uint64_t below = 0;  // numbers in the buckets before this one
    double last = 0;
    for (const auto share : shares) {
        if (share < last) {
            bucket = 0;
            below = 0;
        }
        last = share;
        const auto rank = static_cast<std::uint64_t>(
            std::floor(std::clamp(share, 0.0, 1.0) * static_cast<double>(m_total - 1)));
        while (bucket + 1 < m_counts.size() && below + m_counts[bucket] <= rank)
            below += m_counts[bucket++];
        values.push_back(sketch::middleOf(static_cast<std::uint16_t>(m_first + bucket)));
    }
}

/// By half at least, so that what grows in small steps is not copied each time.
void SketchSum::widen(std::size_t bucket) {
    constexpr std::size_t step = 32;
    const auto floor = bucket / step * step;
    if (m_counts.empty()) {
        m_first = floor;
        m_counts.resize(step);
    } else if (floor < m_first) {
        const auto more = std::min(m_first, std::max(m_first - floor, m_counts.size() / 2));
        m_counts.insert(m_counts.begin(), more, 0);
        m_first -= more;
    } else {
        m_counts.resize(std::max(floor + step - m_first, m_counts.size() + m_counts.size() / 2));
    }
}

}  // namespace stepwell::engine::analytics
