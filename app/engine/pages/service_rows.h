#pragma once

#include "app/engine/core/ids.h"
#include "models/api/asset_key.h"
#include "models/api/error.h"
#include "models/api/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stepwell::engine::pages {

/// Envelope codes of the reference, section 3.2.
namespace code {
inline constexpr int unknown = 8000000;  ///< the only one that clients try again
inline constexpr int badProjectName = 8000003;
inline constexpr int projectExists = 8000002;
inline constexpr int projectNotFound = 8000007;
inline constexpr int deploymentNotFound = 8000009;
inline constexpr int unauthorized = 8000013;
inline constexpr int domainUnavailable = 8000018;
inline constexpr int domainNotFound = 8000021;
inline constexpr int badPage = 8000024;
inline constexpr int liveDeployment = 8000034;
inline constexpr int aliasedDeployment = 8000035;
inline constexpr int notForRollback = 8000036;
inline constexpr int badRoutes = 8000057;
inline constexpr int badManifest = 8000096;
inline constexpr int assetNotFound = 19005;
inline constexpr int projectNotEmpty = 19007;
}  // namespace code

/// An asset that was not there before an upload brought it.
struct AddedAsset {
    api::AssetKey key;
    api::Time at;
};

using ProjectKey = StrongId<struct ProjectTag, std::int64_t>;
using DeploymentKey = StrongId<struct SiteDeploymentTag, std::int64_t>;
using PackKey = StrongId<struct PackTag, std::int64_t>;  ///< 0: a file of its own, of older versions

enum class Environment { production = 0, preview = 1 };
/// Which deployments of a project; what is empty asks for nothing.
struct DeploymentFilter {
    std::optional<Environment> environment;
    std::string branch;  ///< exactly this one
    std::string text;    ///< part of the short id, branch, commit hash or message, in either case
};

enum class WorkerKind { none = 0, bundle = 1, script = 2 };

struct ProjectRow {
    ProjectKey key{};
    std::string uuid;
    std::string name;
    std::string subdomain;  ///< host label below "localhost"; mostly the name
    std::string productionBranch;
    api::Time created{};
    std::string buildConfig;  ///< JSON object
    std::string source;       ///< JSON; "null" for direct uploads
    std::string configs;      ///< JSON object {production, preview}, secrets with their values
    std::optional<DeploymentKey> canonical;
    std::optional<DeploymentKey> latest;
    std::int64_t productionCount = 0;
    std::int64_t previewCount = 0;
};

struct DeploymentRow {
    DeploymentKey key{};
    std::string uuid;
    ProjectKey project{};
    std::string shortId;
    Environment environment = Environment::production;
    std::string branch;
    std::string commitHash;
    std::string commitMessage;
    bool commitDirty = false;
    api::Time created{};
    std::string root;  ///< of its manifest
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    // Digests of blobs, empty when the upload had no such file.
    std::string headers;
    std::string redirects;
    std::string routes;
    std::string worker;
    WorkerKind workerKind = WorkerKind::none;
    std::string functions;
    std::string config;  ///< of its environment when it was made: JSON object
    std::string log;     ///< lines, as a JSON array of texts
};

struct DomainRow {
    std::string name;
    std::string uuid;
    api::Time created{};
    std::string branch;  ///< the preview branch it shows; empty: production
};

/// A deployment and what it is called in its project now.
struct DeploymentView {
    DeploymentRow row;
    std::string projectName;
    std::string projectUuid;
    std::string subdomain;
    std::string productionBranch;
    std::string buildConfig;
    std::vector<std::string> aliases;  ///< hosts without port: a branch below localhost, or custom domains
    bool live = false;                 ///< what the hosts of the project itself show
    bool newestOfBranch = false;       ///< goes by force only
};

struct ProjectView {
    ProjectRow row;
    std::vector<DomainRow> domains;
    std::optional<DeploymentView> canonical;
    std::optional<DeploymentView> latest;
};

/// Where the bytes of a blob are: a stretch of a pack.
struct BlobPlace {
    PackKey pack{};
    std::int64_t start = 0;
    std::int64_t bytes = 0;
};

struct AssetRow {
    std::string blob;  ///< digest: lowercase hex SHA-256
    BlobPlace place;
    std::string type;
};

}  // namespace stepwell::engine::pages
