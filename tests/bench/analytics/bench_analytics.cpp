// Makes a month of history in DIR/data/analytics.db and measures storing it, its space, and queries without
// HTTP and GraphQL; with --plain also the same as plain SQL. Prints one JSON object per figure.
//   bench_analytics DIR [--events N] [--workflows N] [--plain N]     N: 0, or as many rows of plain SQL
#include "app/engine/analytics/snapshot.h"
#include "app/engine/analytics/writer.h"
#include "plain_sql.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::analytics;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t day = 86'400'000;
constexpr std::int64_t recent = 15 * 60'000;
constexpr int queryRounds = 200;

void print(const char* name, double value, const char* unit, const std::string& more = {}) {
    std::printf("{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"%s\"%s}\n", name, value, unit, more.c_str());
    std::fflush(stdout);
}

double userSeconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class T>
T orDie(api::Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
}

void orDie(const api::Result<void>& result) {
    if (result) return;
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
}

struct Options {
    fs::path folder;
    bench::HistoryOptions history;
    std::int64_t plain = 0;
};

/// The database while it is filled.
class Filler {
  public:
    explicit Filler(const Options& options)
        : m_options(options)
        , m_writer(settings(options), orDie(openAnalyticsDatabase(settings(options).database)), nullptr)
        , m_random(7) {
        orDie(m_writer.begin());
    }
    static AnalyticsOptions settings(const Options& options) {
        AnalyticsOptions asked;
        asked.database = options.folder / "data" / "analytics.db";
        return asked;
    }

