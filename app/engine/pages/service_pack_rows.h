#pragma once

#include "app/engine/pages/service_local.h"

namespace stepwell::engine::pages {

class LocalService::PackRows {
  public:
    PackRows(Work& work, PackWriter& writer)
        : m_blobs(work.db)
        , m_writer(writer) {}

    /// `place` as the writer gave it.
    void keep(const std::string& digest, const BlobPlace& place) {
        const bool isThere = m_blobs.refer(digest);
        if (isThere && !m_blobs.adopt(digest, place)) return;
        if (!isThere) m_blobs.insert(digest, place);
        m_live += place.bytes;
        m_any = true;
    }
    /// After the last one, before the transaction ends.
    void finish() {
        if (!m_any) return;
        m_blobs.addPack(m_writer.key(), m_writer.bytes(), m_live);
        m_writer.keep();
    }

  private:
    SiteBlobs m_blobs;
    PackWriter& m_writer;
    std::int64_t m_live = 0;
    bool m_any = false;
};

}  // namespace stepwell::engine::pages
