#pragma once

#include "models/api/error.h"

#include <chrono>
#include <mutex>
#include <string>

namespace stepwell::engine::pages {

/// What kept the disk from taking what was last written. Nobody tries by themselves whether it takes more by
/// now, so after a while it is no news. Thread-safe.
class StorageState {
  public:
    using Clock = std::chrono::steady_clock;

    void failed(const api::Error& error, Clock::time_point now = Clock::now()) {
        const std::lock_guard lock(m_mutex);
        m_error = error.message;
        m_since = now;
    }
    void worked() {
        const std::lock_guard lock(m_mutex);
        m_error.clear();
    }
    /// Empty when nothing is known to be wrong.
    std::string error(Clock::time_point now = Clock::now()) const {
        constexpr std::chrono::minutes news{1};
        const std::lock_guard lock(m_mutex);
        return now - m_since < news ? m_error : std::string();
    }

  private:
    mutable std::mutex m_mutex;
    std::string m_error;          ///< guarded by m_mutex
    Clock::time_point m_since{};  ///< guarded by m_mutex
};

}  // namespace stepwell::engine::pages
