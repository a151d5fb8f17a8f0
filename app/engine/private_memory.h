#pragma once

#include <sys/prctl.h>

namespace stepwell::engine {

/// Keeps the memory of this process, which holds tokens and secrets, out of core dumps and from other
/// processes of the same user (prctl(2), PR_SET_DUMPABLE). Processes that it starts are not affected. Left
/// out under the sanitizers, whose search for leaks reads the memory in that way.
inline void keepMemoryPrivate() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace stepwell::engine
