#pragma once

#include <malloc.h>

namespace stepwell::headless {

/// Keeps the process as large as what it holds. By itself glibc gives threads up to eight arenas a core, each
/// with holes of its own, and keeps whatever was freed below the largest block it ever saw. Before the first
/// thread.
inline void keepMemorySteady() {
#ifdef __GLIBC__
    constexpr int arenas = 2;
    constexpr int ownMapping = 128 << 10;  ///< bytes; larger blocks go back to the system when they are freed
    constexpr int keptFree = 4 << 20;      ///< bytes at the end of an arena
    ::mallopt(M_ARENA_MAX, arenas);
    ::mallopt(M_MMAP_THRESHOLD, ownMapping);
    ::mallopt(M_TRIM_THRESHOLD, keptFree);
#endif
}

}  // namespace stepwell::headless
