#pragma once

#include "app/engine/analytics/groups.h"
#include "app/engine/analytics/planner.h"

namespace stepwell::engine::analytics {

/// Rows that are committed and not in the database yet, by table.
using Tail = std::array<Batch, tableCount>;

/// Answers queries of one snapshot.
class Executor {
  public:
    Executor(Store& store, const Dictionary& dictionary, const Tail& tail)
        : m_store(store)
        , m_dictionary(dictionary)
        , m_tail(tail) {}

    api::Result<Answer> run(const Query& query);
    api::Result<RowAnswer> rows(const RowQuery& query);
    std::int64_t rowsSince();

  private:
    struct Work;
    bool addPiece(Work& work, Piece& piece);
    bool addLead(Work& work, const Piece& piece, std::uint32_t lead);
    bool addBlock(Work& work, const Piece& piece, const RollupKey& key, const CellBlobs& blobs);
    void addRows(Work& work, const Batch& batch, const std::vector<Piece>& pieces) const;
    void addRowPieces(Work& work, const std::vector<Piece>& pieces);
    api::Result<void> checkRange(const std::vector<Piece>& pieces);

    Store& m_store;
    const Dictionary& m_dictionary;
    const Tail& m_tail;
};

/// The columns of a batch as a filter looks at them.
FilterInput inputOf(const Batch& batch);

}  // namespace stepwell::engine::analytics
