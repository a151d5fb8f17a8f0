#include "app/engine/core/metric_rows.h"

#include <cstring>

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

// How a word begins: a text follows; in older rows, it is that of the row before; it is an event and this
// much above; the bytes of a UUID follow; or it is a word that was there and this much above.
constexpr std::uint64_t textFollows = 0;
constexpr std::uint64_t sameWord = 1;
constexpr std::uint64_t firstEvent = 2;
constexpr std::uint64_t uuidFollows = firstEvent + metricEvents;
constexpr std::uint64_t firstWord = uuidFollows + 1;

// How a row begins: with its table, and one of these.
constexpr std::uint8_t hasChanges = 0x20;  ///< two bytes follow: which columns are not as before
constexpr std::uint8_t isSameTime = 0x10;
constexpr std::uint8_t tableBits = 0x0F;
/// Instead of a row: words are numbered anew, and nothing is as before.
constexpr std::uint8_t forgetAll = 0x40;

/// Words by number, until all are forgotten.
constexpr std::size_t mostWordsKept = 8'192;
constexpr std::size_t mostBytesKept = 1U << 20;

/// Stands for words that are not found by their text: no word is so, as it is no UTF-8.
constexpr std::string_view noText = "\xFF";

constexpr std::size_t uuidText = 36;

bool isDash(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::size_t hashOf(std::string_view text) {
    std::uint64_t hash = text.size();
    const auto mix = [&](std::size_t at, std::size_t size) {
        std::uint64_t piece = 0;
        // An empty text may have no address, and memcpy wants one.
        if (size > 0) std::memcpy(&piece, text.data() + at, size);
        hash = (hash ^ piece) * 0x9E3779B97F4A7C15;
        hash ^= hash >> 29;
    };
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8)
        mix(at, 8);
    mix(at, text.size() - at);
    return static_cast<std::size_t>(hash >> 20);
}

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

/// Nothing is written unless the text is a lowercase UUID.
bool packUuid(std::string_view text, std::string& out) {
    if (text.size() != uuidText || text[8] != '-') return false;
    const auto start = out.size();
    for (std::size_t i = 0; i < uuidText;) {
        const bool isSeparated = isDash(i);
        if (isSeparated && text[i] == '-') {
            ++i;
            continue;
        }
        const int high = hexDigit(text[i]);
        const int low = i + 1 < uuidText ? hexDigit(text[i + 1]) : -1;
        if (isSeparated || high < 0 || low < 0) {
            out.resize(start);
            return false;
        }
        out.push_back(static_cast<char>(high << 4 | low));
        i += 2;
    }
    return true;
}

std::string unpackUuid(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(uuidText);
    for (const char c : bytes) {
        if (isDash(text.size())) text.push_back('-');
        const auto byte = static_cast<std::uint8_t>(c);
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 0xF]);
    }
    return text;
}

MetricRows& MetricRows::row(MetricTable table, api::Time time) {
    if (m_wordCount >= mostWordsKept || m_wordBytes >= mostBytesKept) {
        m_bytes.push_back(static_cast<char>(forgetAll));
        forget();
    }
    const std::int64_t now = time.time_since_epoch().count();
    m_table = static_cast<std::size_t>(table);
    m_column = 0;
    const auto sameness = now == m_time ? isSameTime : std::uint8_t{0};
    m_bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(table) | hasChanges | sameness));
    m_changesAt = m_bytes.size();
    m_bytes.append(2, 0);
    if (now != m_time) putNumber(m_bytes, zigzag(now - m_time));
    m_time = now;
    ++m_rows;
    return *this;
}

/// Otherwise the row says that this column is not, and its value must follow.
bool MetricRows::isAsBefore(std::uint64_t value) {
    auto& last = m_last[m_table][m_column];
    const auto column = m_column++;
    if (last.isKnown && last.value == value) return true;
    last = {value, true};
    auto& changes = m_bytes[m_changesAt + column / 8];
    changes = static_cast<char>(static_cast<std::uint8_t>(changes) | 1U << column % 8);
    return false;
}

/// The word as it is written, or `textFollows`.
std::uint64_t MetricRows::known(std::string_view text) {
    const auto isAt = [&](std::uint64_t at) { return at < m_wordCount && m_words[at] == text; };
    const auto& last = m_last[m_table][m_column];
    if (last.isKnown && last.value >= firstWord && isAt(last.value - firstWord)) return last.value;
    const std::uint64_t at = m_seen[hashOf(text) % m_seen.size()];
    return isAt(at) ? firstWord + at : textFollows;
}

namespace {

void writeText(std::string_view text, std::string& out) {
    const auto start = out.size();
    putNumber(out, uuidFollows);
    if (packUuid(text, out)) return;
    out.resize(start);
    putNumber(out, textFollows);
    putNumber(out, text.size());
    out += text;
}

}  // namespace

void MetricWord::set(std::string_view text) {
    m_written.clear();
    writeText(text, m_written);
}

