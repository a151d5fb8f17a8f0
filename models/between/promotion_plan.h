#pragma once

#include "models/api/site_file.h"
#include "models/between/script_state.h"
#include "models/site/difference.h"

#include <map>

namespace stepwell::between {

/// The code of a failed check: the target is another one by now, and the plan is to be made anew.
inline constexpr int planOutdated = 19030;

/// Texts of secrets by name: typed for one promotion, sent with it and kept nowhere.
using Secrets = std::map<std::string, std::string>;

/// What goes up of a script, but for what is typed.
struct ScriptOrder {
    std::string script;                     ///< its name at the target
    std::string metadataJson;               ///< of the upload, without the secrets that are asked for
    std::vector<ScriptModule> modules;      ///< source maps as well
    std::vector<ScriptWorkflow> workflows;  ///< to be declared
    bool changesCrons = false;
    std::vector<std::string> crons;
    std::string targetBefore;  ///< tells whether the target is still what the difference was made against
};

/// The files and the code of a deployment, where they are, and what goes with them.
struct SiteOrder {
    std::string project;  ///< its name at the target
    bool isNew = false;
    std::string branch, productionBranch;
    std::string sourceProject, sourceDeployment;
    std::string comparedWith;  ///< deployment of the target; empty: none
    std::string targetBefore;  ///< as ScriptOrder::targetBefore
    std::vector<api::SiteFile> files;
    std::string headers, redirects, routes;
    std::string workerBundle, routingConfig;
    std::string settingsJson = "{}";  ///< change of the project; an empty object: nothing to change
    std::string environment;          ///< whose settings those are: "production" or "preview"
    std::string commitHash, commitMessage;
};

/// What a promotion would do, computed before anything is sent.
struct PromotionPlan {
    bool isNew = false;  ///< the target has nothing of this name
    /// Paths with a slash in front are modules and files, others name what stands beside them. Null: not
    /// known.
    std::shared_ptr<const site::Difference> difference;
    std::string unseen;                         ///< what the difference does not tell; empty: it tells all
    std::string sent;                           ///< what goes up whether it changed or not; empty: not told
    std::vector<std::string> obstacles;         ///< each keeps it from being sent
    std::vector<std::string> warnings;          ///< each is to be known first
    std::vector<std::string> takeovers;         ///< each takes something away, and is to be agreed to
    std::vector<std::string> missing;           ///< names of secrets that the target lacks
    std::vector<std::string> kept;              ///< names of secrets that it has and keeps
    std::shared_ptr<const ScriptOrder> script;  ///< of the two, one
    std::shared_ptr<const SiteOrder> site;

    /// The target is what it would become, as far as that is known.
    bool changesNothing() const {
        return difference && difference->isEmpty() && unseen.empty() && missing.empty() && takeovers.empty();
    }
};

}  // namespace stepwell::between
