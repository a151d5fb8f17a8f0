#pragma once

#include "app/engine/runtime/unique_fd.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace stepwell::engine {

/// CPU time of a process so far, all its threads; nothing when it is gone.
std::optional<std::chrono::milliseconds> cpuTime(pid_t pid);
/// CPU time of a process's main thread, to the nanosecond. Cheap to ask often. One thread at a time.
class ThreadClock {
  public:
    /// Zero when `pid` is 0, the process is gone, or the kernel does not count.
    std::chrono::nanoseconds read(pid_t pid);

  private:
    UniqueFd m_file;
    pid_t m_pid = 0;
};

/// Bytes in memory; 0 when it is gone.
std::int64_t residentBytes(pid_t pid);
/// The first child of a process; 0 when it has none.
pid_t firstChild(pid_t pid);

}  // namespace stepwell::engine
