#include "models/between/promotion_support.h"

#include <QCoreApplication>

namespace stepwell::between {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Promotion", text);
}

Support firstLack(const Backend& backend, std::initializer_list<Feature> features) {
    for (const auto feature : features)
        if (auto support = backend.support(feature); !support.available) return support;
    if (!backend.siteAddress()) return {false, tr("Nothing can be uploaded to or fetched from this backend")};
    return {};
}

}  // namespace

Support canGive(const Backend& backend, PromotionKind kind) {
    if (backend.kind() == BackendKind::wranglerDev)
        return {false, tr("wrangler dev does not give out the code that it runs: import its folder instead")};
    if (kind == PromotionKind::script) return firstLack(backend, {Feature::scripts, Feature::workflows});
    if (backend.kind() == BackendKind::cloudflare)
        return {false,
                tr("Cloudflare does not give out the files of a deployment: deploy its folder instead")};
    return firstLack(backend, {Feature::sites, Feature::siteFiles});
}

Support canTake(const Backend& backend, PromotionKind kind) {
    if (kind == PromotionKind::site) return firstLack(backend, {Feature::sites, Feature::siteUpload});
    return firstLack(backend, {Feature::scripts, Feature::uploadScript, Feature::workflows});
}

}  // namespace stepwell::between
