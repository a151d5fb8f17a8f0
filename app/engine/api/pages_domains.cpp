#include "app/engine/api/pages_body.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_json.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::rest {

namespace {

Outcome listDomains(pages::Service& service, const http::Request& request) {
    const auto rows = service.domains(request.params[1]);
    if (!rows) return tl::unexpected(rows.error());
    auto values = nlohmann::json::array();
    for (const auto& row : *rows)
        values.push_back(shown(row));
    const auto count = static_cast<std::int64_t>(rows->size());
    return pageAnswer(values, {1, std::max<std::int64_t>(count, 1)}, count);
}

Outcome addDomain(pages::Service& service, const http::Request& request) {
    const auto given = readNewDomain(request.body);
    if (!given) return tl::unexpected(given.error());
    const auto domain = service.addDomain(request.params[1], given->name, given->branch);
    if (!domain) return tl::unexpected(domain.error());
    return answer(shown(*domain));
}

/// A domain here needs no validation: what asks for it by name gets it.
Outcome getDomain(pages::Service& service, const http::Request& request) {
    const auto rows = service.domains(request.params[1]);
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : *rows)
        if (row.name == request.params[2]) return answer(shown(row));
    return api::fail(404, pages::code::domainNotFound,
                     "The project \"" + request.params[1] + "\" has no domain \"" + request.params[2] +
                         "\".");
}

Outcome removeDomain(pages::Service& service, const http::Request& request) {
    const auto removed = service.removeDomain(request.params[1], request.params[2]);
    if (!removed) return tl::unexpected(removed.error());
    return answer(nullptr);
}

}  // namespace

void addPagesDomainRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    constexpr std::string_view all = "/pages/projects/{project}/domains";
    constexpr std::string_view one = "/pages/projects/{project}/domains/{domain}";
    routes.handle(Method::get, all, need::readPages, noBody, onPages(pages, listDomains));
    routes.handle(Method::post, all, need::editPages, noBody, onPages(pages, addDomain));
    routes.handle(Method::get, one, need::readPages, noBody, onPages(pages, getDomain));
    routes.handle(Method::patch, one, need::editPages, noBody, onPages(pages, getDomain));
    routes.handle(Method::remove, one, need::editPages, noBody, onPages(pages, removeDomain));
}

}  // namespace stepwell::engine::rest
