#include "models/backends/make_backend.h"

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
    return std::make_unique<HttpBackend>(std::move(address));
}

}  // namespace stepwell
