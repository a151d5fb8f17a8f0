#include "plain_sql.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace stepwell::bench {

namespace {

constexpr std::int64_t rowsPerCommit = 500'000;

}  // namespace

PlainTable::PlainTable(const std::filesystem::path& file)
    : m_text(std::filesystem::path(file).replace_extension(".csv")) {
    std::string error;
    m_db = engine::Sqlite::open(file, engine::Sqlite::Mode::readWrite, error);
    if (!m_db) {
        std::fprintf(stderr, "%s: %s\n", file.c_str(), error.c_str());
        std::exit(1);
    }
    m_db->exec("PRAGMA journal_mode=OFF");
    m_db->exec("PRAGMA synchronous=OFF");
    m_db->exec("CREATE TABLE events(time INTEGER, workflow TEXT, instance TEXT, step TEXT, event TEXT, "
               "step_count INTEGER, wall INTEGER, cpu INTEGER, retries INTEGER, steps INTEGER, "
               "all_steps INTEGER)");
    m_db->exec("BEGIN");
}

void PlainTable::add(const HistoryEvent& event) {
    const bool isEnd =
        event.event == engine::MetricEvent::stepSuccess || event.event == engine::MetricEvent::stepFailure;
    const auto workflow = workflowName(event.workflow);
    const auto instance = instanceName(event.instance);
    const auto step = event.step == 0 ? std::string() : stepName(event.workflow, event.step);
    m_db->query("INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?,?)")
        .bind(event.time)
        .bind(std::string_view(workflow))
        .bind(std::string_view(instance))
        .bind(std::string_view(step))
        .bind(engine::wordOf(event.event))
        .bind(std::int64_t{event.step})
        .bind(event.wall < 0 ? 0 : event.wall)
        .bind(event.cpu < 0 ? 0 : event.cpu)
        .bind(event.isRetry ? 1 : 0)
        .bind(isEnd ? 1 : 0)
        .bind(isEnd ? 1 : 0)
        .run();
    m_text << event.time << ',' << workflow << ',' << instance << ',' << step << ','
           << engine::wordOf(event.event) << ',' << event.step << ',' << std::max<std::int64_t>(0, event.wall)
           << ',' << std::max<std::int64_t>(0, event.cpu) << ',' << (event.isRetry ? 1 : 0) << ','
           << (isEnd ? 1 : 0) << ',' << (isEnd ? 1 : 0) << '\n';
    if (++m_rows % rowsPerCommit != 0) return;
    m_db->exec("COMMIT");
    m_db->exec("BEGIN");
}

void PlainTable::finish() {
    m_db->exec("COMMIT");
    m_text.close();
}

std::pair<std::int64_t, std::int64_t> PlainTable::example(std::int64_t from, std::int64_t to,
                                                          const std::string& workflow) {
    auto query = m_db->query("SELECT time/3600000, count(*), sum(wall) FROM events WHERE workflow=? AND "
                             "time>=? AND time<? GROUP BY 1 ORDER BY 2 DESC");
    query.bind(std::string_view(workflow)).bind(from).bind(to);
    std::pair<std::int64_t, std::int64_t> sum;
    while (query.step()) {
        query.integer();
        sum.first += query.integer();
        sum.second += query.integer();
    }
    return sum;
}

void PlainTable::addIndex() {
    m_db->exec("CREATE INDEX events_by_workflow ON events(workflow, time)");
}

std::vector<std::int64_t> PlainTable::wallTimes(const std::string& workflow) {
    auto query =
        m_db->query("SELECT wall FROM events WHERE workflow=? AND event='WORKFLOW_SUCCESS' ORDER BY wall");
    query.bind(std::string_view(workflow));
    std::vector<std::int64_t> values;
    while (query.step())
        values.push_back(query.integer());
    return values;
}

std::int64_t PlainTable::bytes() {
    auto query = m_db->query("SELECT page_count*page_size FROM pragma_page_count, pragma_page_size");
    return query.step() ? query.integer() : 0;
}

}  // namespace stepwell::bench
