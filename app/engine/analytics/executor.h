#pragma once

#include "app/engine/analytics/groups.h"
#include "app/engine/analytics/planner.h"

namespace stepwell::engine::analytics {

/// Rows that are committed and not in the database yet, by table.
using Tail = std::array<Batch, tableCount>;

/// Answers queries of one snapshot.
class Executor {
  public:
    Executor(Store& store, const Dictionary& dictionary)
        : m_store(store)
        , m_dictionary(dictionary) {}

    api::Result<Answer> run(const Query& query, const Tail& tail);
    api::Result<RowAnswer> rows(const RowQuery& query, const Tail& all);
    std::int64_t rowsSince();

  private:
    struct Work;
    bool addPiece(Work& work, Piece& piece);
    bool addLead(Work& work, const Piece& piece, std::uint32_t lead);
    bool addBlock(Work& work, const Piece& piece, const RollupKey& key, const CellBlobs& blobs);
    void addRows(Work& work, const Batch& batch, const std::vector<Piece>& pieces) const;
    void addRowPieces(Work& work, const std::vector<Piece>& pieces, const Tail& tail);
    api::Result<void> checkRange(const std::vector<Piece>& pieces);

    Store& m_store;
    const Dictionary& m_dictionary;
};

/// The columns of a batch as a filter looks at them.
FilterInput inputOf(const Batch& batch);

}  // namespace stepwell::engine::analytics
