#include "app/engine/core/feed.h"

#include "models/api/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace stepwell::engine {

namespace {

constexpr double bucketBase = 1.1;
constexpr std::size_t longestErrorInFeed = 1'024;

/// Cuts on a UTF-8 boundary.
std::string_view shortened(std::string_view text, std::size_t longest) {
    if (text.size() <= longest) return text;
    while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0U) == 0x80U)
        --longest;
    return text.substr(0, longest);
}

void appendNumber(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

}  // namespace

FeedEvent::FeedEvent(Feed& feed, std::string_view type)
    : m_feed(&feed) {
    m_feed->lines += type;
}

FeedEvent& FeedEvent::step(const StepRow& row) {
    auto& out = m_feed->lines;
    out += ",\"stepName\":\"";
    api::appendJsonText(out, row.name);
    out += '-';
    appendNumber(out, row.count);
    out += '"';
    return number("stepIndex", row.index.value);
}

FeedEvent& FeedEvent::number(std::string_view key, std::int64_t value) {
    member(key);
    appendNumber(m_feed->lines, value);
    return *this;
}

FeedEvent& FeedEvent::text(std::string_view key, std::string_view value) {
    member(key);
    api::appendJsonString(m_feed->lines, value);
    return *this;
}

FeedEvent& FeedEvent::error(std::string_view name, std::string_view message) {
    auto& out = m_feed->lines;
    out += ",\"error\":{\"name\":";
    api::appendJsonString(out, shortened(name, longestErrorInFeed));
    out += ",\"message\":";
    api::appendJsonString(out, shortened(message, longestErrorInFeed));
    out += '}';
    return *this;
}

void FeedEvent::member(std::string_view key) {
    m_feed->lines += ",\"";
    m_feed->lines += key;
    m_feed->lines += "\":";
}

void FeedEvent::end() {
    m_feed->lines += '\n';
}

int durationBucket(api::Milliseconds duration) {
    const double ms = std::max<double>(1.0, static_cast<double>(duration.count()));
    return static_cast<int>(std::floor(std::log(ms) / std::log(bucketBase)));
}

api::Milliseconds bucketDuration(int bucket) {
    return api::Milliseconds{std::llround(std::pow(bucketBase, bucket + 0.5))};
}

}  // namespace stepwell::engine
