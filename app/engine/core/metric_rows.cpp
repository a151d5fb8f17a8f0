#include "app/engine/core/metric_rows.h"

namespace stepwell::engine {

namespace {

constexpr std::array<std::string_view, metricEvents> eventWords = {
    "WORKFLOW_QUEUED",
    "WORKFLOW_START",
    "WORKFLOW_SUCCESS",
    "WORKFLOW_FAILURE",
    "WORKFLOW_TERMINATED",
    "STEP_START",
    "STEP_SUCCESS",
    "STEP_FAILURE",
    "SLEEP_START",
    "SLEEP_COMPLETE",
    "ATTEMPT_START",
    "ATTEMPT_SUCCESS",
    "ATTEMPT_FAILURE",
    "",
    "WAIT_START",
    "WAIT_COMPLETE",
    "WAIT_TIMED_OUT",
    "ROLLBACK_START",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "ROLLBACK_STEP_START",
    "ROLLBACK_STEP_SUCCESS",
    "ROLLBACK_STEP_FAILURE",
    "ROLLBACK_ATTEMPT_START",
    "ROLLBACK_ATTEMPT_SUCCESS",
    "ROLLBACK_ATTEMPT_FAILURE",
};

// How a word begins: a text follows, it is that of the row before, or it is an event and this much above.
constexpr std::uint64_t textFollows = 0;
constexpr std::uint64_t sameWord = 1;
constexpr std::uint64_t firstEvent = 2;

void putNumber(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

/// Small numbers of either sign in few bytes.
std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace

std::string_view wordOf(MetricEvent event) {
    const auto number = static_cast<std::size_t>(event);
    return number < eventWords.size() ? eventWords[number] : std::string_view{};
}

std::string_view hostOfUrl(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
    return url;
}

MetricRows& MetricRows::row(MetricTable table, api::Time time) {
    const std::int64_t now = time.time_since_epoch().count();
    m_table = static_cast<std::size_t>(table);
    m_column = 0;
    m_bytes.push_back(static_cast<char>(table));
    putNumber(m_bytes, zigzag(now - m_time));
    m_time = now;
    ++m_rows;
    return *this;
}

MetricRows& MetricRows::word(std::string_view text) {
    auto& last = m_last[m_table][m_column++];
    if (last.isKnown && last.text == text) {
        putNumber(m_bytes, sameWord);
        return *this;
    }
    last.isKnown = true;
    last.text = text;
    putNumber(m_bytes, textFollows);
    putNumber(m_bytes, text.size());
    m_bytes += text;
    return *this;
}

MetricRows& MetricRows::word(MetricEvent event) {
    ++m_column;
    putNumber(m_bytes, firstEvent + static_cast<std::uint64_t>(event));
    return *this;
}

MetricRows& MetricRows::integer(std::int64_t value) {
    ++m_column;
    putNumber(m_bytes, zigzag(value));
    return *this;
}

void MetricRows::clear() {
    m_bytes.clear();
    m_rows = 0;
    m_time = 0;
    for (auto& table : m_last)
        for (auto& last : table)
            last.isKnown = false;
}

std::string MetricRows::take() {
    auto bytes = std::move(m_bytes);
    clear();
    return bytes;
}

bool MetricReader::next() {
    if (m_rest.empty() || !m_ok) return false;
    const auto table = static_cast<std::uint8_t>(m_rest.front());
    m_rest.remove_prefix(1);
    if (table >= metricTables) {
        fail();
        return false;
    }
    m_table = static_cast<MetricTable>(table);
    m_time = static_cast<std::int64_t>(static_cast<std::uint64_t>(m_time) +
                                       static_cast<std::uint64_t>(unzigzag(number())));
    return m_ok;
}

MetricReader::Word MetricReader::word() {
    const auto how = number();
    if (how == sameWord) return {true, {}};
    if (how == textFollows) {
        const auto size = number();
        if (size > m_rest.size()) {
            fail();
            return {};
        }
        const auto text = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
        return {false, text};
    }
    if (how - firstEvent >= metricEvents) {
        fail();
        return {};
    }
    return {false, eventWords[how - firstEvent]};
}

std::int64_t MetricReader::integer() {
    return unzigzag(number());
}

std::uint64_t MetricReader::number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (m_rest.empty()) break;
        const auto byte = static_cast<std::uint8_t>(m_rest.front());
        m_rest.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    fail();
    return 0;
}

void MetricReader::fail() {
    m_ok = false;
    m_rest = {};
}

}  // namespace stepwell::engine
