#include "app/engine/api/pages_body.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_json.h"
#include "app/engine/api/query.h"
#include "app/engine/api/site_workers.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::rest {

namespace {

constexpr std::int64_t mostDeployments = 25;
/// A manifest of 100,000 files and a Worker of 25 MiB.
constexpr std::size_t deploymentBody = 64 * 1024 * 1024;

api::Result<std::optional<pages::Environment>> environmentQuery(const http::Request& request) {
    const auto name = request.queryValue("env");
    if (!name || name->empty()) return std::nullopt;
    if (*name == "production") return pages::Environment::production;
    if (*name == "preview") return pages::Environment::preview;
    return api::fail(400, pages::code::badPage, "Query parameter env must be production or preview.");
}

/// Empty when it is absent.
api::Result<std::string> textQuery(const http::Request& request, std::string_view name) {
    constexpr std::size_t longest = 255;
    const auto text = request.queryValue(name).value_or("");
    if (text.size() <= longest) return std::string(text);
    return api::fail(400, pages::code::badPage,
                     "Query parameter " + std::string(name) + " must not be longer than 255 bytes.");
}

Outcome listDeployments(pages::Service& service, const http::Request& request) {
    const auto page = pageQuery(request, mostDeployments, mostDeployments);
    if (!page) return tl::unexpected(page.error());
    const auto environment = environmentQuery(request);
    if (!environment) return tl::unexpected(environment.error());
    const auto branch = textQuery(request, "stepwell_branch");
    if (!branch) return tl::unexpected(branch.error());
    const auto text = textQuery(request, "stepwell_text");
    if (!text) return tl::unexpected(text.error());
    const auto rows = service.deployments(request.params[1], {*environment, *branch, *text}, *page);
    if (!rows) return tl::unexpected(rows.error());
    auto values = nlohmann::json::array();
    for (const auto& row : rows->rows)
        values.push_back(shown(row, request.place));
    return pageAnswer(values, *page, rows->total);
}

Outcome shownOr(const api::Result<pages::DeploymentView>& deployment, const http::Request& request) {
    if (!deployment) return tl::unexpected(deployment.error());
    return answer(shown(*deployment, request.place));
}

void respond(const http::ExchangePtr& exchange, Outcome outcome) {
    exchange->respond(outcome ? std::move(*outcome) : http::failure(outcome.error()));
}

/// A thread of the sites reads the form, the runtime tries the code that may be in it, and a thread
/// publishes.
void createDeployment(PagesContext& context, const http::ExchangePtr& exchange) {
    auto read = readNewDeployment(exchange->request(), context.service.settings().mostFiles);
    if (!read) return respond(exchange, tl::unexpected(read.error()));
    const auto deployment = std::make_shared<pages::NewDeployment>(std::move(*read));
    const auto publish = [&context, exchange, deployment] {
        const auto& request = exchange->request();
        const auto deployed = context.service.deploy(request.params[1], std::move(*deployment));
        auto outcome = shownOr(deployed, request);
        if (outcome) outcome->made = deployed->row.uuid;
        respond(exchange, std::move(outcome));
    };
    if (deployment->workerKind == pages::WorkerKind::none) return publish();
    context.workers->check(exchange->request().params[1], *deployment,
                           [&threads = context.threads, exchange, publish](const api::Result<void>& checked) {
                               if (!checked) return respond(exchange, tl::unexpected(checked.error()));
                               threads.post([publish](std::size_t) { publish(); });
                           });
}

Outcome getDeployment(pages::Service& service, const http::Request& request) {
    const auto deployment = service.deployment(request.params[1], request.params[2]);
    if (!deployment) return tl::unexpected(deployment.error());
    const auto files = service.files(deployment->row);
    if (!files) return tl::unexpected(files.error());
    auto value = shown(*deployment, request.place);
    value["files"] = shownFiles(*files);
    return answer(value);
}

Outcome removeDeployment(pages::Service& service, const http::Request& request) {
    const auto force = flagQuery(request, "force");
    if (!force) return tl::unexpected(force.error());
    const auto removed = service.removeDeployment(request.params[1], request.params[2],
                                                  *force ? pages::Force::yes : pages::Force::no);
    if (!removed) return tl::unexpected(removed.error());
    return answer(nullptr);
}

Outcome retryDeployment(SiteWorkers& workers, pages::Service& service, const http::Request& request) {
    const auto before = service.deployment(request.params[1], request.params[2]);
    if (!before) return tl::unexpected(before.error());
    if (const auto ok = workers.checkAgain(request.params[1], before->row); !ok)
        return tl::unexpected(ok.error());
    return shownOr(service.retry(request.params[1], request.params[2]), request);
}

Outcome rollBack(pages::Service& service, const http::Request& request) {
    return shownOr(service.rollback(request.params[1], request.params[2]), request);
}

Outcome getLogs(pages::Service& service, const http::Request& request) {
    const auto deployment = service.deployment(request.params[1], request.params[2]);
    if (!deployment) return tl::unexpected(deployment.error());
    return answer(shownLog(deployment->row));
}

}  // namespace

void addPagesDeploymentRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    const std::string all = "/pages/projects/{project}/deployments";
    const std::string one = all + "/{deployment}";
    routes.handle(Method::get, all, need::readPages, noBody, onPages(pages, listDeployments));
    routes.handle(
        Method::post, all, need::editPages, deploymentBody, [&pages](const http::ExchangePtr& exchange) {
            pages.threads.post([&pages, exchange](std::size_t) { createDeployment(pages, exchange); });
        });
    routes.handle(Method::get, one, need::readPages, noBody, onPages(pages, getDeployment));
    routes.handle(Method::remove, one, need::editPages, noBody, onPages(pages, removeDeployment));
    routes.handle(Method::post, one + "/retry", need::editPages, noBody,
                  onPages(pages, [&pages](pages::Service& service, const http::Request& request) {
                      return retryDeployment(*pages.workers, service, request);
                  }));
    routes.handle(Method::post, one + "/rollback", need::editPages, noBody, onPages(pages, rollBack));
    routes.handle(Method::get, one + "/history/logs", need::readPages, noBody, onPages(pages, getLogs));
}

}  // namespace stepwell::engine::rest
