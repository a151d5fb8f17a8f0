#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/event_hub.h"
#include "app/engine/api/query.h"
#include "app/engine/api/tickets.h"
#include "app/engine/instance_events.h"

#include <limits>

/// The events of an instance over a WebSocket: endpoints 23 and 24 of the reference.
namespace stepwell::engine::rest {

namespace {

constexpr std::size_t mostFilters = 64;
constexpr auto path = "/workflows/{name}/instances/{instance}/subscribe";

api::Result<std::vector<std::string>> readFilters(const http::Request& request) {
    std::vector<std::string> filters;
    for (const auto& [name, value] : request.query) {
        if (name != "filter") continue;
        if (!InstanceEvents::isType(value) || filters.size() == mostFilters)
            return badRequest("Query parameter filter must be a type of event, like step_completed; \"" +
                              value + "\" is none.");
        filters.push_back(value);
    }
    return filters;
}

struct Found {
    std::int64_t cursor = 0;
    std::shared_ptr<InstanceEvents> events;
};

api::Result<Found> find(Reader& reader, const http::Request& request) {
    auto filters = readFilters(request);
    if (!filters) return tl::unexpected(filters.error());
    const auto cursor = numberQuery(request, "cursor", 0, 0, std::numeric_limits<std::int64_t>::max() - 1);
    if (!cursor) return tl::unexpected(cursor.error());
    const auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    const auto instance = reader.instance(workflow->key, request.params[2]);
    if (!instance) return tl::unexpected(instance.error());
    const auto start = placeBefore(reader, instance->created);
    if (!start) return tl::unexpected(start.error());
    return Found{
        std::max(*cursor, start->value),
        std::make_shared<InstanceEvents>(eventSubject(workflow->name, *instance), std::move(*filters))};
}

void subscribe(Context& context, const http::ExchangePtr& exchange) {
    if (!exchange->request().upgrade)
        return exchange->respond(http::failure({426, api::code::badBody,
                                                "Events come over a WebSocket: ask with the headers "
                                                "Connection: Upgrade and Upgrade: websocket."}));
    context.readers.post(
        [exchange, &engine = context.engine, &hub = context.events](const api::Result<Reader*>& reader) {
            if (!reader) return exchange->respond(http::failure(reader.error()));
            auto found = find(**reader, exchange->request());
            if (!found) return respondWhenDurable(engine, exchange, http::failure(found.error()));
            hub.subscribe(exchange, found->cursor, std::move(found->events));
        });
}

/// What a ticket is for.
std::string subjectOf(const std::vector<std::string>& params) {
    return params[1] + "/" + params[2];
}

Outcome issueToken(Reader& reader, const http::Request& request, Tickets& tickets, api::Time now) {
    const auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    const auto instance = reader.instance(workflow->key, request.params[2]);
    if (!instance) return tl::unexpected(instance.error());
    const auto token = tickets.issue(subjectOf(request.params), request.identity, now);
    return http::success([&](http::JsonWriter& json) {
        json.object().text("token", token).time("expires_on", now + Tickets::lifetime).endObject();
    });
}

}  // namespace

void addSubscribeRoutes(Routes& routes) {
    auto& context = routes.context();
    const auto tickets = std::make_shared<Tickets>();
    auto& route =
        routes.handle(http::Method::get, path, need::readWorkflows, noBody,
                      [&context](const http::ExchangePtr& exchange) { subscribe(context, exchange); });
    route.admits = [tickets, now = context.now](const std::string& token,
                                                const std::vector<std::string>& params) {
        return tickets->admits(token, subjectOf(params), now());
    };
    routes.read(std::string(path) + "/token", need::readWorkflows,
                [tickets, now = context.now](Reader& reader, const http::Request& request) {
                    return issueToken(reader, request, *tickets, now());
                });
}

}  // namespace stepwell::engine::rest
