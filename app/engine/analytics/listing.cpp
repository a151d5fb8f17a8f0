#include "app/engine/analytics/executor.h"

#include <algorithm>

/// Rows one by one.
namespace stepwell::engine::analytics {

namespace {

/// A row that may be in the answer: what it is sorted by, and where it is.
struct Candidate {
    std::vector<Value> sortedBy;
    std::int64_t time = 0;
    std::size_t source = 0;  ///< segments in order of their making, then the tail
    std::size_t row = 0;
};

class Sorter {
  public:
    Sorter(const RowQuery& query)
        : m_query(query) {}

    bool comesBefore(const Candidate& a, const Candidate& b) const {
        for (std::size_t i = 0; i < m_query.order.size(); ++i) {
            const auto& order = m_query.order[i];
            const bool byTime = !order.column;
            const bool isLess = byTime ? a.time < b.time : a.sortedBy[i] < b.sortedBy[i];
            const bool isMore = byTime ? b.time < a.time : b.sortedBy[i] < a.sortedBy[i];
            if (isLess != isMore) return isLess != order.isDescending;
        }
        return std::tuple(a.time, a.source, a.row) < std::tuple(b.time, b.source, b.row);
    }

    /// Keeps one more than the limit, so that it is seen whether there are more.
    void add(Candidate candidate) {
        m_kept.push_back(std::move(candidate));
        if (m_kept.size() >= 2 * (m_query.limit + 1) + slack) cut();
    }
    void cut() {
        const auto keep = m_query.limit + 1;
        const auto before = [this](const Candidate& a, const Candidate& b) { return comesBefore(a, b); };
        if (m_kept.size() <= keep) {
            std::sort(m_kept.begin(), m_kept.end(), before);
        } else {
            const auto end = m_kept.begin() + static_cast<std::ptrdiff_t>(keep);
            std::partial_sort(m_kept.begin(), end, m_kept.end(), before);
            m_kept.erase(end, m_kept.end());
        }
        m_isSorted = m_kept.size() == keep;
    }
    /// A row of this time cannot be in the answer.
    bool isTooLate(std::int64_t time) const {
        return m_isSorted && isByTime() && time > m_kept[m_query.limit].time;
    }
    bool isTooEarly(std::int64_t time) const {
        return m_isSorted && !m_query.order.empty() && !m_query.order.front().column &&
               m_query.order.front().isDescending && time < m_kept[m_query.limit].time;
    }
    std::vector<Candidate>& kept() { return m_kept; }

  private:
    static constexpr std::size_t slack = 1'024;
    bool isByTime() const {
        return m_query.order.empty() ||
               (!m_query.order.front().column && !m_query.order.front().isDescending);
    }

