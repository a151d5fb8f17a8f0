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

/// Rows one behind the other, in few bytes: a word that the row before had in the same column takes one byte.
/// A row is `row`, then its columns in order.
class MetricRows {
  public:
    /// `time` is when what the row tells began, or happened.
    MetricRows& row(MetricTable table, api::Time time);
    MetricRows& word(std::string_view text);
    MetricRows& word(MetricEvent event);
    MetricRows& integer(std::int64_t value);  ///< -1: no value

    std::int64_t count() const { return m_rows; }
    const std::string& bytes() const { return m_bytes; }
    void clear();
    std::string take();  ///< the bytes, and nothing is left

  private:
    struct Last {
        std::string text;
        bool isKnown = false;
    };
    std::string m_bytes;
    std::int64_t m_rows = 0;
    std::int64_t m_time = 0;
    std::size_t m_table = 0;
    std::size_t m_column = 0;
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

    /// A word: the same as that of the row before in this column, or another one.
    struct Word {
        bool isSame = false;
        std::string_view text;  ///< empty when it is the same
    };
    Word word();
    std::int64_t integer();

  private:
    std::uint64_t number();
    void fail();

    std::string_view m_rest;
    MetricTable m_table = MetricTable::workflowEvents;
    std::int64_t m_time = 0;
    bool m_ok = true;
};

}  // namespace stepwell::engine
