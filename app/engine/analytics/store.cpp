#include "app/engine/analytics/store.h"

#include "app/engine/analytics/bytes.h"
#include "app/engine/store/schema.h"

#include <algorithm>

namespace stepwell::engine::analytics {

namespace {

namespace fs = std::filesystem;

/// "SWan", so that another program's file, or another one of ours, is not taken for this one.
constexpr std::int64_t applicationId = 0x5357616E;

constexpr std::array<const char*, 2> migrations = {R"sql(
PRAGMA application_id = 0x5357616E;
CREATE TABLE numbers(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE horizons(
  cuboid INTEGER NOT NULL, grain INTEGER NOT NULL, time INTEGER NOT NULL,
  PRIMARY KEY(cuboid, grain)) WITHOUT ROWID;
CREATE TABLE words(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE segments(
  id INTEGER PRIMARY KEY AUTOINCREMENT, tab INTEGER NOT NULL, rows INTEGER NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, rolled INTEGER NOT NULL);
CREATE INDEX segments_by_time ON segments(tab, last);
CREATE INDEX segments_to_roll ON segments(tab, id) WHERE rolled = 0;
-- id is segment * 32 + column; column 31 holds the times.
CREATE TABLE segment_columns(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
-- See RollupKey. Sketches come last: who wants no quantiles does not read their pages.
CREATE TABLE rollups(key INTEGER PRIMARY KEY, numbers BLOB NOT NULL, sketches BLOB NOT NULL);
)sql",
                                                   "-- Blobs of rollups may be packed."};

/// Blobs are of some thousand bytes: smaller pages would be half empty.
constexpr const char* pageSize = "PRAGMA page_size = 16384";
constexpr WalPolicy walPolicy{2'000};

constexpr std::int64_t columnsPerSegment = 32;
constexpr std::int64_t timeColumn = 31;

constexpr int cuboidShift = 57;
constexpr int grainShift = 54;
constexpr int leadShift = 28;
constexpr std::int64_t leadMask = (std::int64_t{1} << (grainShift - leadShift)) - 1;
constexpr std::int64_t periodMask = (std::int64_t{1} << leadShift) - 1;

api::Error unusable(const fs::path& file, const std::string& why) {
    return {
        500, api::code::storage,
        "The analytics database " + file.string() + " cannot be used: " + why +
            ". Workflows and sites go on without analytics. Move the file away to begin a new one, or put "
            "back one that is whole, then start again."};
}

/// Nothing when the file is ours, or there is none, or it is empty.
std::optional<std::string> foreign(const fs::path& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::nullopt;
    std::string error;
    const auto db = Sqlite::open(file, Sqlite::Mode::readOnly, error);
    if (!db) return error;
    const auto single = [&db](const char* sql) {
        auto query = db->query(sql);
        return query.step() ? query.integer() : 0;
    };
    const auto id = single("PRAGMA application_id");
    const auto tables = single("SELECT count(*) FROM sqlite_schema");
    if (!db->ok()) return db->error();
    if (id == applicationId || (id == 0 && tables == 0)) return std::nullopt;
    return "it is the database of something else";
}

}  // namespace

api::Result<std::unique_ptr<Sqlite>> openAnalyticsDatabase(const fs::path& file) {
    if (const auto why = foreign(file)) return api::fail(unusable(file, *why));
    if (std::error_code ignored; !fs::exists(file, ignored)) {
        std::string error;
        const auto fresh = Sqlite::open(file, Sqlite::Mode::readWrite, error);
        if (!fresh) return api::fail(unusable(file, error));
        fresh->exec(pageSize);
        fresh->exec("PRAGMA journal_mode = WAL");
    }
    auto db = openDatabase(file, migrations);
    if (!db) return api::fail(unusable(file, db.error().message));
    (*db)->setWalPolicy(walPolicy);
    (*db)->exec("PRAGMA cache_size = -4096");  // KiB; that of workflows has more
    return db;
}

api::Result<std::unique_ptr<Sqlite>> openAnalyticsReader(const fs::path& file) {
    std::string error;
    auto db = Sqlite::open(file, Sqlite::Mode::readOnly, error);
    if (!db) return api::fail(unusable(file, error));
    db->exec("PRAGMA cache_size = -8192");  // KiB; the rest is mapped
    db->exec("PRAGMA mmap_size = 1073741824");
    return db;
}

std::int64_t RollupKey::packed() const {
    return std::int64_t{cuboid} << cuboidShift | static_cast<std::int64_t>(grain) << grainShift |
           (std::int64_t{lead} & leadMask) << leadShift | (period & periodMask);
}

RollupKey RollupKey::unpacked(std::int64_t key) {
    return {static_cast<std::uint8_t>(key >> cuboidShift), static_cast<Grain>((key >> grainShift) & 7),
            static_cast<std::uint32_t>((key >> leadShift) & leadMask), key & periodMask};
}

/// Short enough that what is still being added to is soon written anew, long enough that a month is a few
/// dozen reads.
api::Milliseconds periodOf(Grain grain) {
    using std::chrono::hours;
    switch (grain) {
    case Grain::instant:
    case Grain::minute:
    case Grain::fiveMinutes:
        return hours{1};
    case Grain::fifteenMinutes:
        return hours{6};
    case Grain::hour:
        return hours{24};
    case Grain::day:
        break;
    }
    return hours{4 * 24};
}

api::Error Store::error() const {
    return unusable(m_file, m_db.ok() ? m_damage : m_db.error());
}

void Store::damaged(const std::string& what) {
    if (m_damage.empty()) m_damage = what + " in it is damaged";
}

std::int64_t Store::number(std::string_view name, std::int64_t otherwise) {
    auto query = m_db.query("SELECT value FROM numbers WHERE name=?");
    return query.bind(name).step() ? query.integer() : otherwise;
}

void Store::setNumber(std::string_view name, std::int64_t value) {
    m_db.query("INSERT INTO numbers(name,value) VALUES(?,?) ON CONFLICT DO UPDATE SET value=excluded.value")
        .bind(name)
        .bind(value)
        .run();
}

std::int64_t Store::horizon(std::uint8_t cuboid, Grain grain) {
    auto query = m_db.query("SELECT time FROM horizons WHERE cuboid=? AND grain=?");
    return query.bind(std::int64_t{cuboid}).bind(static_cast<std::int64_t>(grain)).step() ? query.integer()
                                                                                          : 0;
}

void Store::setHorizon(std::uint8_t cuboid, Grain grain, std::int64_t time) {
    m_db.query("INSERT INTO horizons(cuboid,grain,time) VALUES(?,?,?) "
               "ON CONFLICT DO UPDATE SET time=max(time,excluded.time)")
        .bind(std::int64_t{cuboid})
        .bind(static_cast<std::int64_t>(grain))
        .bind(time)
        .run();
}

std::vector<SegmentInfo> Store::readSegments(Sqlite::Query& query, TableId table) {
    std::vector<SegmentInfo> found;
    while (query.step()) {
        SegmentInfo info;
        info.table = table;
        info.id = query.integer();
        info.rows = static_cast<std::size_t>(query.integer());
        info.first = query.integer();
        info.last = query.integer();
        info.isRolled = query.integer() != 0;
        found.push_back(info);
    }
    return found;
}

std::vector<SegmentInfo> Store::segments(TableId table, std::int64_t from, std::int64_t to) {
    auto query = m_db.query("SELECT id,rows,first,last,rolled FROM segments WHERE tab=? AND last>=? AND "
                            "first<? ORDER BY id");
    query.bind(static_cast<std::int64_t>(table)).bind(from).bind(to);
    return readSegments(query, table);
}

std::vector<SegmentInfo> Store::unrolled(TableId table) {
    auto query = m_db.query("SELECT id,rows,first,last,rolled FROM segments WHERE tab=? AND rolled=0 "
                            "ORDER BY id");
    query.bind(static_cast<std::int64_t>(table));
    return readSegments(query, table);
}

Batch Store::load(const SegmentInfo& segment, const std::vector<bool>& columns) {
    Batch batch;
    batch.table = segment.table;
    batch.rows = segment.rows;
    const auto& spec = tableSpec(segment.table);
    batch.columns.resize(spec.columns.size());
    const auto read = [&](std::int64_t column) -> std::string {
        auto query = m_db.query("SELECT data FROM segment_columns WHERE id=?");
        if (query.bind(segment.id * columnsPerSegment + column).step()) return query.text();
        return {};
    };
    bool ok = readColumn(read(timeColumn), segment.rows, batch.times);
    for (std::size_t i = 0; i < spec.columns.size() && ok; ++i) {
        if (!columns[i]) continue;
        const auto bytes = read(static_cast<std::int64_t>(i));
        ok = spec.columns[i].kind == ColumnKind::word
                 ? readWords(bytes, segment.rows, batch.columns[i])
                 : readColumn(bytes, segment.rows, batch.columns[i].values);
    }
    if (ok) return batch;
    if (m_db.ok()) damaged("segment " + std::to_string(segment.id));
    return BatchBuilder(segment.table).take();
}

void Store::insert(const Batch& batch, bool isRolled) {
    if (batch.rows == 0) return;
    const auto [first, last] = std::minmax_element(batch.times.begin(), batch.times.end());
    m_db.query("INSERT INTO segments(tab,rows,first,last,rolled) VALUES(?,?,?,?,?)")
        .bind(static_cast<std::int64_t>(batch.table))
        .bind(static_cast<std::int64_t>(batch.rows))
        .bind(*first)
        .bind(*last)
        .bind(isRolled ? 1 : 0)
        .run();
    const auto id = m_db.lastInsertId();
    const auto write = [&](std::int64_t column, const std::string& bytes) {
        m_db.query("INSERT INTO segment_columns(id,data) VALUES(?,?)")
            .bind(id * columnsPerSegment + column)
            .blob(bytes)
            .run();
    };
    const auto& spec = tableSpec(batch.table);
    for (std::size_t i = 0; i < spec.columns.size(); ++i) {
        std::string bytes;
        if (spec.columns[i].kind == ColumnKind::word)
            bytes = writeWords(batch.columns[i]);
        else
            writeColumn(bytes, batch.columns[i].values);
        write(static_cast<std::int64_t>(i), bytes);
    }
    std::string times;
    writeColumn(times, batch.times);
    write(timeColumn, times);
}

void Store::remove(std::int64_t segment) {
    m_db.query("DELETE FROM segment_columns WHERE id BETWEEN ? AND ?")
        .bind(segment * columnsPerSegment)
        .bind(segment * columnsPerSegment + timeColumn)
        .run();
    m_db.query("DELETE FROM segments WHERE id=?").bind(segment).run();
}

std::optional<RollupKey> Store::nextRollup(std::int64_t from, std::int64_t to) {
    auto query = m_db.query("SELECT key FROM rollups WHERE key BETWEEN ? AND ? ORDER BY key LIMIT 1");
    if (!query.bind(from).bind(to).step()) return std::nullopt;
    return RollupKey::unpacked(query.integer());
}

std::optional<CellBlobs> Store::rollup(const RollupKey& key, bool withSketches) {
    std::optional<CellBlobs> found;
    rollups(key.packed(), key.packed(), withSketches, [&found](const RollupKey&, CellBlobs& blobs) {
        found = std::move(blobs);
        return true;
    });
    return found;
}

void Store::putRollup(const RollupKey& key, const CellBlobs& blobs) {
    m_db.query("INSERT INTO rollups(key,numbers,sketches) VALUES(?,?,?) "
               "ON CONFLICT DO UPDATE SET numbers=excluded.numbers,sketches=excluded.sketches")
        .bind(key.packed())
        .blob(blobs.numbers)
        .blob(blobs.sketches)
        .run();
}

void Store::packRollups(std::int64_t from, std::int64_t to) {
    std::vector<std::pair<RollupKey, CellBlobs>> found;
    rollups(from, to, true, [&found](const RollupKey& key, CellBlobs& blobs) {
        found.emplace_back(key, std::move(blobs));
        return true;
    });
    for (auto& [key, blobs] : found) {
        packBlobs(blobs);
        putRollup(key, blobs);
    }
}

void Store::removeRollups(std::int64_t from, std::int64_t to) {
    m_db.query("DELETE FROM rollups WHERE key BETWEEN ? AND ?").bind(from).bind(to).run();
}

Dictionary::Words Store::words() {
    Dictionary::Words words;
    auto query = m_db.query("SELECT id,text FROM words ORDER BY id");
    while (query.step()) {
        const auto id = static_cast<std::uint32_t>(query.integer());
        words.emplace_back(id, query.text());
    }
    return words;
}

void Store::storeWords(const Dictionary& dictionary) {
    for (const auto id : dictionary.unstored())
        m_db.query("INSERT OR REPLACE INTO words(id,text) VALUES(?,?)")
            .bind(std::int64_t{id})
            .bind(dictionary.text(id))
            .run();
}

void Store::removeWord(std::uint32_t id) {
    m_db.query("DELETE FROM words WHERE id=?").bind(std::int64_t{id}).run();
}

}  // namespace stepwell::engine::analytics
