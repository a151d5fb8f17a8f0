#pragma once

#include "models/backend.h"

#include <chrono>

namespace stepwell {

/// How often to ask a backend that tells no news by itself: less often where requests are counted.
inline std::chrono::milliseconds pollPace(const Backend& backend, std::chrono::milliseconds usual) {
    return backend.kind() == BackendKind::cloudflare ? usual * 5 : usual;
}

/// Runs `load`; where something is shown already nobody waits for it, and its reads yield to those that a
/// person asks for.
template <class Load>
void inBackground(Backend* backend, bool isShown, Load load) {
    if (backend == nullptr || !isShown) return load();
    const BackgroundCalls quiet(*backend);
    load();
}

}  // namespace stepwell
