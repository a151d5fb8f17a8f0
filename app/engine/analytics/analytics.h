#pragma once

#include "app/engine/analytics/query.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>

namespace stepwell::engine::analytics {

struct AnalyticsOptions {
    std::filesystem::path database;  ///< analytics.db
    std::filesystem::path log;       ///< the engine's database with its metric_log; may be empty
    std::chrono::hours keepRows{31 * 24};
    /// Rows of the log from which on they are folded at once; otherwise after `foldAfter`.
    std::int64_t foldRows = 131'072;
    std::chrono::milliseconds foldAfter{60'000};
    /// Rows that are folded at once from which on rollups are made of them in the same go, so that they are
    /// written once.
    std::int64_t directRows = 65'536;
    /// Folded rows from which on rollups are made of them at once; otherwise after `rollAfter`.
    std::int64_t rollRows = 262'144;
    std::chrono::milliseconds rollAfter{900'000};
    /// Words of rollups from which on it is looked for those that none has any more.
    std::int64_t mostIdleWords = 50'000;
    /// Is called with problems and with an empty text when they are over. Any thread.
    std::function<void(const std::string& message)> onProblem = {};
};

/// Stands for no value of a measure.
inline constexpr std::int64_t noValue = -1;

/// A row that belongs to no transaction of the engine, in the order of the table's columns. `time` is when it
/// began.
struct DirectRow {
    TableId table = TableId::siteRequests;
    api::Time time{};
    std::span<const std::string_view> words;  ///< of the word columns, in order
    std::span<const std::int64_t> integers;   ///< of the other columns, in order, or `noValue`
};

/// Keeps what the engine counts: a database of its own and one thread, which sleeps while nothing comes. All
/// calls from any thread.
class Analytics {
  public:
    /// Opens or creates the database; what is wrong with it is told with its name and a remedy. What is in
    /// the log by now must be durable.
    static api::Result<std::unique_ptr<Analytics>> open(AnalyticsOptions options);
    virtual ~Analytics() = default;  ///< folds what waits

    /// The log has durable rows up to this one.
    virtual void logGrew(std::int64_t sequence, std::int64_t rows) = 0;
    /// Rows of the log up to this one are folded, durably, and can go.
    virtual std::int64_t folded() const = 0;
    /// Costs the caller some hundred nanoseconds. When rows come faster than they can be stored, some are
    /// dropped, and counted.
    virtual void record(const DirectRow& row) = 0;
    virtual std::int64_t dropped() const = 0;

    virtual api::Result<std::unique_ptr<Snapshot>> snapshot() = 0;
    /// Folds, rolls and drops what is too old, now and on the caller's thread.
    virtual api::Result<void> settle(api::Time now) = 0;
};

}  // namespace stepwell::engine::analytics
