#include "models/coalescer.h"

namespace stepwell {

namespace {
/// Events come in bunches; waiting this long gathers one.
constexpr std::chrono::milliseconds firstWait{20};
}  // namespace

Coalescer::Coalescer(std::chrono::milliseconds interval, std::function<void()> work, QObject* parent)
    : QObject(parent)
    , m_work(std::move(work))
    , m_interval(interval)
    , m_lastRun(std::chrono::steady_clock::now() - interval) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Coalescer::fire);
}

void Coalescer::request() {
    m_wanted = true;
    if (!m_active || m_timer.isActive()) return;
    const auto since = std::chrono::steady_clock::now() - m_lastRun;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(m_interval - since);
    m_timer.start(std::max(firstWait, left));
}

void Coalescer::clear() {
    m_wanted = false;
    m_timer.stop();
}

void Coalescer::setActive(bool active) {
    m_active = active;
    if (!active) m_timer.stop();
    if (active && m_wanted) request();
}

void Coalescer::fire() {
    m_wanted = false;
    m_lastRun = std::chrono::steady_clock::now();
    m_work();
}

}  // namespace stepwell
