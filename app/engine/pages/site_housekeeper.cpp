#include "app/engine/pages/site_housekeeper.h"

namespace stepwell::engine::pages {

namespace {
constexpr std::chrono::milliseconds restAfterPiece{5};
}

SiteHousekeeper::SiteHousekeeper(Job job)
    : m_job(std::move(job))
    , m_thread([this] { run(); }) {}

SiteHousekeeper::~SiteHousekeeper() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void SiteHousekeeper::wake() {
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_all();
}

void SiteHousekeeper::run() {
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        m_woken = false;
        lock.unlock();
        const bool more = m_job.piece();
        const auto pause = more ? restAfterPiece : m_job.interval();
        lock.lock();
        m_changed.wait_for(lock, pause, [&] { return m_stopping || (m_woken && !more); });
    }
}

}  // namespace stepwell::engine::pages
