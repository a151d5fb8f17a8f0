#pragma once

#include "models/api/site.h"
#include "models/api/site_answer.h"
#include "models/api/site_request.h"
#include "models/client/parse.h"

/// Answers and bodies of the Pages routes; see parse.h for the manner.
namespace stepwell::client {

api::Result<Page<api::SiteProject>> parseSiteProjects(const Response& response);
api::Result<api::SiteProject> parseSiteProject(const Response& response);
/// `total` is -1 when the backend did not say.
api::Result<api::SiteDeploymentList> parseSiteDeployments(const Response& response);
api::Result<api::SiteDeployment> parseSiteDeployment(const Response& response);
api::Result<std::vector<api::SiteDomain>> parseSiteDomains(const Response& response);
api::Result<std::vector<api::SiteLogLine>> parseSiteLog(const Response& response);
api::Result<api::SiteRules> parseSiteRules(const Response& response);
api::Result<api::SiteExplanation> parseSiteExplanation(const Response& response);
api::Result<api::SiteRequestList> parseSiteRequests(const Response& response);

std::string newSiteProjectBody(const api::NewSiteProject& project);
std::string siteProjectChangeBody(const api::SiteProjectChange& change);
std::string siteRulesBody(const std::string& headers, const std::string& redirects);
std::string siteDomainBody(const std::string& name);

}  // namespace stepwell::client
