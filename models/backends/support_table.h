#pragma once

#include "models/backends/backend_kind.h"
#include "models/backends/support.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Which backends have what, and which permission it takes. Pure functions.
namespace stepwell {

inline Support& supportOf(SupportTable& table, Feature feature) {
    return table.at(static_cast<std::size_t>(feature));
}

/// What a kind of backend has by its nature, before it is asked.
SupportTable defaultSupport(BackendKind kind);

/// What a request is for; nothing where no feature depends on its answer.
std::optional<Feature> featureOf(std::string_view method, std::string_view url);

/// What not every backend of a kind has: a route that is missing says so, and nothing about the rest.
bool isExtraFeature(Feature feature);

/// The permission that a feature takes, as the backend calls it: "Workflows: edit", "Workers Scripts: Edit".
QString permissionOf(BackendKind kind, Feature feature);

/// A feature was refused for lack of a permission: it, and what takes the same one or more, is unavailable.
void refuse(SupportTable& table, BackendKind kind, Feature feature, const QString& reason);
/// It was granted: what was refused for the same permission is available again.
void grant(SupportTable& table, BackendKind kind, Feature feature);

/// By what a Stepwell says that the token may do: "workflows" -> "edit", "pages" -> "read".
void applyPermissions(SupportTable& table, BackendKind kind,
                      const std::map<std::string, std::string>& permissions);

}  // namespace stepwell
