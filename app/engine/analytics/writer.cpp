#include "app/engine/analytics/writer.h"

namespace stepwell::engine::analytics {

namespace {

constexpr std::string_view foldedName = "folded_seq";
constexpr std::string_view rowsSinceName = "rows_since";
constexpr std::string_view wordsLookedAt = "words_looked_at";

}  // namespace

Writer::Writer(const AnalyticsOptions& options, std::unique_ptr<Sqlite> db, std::unique_ptr<Sqlite> log)
    : m_options(options)
    , m_db(std::move(db))
    , m_log(std::move(log))
    , m_store(*m_db, options.database) {}

api::Result<void> Writer::begin() {
    m_dictionary.load(m_store.words());
    m_folded = m_store.number(foldedName);
    m_state = m_store.number(stateName);
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
    if (m_store.ok()) m_store.setNumber(stateName, ++m_state);
    if (m_store.ok() && m_db->exec("COMMIT")) return {};
    auto error = m_store.error();
    m_db->clearError();
    m_db->exec("ROLLBACK");
    m_db->clearError();
    return api::fail(std::move(error));
}

api::Result<void> Writer::finish(Roller& roller) {
    roller.write();
    m_store.storeWords(m_dictionary);
    if (auto done = finish(); !done) return done;
    m_dictionary.stored();
    return {};
}

std::int64_t Writer::waitingRows(std::int64_t upTo) {
    if (!m_log) return 0;
    auto query = m_log->query("SELECT coalesce(sum(rows),0) FROM metric_log WHERE seq>? AND seq<=?");
    return query.bind(m_folded).bind(upTo).step() ? query.integer() : 0;
}

std::int64_t Writer::readLog(std::int64_t after, std::int64_t upTo, RowSorter& rows) {
    if (!m_log) return upTo;
    auto query = m_log->query("SELECT seq,data FROM metric_log WHERE seq>? AND seq<=? ORDER BY seq");
    query.bind(after).bind(upTo);
    const auto enough = std::min(m_options.foldRows, static_cast<std::int64_t>(segmentRows));
    while (query.step()) {
        const auto last = query.integer();
        if (!rows.take(query.text())) ++m_damaged;
        if (static_cast<std::int64_t>(rows.rows()) >= enough) return last;
    }
    return upTo;
}

void Writer::takeRows(RowSorter& rows, Roller* roller) {
    for (const auto& table : allTables()) {
        const auto& batch = rows.of(table.id).batch();
        m_store.insert(batch, roller != nullptr);
        if (roller != nullptr) roller->add(batch);
    }
    rows.clear();
}

/// What is in `rows`, and of the log enough for one transaction; answers how many rows that were.
api::Result<std::int64_t> Writer::foldSome(std::int64_t upTo, RowSorter& rows, Roller* roller) {
    std::int64_t count = 0;
    auto last = m_folded;
    begun();
    do {
        if (last < upTo) last = readLog(last, upTo, rows);
        count += static_cast<std::int64_t>(rows.rows());
        takeRows(rows, roller);
    } while (last < upTo && count < m_options.foldRows);
    if (m_log && !m_log->ok()) {
        const std::string why = m_log->error();
        m_log->clearError();
        m_db->exec("ROLLBACK");
        return api::fail(500, api::code::storage,
                         "The log of analytics in " + m_options.log.string() + " cannot be read: " + why +
                             ". It is tried again.");
    }
    if (last > m_folded) m_store.setNumber(foldedName, last);
    if (auto done = roller == nullptr ? finish() : finish(*roller); !done)
        return tl::unexpected(done.error());
    m_folded = last;
    return count;
}

api::Result<void> Writer::fold(std::int64_t upTo, std::vector<std::string>& direct, api::Time now) {
    RowSorter rows;
    for (const auto& chunk : direct)
        if (!rows.take(chunk)) ++m_damaged;
    const auto waiting = waitingRows(upTo) + static_cast<std::int64_t>(rows.rows());
    const bool isDirect = waiting >= m_options.directRows;
    while (m_folded < upTo || rows.rows() > 0) {
        Roller roller(m_store, m_dictionary, now);
        const auto count = foldSome(upTo, rows, isDirect ? &roller : nullptr);
        if (!count) return tl::unexpected(count.error());
        direct.clear();
        if (!isDirect) m_unrolled += *count;
    }
    direct.clear();
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
        Roller roller(m_store, m_dictionary, now);
        for (; i < waiting.size() && static_cast<std::int64_t>(rows.rows()) < m_options.rollRows; ++i) {
            const auto batch = m_store.load(waiting[i], everything);
            rows.append(batch);
            m_store.remove(waiting[i].id);
        }
        const auto all = rows.take();
        roller.add(all);
        for (std::size_t from = 0; from < all.rows; from += segmentRows)
            m_store.insert(slice(all, from, std::min(from + segmentRows, all.rows)), true);
        if (auto done = finish(roller); !done) return done;
    }
    return {};
}

/// All rollups are read for it, so it is not done often.
void Writer::releaseWords(Roller& roller, api::Time now) {
    constexpr std::chrono::hours pause{6};
    const auto time = now.time_since_epoch().count();
    if (time - m_store.number(wordsLookedAt) < api::Milliseconds(pause).count()) return;
    m_store.setNumber(wordsLookedAt, time);
    const auto isUsed = roller.usedWords();
    if (!m_store.ok()) return;
    for (const auto id : m_dictionary.release(isUsed))
        m_store.removeWord(id);
}

api::Result<void> Writer::expire(api::Time now) {
    const auto oldest = (now - m_options.keepRows).time_since_epoch().count();
    begun();
    Roller roller(m_store, m_dictionary, now);
    roller.expire();
    if (static_cast<std::int64_t>(m_dictionary.words()) > m_options.mostIdleWords) releaseWords(roller, now);
    if (oldest > m_store.number(rowsSinceName)) {
        m_store.setNumber(rowsSinceName, oldest);
        for (const auto& table : allTables())
            for (const auto& segment : m_store.segments(table.id, 0, oldest))
                if (segment.isRolled && segment.last < oldest) m_store.remove(segment.id);
    }
    return finish();
}

}  // namespace stepwell::engine::analytics
