#pragma once

#include "app/engine/analytics/cells.h"
#include "app/engine/analytics/dictionary.h"
#include "app/engine/store/sqlite.h"
#include "models/api/error.h"

#include <filesystem>

/// analytics.db: segments of rows, cells of rollups, words, and how far each goes.
namespace stepwell::engine::analytics {

/// Opens the database for writing, creates it, or brings it up to date. A file that is something else is not
/// touched. Errors name the file and a remedy.
api::Result<std::unique_ptr<Sqlite>> openAnalyticsDatabase(const std::filesystem::path& file);
api::Result<std::unique_ptr<Sqlite>> openAnalyticsReader(const std::filesystem::path& file);

/// Number of the last transaction that changed the database.
inline constexpr std::string_view stateName = "state";

struct SegmentInfo {
    std::int64_t id = 0;
    TableId table = TableId::workflowEvents;
    std::size_t rows = 0;
    std::int64_t first = 0;  ///< earliest time in it, milliseconds since 1970
    std::int64_t last = 0;
    bool isRolled = false;  ///< its rows are in the rollups
};

/// Where cells lie: those of a period are one blob.
struct RollupKey {
    std::uint8_t cuboid = 0;
    Grain grain = Grain::hour;
    std::uint32_t lead = Dictionary::none;
    std::int64_t period = 0;  ///< number of it since 1970, in lengths of periodOf(grain)

    std::int64_t packed() const;
    static RollupKey unpacked(std::int64_t key);
};
/// The stretch whose cells of a grain are stored together.
api::Milliseconds periodOf(Grain grain);

/// Reads and writes on one connection. One thread. Errors of SQLite are those of the connection; damage in
/// what was read is remembered beside them.
class Store {
  public:
    Store(Sqlite& db, std::filesystem::path file)
        : m_db(db)
        , m_file(std::move(file)) {}

    bool ok() const { return m_db.ok() && m_damage.empty(); }
    /// What is wrong, with the file and what to do.
    api::Error error() const;
    void damaged(const std::string& what);
    Sqlite& db() { return m_db; }

    std::int64_t number(std::string_view name, std::int64_t otherwise = 0);
    void setNumber(std::string_view name, std::int64_t value);

    /// Cells of a grain are complete from this time on.
    std::int64_t horizon(std::uint8_t cuboid, Grain grain);
    void setHorizon(std::uint8_t cuboid, Grain grain, std::int64_t time);

    /// Segments with rows in [from, to), oldest id first.
    std::vector<SegmentInfo> segments(TableId table, std::int64_t from, std::int64_t to);
    std::vector<SegmentInfo> unrolled(TableId table);
    /// Only the columns named are read.
    Batch load(const SegmentInfo& segment, const std::vector<bool>& columns);
    void insert(const Batch& batch, bool isRolled);
    void remove(std::int64_t segment);

    /// The first key from `from` to `to`, both included.
    std::optional<RollupKey> nextRollup(std::int64_t from, std::int64_t to);
    std::optional<CellBlobs> rollup(const RollupKey& key, bool withSketches);
    /// Blobs from one key to another, both included; `take` returns false to stop.
    template <class Take>
    void rollups(std::int64_t from, std::int64_t to, bool withSketches, const Take& take) {
        auto query =
            m_db.query(withSketches ? "SELECT key,numbers,sketches FROM rollups WHERE key BETWEEN ? AND ?"
                                    : "SELECT key,numbers FROM rollups WHERE key BETWEEN ? AND ?");
        query.bind(from).bind(to);
        while (query.step()) {
            const auto key = RollupKey::unpacked(query.integer());
            CellBlobs blobs;
            blobs.numbers = query.text();
            if (withSketches) blobs.sketches = query.text();
            if (!unpackBlobs(blobs)) return damaged("a rollup");
            if (!take(key, blobs)) return;
        }
    }
    void putRollup(const RollupKey& key, const CellBlobs& blobs);
    /// Packs the blobs from one key to another, both included.
    void packRollups(std::int64_t from, std::int64_t to);
    void removeRollups(std::int64_t from, std::int64_t to);

    Dictionary::Words words();
    void storeWords(const Dictionary& dictionary);  ///< those that are not stored yet
    void removeWord(std::uint32_t id);

  private:
    std::vector<SegmentInfo> readSegments(Sqlite::Query& query, TableId table);

    Sqlite& m_db;
    std::filesystem::path m_file;
    std::string m_damage;
};

}  // namespace stepwell::engine::analytics
