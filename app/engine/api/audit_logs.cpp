#include "app/engine/access/database.h"
#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/query.h"

/// The audit log, as the original lists its own.
namespace stepwell::engine::rest {

namespace {

using access::AuditEntry;
using access::AuditQuery;

constexpr std::int64_t mostPages = 1'000'000;

std::string textQuery(const http::Request& request, std::string_view name) {
    return std::string(request.queryValue(name).value_or(""));
}

api::Result<AuditQuery> readQuery(const http::Request& request) {
    AuditQuery query;
    const auto since = timeQuery(request, "since");
    if (!since) return tl::unexpected(since.error());
    const auto before = timeQuery(request, "before");
    if (!before) return tl::unexpected(before.error());
    const auto page = numberQuery(request, "page", 1, 1, mostPages);
    if (!page) return tl::unexpected(page.error());
    const auto perPage = numberQuery(request, "per_page", 100, 1, 1'000);
    if (!perPage) return tl::unexpected(perPage.error());
    const auto direction = textQuery(request, "direction");
    if (!direction.empty() && direction != "asc" && direction != "desc")
        return badRequest("Query parameter direction must be desc (the newest first) or asc.");
    query.since = *since;
    query.before = *before;
    query.page = *page;
    query.perPage = *perPage;
    query.oldestFirst = direction == "asc";
    query.actor = textQuery(request, "actor.id");
    query.action = textQuery(request, "action.type");
    query.resource = textQuery(request, "resource.type");
    return query;
}

void writeEntry(http::JsonWriter& json, const AuditEntry& entry) {
    json.object().text("id", std::to_string(entry.key)).time("when", entry.time);
    json.object("action").text("type", entry.action).flag("result", entry.outcome).endObject();
    json.object("actor")
        .text("id", entry.actor)
        .text("name", entry.actorName)
        .text("ip", entry.address)
        .text("type", entry.actorKind == access::ActorKind::owner ? "owner" : "token")
        .endObject();
    json.object("resource").text("type", entry.resource).text("id", entry.resourceId).endObject();
    json.text("interface", entry.face == access::Face::api ? "API" : "command");
    json.object("metadata").text("method", entry.method).text("path", entry.path);
    entry.status == 0 ? json.null("status") : json.number("status", entry.status);
    json.endObject().endObject();
}

Outcome list(const std::filesystem::path& file, const http::Request& request) {
    const auto query = readQuery(request);
    if (!query) return tl::unexpected(query.error());
    const auto db = access::openReader(file);
    if (!db) return tl::unexpected(db.error());
    const auto page = access::listAudit(**db, *query);
    if (!page) return tl::unexpected(page.error());
    return http::success(
        [&](http::JsonWriter& json) {
            json.array();
            for (const auto& entry : page->entries)
                writeEntry(json, entry);
            json.endArray();
        },
        {static_cast<std::int64_t>(page->entries.size()), query->perPage, page->total, query->page,
         std::nullopt});
}

}  // namespace

void addAuditRoutes(Routes& routes) {
    auto& context = routes.context();
    routes.handle(http::Method::get, "/audit_logs", need::readAccount, noBody,
                  [&context](const http::ExchangePtr& exchange) {
                      if (context.access.file().empty())
                          return exchange->respond(http::failure(
                              {503, api::code::unavailable, "This engine keeps no audit log."}));
                      context.workers.post([&context, exchange](std::size_t) {
                          const auto outcome = list(context.access.file(), exchange->request());
                          exchange->respond(outcome ? *outcome : http::failure(outcome.error()));
                      });
                  });
}

}  // namespace stepwell::engine::rest
