#include "app/engine/core/feed.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

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

void appendEscapedChar(std::string& out, char c) {
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    std::array<char, 8> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "\\u%04x",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += buffer.data();
}

}  // namespace

void appendJsonString(std::string& out, std::string_view text) {
    out += '"';
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, start, i - start);
        appendEscapedChar(out, text[i]);
        start = i + 1;
    }
    out.append(text, start, text.size() - start);
    out += '"';
}

FeedEvent::FeedEvent(Sequence sequence, std::string_view time, std::string_view type) {
    m_line.sequence = sequence;
    m_line.json.reserve(192);
    m_line.json = "{\"seq\":";
    m_line.json += std::to_string(sequence.value);
    text("time", time);
    text("type", type);
}

FeedEvent& FeedEvent::of(std::string_view workflow, std::string_view instance) {
    m_line.workflow = workflow;
    m_line.instance = instance;
    text("workflow", workflow);
    if (!instance.empty()) text("instance", instance);
    return *this;
}

FeedEvent& FeedEvent::step(const StepRow& row) {
    text("stepName", row.name + "-" + std::to_string(row.count));
    return number("stepIndex", row.index.value);
}

FeedEvent& FeedEvent::number(std::string_view key, std::int64_t value) {
    m_line.json += ",\"";
    m_line.json += key;
    m_line.json += "\":";
    m_line.json += std::to_string(value);
    return *this;
}

FeedEvent& FeedEvent::text(std::string_view key, std::string_view value) {
    m_line.json += ",\"";
    m_line.json += key;
    m_line.json += "\":";
    appendJsonString(m_line.json, value);
    return *this;
}

FeedEvent& FeedEvent::error(std::string_view name, std::string_view message) {
    m_line.json += ",\"error\":{\"name\":";
    appendJsonString(m_line.json, shortened(name, longestErrorInFeed));
    m_line.json += ",\"message\":";
    appendJsonString(m_line.json, shortened(message, longestErrorInFeed));
    m_line.json += '}';
    return *this;
}

FeedLine FeedEvent::take() {
    m_line.json += '}';
    return std::move(m_line);
}

int durationBucket(api::Milliseconds duration) {
    const double ms = std::max<double>(1.0, static_cast<double>(duration.count()));
    return static_cast<int>(std::floor(std::log(ms) / std::log(bucketBase)));
}

api::Milliseconds bucketDuration(int bucket) {
    return api::Milliseconds{std::llround(std::pow(bucketBase, bucket + 0.5))};
}

}  // namespace stepwell::engine