/// The number of the next word.
std::size_t MetricRows::add(std::string_view text) {
    if (m_wordCount == m_words.size()) m_words.emplace_back();
    m_words[m_wordCount] = text;
    m_wordBytes += text.size();
    return m_wordCount++;
}

MetricRows& MetricRows::word(std::string_view text) {
    const auto code = known(text);
    if (code != textFollows) {
        if (!isAsBefore(code)) putNumber(m_bytes, code);
        return *this;
    }
    isAsBefore(firstWord + m_wordCount);
    m_seen[hashOf(text) % m_seen.size()] = static_cast<std::uint32_t>(add(text));
    writeText(text, m_bytes);
    return *this;
}

MetricRows& MetricRows::word(MetricWord& word) {
    if (word.m_chunk == m_chunk) {
        const auto code = firstWord + word.m_number;
        if (!isAsBefore(code)) putNumber(m_bytes, code);
        return *this;
    }
    word.m_chunk = m_chunk;
    word.m_number = add(noText);
    isAsBefore(firstWord + word.m_number);
    m_bytes += word.m_written;
    return *this;
}

MetricRows& MetricRows::word(MetricEvent event) {
    const auto code = firstEvent + static_cast<std::uint64_t>(event);
    if (!isAsBefore(code)) putNumber(m_bytes, code);
    return *this;
}

MetricRows& MetricRows::integer(std::int64_t value) {
    const auto code = zigzag(value);
    if (!isAsBefore(code)) putNumber(m_bytes, code);
    return *this;
}

void MetricRows::forget() {
    m_wordCount = 0;
    m_wordBytes = 0;
    ++m_chunk;
    for (auto& table : m_last)
        for (auto& last : table)
            last.isKnown = false;
}

void MetricRows::clear() {
    m_bytes.clear();
    m_rows = 0;
    m_time = 0;
    forget();
}

std::string MetricRows::take() {
    auto bytes = std::move(m_bytes);
    clear();
    m_words.clear();
    return bytes;
}

bool MetricReader::next() {
    if (m_rest.empty() || !m_ok) return false;
    auto head = static_cast<std::uint8_t>(m_rest.front());
    m_rest.remove_prefix(1);
    if (head == forgetAll) {
        m_firstWord = m_words.size();
        if (m_rest.empty()) return false;
        head = static_cast<std::uint8_t>(m_rest.front());
        m_rest.remove_prefix(1);
    }
    const auto table = head & tableBits;
    const bool isOld = head == table;
    if (table >= static_cast<int>(metricTables) || (!isOld && (head & hasChanges) == 0) ||
        head > (hasChanges | isSameTime | tableBits) || (!isOld && m_rest.size() < 2)) {
        fail();
        return false;
    }
    m_table = static_cast<MetricTable>(table);
    m_column = 0;
    m_changes = UINT32_MAX;
    if (!isOld) {
        m_changes = static_cast<std::uint8_t>(m_rest[0]) |
                    static_cast<std::uint32_t>(static_cast<std::uint8_t>(m_rest[1])) << 8;
        m_rest.remove_prefix(2);
    }
    if ((head & isSameTime) == 0)
        m_time = static_cast<std::int64_t>(static_cast<std::uint64_t>(m_time) +
                                           static_cast<std::uint64_t>(unzigzag(number())));
    return m_ok;
}

bool MetricReader::isAsBefore() {
    return (m_changes >> m_column & 1) == 0;
}

MetricReader::Word MetricReader::word() {
    if (m_column >= mostMetricColumns) fail();
    if (!m_ok) return {};
    auto& last = m_lastWords[static_cast<std::size_t>(m_table)][m_column];
    if (!isAsBefore()) {
        const auto code = number();
        if (code != sameWord) last = wordOfCode(code);
    }
    ++m_column;
    return m_ok ? last : Word{};
}

MetricReader::Word MetricReader::wordOfCode(std::uint64_t code) {
    if (code == uuidFollows) return add(uuidBytes, true);
    if (code == textFollows) return add(number(), false);
    if (code < uuidFollows) {
        const auto event = static_cast<std::uint32_t>(code - firstEvent);
        return {event, false, eventWords[event]};
    }
    const auto at = code - firstWord;
    if (at >= m_words.size() - m_firstWord) {
        fail();
        return {};
    }
    return m_words[m_firstWord + static_cast<std::size_t>(at)];
}

MetricReader::Word MetricReader::add(std::uint64_t size, bool isUuid) {
    if (!m_ok || size > m_rest.size()) {
        fail();
        return {};
    }
    m_words.push_back(
        {static_cast<std::uint32_t>(metricEvents + m_words.size()), isUuid, m_rest.substr(0, size)});
    m_rest.remove_prefix(size);
    return m_words.back();
}

std::int64_t MetricReader::integer() {
    if (m_column >= mostMetricColumns) fail();
    if (!m_ok) return 0;
    auto& last = m_lastIntegers[static_cast<std::size_t>(m_table)][m_column];
    if (!isAsBefore()) last = unzigzag(number());
    ++m_column;
    return m_ok ? last : 0;
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
