#pragma once

#include "app/engine/http/shared_body.h"
#include "app/engine/pages/asset_lookup.h"
#include "app/engine/pages/service_rows.h"

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace stepwell::engine::pages {

/// A stretch of a pack, or a compressed form of it.
struct BodyName {
    BlobPlace place;
    Encoding encoding = Encoding::identity;
};

/// The files that were asked for last, in memory and bounded, so that most answers need no other thread and
/// no system call but the one that sends them. What is in a stretch of a pack never changes. Thread-safe.
class SiteBodies {
  public:
    static constexpr std::int64_t largest = 256 * 1024;     ///< bytes of a file that is kept
    static constexpr std::int64_t most = 64 * 1024 * 1024;  ///< bytes of all of them

    using Body = std::shared_ptr<const http::SharedBody>;
    Body find(const BodyName& name);
    void put(const BodyName& name, Body body);
    /// Lets go of what nobody asked for since the call before.
    void forgetUnused();

  private:
    void dropOldest();
    struct Entry {
        BodyName name;
        Body body;
        std::uint64_t round = 0;  ///< of its last use
    };
    struct Hash {
        std::size_t operator()(const BodyName& name) const {
            // Keys of packs are random.
            return static_cast<std::size_t>(name.place.pack.value ^
                                            (name.place.start * 0x9E3779B97F4A7C15LL)) +
                   static_cast<std::size_t>(name.encoding);
        }
    };
    struct Same {
        bool operator()(const BodyName& left, const BodyName& right) const {
            return left.place.pack == right.place.pack && left.place.start == right.place.start &&
                   left.place.bytes == right.place.bytes && left.encoding == right.encoding;
        }
    };
    using Entries = std::list<Entry>;  ///< newest use first

    std::mutex m_mutex;
    Entries m_entries;                                                     ///< guarded by m_mutex
    std::unordered_map<BodyName, Entries::iterator, Hash, Same> m_places;  ///< guarded by m_mutex
    std::int64_t m_bytes = 0;                                              ///< guarded by m_mutex
    std::uint64_t m_round = 0;                                             ///< guarded by m_mutex
};

}  // namespace stepwell::engine::pages
