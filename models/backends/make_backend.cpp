#include "models/backends/make_backend.h"

#include "models/backends/explorer_backend.h"
#include "models/backends/offline_cache.h"
#include "models/http_backend.h"
#include "models/text.h"

namespace stepwell {

std::unique_ptr<Backend> makeBackend(const BackendSpec& spec, const QString& token) {
    BackendAddress address;
    address.kind = spec.kind;
    address.name = spec.name;
    address.apiBase = toStd(spec.apiBase);
    address.account = toStd(spec.account);
    address.token = toStd(token);
    address.caFile = toStd(spec.caFile);
    address.pinnedKey = toStd(spec.pinnedSha256);
    // The live stream is our own extension.
    address.live = spec.kind == BackendKind::thisMachine || spec.kind == BackendKind::stepwell;
    // What is on this machine is here as long as the machine is.
    if (spec.kind != BackendKind::thisMachine) address.store = openOfflineCache(spec.id);
    if (spec.kind == BackendKind::wranglerDev) return std::make_unique<ExplorerBackend>(std::move(address));
    return std::make_unique<HttpBackend>(std::move(address));
}

}  // namespace stepwell
