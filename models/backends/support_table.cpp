#include "models/backends/support_table.h"

#include <QCoreApplication>

#include <array>

namespace stepwell {

namespace {

enum class Product { workflows, workers, pages, analytics, account };

struct Need {
    Product product;
    bool edit;
};

QString tr(const char* text) {
    return QCoreApplication::translate("Support", text);
}

Need needOf(Feature feature) {
    switch (feature) {
    case Feature::triggerInstance:
    case Feature::changeStatus:
    case Feature::restartFromStep:
    case Feature::sendEvent:
    case Feature::deleteInstances:
    case Feature::deleteWorkflow:
    case Feature::retention:
        return {Product::workflows, true};
    case Feature::scripts:
        return {Product::workers, false};
    case Feature::uploadScript:
    case Feature::secrets:
    case Feature::crons:
        return {Product::workers, true};
    case Feature::sites:
    case Feature::siteFiles:
    case Feature::siteRules:
    case Feature::siteRequests:
        return {Product::pages, false};
    case Feature::siteUpload:
        return {Product::pages, true};
    case Feature::analytics:
        return {Product::analytics, false};
    case Feature::tokens:
        return {Product::account, true};
    case Feature::audit:
        return {Product::account, false};
    default:
        return {Product::workflows, false};
    }
}

constexpr std::array<const char*, 5> ownNames{"workflows", "workers", "pages", "analytics", "account"};

void lack(SupportTable& table, Feature feature, const QString& reason) {
    supportOf(table, feature) = {false, reason};
}

void lackOfWrangler(SupportTable& table) {
    lack(table, Feature::graph, tr("wrangler dev does not tell the step graph of a workflow"));
    lack(table, Feature::logs, tr("wrangler dev prints what user code logs where it was started"));
    lack(table, Feature::stepOutput, tr("wrangler dev sends outputs whole with the instance"));
    lack(table, Feature::liveStream, tr("wrangler dev has no live events: it is asked every second or two"));
    lack(table, Feature::deleteWorkflow,
         tr("The configuration of wrangler dev says which workflows there are, and how they are set"));
    lack(table, Feature::retention, tr("wrangler dev keeps all instances"));
    for (const auto feature : {Feature::uploadScript, Feature::secrets, Feature::crons})
        lack(table, feature, tr("wrangler dev runs what is in its folder: change it there"));
    for (const auto feature :
         {Feature::sites, Feature::siteUpload, Feature::siteFiles, Feature::siteRules, Feature::siteRequests})
        lack(table, feature, tr("wrangler dev has no sites"));
    lack(table, Feature::analytics, tr("wrangler dev keeps no analytics"));
    for (const auto feature : {Feature::tokens, Feature::audit})
        lack(table, feature, tr("wrangler dev asks for no token"));
}

void lackOfCloudflare(SupportTable& table) {
    lack(table, Feature::logs, tr("Cloudflare does not give out what instances log"));
    lack(table, Feature::liveStream, tr("Cloudflare is asked again and again instead"));
    lack(table, Feature::siteFiles, tr("Cloudflare does not list the files of a deployment"));
    lack(table, Feature::siteRules, tr("Cloudflare does not tell the rules of a deployment"));
    lack(table, Feature::siteRequests, tr("Cloudflare does not tell the requests to a site one by one"));
    for (const auto feature : {Feature::tokens, Feature::audit})
        lack(table, feature, tr("Tokens and audit log of Cloudflare are in its dashboard"));
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::optional<Feature> ownFeatureOf(std::string_view path) {
    if (path.starts_with("logs")) return Feature::logs;
    if (path.starts_with("events")) return Feature::liveStream;
    if (contains(path, "/requests")) return Feature::siteRequests;
    if (contains(path, "/rules") || contains(path, "/explain")) return Feature::siteRules;
    if (contains(path, "/files") || contains(path, "/parts")) return Feature::siteFiles;
    return std::nullopt;
}

std::optional<Feature> workflowFeatureOf(std::string_view method, std::string_view path) {
    const bool isRead = method == "GET";
    if (path == "settings") return isRead ? std::nullopt : std::optional(Feature::retention);
    if (isRead) {
        if (path.ends_with("/graph")) return Feature::graph;
        return path.ends_with("/step") ? Feature::stepOutput : Feature::workflows;
    }
    if (contains(path, "/events/")) return Feature::sendEvent;
    if (path.ends_with("/status")) return Feature::changeStatus;
    if (path.ends_with("/batch/delete")) return Feature::deleteInstances;
    if (path.ends_with("/instances")) return Feature::triggerInstance;
    return Feature::deleteWorkflow;  // what declares one takes the same
}

std::optional<Feature> scriptFeatureOf(std::string_view method, std::string_view path) {
    const bool isSecret = contains(path, "/secrets");
    // Names of secrets take less than changing them does.
    if (method == "GET") return isSecret ? std::nullopt : std::optional(Feature::scripts);
    if (isSecret) return Feature::secrets;
    return path.ends_with("/schedules") ? Feature::crons : Feature::uploadScript;
}

bool takesAsMuch(Feature other, Need need) {
    const auto theirs = needOf(other);
    return theirs.product == need.product && (theirs.edit || !need.edit);
}

}  // namespace

bool isExtraFeature(Feature feature) {
    switch (feature) {
    case Feature::graph:
    case Feature::logs:
    case Feature::stepOutput:
    case Feature::siteFiles:
    case Feature::siteRules:
    case Feature::siteRequests:
    case Feature::analytics:
    case Feature::tokens:
    case Feature::audit:
    case Feature::retention:
        return true;
    default:
        return false;
    }
}

SupportTable defaultSupport(BackendKind kind) {
    SupportTable table;
    if (kind == BackendKind::wranglerDev) lackOfWrangler(table);
    if (kind == BackendKind::cloudflare) lackOfCloudflare(table);
    return table;
}

std::optional<Feature> featureOf(std::string_view method, std::string_view url) {
    auto path = url.substr(0, url.find('?'));
    if (path.ends_with("/graphql")) return Feature::analytics;
    const auto after = [&path](std::string_view part) -> std::optional<std::string_view> {
        const auto at = path.find(part);
        if (at == std::string_view::npos) return std::nullopt;
        return path.substr(at + part.size());
    };
    if (const auto own = after("/stepwell/")) return ownFeatureOf(*own);
    if (after("/pages/projects")) return method == "GET" ? Feature::sites : Feature::siteUpload;
    if (const auto script = after("/workers/scripts")) return scriptFeatureOf(method, *script);
    if (const auto workflow = after("/workflows/")) return workflowFeatureOf(method, *workflow);
    if (path.ends_with("/workflows")) return Feature::workflows;
    return std::nullopt;
}

QString permissionOf(BackendKind kind, Feature feature) {
    const auto need = needOf(feature);
    if (kind != BackendKind::cloudflare) {
        static constexpr std::array<const char*, 5> names{"Workflows", "Workers", "Pages", "Analytics",
                                                          "Account"};
        return QStringLiteral("%1: %2").arg(QLatin1String(names.at(static_cast<std::size_t>(need.product))),
                                            QLatin1String(need.edit ? "edit" : "read"));
    }
    static constexpr std::array<const char*, 5> names{"Workers Scripts", "Workers Scripts",
                                                      "Cloudflare Pages", "Account Analytics", "API Tokens"};
    return QStringLiteral("%1: %2").arg(QLatin1String(names.at(static_cast<std::size_t>(need.product))),
                                        QLatin1String(need.edit ? "Edit" : "Read"));
}

void refuse(SupportTable& table, BackendKind kind, Feature feature, const QString& reason) {
    const auto need = needOf(feature);
    for (std::size_t i = 0; i < featureCount; ++i) {
        const auto other = static_cast<Feature>(i);
        if (!takesAsMuch(other, need) || !supportOf(table, other).available) continue;
        supportOf(table, other) = {
            false, other == feature && !reason.isEmpty()
                       ? reason
                       : tr("The token lacks the permission \"%1\": give it that one, or use another token")
                             .arg(permissionOf(kind, other))};
    }
}

void grant(SupportTable& table, BackendKind kind, Feature feature) {
    const auto byNature = defaultSupport(kind);
    const auto need = needOf(feature);
    for (std::size_t i = 0; i < featureCount; ++i) {
        const auto theirs = needOf(static_cast<Feature>(i));
        const bool covered = theirs.product == need.product && (need.edit || !theirs.edit);
        if (!covered || (isExtraFeature(static_cast<Feature>(i)) && static_cast<Feature>(i) != feature))
            continue;
        table.at(i) = byNature.at(i);
    }
}

void applyPermissions(SupportTable& table, BackendKind kind,
                      const std::map<std::string, std::string>& permissions) {
    for (std::size_t i = 0; i < featureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        if (feature == Feature::liveStream) continue;
        const auto need = needOf(feature);
        const auto found = permissions.find(ownNames.at(static_cast<std::size_t>(need.product)));
        const bool has = found != permissions.end() &&
                         (found->second == "edit" || (!need.edit && found->second == "read"));
        if (!has)
            supportOf(table, feature) = {
                false, tr("The token lacks the permission \"%1\": give it that one, or use another token")
                           .arg(permissionOf(kind, feature))};
    }
}

}  // namespace stepwell
