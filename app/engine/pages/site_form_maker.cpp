#include "app/engine/pages/site_form_maker.h"

#include "app/engine/pages/site_compression.h"

#include <pthread.h>
#include <sched.h>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mostWanted = 1'000;
constexpr std::size_t mostForeseen = 20'000;
constexpr std::size_t mostAtOnce = 64;
constexpr std::size_t mostBytesAtOnce = 4 * 1024 * 1024;

CompressedForms formsOf(std::string_view bytes, const std::atomic<bool>& stop) {
    const auto form = [&](Encoding encoding) {
        auto text = compressed(bytes, encoding, stop);
        return isWorthKeeping(text.size(), bytes.size()) ? std::move(text) : std::string();
    };
    CompressedForms forms;
    forms.gzip = form(Encoding::gzip);
    forms.brotli = form(Encoding::brotli);
    return forms;
}

/// On a thread of its own, since an idle one cannot become an ordinary one again. However long it waits for
/// its turn, `work` touches no file and holds no lock: nobody is to wait for it.
template <class Work>
void whenIdle(const Work& work) {
    std::thread([&work] {
        const sched_param none{};
        pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
        work();
    }).join();
}

}  // namespace

SiteFormMaker::SiteFormMaker(Needs needs)
    : m_needs(std::move(needs))
    , m_thread([this] { run(); }) {}

SiteFormMaker::~SiteFormMaker() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void SiteFormMaker::foresee(const AssetRow& asset) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_foreseen.size() >= mostForeseen) return;
        m_foreseen.push_back(asset);
    }
    m_changed.notify_all();
}

bool SiteFormMaker::want(std::shared_ptr<const SiteContent> site, const api::AssetKey& key) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_wanted.size() >= mostWanted) return false;
        m_wanted.push_back({std::move(site), key});
        m_hurry = true;
    }
    m_changed.notify_all();
    return true;
}

void SiteFormMaker::wake() {
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_all();
}

void SiteFormMaker::run() {
    m_needs.folder.sweep(m_needs.isNeeded, m_stop);
    std::unique_lock lock(m_mutex);
    while (!m_stop) {
        m_woken = false;
        work(lock);
        lock.unlock();
        // A little more than is too much goes, so that it need not be looked for each time.
        const auto most = m_needs.mostBytes();
        if (m_needs.folder.bytes() > most) m_needs.folder.shrink(most - most / 4, m_stop);
        lock.lock();
        m_changed.wait(lock,
                       [this] { return m_stop || m_woken || !m_wanted.empty() || !m_foreseen.empty(); });
    }
}

/// The next one that was asked for, or some of those that were uploaded.
void SiteFormMaker::work(std::unique_lock<std::mutex>& lock) {
    std::vector<AssetRow> assets;
    std::optional<Wanted> wanted;
    if (!m_wanted.empty()) {
        wanted = std::move(m_wanted.front());
        m_wanted.pop_front();
        assets.push_back(wanted->site->assetOf(wanted->key));
    }
    while (!wanted && !m_foreseen.empty() && assets.size() < mostAtOnce) {
        assets.push_back(std::move(m_foreseen.front()));
        m_foreseen.pop_front();
    }
    m_hurry = !m_wanted.empty();
    lock.unlock();
    const auto done = makeAll(assets, wanted ? Interrupted::no : Interrupted::yes);
    // What could not be made is not tried again before the site is loaded anew.
    if (wanted) wanted->site->knowForms(wanted->key, done.empty() ? KeptForms{} : done.front());
    lock.lock();
    for (auto left = assets.rbegin(); !m_stop && left != assets.rend() - std::ptrdiff_t(done.size()); ++left)
        m_foreseen.push_front(std::move(*left));
}

std::vector<KeptForms> SiteFormMaker::makeAll(const std::vector<AssetRow>& assets, Interrupted interrupted) {
    std::vector<KeptForms> done;
    if (assets.empty()) return done;
    if (m_needs.mostBytes() == 0) return std::vector<KeptForms>(assets.size());
    const auto goesOn = [&] { return !m_stop && !(m_hurry && interrupted == Interrupted::yes); };
    while (done.size() < assets.size() && goesOn()) {
        auto jobs = jobsFrom(assets, done.size());
        whenIdle([&] {
            for (auto& job : jobs) {
                if (!goesOn()) return;
                if (!job.bytes.empty()) job.forms = formsOf(job.bytes, m_stop);
                job.isDone = !m_stop;
            }
        });
        for (const auto& job : jobs)
            if (job.isDone) done.push_back(keep(assets[done.size()], job));
    }
    // The collector, which removes the forms of what it takes, may have been here before.
    for (std::size_t i = 0; i < done.size() && !m_stop; ++i)
        if (!m_needs.isNeeded(assets[i].blob)) m_needs.folder.remove(assets[i].blob);
    return done;
}

/// The next ones, with at most some megabytes in memory.
std::vector<SiteFormMaker::Job> SiteFormMaker::jobsFrom(const std::vector<AssetRow>& assets,
                                                        std::size_t from) const {
    std::vector<Job> jobs;
    for (std::size_t bytes = 0; from < assets.size() && bytes < mostBytesAtOnce; ++from) {
        Job job;
        job.kept = m_needs.folder.find(assets[from].blob);
        if (!job.kept) job.bytes = m_needs.read(assets[from]).value_or(std::string());
        bytes += job.bytes.size();
        jobs.push_back(std::move(job));
    }
    return jobs;
}

KeptForms SiteFormMaker::keep(const AssetRow& asset, const Job& job) const {
    if (job.kept) return *job.kept;
    if (job.bytes.empty()) return {};  // it could not be read
    return m_needs.folder.put(asset.blob, job.forms.gzip, job.forms.brotli).value_or(KeptForms{});
}

}  // namespace stepwell::engine::pages
