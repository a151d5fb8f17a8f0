#include "app/engine/analytics/executor.h"

#include <algorithm>

namespace stepwell::engine::analytics {

/// A query under way.
struct Executor::Work {
    const Query& query;
    const TableSpec& table;
    const CompiledFilter& filter;
    CellShape shape;
    Needs needs;
    Groups groups;
    std::vector<bool> columns;  ///< that rows are read with
    std::int64_t cellsRead = 0;
    std::int64_t rowsRead = 0;
    CellBlock block;  ///< here so that its memory is used again
    std::vector<std::uint8_t> mask;
    std::vector<std::int64_t> times;

    Work(const Query& asked, const TableSpec& spec, const CompiledFilter& compiled, const Needs& found,
         const Dictionary& dictionary)
        : query(asked)
        , table(spec)
        , filter(compiled)
        , shape(spec)
        , needs(found)
        , groups(asked, spec, dictionary)
        , columns(spec.columns.size(), false) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i] = needs.columns[i];
        for (const auto& measure : asked.measures)
            columns[measure.column] = true;
    }
};

FilterInput inputOf(const Batch& batch) {
    FilterInput input;
    input.rows = batch.rows;
    input.times = batch.times;
    const auto& spec = tableSpec(batch.table);
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
        input.columns[i] = batch.columns[i].values;
        if (spec.columns[i].kind == ColumnKind::word) input.words[i] = &batch.columns[i].words;
    }
    return input;
}

std::int64_t Executor::rowsSince() {
    return m_store.number("rows_since");
}

api::Result<Answer> Executor::run(const Query& query, const Tail& tail) {
    const auto& table = tableSpec(query.table);
    const auto filter = CompiledFilter::compile(query.filter, table);
    if (!filter) return tl::unexpected(filter.error());
    const auto needs = needsOf(query, *filter, table);
    if (!needs) return tl::unexpected(needs.error());
    const auto from = filter->from(std::max<std::int64_t>(0, query.from.time_since_epoch().count()));
    const auto to = filter->to(query.to.time_since_epoch().count());
    auto pieces = plan(table, *needs, from, to, m_store);
    if (const auto checked = checkRange(pieces); !checked) return tl::unexpected(checked.error());
    // Where words of a rollup stand together, its stretch is answered from rows after all, and all begins
    // anew.
    for (;;) {
        Work work(query, table, *filter, *needs, m_dictionary);
        const bool isWhole = std::all_of(pieces.begin(), pieces.end(), [&](Piece& piece) {
            return piece.cuboid == nullptr || addPiece(work, piece);
        });
        if (!m_store.ok()) return api::fail(m_store.error());
        if (!isWhole) continue;
        addRowPieces(work, pieces, tail);
        if (!work.groups.ok()) m_store.damaged("a rollup");
        if (!m_store.ok()) return api::fail(m_store.error());
        auto answer = work.groups.answer();
        answer.cellsRead = work.cellsRead;
        answer.rowsRead = work.rowsRead;
        return answer;
    }
}

api::Result<void> Executor::checkRange(const std::vector<Piece>& pieces) {
    const auto since = rowsSince();
    for (const auto& piece : pieces) {
        if (piece.cuboid != nullptr || piece.from >= since || piece.from >= piece.to) continue;
        return api::fail(400, api::code::badBody,
                         "rows are kept since " + api::toIso(api::Time{api::Milliseconds{since}}) +
                             ", and no rollup tells what is asked of the time from " +
                             api::toIso(api::Time{api::Milliseconds{piece.from}}) +
                             " on; ask for a later range, or for whole hours or days");
    }
    return {};
}

/// False when the piece was given to the rows.
bool Executor::addPiece(Work& work, Piece& piece) {
    const auto& key = piece.cuboid->key;
    bool isWhole = true;
    if (key.empty()) {
        isWhole = addLead(work, piece, Dictionary::none);
    } else if (const auto words = work.filter.onlyWords(key.front())) {
        for (const auto& word : *words)
            if (const auto lead = m_dictionary.find(word); lead && *lead != Dictionary::other)
                isWhole = isWhole && addLead(work, piece, *lead);
        isWhole = isWhole && addLead(work, piece, Dictionary::other);
    } else {
        const RollupKey last{piece.cuboid->id, piece.grain, UINT32_MAX, INT64_MAX};
        RollupKey at{piece.cuboid->id, piece.grain, 0, 0};
        while (isWhole) {
            const auto found = m_store.nextRollup(at.packed(), last.packed());
            if (!found) break;
            if (work.filter.mayBe(key.front(), m_dictionary.text(found->lead)))
                isWhole = addLead(work, piece, found->lead);
            at.lead = found->lead + 1;
        }
    }
    if (isWhole) return true;
    piece = {piece.from, piece.to, nullptr, Grain::instant};
    return false;
}

