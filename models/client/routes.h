#pragma once

#include "models/api/status.h"
#include "models/api/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepwell::client {

/// Percent-encodes everything but unreserved characters; safe as a path segment and as a query value.
std::string encoded(std::string_view text);

/// A query string with its "?", empty when there is nothing in it.
std::string query(const std::vector<std::pair<std::string, std::string>>& pairs);

/// The URLs of one account. What a dialect lacks has a URL without a scheme, which is not sent: Link answers
/// it with code::noRoute.
class Routes {
  public:
    /// stepwell: the v4 API and our extensions; cloudflare: the v4 API alone; explorer: that of `wrangler
    /// dev`, without accounts.
    enum class Dialect { stepwell, cloudflare, explorer };

    /// `apiBase` ends in "/client/v4", with or without a slash behind it; of the explorer in "/explorer/api".
    Routes(std::string_view apiBase, std::string_view account, Dialect dialect = Dialect::stepwell);

    std::string workflows() const { return m_workflows; }
    std::string workflow(std::string_view name) const { return workflows() + "/" + encoded(name); }
    std::string versions(std::string_view name) const {
        return m_root + "/workflows/" + encoded(name) + "/versions";
    }
    std::string graph(std::string_view name, std::string_view version) const {
        return versions(name) + "/" + encoded(version) + "/graph";
    }
    std::string instances(std::string_view name) const { return workflow(name) + "/instances"; }
    std::string instance(std::string_view name, std::string_view id) const {
        return instances(name) + "/" + encoded(id);
    }
    std::string deletion(std::string_view name) const { return instances(name) + "/batch/delete"; }
    std::string accountSettings() const { return m_root + "/workflows/settings"; }
    /// Workers that `wrangler dev` runs.
    std::string localWorkers() const { return m_local; }
    std::string verifyToken() const { return m_base + "/user/tokens/verify"; }
    std::string verifyAccountToken() const { return m_root + "/tokens/verify"; }
    std::string accounts() const { return m_base + "/accounts"; }
    std::string scripts() const { return m_root + "/workers/scripts"; }
    std::string script(std::string_view name) const { return scripts() + "/" + encoded(name); }
    std::string scriptContent(std::string_view name) const { return script(name) + "/content/v2"; }
    std::string crons(std::string_view scriptName) const { return script(scriptName) + "/schedules"; }
    std::string secrets(std::string_view scriptName) const { return script(scriptName) + "/secrets"; }
    std::string secret(std::string_view scriptName, std::string_view name) const {
        return secrets(scriptName) + "/" + encoded(name);
    }
    std::string deployments(std::string_view scriptName) const { return script(scriptName) + "/deployments"; }
    std::string worker(std::string_view name) const { return m_root + "/workers/workers/" + encoded(name); }
    std::string subdomain() const { return m_root + "/workers/subdomain"; }
    /// Opened by upload tokens, and of no account.
    std::string siteAssets(std::string_view what) const {
        return m_base + "/pages/assets/" + std::string(what);
    }
    std::string siteFiles(std::string_view project, std::string_view deployment) const {
        return own("pages/projects/" + encoded(project) + "/deployments/" + encoded(deployment) + "/files");
    }
    std::string siteRuleCheck() const { return own("pages/rules"); }
    std::string siteParts(std::string_view project, std::string_view deployment) const {
        return own("pages/projects/" + encoded(project) + "/deployments/" + encoded(deployment) + "/parts");
    }
    std::string sitePart(std::string_view project, std::string_view deployment, std::string_view name) const {
        return own("pages/projects/" + encoded(project) + "/deployments/" + encoded(deployment) +
                   "/part?name=" + encoded(name));
    }
    std::string siteCode(std::string_view project, std::string_view deployment) const {
        return own("pages/projects/" + encoded(project) + "/deployments/" + encoded(deployment) + "/code");
    }
    std::string siteRules(std::string_view project, std::string_view deployment) const {
        return own("pages/projects/" + encoded(project) + "/deployments/" + encoded(deployment) + "/rules");
    }
    std::string siteExplanation(std::string_view project, std::string_view deployment) const {
        return own("pages/projects/" + encoded(project) + "/deployments/" + encoded(deployment) + "/explain");
    }
    std::string siteRequests(std::string_view project, std::string_view deployment) const {
        return own("pages/projects/" + encoded(project) + "/deployments/" + encoded(deployment) +
                   "/requests");
    }
    std::string siteAsset(std::string_view key) const { return own("pages/assets/" + encoded(key)); }
    std::string siteProjects() const { return m_root + "/pages/projects"; }
    std::string siteProject(std::string_view name) const { return siteProjects() + "/" + encoded(name); }
    std::string siteDeployments(std::string_view project) const {
        return siteProject(project) + "/deployments";
    }
    std::string siteDeployment(std::string_view project, std::string_view id) const {
        return siteDeployments(project) + "/" + encoded(id);
    }
    std::string siteUploadToken(std::string_view project) const {
        return siteProject(project) + "/upload-token";
    }
    std::string siteExport(std::string_view project) const {
        return own("pages/projects/" + encoded(project) + "/export");
    }
    /// An empty name: the one in the archive.
    std::string siteImport(std::string_view name) const {
        return own("pages/import") + (name.empty() ? std::string() : "?name=" + encoded(name));
    }
    std::string siteDomains(std::string_view project) const { return siteProject(project) + "/domains"; }
    /// Of all accounts: the document names the one.
    std::string graphql() const { return m_base + "/graphql"; }
    std::string own(std::string_view what) const { return m_own + "/stepwell/" + std::string(what); }

  private:
    std::string m_base;
    std::string m_root;
    std::string m_own;
    std::string m_workflows;
    std::string m_local;
};

}  // namespace stepwell::client