    void add(const bench::HistoryEvent& event) {
        const bool isEnd = event.event == MetricEvent::stepSuccess || event.event == MetricEvent::stepFailure;
        const api::Time time{api::Milliseconds{event.time}};
        m_rows.row(MetricTable::workflowEvents, time)
            .word(bench::workflowName(event.workflow))
            .word(bench::instanceName(event.instance))
            .word(event.step == 0 ? std::string() : bench::stepName(event.workflow, event.step))
            .word(event.event)
            .integer(event.step)
            .integer(event.wall)
            .integer(event.cpu)
            .integer(event.isRetry ? 1 : 0)
            .integer(isEnd ? 1 : 0)
            .integer(isEnd ? 1 : 0);
        if (event.event == MetricEvent::workflowStart) bench::noteOthers(m_random, event.time, m_rows);
        ++m_events;
        m_time = event.time;
        if (m_rows.count() >= 65'536) store();
        if (m_isRecent || m_time < m_options.history.end - recent) return;
        // In an engine that runs, no row waits longer than this for being rolled.
        store();
        roll();
        m_isRecent = true;
    }

    void store() {
        m_all += m_rows.count();
        const auto before = userSeconds();
        std::vector<std::string> chunk{m_rows.take()};
        orDie(m_writer.fold(0, chunk, api::Time{api::Milliseconds{m_time}}));
        const auto folded = userSeconds();
        m_folding += folded - before;
        if (!m_isRecent && m_writer.unrolled() >= settings(m_options).rollRows) roll();
    }

    void roll() {
        const auto before = userSeconds();
        orDie(m_writer.roll(api::Time{api::Milliseconds{m_time}}));
        m_rolling += userSeconds() - before;
    }

    /// All but the last rows are rolled, as in an engine that runs.
    void finish() {
        store();
        orDie(m_writer.expire(api::Time{api::Milliseconds{m_time}}));
        const auto all = static_cast<double>(m_all);
        print("analytics.rows", all, "rows", ",\"workflowEvents\":" + std::to_string(m_events));
        print("analytics.fold", m_folding / all * 1e9, "ns/row", ",\"of\":\"processor time\"");
        print("analytics.roll", m_rolling / all * 1e9, "ns/row", ",\"of\":\"processor time\"");
    }
    const Dictionary& dictionary() const { return m_writer.dictionary(); }

  private:
    const Options& m_options;
    Writer m_writer;
    MetricRows m_rows;
    std::mt19937_64 m_random;
    std::int64_t m_events = 0;
    std::int64_t m_all = 0;
    std::int64_t m_time = 0;
    bool m_isRecent = false;
    double m_folding = 0;
    double m_rolling = 0;
};

std::int64_t single(Sqlite& db, const char* sql) {
    auto query = db.query(sql);
    return query.step() ? query.integer() : 0;
}

/// Bytes of rollups and of rows as they are stored, without what SQLite adds.
void printSpace(const Options& options) {
    const auto db = orDie(openAnalyticsReader(Filler::settings(options).database));
    const auto rollups = single(*db, "SELECT coalesce(sum(length(numbers)+length(sketches)),0) FROM rollups");
    const auto sketches = single(*db, "SELECT coalesce(sum(length(sketches)),0) FROM rollups");
    const auto rows = single(*db, "SELECT coalesce(sum(length(data)),0) FROM segment_columns");
    const auto count = single(*db, "SELECT coalesce(sum(rows),0) FROM segments");
    print("analytics.rollups", static_cast<double>(rollups) / 1e6, "MB",
          ",\"sketches\":" + std::to_string(sketches / 1'000'000));
    print("analytics.rows_in_columns", static_cast<double>(rows) / 1e6, "MB");
    print("analytics.bytes_per_row_in_columns", static_cast<double>(rows) / static_cast<double>(count),
          "bytes");
    print("analytics.rollups_of_columns", 100.0 * static_cast<double>(rollups) / static_cast<double>(rows),
          "%", ",\"against\":\"rows as they are kept here, in compressed columns\"");
    for (int cuboid = 1; cuboid <= 17; ++cuboid)
        for (int grain = 1; grain <= 5; ++grain) {
            auto query =
                db->query("SELECT count(*), coalesce(sum(length(numbers)),0), "
                          "coalesce(sum(length(sketches)),0) FROM rollups WHERE key BETWEEN ? AND ?");
            const RollupKey from{static_cast<std::uint8_t>(cuboid), static_cast<Grain>(grain), 0, 0};
            const RollupKey to{static_cast<std::uint8_t>(cuboid), static_cast<Grain>(grain), UINT32_MAX,
                               INT64_MAX};
            query.bind(from.packed()).bind(to.packed());
            if (!query.step()) continue;
            const auto blobs = query.integer();
            const auto numbers = query.integer();
            const auto ofSketches = query.integer();
            if (numbers + ofSketches < 1'000'000) continue;
            print("analytics.cuboid", static_cast<double>(numbers + ofSketches) / 1e6, "MB",
                  ",\"cuboid\":" + std::to_string(cuboid) + ",\"grain\":" + std::to_string(grain) +
                      ",\"blobs\":" + std::to_string(blobs) +
                      ",\"numbers\":" + std::to_string(numbers / 1'000'000));
        }
}

Query exampleQuery(const Options& options, std::uint32_t workflow) {
    using namespace workflow_events;
    Query query;
    query.from = api::Time{api::Milliseconds{options.history.end - options.history.days * day + 3'600'000}};
    query.to = api::Time{api::Milliseconds{options.history.end}};
    query.bucket = Grain::hour;
    query.filter =
        Filter::all({Filter::time(Grain::hour, Operator::geq, {query.from.time_since_epoch().count()}),
                     Filter::column(workflowName, Operator::eq, {bench::workflowName(workflow)})});
    query.measures = {{wallTime, {}}};
    query.order = {{Order::By::count, 0, 0, true}};
    return query;
}

Query percentileQuery(const Options& options, std::uint32_t workflow) {
    auto query = exampleQuery(options, workflow);
    query.filter.parts.push_back(
        Filter::column(workflow_events::eventType, Operator::eq, {std::string("WORKFLOW_SUCCESS")}));
    query.measures = {{workflow_events::wallTime, {0.5, 0.9, 0.99}},
                      {workflow_events::cpuTime, {0.5, 0.9, 0.99}}};
    return query;
}

/// What the Analytics page asks, all workflows together.
std::vector<Query> pageQueries(const Options& options) {
    using namespace workflow_events;
    std::vector<Query> queries;
    const auto base = [&](TableId table, std::vector<Column> groupBy, std::optional<Grain> bucket) {
        Query query;
        query.table = table;
        query.from = exampleQuery(options, 0).from;
        query.to = exampleQuery(options, 0).to;
        query.bucket = bucket;
        query.groupBy = std::move(groupBy);
        return query;
    };
    const auto types = [](std::vector<Value> words) {
        return Filter::column(eventType, Operator::in, std::move(words));
    };
    const std::vector<double> shares = {0.5, 0.9, 0.99};
    auto outcomes = base(TableId::workflowEvents, {eventType}, Grain::hour);
    outcomes.filter = types({"WORKFLOW_SUCCESS", "WORKFLOW_FAILURE", "WORKFLOW_TERMINATED"});
    queries.push_back(outcomes);
    outcomes.measures = {{wallTime, shares}, {cpuTime, shares}};
    outcomes.groupBy.clear();
    queries.push_back(outcomes);
    auto steps = base(TableId::workflowEvents, {stepName}, std::nullopt);
    steps.filter = types({"STEP_SUCCESS", "STEP_FAILURE"});
    steps.measures = {{wallTime, shares}};
    steps.limit = 12;
    steps.order = {{Order::By::count, 0, 0, true}};
    queries.push_back(steps);
    steps.filter = types({"ATTEMPT_FAILURE", "STEP_FAILURE"});
    steps.groupBy = {stepName, eventType};
    steps.measures.clear();
    queries.push_back(steps);
    queries.push_back(base(TableId::workflowEvents, {eventType}, std::nullopt));
    queries.push_back(base(TableId::queueDepth, {}, Grain::hour));
    queries.back().measures = {{queue_depth::depth, {}}};
    queries.push_back(base(TableId::queueWait, {}, Grain::hour));
    queries.back().measures = {{queue_wait::queueWait, shares}};
    queries.push_back(base(TableId::siteRequests, {site_requests::status}, Grain::hour));
    queries.push_back(base(TableId::siteRequests, {site_requests::path}, std::nullopt));
    queries.back().limit = 12;
    queries.back().order = {{Order::By::count, 0, 0, true}};
    queries.push_back(base(TableId::siteRequests, {site_requests::cacheStatus}, Grain::hour));
    queries.back().measures = {{site_requests::bytes, {}}};
    queries.push_back(base(TableId::subrequests, {analytics::subrequests::hostname}, std::nullopt));
    queries.back().measures = {{analytics::subrequests::duration, shares}};
    return queries;
}

struct Times {
    std::vector<double> wall;  ///< milliseconds
    double cpu = 0;            ///< the same, mean
    std::int64_t cells = 0;
    std::int64_t rows = 0;
};

/// Asks again and again, each time with a snapshot of its own, as a request would.
template <class Make>
Times timesOf(SnapshotMaker& maker, int rounds, const Make& make) {
    Times times;
    const auto before = userSeconds();
    for (int i = 0; i < rounds; ++i) {
        const std::vector<Query> queries = make(static_cast<std::uint32_t>(i));
        const auto start = Clock::now();
        const auto snapshot = orDie(maker.snapshot());
        for (const auto& query : queries) {
            const auto answer = orDie(snapshot->run(query));
            times.cells += answer.cellsRead;
            times.rows += answer.rowsRead;
        }
        times.wall.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    times.cpu = (userSeconds() - before) * 1e3 / rounds;
    std::sort(times.wall.begin(), times.wall.end());
    return times;
}

void printTimes(const char* name, const Times& times) {
    const auto at = [&](double q) {
        return times.wall[static_cast<std::size_t>(q * static_cast<double>(times.wall.size() - 1))];
    };
    const auto rounds = static_cast<std::int64_t>(times.wall.size());
    char more[200];
    std::snprintf(more, sizeof more,
                  ",\"p50\":%.3g,\"p99\":%.3g,\"rounds\":%lld,\"cells\":%lld,\"rows\":%lld", at(0.5),
                  at(0.99), static_cast<long long>(rounds), static_cast<long long>(times.cells / rounds),
                  static_cast<long long>(times.rows / rounds));
    print(name, times.cpu, "ms", std::string(",\"of\":\"processor time\"") + more);
}

/// The greatest error of quantiles of a month against exact ones, as a share.
void printError(SnapshotMaker& maker, const Options& options, bench::PlainTable& plain,
                std::uint32_t workflow) {
    auto query = percentileQuery(options, workflow);
    query.bucket.reset();
    query.from = api::Time{api::Milliseconds{options.history.end - options.history.days * day}};
    query.filter.parts.erase(query.filter.parts.begin());
    const auto answer = orDie(orDie(maker.snapshot())->run(query));
    const auto exact = plain.wallTimes(bench::workflowName(workflow));
    double worst = 0;
    for (std::size_t i = 0; i < 3 && !answer.groups.empty(); ++i) {
        const double q = query.measures[0].quantiles[i];
        const auto wanted = static_cast<double>(
            exact[static_cast<std::size_t>(std::floor(q * static_cast<double>(exact.size() - 1)))]);
        worst = std::max(worst, std::abs(answer.groups[0].measures[0].quantiles[i] - wanted) / wanted);
    }
    print("analytics.quantile_error", worst * 100, "%", ",\"values\":" + std::to_string(exact.size()));
}

void comparePlain(const Options& options, SnapshotMaker& maker, bench::PlainTable& plain) {
    const auto bytes = static_cast<double>(plain.bytes());
    const auto db = orDie(openAnalyticsReader(Filler::settings(options).database));
    const auto rollups =
        static_cast<double>(single(*db, "SELECT coalesce(sum(length(numbers)+length(sketches)),0) FROM "
                                        "rollups WHERE (key>>57) IN (1,2,3,17)"));
    print("plain.rows", bytes / 1e6, "MB", ",\"of\":\"SQLite table of the workflow events, without index\"");
    print("analytics.rollups_of_plain_rows", 100 * rollups / bytes, "%",
          ",\"against\":\"workflow events as plain SQLite rows\"");
    const auto example = exampleQuery(options, 5);
    const auto run = [&](const char* name) {
        const auto before = userSeconds();
        const auto sum = plain.example(example.from.time_since_epoch().count(),
                                       example.to.time_since_epoch().count(), bench::workflowName(5));
        const auto took = (userSeconds() - before) * 1e3;
        const auto answer = orDie(orDie(maker.snapshot())->run(example));
        std::pair<std::int64_t, std::int64_t> ours;
        for (const auto& group : answer.groups) {
            ours.first += group.count;
            ours.second += group.measures[0].sum;
        }
        const auto times = timesOf(maker, 20, [&](std::uint32_t) { return std::vector<Query>{example}; });
        char more[120];
        std::snprintf(more, sizeof more, ",\"times_ours\":%.0f,\"equal\":%s", took / times.cpu,
                      ours == sum ? "true" : "false");
        print(name, took, "ms", std::string(",\"of\":\"processor time\"") + more);
    };
    run("plain.example");
    for (const std::uint32_t workflow : {0U, 5U, 100U})
        if (static_cast<int>(workflow) < options.history.workflows)
            printError(maker, options, plain, workflow);
    plain.addIndex();
    run("plain.example_with_index");
}

Options parse(int argc, char** argv) {
    Options options;
    options.folder = argc > 1 ? argv[1] : "";
    options.history.end = 1'795'650'000'000;
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const auto value = std::atoll(argv[i + 1]);
        if (name == "--events") options.history.events = value;
        if (name == "--workflows") options.history.workflows = static_cast<int>(value);
        if (name == "--plain") options.plain = value;
        if (name == "--end") options.history.end = value;
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    if (options.folder.empty()) {
        std::fprintf(stderr,
                     "usage: bench_analytics DIR [--events N] [--workflows N] [--plain 1] [--end MS]\n");
        return 2;
    }
    fs::create_directories(options.folder / "data");
    std::optional<bench::PlainTable> plain;
    if (options.plain > 0) plain.emplace(options.folder / "plain.db");
    Filler filler(options);
    bench::makeHistory(options.history, [&](const bench::HistoryEvent& event) {
        filler.add(event);
        if (plain) plain->add(event);
    });
    filler.finish();
    if (plain) plain->finish();
    printSpace(options);
    SnapshotMaker maker(Filler::settings(options), filler.dictionary());
    const auto workflows = static_cast<std::uint32_t>(options.history.workflows);
    printTimes("analytics.example_query", timesOf(maker, queryRounds, [&](std::uint32_t i) {
                   return std::vector<Query>{exampleQuery(options, i % workflows)};
               }));
    printTimes("analytics.percentile_query", timesOf(maker, queryRounds, [&](std::uint32_t i) {
                   return std::vector<Query>{percentileQuery(options, i % workflows)};
               }));
    printTimes("analytics.page_queries",
               timesOf(maker, 30, [&](std::uint32_t) { return pageQueries(options); }));
    const auto page = pageQueries(options);
    for (std::size_t i = 0; i < page.size(); ++i)
        printTimes(("analytics.page_query_" + std::to_string(i)).c_str(),
                   timesOf(maker, 10, [&](std::uint32_t) { return std::vector<Query>{page[i]}; }));
    if (plain) comparePlain(options, maker, *plain);
}
