#include "world.h"

#include "app/engine/store/schema.h"

#include <QtGlobal>

namespace stepwell::engine::analytics {

namespace {

namespace fs = std::filesystem;

std::string pick(std::mt19937_64& random, std::initializer_list<const char*> words) {
    return *(words.begin() + random() % words.size());
}

std::int64_t duration(std::mt19937_64& random) {
    if (random() % 3 == 0) return absent;
    return static_cast<std::int64_t>(std::lognormal_distribution(9.0, 2.0)(random));
}

std::string instanceName(std::mt19937_64& random) {
    const auto number = random() % 300;
    if (number % 4 == 0) return "order-" + std::to_string(number);
    std::string text = "00000000-0000-4000-8000-000000000000";
    const auto digits = std::to_string(number);
    return text.replace(text.size() - digits.size(), digits.size(), digits);
}

/// Mostly recent, as rows are, and some at the very edges of hours.
std::int64_t someTime(std::mt19937_64& random, std::int64_t span) {
    auto ago = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span));
    if (random() % 2 == 0) ago /= 20;
    const auto time = worldNow - ago;
    const auto hour = time / 3'600'000 * 3'600'000;
    return random() % 10 == 0 ? hour - static_cast<std::int64_t>(random() % 2) : time;
}

std::vector<Value> eventValues(std::mt19937_64& random) {
    const auto event = pick(random, {"WORKFLOW_QUEUED", "WORKFLOW_START", "WORKFLOW_SUCCESS", "STEP_START",
                                     "STEP_SUCCESS", "ATTEMPT_FAILURE"});
    return {pick(random, {"orders", "billing", "mail-daily", "mail-weekly", ""}),
            instanceName(random),
            pick(random, {"", "charge", "send", "100% sure", "wait"}),
            event,
            static_cast<std::int64_t>(random() % 6),
            duration(random),
            duration(random),
            static_cast<std::int64_t>(random() % 2),
            static_cast<std::int64_t>(random() % 2),
            static_cast<std::int64_t>(1)};
}

std::vector<Value> siteValues(std::mt19937_64& random) {
    return {pick(random, {"a.localhost", "b.localhost"}),
            pick(random, {"blog", "shop"}),
            pick(random, {"production", "preview"}),
            pick(random, {"GET", "POST"}),
            "/page" + std::to_string(random() % 40),
            static_cast<std::int64_t>(random() % 3 == 0 ? 404 : 200),
            pick(random, {"hit", "miss", "none"}),
            pick(random, {"text/html", "image/png"}),
            static_cast<std::int64_t>(random() % 100'000),
            duration(random)};
}

void writeRow(const PlainRow& row, MetricRows& rows) {
    rows.row(row.table, api::Time{api::Milliseconds{row.time}});
    const auto& columns = tableSpec(row.table).columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (const auto* text = std::get_if<std::string>(&row.values[i]))
            rows.word(*text);
        else
            rows.integer(std::get<std::int64_t>(row.values[i]));
    }
}

}  // namespace

PlainRow randomRow(std::mt19937_64& random, std::int64_t span) {
    PlainRow row;
    row.time = someTime(random, span);
    const auto kind = random() % 10;
    if (kind < 6) {
        row.values = eventValues(random);
    } else if (kind < 8) {
        row.table = TableId::siteRequests;
        row.values = siteValues(random);
    } else if (kind == 8) {
        row.table = TableId::queueWait;
        row.values = {pick(random, {"orders", "billing"}), duration(random)};
    } else {
        row.table = TableId::blocked;
        row.values = {pick(random, {"orders", "billing"}), pick(random, {"sleep", "retry", "event"})};
    }
    return row;
}

