#include "app/engine/store/instance_list.h"

#include "app/engine/store/row_codec.h"

#include <algorithm>
#include <array>

namespace stepwell::engine {

namespace {

constexpr int glimpseSteps = 24;
constexpr std::int64_t keyEnd = std::int64_t{1} << 43;  ///< above every key, see stepId

/// Keys from `first` up to, not including, `end`.
struct KeyRange {
    std::int64_t first = 0;
    std::int64_t end = keyEnd;
};

class Lister {
  public:
    Lister(Sqlite& db, const InstanceQuery& asked)
        : m_db(db)
        , m_asked(asked) {}

    InstanceListing list() {
        const auto range = keysInTime();
        InstanceListing listing;
        const auto before = countBelow(range.first);
        listing.total = countBelow(range.end) - before;
        auto rest = m_asked.offset;
        KeyRange rows = range;
        if (m_asked.after) {
            if (m_asked.ascending)
                rows.first = std::max(rows.first, m_asked.after->value + 1);
            else
                rows.end = std::min(rows.end, m_asked.after->value);
        } else if (m_asked.offset > 0) {
            if (m_asked.offset >= listing.total) return listing;
            rest = skipBlocks(rows, before, listing.total);
        }
        readRows(listing, rows, rest);
        for (auto& item : listing.rows)
            item.glimpse = readGlimpse(item.instance.key);
        return listing;
    }

  private:
    std::optional<std::int64_t> status() const {
        return m_asked.status ? std::optional<std::int64_t>(static_cast<int>(*m_asked.status)) : std::nullopt;
    }

    KeyRange keysInTime() {
        KeyRange range;
        if (m_asked.from) range.first = firstCreatedAtOrAfter(*m_asked.from);
        if (m_asked.to)
            range.end = std::max(range.first, firstCreatedAtOrAfter(*m_asked.to + api::Milliseconds{1}));
        return range;
    }

    /// By bisection over the keys of all workflows: they are created in the same order.
    std::int64_t firstCreatedAtOrAfter(api::Time time) {
        std::int64_t low = 0;
        std::int64_t high = 0;
        {
            auto query = m_db.query("SELECT coalesce(max(id),0)+1 FROM instances");
            if (query.step()) high = query.integer();
        }
        while (low < high) {
            const auto middle = low + (high - low) / 2;
            auto query = m_db.query("SELECT id,created FROM instances WHERE id>=? ORDER BY id LIMIT 1");
            if (!query.bind(middle).step()) return low;
            const auto id = query.integer();
            if (query.time() < time)
                low = id + 1;
            else
                high = middle;
        }
        return low;
    }

    /// How many of the asked instances have a key below `key`.
    std::int64_t countBelow(std::int64_t key) {
        if (key <= 0) return 0;
        const auto block = key >> blockBits;
        std::int64_t count = 0;
        {
            auto query = m_db.query("SELECT coalesce(sum(n),0) FROM blocks WHERE workflow=? AND block<? AND "
                                    "(?3 IS NULL OR status=?3)");
            query.bind(m_asked.workflow).bind(block).bind(status());
            if (query.step()) count = query.integer();
        }
        const auto blockStart = block << blockBits;
        if (blockStart == key) return count;
        auto query = m_db.query(m_asked.status ? "SELECT count(*) FROM instances WHERE workflow=? AND "
                                                 "id>=? AND id<? AND status=?"
                                               : "SELECT count(*) FROM instances WHERE workflow=? AND "
                                                 "id>=? AND id<?");
        query.bind(m_asked.workflow).bind(blockStart).bind(key);
        if (m_asked.status) query.bind(*status());
        return query.step() ? count + query.integer() : count;
    }

