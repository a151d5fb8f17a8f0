#pragma once

#include "models/api/site.h"
#include "models/api/site_file.h"
#include "models/client/client.h"
#include "models/client/routes.h"
#include "models/client/shared_budgets.h"
#include "models/site/local_site.h"
#include "models/site/site_address.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace stepwell::site {

/// Codes of the API that an upload acts on.
namespace code {
inline constexpr int unknown = 8000000;       ///< may go well the next time
inline constexpr int unauthorized = 8000013;  ///< the upload token has expired
inline constexpr int badManifest = 8000096;   ///< among others: an asset is not there any more
inline constexpr int projectNotFound = 8000007;
inline constexpr int projectNotEmpty = 19007;
}  // namespace code

struct DeploymentName {
    std::string project;
    std::string id;
};

struct UploadToken {
    std::string jwt;
    std::int64_t mostFiles = api::usualMostSiteFiles;
    /// Assets that were asked for are kept as if they had been named once more: `touch` would change nothing.
    bool keepsChecked = false;
};

/// The fields of the form that makes a deployment. Empty ones are not sent.
struct DeploymentForm {
    std::string manifest;  ///< JSON object: "/path" to key
    std::string branch;
    std::string commitMessage, commitHash;
    std::string headers, redirects, routes;
    std::string workerBundle;
    std::string routingConfig;  ///< of Functions; only shown
};

/// The calls of a deploy, over a client of its own. Each blocks until it is answered or `stop` is set (within
/// some 20 ms; then it fails with codeCancelled). They count in the budget of the backend and wait up to a
/// minute for their turn, also when an earlier one was told to by Retry-After; beyond that they fail with
/// code::limited. Any thread, several at once.
class SiteClient {
  public:
    SiteClient(SiteAddress address, std::shared_ptr<const Stop> stop);

    api::Result<api::SiteProject> createProject(const api::NewSiteProject& project);
    /// Nothing: there is none of this name.
    api::Result<std::optional<api::SiteProject>> project(const std::string& name);
    /// Its newest deployments of any branch, the newest first: as many as one answer has.
    api::Result<std::vector<api::SiteDeployment>> newest(const std::string& project);
    /// Removes a project that has no deployment; one that has stays. Takes some seconds at most, also for its
    /// turn: it comes when all is over, perhaps while the program ends.
    api::Result<void> removeEmptyProject(const std::string& project);
    api::Result<std::vector<api::SiteFile>> files(const std::string& project, const std::string& deployment);
    api::Result<std::string> asset(const std::string& key);
    api::Result<std::string> part(const DeploymentName& of, const std::string& name);

    api::Result<UploadToken> uploadToken(const std::string& project);
    api::Result<std::vector<std::string>> missing(const std::string& jwt,
                                                  const std::vector<std::string>& keys);
    using Progress = std::function<void(std::int64_t sent, std::int64_t all)>;
    api::Result<void> upload(const std::string& jwt, std::string body, Progress progress);
    api::Result<void> touch(const std::string& jwt, const std::vector<std::string>& keys);
    api::Result<api::SiteDeployment> deploy(const std::string& project, const DeploymentForm& form,
                                            Progress progress = {});
    api::Result<api::SiteDeployment> deployment(const std::string& project, const std::string& id);
    /// The last line that tells why a deployment failed; empty when none does.
    std::string failureOf(const std::string& project, const std::string& id);

    /// All of a project as a tar; `file` is replaced once everything is there. Progress is of bytes received,
    /// 0 of all: not known.
    api::Result<void> exportProject(const std::string& project, const std::string& file, Progress progress);
    /// Makes a project of such a file, of at most 16 GiB; an empty name: the one it has there.
    api::Result<api::SiteProject> importProject(const std::string& file, const std::string& name,
                                                Progress progress);
    static constexpr std::uintmax_t largestArchive = 16ULL * 1024 * 1024 * 1024;

  private:
    client::Request request(const char* method, std::string url, std::string token) const;
    /// Somebody waits, but not in front of a frozen window.
    static constexpr std::chrono::seconds usualPatience{60};
    api::Result<client::Response> ask(client::Request request, Progress progress = {},
                                      std::chrono::seconds patience = usualPatience);
    api::Result<client::Response> exchange(client::Request request, Progress progress);
    api::Result<void> waitForTurn(client::SharedBudgets& budgets, std::chrono::seconds patience);
    api::Result<client::Response> fetch(client::Request request, const std::string& file, Progress progress);

    SiteAddress m_address;
    client::Routes m_routes;
    std::shared_ptr<const Stop> m_stop;
    std::shared_ptr<client::SharedBudgets> m_budgets;
    std::shared_ptr<client::SharedBudgets> m_uploads;  ///< of upload tokens, which are counted apart
    client::Client m_client;
};

}  // namespace stepwell::site