PlainRow rowOfMany(std::mt19937_64& random, std::int64_t span) {
    PlainRow row;
    row.time = someTime(random, span);
    row.values = eventValues(random);
    row.values[workflow_events::stepName] = "item " + std::to_string(random() % 5'000);
    return row;
}

World::World() {
    m_dirs.push_back(std::make_unique<QTemporaryDir>());
    m_options.keepRows = std::chrono::hours{24 * 400};
    open();
}

World::~World() {
    m_snapshots.reset();
    m_writer.reset();
}

void World::open() {
    const fs::path dir = m_dirs.back()->path().toStdString();
    m_options.database = dir / "analytics.db";
    m_options.log = dir / "stepwell.db";
    m_log = std::move(*openDatabase(m_options.log));
    m_log->exec("PRAGMA synchronous=OFF");
    auto db = openAnalyticsDatabase(m_options.database);
    if (!db) qFatal("%s", db.error().message.c_str());
    (*db)->exec("PRAGMA synchronous=OFF");
    m_db = db->get();
    std::string error;
    m_writer = std::make_unique<Writer>(m_options, std::move(*db),
                                        Sqlite::open(m_options.log, Sqlite::Mode::readOnly, error));
    if (const auto begun = m_writer->begin(); !begun) qFatal("%s", begun.error().message.c_str());
    m_snapshots = std::make_unique<SnapshotMaker>(m_options, m_writer->dictionary());
}

void World::turn(const std::vector<PlainRow>& rows) {
    MetricRows chunk;
    for (const auto& row : rows)
        writeRow(row, chunk);
    m_log->query("INSERT INTO metric_log(seq,time,rows,data) VALUES(?,?,?,?)")
        .bind(++m_sequence)
        .bind(worldNow)
        .bind(chunk.count())
        .blob(chunk.bytes())
        .run();
    m_rows.insert(m_rows.end(), rows.begin(), rows.end());
}

void World::failedTurn(const std::vector<PlainRow>& rows) {
    const auto before = m_rows;
    m_log->exec("BEGIN IMMEDIATE");
    turn(rows);
    m_log->exec("ROLLBACK");
    m_rows = before;
    --m_sequence;
}

void World::fold() {
    std::vector<std::string> direct;
    const auto folded = m_writer->fold(m_sequence, direct, api::Time{api::Milliseconds{worldNow}});
    if (!folded) qFatal("%s", folded.error().message.c_str());
}

void World::roll() {
    const auto rolled = m_writer->roll(api::Time{api::Milliseconds{worldNow}});
    if (!rolled) qFatal("%s", rolled.error().message.c_str());
}

bool World::withoutRoom(const std::function<api::Result<void>()>& work) {
    m_db->exec("PRAGMA max_page_count = 1");  // as many as it has
    const auto done = work();
    m_db->clearError();
    m_db->exec("PRAGMA max_page_count = 1000000000");
    return done.has_value();
}

bool World::foldWithoutRoom() {
    return withoutRoom([this] {
        std::vector<std::string> direct;
        return m_writer->fold(m_sequence, direct, api::Time{api::Milliseconds{worldNow}});
    });
}

bool World::rollWithoutRoom() {
    return withoutRoom([this] { return m_writer->roll(api::Time{api::Milliseconds{worldNow}}); });
}

void World::trim() {
    m_log->query("DELETE FROM metric_log WHERE seq<=? AND seq<(SELECT max(seq) FROM metric_log)")
        .bind(m_writer->folded())
        .run();
}

void World::expire(std::chrono::hours keepRows) {
    m_options.keepRows = keepRows;
    crash();
    const auto expired = m_writer->expire(api::Time{api::Milliseconds{worldNow}});
    if (!expired) qFatal("%s", expired.error().message.c_str());
}

/// What another process would find: the files as they are now, with their write-ahead logs.
void World::crash() {
    auto next = std::make_unique<QTemporaryDir>();
    const fs::path from = m_dirs.back()->path().toStdString();
    const fs::path to = next->path().toStdString();
    for (const auto* name : {"analytics.db", "analytics.db-wal", "stepwell.db", "stepwell.db-wal"})
        if (fs::exists(from / name)) fs::copy_file(from / name, to / name);
    m_snapshots.reset();
    m_writer.reset();
    m_log.reset();
    m_dirs.push_back(std::move(next));
    open();
}

std::unique_ptr<Snapshot> World::snapshot() {
    auto snapshot = m_snapshots->snapshot();
    if (!snapshot) qFatal("%s", snapshot.error().message.c_str());
    return std::move(*snapshot);
}

}  // namespace stepwell::engine::analytics
