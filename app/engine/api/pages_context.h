#pragma once

#include "app/engine/api/context.h"
#include "app/engine/http/public_address.h"
#include "app/engine/pages/service.h"
#include "app/engine/pages/site_log.h"

#include <nlohmann/json_fwd.hpp>

namespace stepwell::engine::rest {

class SiteCounter;
class SiteTails;
class SiteWorkers;

/// What the handlers of sites work with. Outlives every handler.
struct PagesContext {
    pages::Service& service;
    http::ThreadPool& threads;  ///< the service blocks on the disk
    http::ThreadPool& files;    ///< read what sites send: no upload holds them up
    std::function<api::Time()> now;
    const http::PublicAddress& address;  ///< known once the server listens
    std::shared_ptr<pages::SiteLog> log;
    std::shared_ptr<SiteWorkers> workers{};
    std::shared_ptr<SiteTails> tails{};
    std::shared_ptr<SiteCounter> counter{};
};

using PagesWork = std::function<Outcome(pages::Service&, const http::Request&)>;
/// A handler that runs on a thread of the sites.
http::Handler onPages(PagesContext& context, PagesWork work);

/// The envelope around a value.
http::Response answer(const nlohmann::json& value);
/// `page` and `per_page`; error 400 code::badPage.
api::Result<pages::PageOf> pageQuery(const http::Request& request, std::int64_t usual, std::int64_t most);

/// The envelope around one page of an array.
http::Response pageAnswer(const nlohmann::json& values, pages::PageOf page, std::int64_t total);

void addPagesProjectRoutes(Routes& routes, PagesContext& pages);
void addPagesDeploymentRoutes(Routes& routes, PagesContext& pages);
/// What the window asks for beyond the reference: files of deployments and their bytes.
void addPagesListingRoutes(Routes& routes, PagesContext& pages);
/// What rules a deployment has, and what they do to a request.
void addPagesRuleRoutes(Routes& routes, PagesContext& pages);
/// What rules them beside the files: `_headers`, code and so on.
void addPagesPartRoutes(Routes& routes, PagesContext& pages);
void addPagesRequestRoutes(Routes& routes, PagesContext& pages);
void addPagesDomainRoutes(Routes& routes, PagesContext& pages);
/// Export and import of projects.
void addPagesArchiveRoutes(Routes& routes, PagesContext& pages);
/// Settings of all sites, and the collector.
void addPagesSettingsRoutes(Routes& routes, PagesContext& pages);
/// Those below /client/v4/pages/assets, opened by upload tokens.
void addPagesAssetRoutes(http::Router& router, PagesContext& pages);

}  // namespace stepwell::engine::rest