bool Executor::addLead(Work& work, const Piece& piece, std::uint32_t lead) {
    const auto period = periodOf(piece.grain).count();
    const RollupKey first{piece.cuboid->id, piece.grain, lead, piece.from / period};
    const RollupKey last{piece.cuboid->id, piece.grain, lead, (piece.to - 1) / period};
    bool isWhole = true;
    m_store.rollups(first.packed(), last.packed(), !work.groups.sketchesAsked().empty(),
                    [&](const RollupKey& key, const CellBlobs& blobs) {
                        isWhole = addBlock(work, piece, key, blobs);
                        return isWhole && m_store.ok();
                    });
    return isWhole;
}

/// False when the block does not tell apart what the query does, and rows can.
bool Executor::addBlock(Work& work, const Piece& piece, const RollupKey& key, const CellBlobs& blobs) {
    const auto& cuboid = *piece.cuboid;
    const std::size_t others = cuboid.key.empty() ? 0 : cuboid.key.size() - 1;
    auto& block = work.block;
    const auto damaged = [this] {
        m_store.damaged("a rollup");
        return true;
    };
    if (!readBlock(blobs.numbers, work.shape, others, work.groups.parts(), block)) return damaged();
    if (block.hasOther && piece.from >= rowsSince()) return false;
    const auto length = lengthOf(piece.grain).count();
    work.times.resize(block.count);
    work.mask.assign(block.count, 0);
    for (std::size_t i = 0; i < block.count; ++i) {
        work.times[i] = block.buckets[i] * length;
        work.mask[i] = work.times[i] >= piece.from && work.times[i] < piece.to ? 1 : 0;
    }
    FilterInput input;
    input.rows = block.count;
    input.times = work.times;
    input.dictionary = &m_dictionary;
    const std::int64_t lead = key.lead;
    for (std::size_t k = 0; k < cuboid.key.size(); ++k)
        input.columns[cuboid.key[k]] = k == 0 ? std::span(&lead, 1) : std::span(block.keys[k - 1]);
    work.filter.narrow(input, work.mask);
    std::vector<std::vector<std::string_view>> sketches(work.groups.sketchesAsked().size());
    for (std::size_t i = 0; i < sketches.size(); ++i)
        if (!readSketches(blobs.sketches, work.groups.sketchesAsked()[i], block.count, sketches[i]))
            return damaged();
    work.groups.addCells(input, block, work.mask, sketches);
    work.cellsRead += static_cast<std::int64_t>(block.count);
    return true;
}

void Executor::addRows(Work& work, const Batch& batch, const std::vector<Piece>& pieces) const {
    if (batch.rows == 0) return;
    work.mask.assign(batch.rows, 0);
    for (const auto& piece : pieces)
        for (std::size_t i = 0; i < batch.rows; ++i)
            work.mask[i] |= batch.times[i] >= piece.from && batch.times[i] < piece.to ? 1 : 0;
    work.filter.narrow(inputOf(batch), work.mask);
    work.groups.addRows(batch, work.mask);
    work.rowsRead += static_cast<std::int64_t>(batch.rows);
}

/// Rows that no rollup has yet count in every piece, others in those that are answered from rows.
void Executor::addRowPieces(Work& work, const std::vector<Piece>& pieces, const Tail& tail) {
    if (pieces.empty()) return;
    std::vector<Piece> byRows;
    std::copy_if(pieces.begin(), pieces.end(), std::back_inserter(byRows),
                 [](const Piece& piece) { return piece.cuboid == nullptr; });
    const auto touches = [](const SegmentInfo& segment, const Piece& piece) {
        return segment.last >= piece.from && segment.first < piece.to;
    };
    // Of a month there are hundreds of segments, and hardly any of them is looked at.
    auto segments = m_store.unrolled(work.table.id);
    for (const auto& piece : byRows)
        for (const auto& segment : m_store.segments(work.table.id, piece.from, piece.to))
            if (segment.isRolled) segments.push_back(segment);
    std::sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    segments.erase(std::unique(segments.begin(), segments.end(),
                               [](const auto& a, const auto& b) { return a.id == b.id; }),
                   segments.end());
    for (const auto& segment : segments) {
        const auto& asked = segment.isRolled ? byRows : pieces;
        const bool isAsked = std::any_of(asked.begin(), asked.end(),
                                         [&](const Piece& piece) { return touches(segment, piece); });
        if (isAsked) addRows(work, m_store.load(segment, work.columns), asked);
        if (!m_store.ok()) return;
    }
    addRows(work, tail[static_cast<std::size_t>(work.table.id)], pieces);
}

}  // namespace stepwell::engine::analytics
