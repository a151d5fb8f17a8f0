#include "app/engine/store/reader_parts.h"

#include "app/engine/core/feed.h"

namespace stepwell::engine {

namespace {

/// Names of workflows and instances hold nothing that JSON escapes.
std::string field(const std::string& json, std::string_view key) {
    const auto at = json.find(key);
    if (at == std::string::npos) return {};
    const auto start = at + key.size();
    return json.substr(start, json.find('"', start) - start);
}

}  // namespace

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
    auto left = static_cast<std::int64_t>(share * static_cast<double>(total - 1)) + 1;
    for (const auto& [bucket, n] : buckets) {
        left -= n;
        if (left <= 0) return bucketDuration(bucket);
    }
    return bucketDuration(buckets.rbegin()->first);
}

void appendFeedLines(std::vector<FeedLine>& lines, std::int64_t first, Sequence cursor,
                     const std::string& text) {
    std::size_t start = 0;
    for (std::int64_t sequence = first; start < text.size(); ++sequence) {
        const auto end = text.find('\n', start);
        if (sequence > cursor.value) {
            FeedLine line;
            line.sequence = Sequence{sequence};
            line.json = text.substr(start, end - start);
            line.workflow = field(line.json, ",\"workflow\":\"");
            line.instance = field(line.json, ",\"instance\":\"");
            lines.push_back(std::move(line));
        }
        if (end == std::string::npos) break;
        start = end + 1;
    }
}

}  // namespace stepwell::engine
