#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/instance_create.h"
#include "app/engine/api/instance_detail.h"
#include "app/engine/api/query.h"
#include "app/engine/api/unique.h"
#include "models/api/identifiers.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <mutex>

/// Listing, showing and creating instances: endpoints 11, 12, 13 and 18 of the reference.
namespace stepwell::engine::rest {

namespace {

constexpr std::size_t largestBatch = 100;

// --- list
// --------------------------------------------------------------------------------------------------------

struct ListRequest {
    InstanceQuery query;
    std::optional<std::int64_t> page;
};

api::Result<std::optional<api::Status>> statusQuery(const http::Request& request) {
    const auto text = request.queryValue("status");
    if (!text) return std::nullopt;
    const auto status = api::statusFrom(*text);
    if (status) return status;
    return badRequest(
        "Query parameter status must be one of queued, running, paused, errored, terminated, complete, "
        "waitingForPause, waiting, rollingBack.");
}

api::Result<void> readPaging(const http::Request& request, ListRequest& list) {
    const auto size = numberQuery(request, "per_page", 50, 1, 100);
    if (!size) return tl::unexpected(size.error());
    list.query.size = static_cast<int>(*size);
    const auto cursor = cursorQuery(request);
    if (!cursor) return tl::unexpected(cursor.error());
    if (*cursor) list.query.after = InstanceKey(**cursor);
    if (request.queryValue("page")) {
        const auto page = numberQuery(request, "page", 1, 1, 1'000'000'000);
        if (!page) return tl::unexpected(page.error());
        if (*cursor)
            return badRequest("Query parameters page and cursor cannot be used together; use cursor alone.");
        list.page = *page;
        list.query.offset = (*page - 1) * *size;
    }
    return {};
}

api::Result<ListRequest> readList(const http::Request& request) {
    ListRequest list;
    if (auto ok = readPaging(request, list); !ok) return tl::unexpected(ok.error());
    const auto direction = request.queryValue("direction").value_or("desc");
    if (direction != "asc" && direction != "desc")
        return badRequest("Query parameter direction must be asc or desc.");
    list.query.ascending = direction == "asc";
    const auto status = statusQuery(request);
    if (!status) return tl::unexpected(status.error());
    list.query.status = *status;
    const auto from = timeQuery(request, "date_start");
    if (!from) return tl::unexpected(from.error());
    const auto to = timeQuery(request, "date_end");
    if (!to) return tl::unexpected(to.error());
    if (*from && *to && **from > **to)
        return badRequest("Query parameter date_start must not be after date_end.");
    list.query.from = *from;
    list.query.to = *to;
    return list;
}

Outcome listInstances(Reader& reader, const http::Request& request, api::Time now) {
    auto list = readList(request);
    if (!list) return tl::unexpected(list.error());
    const auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    list->query.workflow = workflow->key;
    const auto listing = reader.instances(list->query);
    if (!listing) return tl::unexpected(listing.error());
    http::ResultInfo info{static_cast<std::int64_t>(listing->rows.size()), list->query.size, listing->total,
                          list->page, std::nullopt};
    if (!list->page && listing->more && !listing->rows.empty())
        info.cursor = cursorOf(listing->rows.back().instance.key.value);
    return http::success(
        [&](http::JsonWriter& json) {
            json.array();
            for (const auto& item : listing->rows)
                writeInstanceItem(json, *workflow, item, now);
            json.endArray();
        },
        info);
}

// --- detail
// ------------------------------------------------------------------------------------------------------

Outcome getInstance(Reader& reader, const http::Request& request) {
    const auto order = request.queryValue("order").value_or("asc");
    if (order != "asc" && order != "desc") return badRequest("Query parameter order must be asc or desc.");
    const auto simple = flagQuery(request, "simple");
    if (!simple) return tl::unexpected(simple.error());
    const bool partial = request.queryValue("stepwell_since").has_value();
    const auto since = numberQuery(request, "stepwell_since", 0, 0, std::numeric_limits<std::int64_t>::max());
    if (!since) return tl::unexpected(since.error());
    const auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    const auto snapshot = reader.snapshot(workflow->key, request.params[2],
                                          partial ? std::optional(Sequence(*since)) : std::nullopt, !*simple);
    if (!snapshot) return tl::unexpected(snapshot.error());
    const DetailForm form{order == "desc", *simple, partial};
    return http::success([&](http::JsonWriter& json) { writeInstanceDetail(json, *snapshot, form); });
}

// --- create
// ------------------------------------------------------------------------------------------------------

void createInstance(Engine& engine, const http::ExchangePtr& exchange) {
    auto create = readCreate(exchange->request().body);
    if (!create) return exchange->respond(http::failure(create.error()));
    create->workflow = exchange->request().params[1];
    submit(engine, exchange, std::move(*create), [](const Answer& answer) {
        const auto& created = std::get<InstanceCreated>(answer);
        auto response = http::success([&](http::JsonWriter& json) { writeCreated(json, created); });
        response.made = created.id;
        return response;
    });
}

// --- batch
// -------------------------------------------------------------------------------------------------------

/// Gathers the replies of one batch. Replies come one after the other.
struct Batch {
    explicit Batch(http::ExchangePtr origin)
        : exchange(std::move(origin)) {}
    void add(std::size_t index, const Reply& reply) {
        const std::lock_guard lock(mutex);
        if (reply)
            created[index] = std::get<InstanceCreated>(*reply);
        else if (reply.error().code != api::code::instanceExists && !error)
            error = reply.error();  // an id that exists is skipped without a word
        if (--open > 0) return;
        exchange->respond(error ? http::failure(*error) : answer());
    }
    http::Response answer() const {
        return http::success([this](http::JsonWriter& json) {
            json.array();
            for (const auto& item : created)
                if (item) writeCreated(json, *item);
            json.endArray();
        });
    }

    http::ExchangePtr exchange;
    std::mutex mutex;
    std::size_t open = 0;  ///< guarded by mutex once shared, as are the two below
    std::vector<std::optional<InstanceCreated>> created;
    std::optional<api::Error> error;
};

api::Result<std::vector<CreateInstance>> readBatch(const http::Request& request) {
    if (auto ok = checkJson(request.body, "The body"); !ok) return tl::unexpected(ok.error());
    const auto list = parseBounded<nlohmann::ordered_json>(request.body);
    if (!list.is_array() || list.empty() || list.size() > largestBatch)
        return badRequest("The body must be a list of 1 to 100 instances.");
    std::vector<CreateInstance> commands;
    for (const auto& item : list) {
        auto create = readCreate(item.dump());
        if (!create) return tl::unexpected(create.error());
        create->workflow = request.params[1];
        commands.push_back(std::move(*create));
    }
    return commands;
}

void createBatch(Engine& engine, const http::ExchangePtr& exchange) {
    auto commands = readBatch(exchange->request());
    if (!commands) return exchange->respond(http::failure(commands.error()));
    const auto batch = std::make_shared<Batch>(exchange);
    batch->open = commands->size();
    batch->created.resize(commands->size());
    for (std::size_t i = 0; i < commands->size(); ++i)
        engine.submit(std::move((*commands)[i]), [batch, i](const Reply& reply) { batch->add(i, reply); });
}

}  // namespace

void addInstanceRoutes(Routes& routes) {
    auto& engine = routes.context().engine;
    const auto now = routes.context().now;
    routes.handle(http::Method::post, "/workflows/{name}/instances", need::editWorkflows, jsonBody,
                  [&engine](const http::ExchangePtr& exchange) { createInstance(engine, exchange); });
    routes.handle(http::Method::post, "/workflows/{name}/instances/batch", need::editWorkflows, 8 * jsonBody,
                  [&engine](const http::ExchangePtr& exchange) { createBatch(engine, exchange); });
    routes.read("/workflows/{name}/instances", need::readWorkflows,
                [now](Reader& reader, const http::Request& request) {
                    return listInstances(reader, request, now());
                });
    routes.read("/workflows/{name}/instances/{instance}", need::readWorkflows, getInstance);
}

}  // namespace stepwell::engine::rest
