#pragma once

#include "models/api/types.h"

/// Sites as a client sees them: projects, their deployments and domains.
namespace stepwell::api {

enum class SiteEnvironment { production, preview };
constexpr std::string_view toString(SiteEnvironment environment) {
    return environment == SiteEnvironment::production ? "production" : "preview";
}

struct SiteVariable {
    std::string name;
    std::string value;  ///< empty for a secret: its text never comes back
    bool secret = false;

    friend bool operator==(const SiteVariable&, const SiteVariable&) = default;
};

/// What deployments of one environment get.
struct SiteConfig {
    std::vector<SiteVariable> variables;  ///< by name
    std::string compatibilityDate;
    std::vector<std::string> compatibilityFlags;
};

struct SiteStage {
    std::string name;    ///< queued, initialize, clone_repo, build, deploy
    std::string status;  ///< success, idle, active, failure, canceled, skipped
    std::optional<Time> startedOn;
    std::optional<Time> endedOn;
};

struct SiteDeployment {
    std::string id;
    std::string shortId;
    std::string projectName;
    SiteEnvironment environment = SiteEnvironment::production;
    std::string url;                   ///< where this deployment alone is shown
    std::vector<std::string> aliases;  ///< other URLs that show it now
    std::optional<Time> createdOn;
    SiteStage latestStage;
    std::vector<SiteStage> stages;
    std::string trigger;  ///< ad_hoc, github:push, deploy_hook
    std::string branch;
    std::string commitHash;
    std::string commitMessage;
    bool commitDirty = false;
    bool usesFunctions = false;
    std::vector<SiteVariable> variables;  ///< as they were when it was made
    // Extensions; nothing: not told.
    std::optional<std::int64_t> files;
    std::optional<std::int64_t> bytes;
    std::optional<bool> live;            ///< the production host shows it
    std::optional<bool> newestOfBranch;  ///< of all environments: deleted by force only
};

/// Requests to a site, extension.
struct SiteRequests {
    std::int64_t total = 0;
    std::int64_t errors = 0;  ///< answered with 500 or above

    friend bool operator==(const SiteRequests&, const SiteRequests&) = default;
};

struct SiteProject {
    std::string id;
    std::string name;
    std::string subdomain;             ///< host of the live site, with port when it has one
    std::string url;                   ///< of the live site
    std::vector<std::string> domains;  ///< hosts, the subdomain first
    std::string productionBranch;
    std::optional<Time> createdOn;
    SiteConfig production;
    SiteConfig preview;
    std::optional<SiteDeployment> live;    ///< what the production host shows
    std::optional<SiteDeployment> latest;  ///< of any environment
    bool usesFunctions = false;
    bool fromGit = false;  ///< its host builds it from a repository: uploads are refused there
    std::optional<std::int64_t> productionCount;  ///< deployments, extension
    std::optional<std::int64_t> previewCount;
    std::optional<SiteRequests> requests;
};

struct NewSiteProject {
    std::string name;
    std::string productionBranch = "main";
};

/// What is absent stays.
struct SiteProjectChange {
    std::optional<std::string> productionBranch;
    struct Variables {
        std::vector<SiteVariable> set;
        std::vector<std::string> removed;
    };
    Variables production;
    Variables preview;
};

struct SiteDeploymentQuery {
    std::string project;
    std::optional<SiteEnvironment> environment;
    std::string branch;  ///< exactly this one; empty: any. Extension
    std::string text;    ///< in id, branch, commit hash or message; empty: any. Extension
    int page = 1;        ///< from 1
    int perPage = 25;    ///< 1..25
};

struct SiteDeploymentList {
    std::vector<SiteDeployment> rows;  ///< newest first
    std::int64_t total = 0;
    bool filters = false;      ///< the backend knows the extensions of the query
    bool totalIsExact = true;  ///< false: at least as many as have been seen
};

struct SiteDomain {
    std::string name;
    std::string status;  ///< initializing, pending, active, deactivated, blocked, error
    std::string message;
    std::optional<Time> createdOn;
};

struct SiteLogLine {
    std::optional<Time> time;
    std::string text;
};

}  // namespace stepwell::api
