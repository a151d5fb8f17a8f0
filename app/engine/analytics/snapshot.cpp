#include "app/engine/analytics/snapshot.h"

namespace stepwell::engine::analytics {

namespace {

constexpr std::size_t mostIdleReaders = 4;

tl::unexpected<api::Error> unreadable(const std::filesystem::path& log, const std::string& why) {
    return api::fail(500, api::code::storage,
                     "The database " + log.string() +
                         ", which holds the newest rows of analytics, cannot be read: " + why +
                         ". Ask again; if it stays so, check its disk.");
}

}  // namespace

/// The log is looked at first: what is folded meanwhile is then seen in the database, and what is trimmed had
/// been folded. So nothing is seen twice, and nothing is missed.
class LocalSnapshot final : public Snapshot {
  public:
    LocalSnapshot(SnapshotMaker& maker, SnapshotMaker::Reader reader)
        : m_maker(maker)
        , m_reader(std::move(reader))
        , m_store(*m_reader.db, maker.m_database)
        , m_tail(std::make_shared<const Tail>())
        , m_executor(m_store, maker.m_dictionary) {}

    ~LocalSnapshot() override {
        for (auto* db : {m_reader.db.get(), m_reader.log.get()}) {
            if (db == nullptr) continue;
            db->clearError();
            db->exec("ROLLBACK");
            if (!db->ok()) return;  // not one to use again
        }
        m_maker.give(std::move(m_reader));
    }
    LocalSnapshot(const LocalSnapshot&) = delete;
    LocalSnapshot& operator=(const LocalSnapshot&) = delete;

    api::Result<void> begin() {
        std::int64_t newest = 0;
        if (m_reader.log) {
            m_reader.log->exec("BEGIN");
            auto query = m_reader.log->query("SELECT coalesce(max(seq),0) FROM metric_log");
            if (query.step()) newest = query.integer();
        }
        m_reader.db->exec("BEGIN");
        const auto folded = m_store.number("folded_seq");
        m_rowsSince = m_store.number("rows_since");
        m_state = m_store.number(stateName);
        if (!m_store.ok()) return api::fail(m_store.error());
        if (newest > folded) readTail(folded);
        if (m_reader.log && !m_reader.log->ok()) return unreadable(m_maker.m_log, m_reader.log->error());
        return {};
    }

    api::Result<Answer> run(const Query& query) override { return m_executor.run(query, *m_tail); }
    api::Result<RowAnswer> rows(const RowQuery& query) override { return m_executor.rows(query, *m_tail); }
    api::Time rowsSince() const override { return api::Time{api::Milliseconds{m_rowsSince}}; }

    /// The database is in the same state when as many transactions were committed; what was not folded by
    /// then is in memory.
    std::unique_ptr<Snapshot> twin() const override {
        auto reader = m_maker.take();
        if (!reader) return nullptr;
        auto twin = std::make_unique<LocalSnapshot>(m_maker, std::move(*reader));
        for (auto* db : {twin->m_reader.db.get(), twin->m_reader.log.get()})
            if (db != nullptr) db->exec("BEGIN");
        const auto state = twin->m_store.number(stateName);
        if (!twin->m_store.ok() || state != m_state) return nullptr;
        twin->m_state = m_state;
        twin->m_rowsSince = m_rowsSince;
        twin->m_tail = m_tail;
        return twin;
    }

  private:
    void readTail(std::int64_t folded) {
        RowSorter rows;
        auto query = m_reader.log->query("SELECT data FROM metric_log WHERE seq>? ORDER BY seq");
        query.bind(folded);
        while (query.step())
            rows.take(query.text());
        auto tail = std::make_shared<Tail>();
        for (const auto& table : allTables())
            (*tail)[static_cast<std::size_t>(table.id)] = rows.of(table.id).take();
        m_tail = std::move(tail);
    }

    SnapshotMaker& m_maker;
    SnapshotMaker::Reader m_reader;
    Store m_store;
    std::shared_ptr<const Tail> m_tail;
    Executor m_executor;
    std::int64_t m_rowsSince = 0;
    std::int64_t m_state = 0;
};

SnapshotMaker::SnapshotMaker(const AnalyticsOptions& options, const Dictionary& dictionary)
    : m_database(options.database)
    , m_log(options.log)
    , m_dictionary(dictionary) {}

api::Result<std::unique_ptr<Snapshot>> SnapshotMaker::snapshot() {
    auto reader = take();
    if (!reader) return tl::unexpected(reader.error());
    auto snapshot = std::make_unique<LocalSnapshot>(*this, std::move(*reader));
    if (const auto begun = snapshot->begin(); !begun) return tl::unexpected(begun.error());
    return snapshot;
}

api::Result<SnapshotMaker::Reader> SnapshotMaker::take() {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            auto reader = std::move(m_idle.back());
            m_idle.pop_back();
            return reader;
        }
    }
    Reader reader;
    auto db = openAnalyticsReader(m_database);
    if (!db) return tl::unexpected(db.error());
    reader.db = std::move(*db);
    if (m_log.empty()) return reader;
    std::string error;
    reader.log = Sqlite::open(m_log, Sqlite::Mode::readOnly, error);
    if (!reader.log) return unreadable(m_log, error);
    return reader;
}

void SnapshotMaker::give(Reader reader) {
    const std::lock_guard lock(m_mutex);
    if (m_idle.size() < mostIdleReaders) m_idle.push_back(std::move(reader));
}

}  // namespace stepwell::engine::analytics
