#include "app/engine/analytics/writer.h"

namespace stepwell::engine::analytics {

namespace {

constexpr std::string_view foldedName = "folded_seq";
constexpr std::string_view rowsSinceName = "rows_since";

}  // namespace

Writer::Writer(const AnalyticsOptions& options, std::unique_ptr<Sqlite> db, std::unique_ptr<Sqlite> log)
    : m_options(options)
    , m_db(std::move(db))
    , m_log(std::move(log))
    , m_store(*m_db, options.database) {}

api::Result<void> Writer::begin() {
    m_dictionary.load(m_store.words());
    m_folded = m_store.number(foldedName);
    for (const auto& table : allTables())
        for (const auto& segment : m_store.unrolled(table.id))
            m_unrolled += static_cast<std::int64_t>(segment.rows);
    if (!m_store.ok()) return api::fail(m_store.error());
    if (!m_log) return {};
    // The newest row of the log always stays. One that ends before what was folded is another log, whose rows
    // were here before: an older copy of the engine's database.
    auto query = m_log->query("SELECT coalesce(max(seq),0) FROM metric_log");
    m_newest = query.step() ? query.integer() : 0;
    if (m_newest >= m_folded || !m_log->ok()) return {};
    begun();
    m_store.setNumber(foldedName, m_newest);
    if (auto done = finish(); !done) return done;
    m_folded = m_newest;
    return {};
}

bool Writer::begun() {
    m_db->clearError();
    return m_db->exec("BEGIN IMMEDIATE");
}

api::Result<void> Writer::finish() {
    if (m_store.ok() && m_db->exec("COMMIT")) return {};
    auto error = m_store.error();
    m_db->clearError();
    m_db->exec("ROLLBACK");
    m_db->clearError();
    return api::fail(std::move(error));
}

std::int64_t Writer::readLog(std::int64_t after, std::int64_t upTo, RowSorter& rows) {
    if (!m_log) return upTo;
    auto query = m_log->query("SELECT seq,data FROM metric_log WHERE seq>? AND seq<=? ORDER BY seq");
    query.bind(after).bind(upTo);
    std::int64_t last = upTo;
    while (query.step()) {
        last = query.integer();
        if (!rows.take(query.text())) ++m_damaged;
        if (static_cast<std::int64_t>(rows.rows()) >= m_options.foldRows) return last;
    }
    return upTo;
}

void Writer::takeRows(RowSorter& rows) {
    for (const auto& table : allTables()) {
        auto& builder = rows.of(table.id);
        if (builder.rows() > 0) m_store.insert(builder.take(), false);
    }
}

api::Result<void> Writer::fold(std::int64_t upTo, const std::vector<std::string>& direct) {
    RowSorter rows;
    for (const auto& chunk : direct)
        if (!rows.take(chunk)) ++m_damaged;
    while (m_folded < upTo || rows.rows() > 0) {
        const auto last = m_folded < upTo ? readLog(m_folded, upTo, rows) : m_folded;
        if (m_log && !m_log->ok()) {
            const std::string why = m_log->error();
            m_log->clearError();
            return api::fail(500, api::code::storage,
                             "The log of analytics in " + m_options.log.string() + " cannot be read: " + why +
                                 ". It is tried again.");
        }
        const auto count = static_cast<std::int64_t>(rows.rows());
        begun();
        takeRows(rows);
        if (last > m_folded) m_store.setNumber(foldedName, last);
        if (auto done = finish(); !done) return done;
        m_folded = last;
        m_unrolled += count;
    }
    return {};
}

api::Result<void> Writer::roll(api::Time now) {
    for (const auto& table : allTables())
        if (auto rolled = rollSome(table.id, now); !rolled) return rolled;
    m_unrolled = 0;
    return {};
}

/// Small segments become large ones on the way.
api::Result<void> Writer::rollSome(TableId table, api::Time now) {
    const auto waiting = m_store.unrolled(table);
    const std::vector<bool> everything(tableSpec(table).columns.size(), true);
    for (std::size_t i = 0; i < waiting.size();) {
        BatchBuilder rows(table);
        begun();
        Roller roller(m_store, m_dictionary);
        for (; i < waiting.size() && static_cast<std::int64_t>(rows.rows()) < m_options.rollRows; ++i) {
            const auto batch = m_store.load(waiting[i], everything);
            rows.append(batch);
            m_store.remove(waiting[i].id);
        }
        const auto all = rows.take();
        roller.add(all, now);
        for (std::size_t from = 0; from < all.rows; from += segmentRows)
            m_store.insert(slice(all, from, std::min(from + segmentRows, all.rows)), true);
        const auto words = m_dictionary.size();
        m_store.storeWords(m_dictionary);
        if (auto done = finish(); !done) return done;
        m_dictionary.stored(words);
    }
    return {};
}

api::Result<void> Writer::expire(api::Time now) {
    const auto oldest = (now - m_options.keepRows).time_since_epoch().count();
    begun();
    Roller(m_store, m_dictionary).expire(now);
    if (oldest > m_store.number(rowsSinceName)) {
        m_store.setNumber(rowsSinceName, oldest);
        for (const auto& table : allTables())
            for (const auto& segment : m_store.segments(table.id, 0, oldest))
                if (segment.isRolled && segment.last < oldest) m_store.remove(segment.id);
    }
    return finish();
}

}  // namespace stepwell::engine::analytics
