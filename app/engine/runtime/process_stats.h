#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace stepwell::engine {

/// CPU time of a process so far, all its threads; nothing when it is gone.
std::optional<std::chrono::milliseconds> cpuTime(pid_t pid);
/// Bytes in memory; 0 when it is gone.
std::int64_t residentBytes(pid_t pid);
/// The first child of a process; 0 when it has none.
pid_t firstChild(pid_t pid);

}  // namespace stepwell::engine