    /// Narrows `rows` to begin (in the asked direction) in the block that holds the first row after `offset`;
    /// answers how many rows of it are still to be skipped. `before`: asked instances below the range.
    std::int64_t skipBlocks(KeyRange& rows, std::int64_t before, std::int64_t total) {
        const auto rank = before + (m_asked.ascending ? m_asked.offset : total - 1 - m_asked.offset);
        auto query = m_db.query("SELECT block,sum(n) FROM blocks WHERE workflow=? AND (?2 IS NULL OR "
                                "status=?2) GROUP BY block ORDER BY block");
        query.bind(m_asked.workflow).bind(status());
        std::int64_t seen = 0;
        while (query.step()) {
            const auto block = query.integer();
            const auto count = query.integer();
            if (seen + count <= rank) {
                seen += count;
                continue;
            }
            const auto blockStart = block << blockBits;
            if (m_asked.ascending) {
                const auto hidden =
                    blockStart < rows.first ? before - seen : 0;  // of this block, below the range
                rows.first = std::max(rows.first, blockStart);
                return rank - seen - hidden;
            }
            const auto blockEnd = (block + 1) << blockBits;
            const auto hidden = blockEnd > rows.end ? seen + count - (before + total) : 0;
            rows.end = std::min(rows.end, blockEnd);
            return seen + count - 1 - rank - hidden;
        }
        rows.first = rows.end;  // counts and rows disagree: nothing is better than something wrong
        return 0;
    }

    void readRows(InstanceListing& listing, const KeyRange& rows, std::int64_t offset) {
        const auto& sql = listSql(m_asked.status.has_value(), m_asked.ascending);
        auto query = m_db.query(sql.c_str());
        query.bind(m_asked.workflow);
        if (m_asked.status) query.bind(*status());
        query.bind(rows.first).bind(rows.end);
        query.bind(m_asked.from.value_or(api::Time{api::Milliseconds{0}}));
        query.bind(m_asked.to.value_or(api::Time{api::Milliseconds{std::int64_t{1} << 53}}));
        query.bind(m_asked.size + 1).bind(offset);
        while (query.step()) {
            InstanceListing::Item item;
            item.instance = readInstanceHead(query);
            item.versionNumber = query.small();
            item.versionUuid = query.text();
            listing.rows.push_back(std::move(item));
        }
        listing.more = static_cast<int>(listing.rows.size()) > m_asked.size;
        if (listing.more) listing.rows.pop_back();
    }

    /// Four texts, kept for the life of the program because their addresses key the statement cache.
    static const std::string& listSql(bool byStatus, bool ascending) {
        static const auto make = [](bool status, bool upward) {
            return std::string("SELECT " STEPWELL_INSTANCE_HEAD ",v.number,v.uuid FROM instances i "
                               "LEFT JOIN workflow_versions v ON v.id=i.version WHERE i.workflow=?") +
                   (status ? " AND i.status=?" : "") + " AND i.id>=? AND i.id<?" +
                   " AND i.created>=? AND i.created<=? ORDER BY i.id " + (upward ? "ASC" : "DESC") +
                   " LIMIT ? OFFSET ?";
        };
        static const std::array<std::string, 4> texts = {make(false, false), make(false, true),
                                                         make(true, false), make(true, true)};
        return texts.at((byStatus ? 2U : 0U) + (ascending ? 1U : 0U));
    }

    std::vector<StepRow> readGlimpse(InstanceKey key) {
        auto query =
            m_db.query("SELECT kind,state,started,ended FROM steps WHERE id>=? AND id<? ORDER BY id LIMIT ?");
        query.bind(stepId(key, 0)).bind(stepIdEnd(key)).bind(glimpseSteps);
        std::vector<StepRow> rows;
        while (query.step()) {
            StepRow row;
            row.kind = static_cast<api::StepKind>(query.small());
            row.state = static_cast<api::StepState>(query.small());
            row.started = query.time();
            row.ended = query.optionalTime();
            rows.push_back(std::move(row));
        }
        return rows;
    }

    Sqlite& m_db;
    const InstanceQuery& m_asked;
};

}  // namespace

InstanceListing listInstances(Sqlite& db, const InstanceQuery& asked) {
    return Lister(db, asked).list();
}

}  // namespace stepwell::engine
