#pragma once

#include "app/engine/pages/service_rows.h"
#include "app/engine/pages/site_content.h"
#include "app/engine/pages/site_forms.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace stepwell::engine::pages {

/// Empty texts for forms that are not worth keeping.
struct CompressedForms {
    std::string gzip;
    std::string brotli;
};

/// Makes the compressed forms of blobs, one after the other, on threads that only run when no other wants to.
/// Thread-safe. Goes before what it was given.
class SiteFormMaker {
  public:
    struct Needs {
        FormFolder& folder;
        std::function<api::Result<std::string>(const AssetRow&)> read;  ///< waits for the disk alone
        std::function<bool(const std::string& digest)> isNeeded;        ///< whether there is such a blob
        std::function<std::int64_t()> mostBytes;  ///< of the folder; 0: nothing is kept, or made
    };
    explicit SiteFormMaker(Needs needs);
    /// Gives up what it is at, and joins.
    ~SiteFormMaker();
    SiteFormMaker(const SiteFormMaker&) = delete;
    SiteFormMaker& operator=(const SiteFormMaker&) = delete;

    /// An asset that was uploaded. Passed over when too many wait, or its bytes are elsewhere by then.
    void foresee(const AssetRow& asset);
    /// An asset of a site that was asked for: before those that were uploaded. The site is told of what there
    /// is then. False when too many wait.
    bool want(std::shared_ptr<const SiteContent> site, const api::AssetKey& key);
    /// The bound may have changed.
    void wake();

  private:
    struct Wanted {
        std::shared_ptr<const SiteContent> site;
        api::AssetKey key;
    };
    void run();
    /// Whether one that is wanted meanwhile goes first.
    enum class Interrupted { no, yes };
    void work(std::unique_lock<std::mutex>& lock);
    /// Of as many as it came to.
    std::vector<KeptForms> makeAll(const std::vector<AssetRow>& assets, Interrupted interrupted);
    struct Job {
        std::optional<KeptForms> kept{};  ///< nothing has to be made
        std::string bytes;                ///< to be compressed; empty: they could not be read
        CompressedForms forms;
        bool isDone = false;
    };
    std::vector<Job> jobsFrom(const std::vector<AssetRow>& assets, std::size_t from) const;
    KeptForms keep(const AssetRow& asset, const Job& job) const;

    Needs m_needs;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Wanted> m_wanted;       ///< guarded by m_mutex
    std::deque<AssetRow> m_foreseen;   ///< guarded by m_mutex
    bool m_woken = false;              ///< guarded by m_mutex
    std::atomic<bool> m_hurry{false};  ///< one is wanted
    std::atomic<bool> m_stop{false};
    std::thread m_thread;  ///< last: it uses the others
};

}  // namespace stepwell::engine::pages
