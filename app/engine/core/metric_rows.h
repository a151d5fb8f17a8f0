#pragma once

#include "models/api/time.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Rows for analytics, as a turn notes them: see app/engine/analytics/tables.h for what they mean.
namespace stepwell::engine {

/// The numbers are stored and never change.
enum class MetricTable : std::uint8_t {
    workflowEvents = 0,
    queueWait = 1,
    queueDepth = 2,
    blocked = 3,
    invocations = 4,
    siteRequests = 5,
    subrequests = 6,
};
inline constexpr std::size_t metricTables = 7;
inline constexpr std::size_t mostMetricColumns = 16;  ///< of a table

/// The numbers are those of the original engine's log where it has them; stored.
enum class MetricEvent : std::uint8_t {
    workflowQueued = 0,
    workflowStart = 1,
    workflowSuccess = 2,
    workflowFailure = 3,
    workflowTerminated = 4,
    stepStart = 5,
    stepSuccess = 6,
    stepFailure = 7,
    sleepStart = 8,
    sleepComplete = 9,
    attemptStart = 10,
    attemptSuccess = 11,
    attemptFailure = 12,
    waitStart = 14,
    waitComplete = 15,
    waitTimedOut = 16,
    rollbackStart = 17,
    rollbackComplete = 18,
    rollbackFailed = 19,
    rollbackStepStart = 20,
    rollbackStepSuccess = 21,
    rollbackStepFailure = 22,
    rollbackAttemptStart = 23,
    rollbackAttemptSuccess = 24,
    rollbackAttemptFailure = 25,
};
inline constexpr std::size_t metricEvents = 26;
/// What something has taken until it ended, in microseconds; -1: it has not ended.
struct MetricSpent {
    std::int64_t wall = -1;
    std::int64_t cpu = -1;
};
/// "STEP_SUCCESS"; empty for a number that stands for nothing.
std::string_view wordOf(MetricEvent event);

/// "example.com:8080" of "https://user@example.com:8080/path".
std::string_view hostOfUrl(std::string_view url);

/// A word that is noted again and again: it is taken apart once, and found without being compared. Of one
/// MetricRows.
class MetricWord {
  public:
    bool isSet() const { return !m_written.empty(); }
    void set(std::string_view text);

  private:
    friend class MetricRows;
    std::string m_written;  ///< how it begins in the bytes
    std::uint64_t m_chunk = 0;
    std::uint64_t m_number = 0;  ///< in that chunk
};

/// Rows one behind the other, in few bytes: a row names the columns that are not as in the row of its table
/// before, and a word that was there already, its number. A row is `row`, then its columns in order.
class MetricRows {
  public:
    /// `time` is when what the row tells began, or happened.
    MetricRows& row(MetricTable table, api::Time time);
    MetricRows& word(std::string_view text);
    MetricRows& word(MetricEvent event);
    MetricRows& word(MetricWord& word);
    MetricRows& integer(std::int64_t value);  ///< -1: no value

    std::int64_t count() const { return m_rows; }
    const std::string& bytes() const { return m_bytes; }
    void clear();
    std::string take();  ///< the bytes, and nothing is left

  private:
    /// What a column had in the row before: a number, or a word as it is written.
    struct Last {
        std::uint64_t value = 0;
        bool isKnown = false;
    };
    bool isAsBefore(std::uint64_t value);
    std::uint64_t known(std::string_view text);
    std::size_t add(std::string_view text);
    void forget();

    std::string m_bytes;
    std::int64_t m_rows = 0;
    std::int64_t m_time = 0;
    std::size_t m_table = 0;
    std::size_t m_column = 0;
    std::size_t m_changesAt = 0;  ///< where the row says which of its columns are not as before
    std::vector<std::string> m_words;
    std::size_t m_wordCount = 0;              ///< of m_words, those that are valid
    std::size_t m_wordBytes = 0;              ///< of these
    std::uint64_t m_chunk = 1;                ///< words of another one have other numbers
    std::array<std::uint32_t, 512> m_seen{};  ///< numbers of words by a hash; each may be any number
    std::array<std::array<Last, mostMetricColumns>, metricTables> m_last;
};

/// Reads what MetricRows wrote, column by column, in the same order. After the first thing that cannot be,
/// `ok` is false and everything is empty.
class MetricReader {
  public:
    explicit MetricReader(std::string_view bytes)
        : m_rest(bytes) {}

    bool next();  ///< to the next row; false at the end, and when something is wrong
    bool ok() const { return m_ok; }
    MetricTable table() const { return m_table; }
    api::Time time() const { return api::Time{api::Milliseconds{m_time}}; }

    /// Words with the same number are the same; the text lives as long as the bytes.
    struct Word {
        std::uint32_t number = 0;
        bool isUuid = false;  ///< the text is its 16 bytes
        std::string_view text;
    };
    Word word();
    std::int64_t integer();

  private:
    std::uint64_t number();
    Word add(std::uint64_t size, bool isUuid);
    Word wordOfCode(std::uint64_t code);
    bool isAsBefore();
    void fail();

    std::string_view m_rest;
    MetricTable m_table = MetricTable::workflowEvents;
    std::int64_t m_time = 0;
    std::size_t m_column = 0;
    std::uint32_t m_changes = 0;  ///< a bit for each column; all of a row as older versions wrote it
    std::vector<Word> m_words;
    std::size_t m_firstWord = 0;  ///< those before it have been forgotten
    std::array<std::array<Word, mostMetricColumns>, metricTables> m_lastWords{};
    std::array<std::array<std::int64_t, mostMetricColumns>, metricTables> m_lastIntegers{};
    bool m_ok = true;
};

/// The 16 bytes of a lowercase UUID at the end of `out`; nothing is written unless the text is one.
bool packUuid(std::string_view text, std::string& out);
std::string unpackUuid(std::string_view bytes);
inline constexpr std::size_t uuidBytes = 16;

}  // namespace stepwell::engine
