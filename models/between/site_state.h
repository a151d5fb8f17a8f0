#pragma once

#include "models/api/site.h"
#include "models/between/end_link.h"
#include "models/site/difference.h"
#include "models/site/site_client.h"

#include <optional>

/// Sites as they are moved between backends. No Qt; what asks a backend blocks.
namespace stepwell::between {

/// A deployment with all that it consists of, as its backend tells it.
struct SiteState {
    api::SiteProject project;
    api::SiteDeployment deployment;
    std::vector<api::SiteFile> files;  ///< assets alone
    std::vector<api::SiteFile> parts;  ///< what rules it beside them, for the comparison
    std::string headers, redirects, routes;
    std::string code;           ///< a form like `_worker.bundle`, without secrets; empty: it has none
    std::string routingConfig;  ///< of Functions; empty: none
    std::vector<std::string> codeSecrets;  ///< names of secrets that came with the code
};

/// The code of the API for a project that there is not.
inline constexpr int projectNotFound = 8000007;

/// What a deployment would take the place of.
struct SiteTarget {
    std::optional<api::SiteProject> project;  ///< nothing: there is none of this name
    std::string comparedWith;                 ///< id of a deployment; empty: there is none
    std::vector<site::Item> items;            ///< its files and parts
    bool isKnown = true;                      ///< false: the backend does not tell them
};

/// The questions of a promotion of sites. Each blocks until it is answered or `stop` is set. Any thread.
class SiteQuestions {
  public:
    SiteQuestions(const PromotionEnd& end, std::shared_ptr<const StopFlag> stop);

    /// An empty id: what is live.
    api::Result<SiteState> state(const std::string& project, const std::string& deployment);
    /// `branch` empty: that of production. Without the items.
    api::Result<SiteTarget> outline(const std::string& project, const std::string& branch);
    /// The same with them.
    api::Result<SiteTarget> target(const std::string& project, const std::string& branch);
    /// Nothing: there is none of this name.
    api::Result<std::optional<api::SiteProject>> project(const std::string& name);
    /// PATCH of a project.
    api::Result<void> change(const std::string& project, std::string body);

  private:
    api::Result<std::vector<api::SiteFile>> parts(const std::string& project, const std::string& deployment);
    api::Result<void> readParts(SiteState& state);
    api::Result<void> readCode(SiteState& state);
    api::Result<std::string> newestOf(const api::SiteProject& project, const std::string& branch);

    EndLink m_link;
    site::SiteClient m_client;
    std::shared_ptr<const StopFlag> m_stop;
};

}  // namespace stepwell::between
