#include "app/engine/store/reader_parts.h"

#include "app/engine/core/feed.h"

#include <cmath>

namespace stepwell::engine {

std::string likePattern(const std::string& search) {
    std::string pattern = "%";
    for (const char c : search) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

std::optional<api::Milliseconds> quantile(const std::map<int, std::int64_t>& buckets, double share) {
    std::int64_t total = 0;
    for (const auto& [bucket, n] : buckets)
        total += n;
    if (total == 0) return std::nullopt;
    // The nearest rank: of two runs the slower one is the p99.
    auto left = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(total)));
    for (const auto& [bucket, n] : buckets) {
        left -= n;
        if (left <= 0) return bucketDuration(bucket);
    }
    return bucketDuration(buckets.rbegin()->first);
}

}  // namespace stepwell::engine
