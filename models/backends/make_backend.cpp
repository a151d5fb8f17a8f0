#include "models/backends/make_backend.h"

#include "models/backends/explorer_backend.h"
#include "models/backends/offline_cache.h"
#include "models/http_backend.h"
#include "models/text.h"

namespace stepwell {

namespace {

/// Of a `wrangler dev` that was found by its port the id is that port, where another project may run later.
QString cacheIdOf(const BackendSpec& spec) {
    constexpr qsizetype longest = 120;
    if (!spec.id.startsWith(QLatin1String("wrangler-"))) return spec.id;
    return (spec.id + QLatin1Char('-') + spec.name).left(longest);
}

}  // namespace

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
    if (spec.kind != BackendKind::thisMachine) address.store = openOfflineCache(cacheIdOf(spec));
    if (spec.kind == BackendKind::wranglerDev) return std::make_unique<ExplorerBackend>(std::move(address));
    return std::make_unique<HttpBackend>(std::move(address));
}

}  // namespace stepwell