    const RowQuery& m_query;
    std::vector<Candidate> m_kept;
    bool m_isSorted = false;  ///< it has been cut, and is full: its last one bounds what may still come
};

Value valueAt(const Batch& batch, Column column, std::size_t row) {
    const auto& data = batch.columns[column];
    const auto value = data.values[row];
    if (tableSpec(batch.table).columns[column].kind == ColumnKind::word)
        return data.words[static_cast<std::size_t>(value)];
    const bool isNone = value == absent && tableSpec(batch.table).columns[column].isMeasure;
    return isNone ? std::int64_t{0} : value;
}

void gather(const RowQuery& query, const CompiledFilter& filter, const Batch& batch, std::size_t source,
            std::int64_t from, std::int64_t to, Sorter& sorter) {
    std::vector<std::uint8_t> mask(batch.rows, 0);
    for (std::size_t i = 0; i < batch.rows; ++i)
        mask[i] = batch.times[i] >= from && batch.times[i] < to ? 1 : 0;
    filter.narrow(inputOf(batch), mask);
    for (std::size_t i = 0; i < batch.rows; ++i) {
        if (mask[i] == 0 || sorter.isTooLate(batch.times[i]) || sorter.isTooEarly(batch.times[i])) continue;
        Candidate candidate;
        for (const auto& order : query.order)
            candidate.sortedBy.push_back(order.column ? valueAt(batch, *order.column, i) : Value());
        candidate.time = batch.times[i];
        candidate.source = source;
        candidate.row = i;
        sorter.add(std::move(candidate));
    }
    sorter.cut();
}

api::Result<void> check(const RowQuery& query, const TableSpec& table) {
    const auto isColumn = [&](Column column) { return column < table.columns.size(); };
    const bool ok = std::all_of(query.columns.begin(), query.columns.end(), isColumn) &&
                    std::all_of(query.order.begin(), query.order.end(), [&](const RowOrder& order) {
                        return !order.column || isColumn(*order.column);
                    });
    if (ok) return {};
    return api::fail(400, api::code::badBody,
                     "table " + std::string(table.name) + " has no such column as the query names");
}

}  // namespace

api::Result<RowAnswer> Executor::rows(const RowQuery& query, const Tail& all) {
    const auto& table = tableSpec(query.table);
    const auto filter = CompiledFilter::compile(query.filter, table);
    if (!filter) return tl::unexpected(filter.error());
    if (const auto checked = check(query, table); !checked) return tl::unexpected(checked.error());
    const auto from = filter->from(std::max(rowsSince(), query.from.time_since_epoch().count()));
    const auto to = filter->to(query.to.time_since_epoch().count());
    const auto segments = m_store.segments(query.table, from, to);
    const auto& tail = all[static_cast<std::size_t>(query.table)];
    std::vector<bool> asked(table.columns.size(), false);
    for (std::size_t i = 0; i < asked.size(); ++i)
        asked[i] = filter->uses()[i];
    for (const auto& order : query.order)
        if (order.column) asked[*order.column] = true;

    // Newest first when the newest rows are wanted: then most segments need not be looked at.
    const bool isBackwards =
        !query.order.empty() && !query.order.front().column && query.order.front().isDescending;
    Sorter sorter(query);
    if (isBackwards) gather(query, *filter, tail, segments.size(), from, to, sorter);
    for (std::size_t n = 0; n < segments.size(); ++n) {
        const auto i = isBackwards ? segments.size() - 1 - n : n;
        if (sorter.isTooLate(segments[i].first) || sorter.isTooEarly(segments[i].last)) continue;
        gather(query, *filter, m_store.load(segments[i], asked), i, from, to, sorter);
        if (!m_store.ok()) return api::fail(m_store.error());
    }
    if (!isBackwards) gather(query, *filter, tail, segments.size(), from, to, sorter);

    auto& kept = sorter.kept();
    RowAnswer answer;
    answer.isCut = kept.size() > query.limit;
    if (answer.isCut) kept.resize(query.limit);
    answer.rows.resize(kept.size());
    std::vector<bool> wanted(table.columns.size(), false);
    for (const auto column : query.columns)
        wanted[column] = true;
    // Segment by segment, for each is read whole.
    std::vector<std::size_t> bySource(kept.size());
    for (std::size_t i = 0; i < bySource.size(); ++i)
        bySource[i] = i;
    std::sort(bySource.begin(), bySource.end(),
              [&](std::size_t a, std::size_t b) { return kept[a].source < kept[b].source; });
    std::optional<std::size_t> at;
    Batch loaded;
    for (const auto i : bySource) {
        const auto source = kept[i].source;
        if (source < segments.size() && at != source) loaded = m_store.load(segments[source], wanted);
        if (!m_store.ok()) return api::fail(m_store.error());
        at = source;
        const auto& batch = source < segments.size() ? loaded : tail;
        answer.rows[i].time = api::Time{api::Milliseconds{kept[i].time}};
        for (const auto column : query.columns)
            answer.rows[i].values.push_back(valueAt(batch, column, kept[i].row));
    }
    return answer;
}

}  // namespace stepwell::engine::analytics
