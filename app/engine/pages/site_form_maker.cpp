#include "app/engine/pages/site_form_maker.h"

#include "app/engine/pages/site_compression.h"

#include <pthread.h>
#include <sched.h>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mostWanted = 1'000;
constexpr std::size_t mostForeseen = 20'000;

struct Forms {
    std::string gzip;
    std::string brotli;
};

/// Empty texts for forms that are not worth keeping.
Forms formsOf(std::string_view bytes, const std::atomic<bool>& stop) {
    const auto form = [&](Encoding encoding) {
        auto text = compressed(bytes, encoding, stop);
        return isWorthKeeping(text.size(), bytes.size()) ? std::move(text) : std::string();
    };
    Forms forms;
    forms.gzip = form(Encoding::gzip);
    forms.brotli = form(Encoding::brotli);
    return forms;
}

/// On a thread of its own, since an idle one cannot become an ordinary one again: it holds no lock that
/// others wait for, however long it waits for its turn.
Forms formsWhenIdle(std::string_view bytes, const std::atomic<bool>& stop) {
    Forms forms;
    std::thread([&] {
        const sched_param none{};
        pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
        forms = formsOf(bytes, stop);
    }).join();
    return forms;
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

/// The next of those that wait.
void SiteFormMaker::work(std::unique_lock<std::mutex>& lock) {
    if (!m_wanted.empty()) {
        const auto wanted = std::move(m_wanted.front());
        m_wanted.pop_front();
        lock.unlock();
        // What could not be made is not tried again before the site is loaded anew.
        wanted.site->knowForms(wanted.key, make(wanted.site->assetOf(wanted.key)).value_or(KeptForms{}));
        lock.lock();
    } else if (!m_foreseen.empty()) {
        const auto foreseen = std::move(m_foreseen.front());
        m_foreseen.pop_front();
        lock.unlock();
        make(foreseen);
        lock.lock();
    }
}

std::optional<KeptForms> SiteFormMaker::make(const AssetRow& asset) {
    auto& folder = m_needs.folder;
    if (m_needs.mostBytes() == 0) return std::nullopt;
    if (const auto kept = folder.find(asset.blob)) return kept;
    const auto bytes = m_needs.read(asset);
    if (!bytes) return std::nullopt;
    const auto forms = formsWhenIdle(*bytes, m_stop);
    if (m_stop) return std::nullopt;
    const auto kept = folder.put(asset.blob, forms.gzip, forms.brotli);
    if (!kept) return std::nullopt;
    // The collector, which removes the forms of what it takes, may have been here before.
    if (!m_needs.isNeeded(asset.blob)) folder.remove(asset.blob);
    return *kept;
}

}  // namespace stepwell::engine::pages
