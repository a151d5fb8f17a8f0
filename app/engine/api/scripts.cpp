#include "app/engine/api/scripts.h"

#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/upload_form.h"
#include "app/engine/api/worker_hosts.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

/// What clients ask and set about scripts around a deployment: reference section 2.3.
namespace stepwell::engine::rest {

using nlohmann::json;

namespace {

using ScriptRead = std::function<Outcome(Reader&, const ScriptRow&)>;

Routes::Read forScript(ScriptRead handler) {
    return [handler = std::move(handler)](Reader& reader, const http::Request& request) -> Outcome {
        const auto script = reader.script(request.params[1]);
        if (!script) return tl::unexpected(script.error());
        return handler(reader, *script);
    };
}

Outcome getService(Reader& reader, const http::Request& request) {
    const auto script = reader.script(request.params[1]);
    if (!script && script.error().code == api::code::scriptNotFound)
        return api::fail(404, api::code::serviceNotFound, "workers.api.error.service_not_found");
    if (!script) return tl::unexpected(script.error());
    return http::success([&](http::JsonWriter& out) {
        out.object()
            .text("id", script->name)
            .time("created_on", script->created)
            .time("modified_on", script->modified);
        out.object("default_environment").text("environment", "production").object("script");
        out.text("id", script->name)
            .text("tag", script->tag)
            .null("tags")
            .text("last_deployed_from", "wrangler");
        out.endObject().endObject().endObject();
    });
}

void writeListed(http::JsonWriter& out, const ScriptListing& listing, const http::Place& place) {
    out.object()
        .text("id", listing.script.name)
        .text("tag", listing.script.tag)
        .time("created_on", listing.script.created)
        .time("modified_on", listing.script.modified)
        .text("last_deployed_from", "wrangler")
        .raw("handlers", listing.handlers)
        .object("stepwell")
        .text("url", workerUrl(listing.script.name, place))
        .array("schedules");
    for (const auto& cron : listing.schedules)
        out.object().text("cron", cron.cron).time("next_run", cron.next).endObject();
    out.endArray().endObject().endObject();
}

Outcome listScripts(Reader& reader, const http::Request& request) {
    const auto listings = reader.scriptListings();
    if (!listings) return tl::unexpected(listings.error());
    return http::success([&](http::JsonWriter& out) {
        out.array();
        for (const auto& listing : *listings)
            writeListed(out, listing, request.place);
        out.endArray();
    });
}

Outcome getSettings(Reader& reader, const ScriptRow& script) {
    const auto version = deployedVersion(reader, script);
    if (!version) return tl::unexpected(version.error());
    const std::string metadata = *version ? (*version)->metadata : "{}";
    const auto parsed = parseBounded<json>(metadata);
    return http::success([&](http::JsonWriter& out) {
        out.object().raw("bindings", shownBindings(metadata));
        for (const char* key : {"compatibility_date", "compatibility_flags"})
            if (parsed.contains(key)) out.raw(key, parsed[key].dump());
        out.text("usage_model", "standard").array("tags").endArray().endObject();
    });
}

void writeSubdomain(http::JsonWriter& out, bool enabled, bool previews) {
    out.flag("enabled", enabled).flag("previews_enabled", previews);
}

Outcome getSubdomain(Reader&, const ScriptRow& script) {
    return http::success([&](http::JsonWriter& out) {
        out.object();
        writeSubdomain(out, script.subdomainEnabled, script.previewsEnabled);
        out.endObject();
    });
}

Outcome getWorker(Reader& reader, const http::Request& request) {
    const auto found = reader.script(request.params[1]);
    if (!found) return tl::unexpected(found.error());
    const auto& script = *found;
    return http::success([&](http::JsonWriter& out) {
        out.object().text("id", script.tag).text("name", script.name);
        out.time("created_on", script.created).time("updated_on", script.modified).object("subdomain");
        writeSubdomain(out, script.subdomainEnabled, script.previewsEnabled);
        out.text("url", workerUrl(script.name, request.place)).endObject().endObject();
    });
}

Outcome getScriptSettings(Reader&, const ScriptRow& script) {
    return http::success(
        [&](http::JsonWriter& out) { out.raw(script.settings.empty() ? "{}" : script.settings); });
}

void postSubdomain(Engine& engine, const http::ExchangePtr& exchange) {
    const auto body = parseObject(exchange->request().body, "The body");
    if (!body) return exchange->respond(http::failure(body.error()));
    const auto enabled = body->find("enabled");
    const auto previews = body->find("previews_enabled");
    const bool valid = enabled != body->end() && enabled->is_boolean() &&
                       (previews == body->end() || previews->is_boolean());
    if (!valid)
        return exchange->respond(
            http::failure({400, api::code::badBody,
                           "enabled must be true or false, and so must previews_enabled when it is given."}));
    PatchScript patch;
    patch.script = exchange->request().params[1];
    patch.subdomainEnabled = enabled->get<bool>();
    patch.previewsEnabled = previews == body->end() ? *patch.subdomainEnabled : previews->get<bool>();
    const auto on = *patch.subdomainEnabled;
    const auto previewsOn = *patch.previewsEnabled;
    submit(engine, exchange, std::move(patch), [on, previewsOn](const Answer&) {
        return http::success([&](http::JsonWriter& out) {
            out.object();
            writeSubdomain(out, on, previewsOn);
            out.endObject();
        });
    });
}

/// Merges the given settings into those the script has.
void patchScriptSettings(Context& context, const http::ExchangePtr& exchange) {
    const auto body = parseObject(exchange->request().body, "The body");
    if (!body) return exchange->respond(http::failure(body.error()));
    context.readers.post(
        [&engine = context.engine, exchange, changes = body->dump()](const api::Result<Reader*>& reader) {
            if (!reader) return exchange->respond(http::failure(reader.error()));
            const auto script = (*reader)->script(exchange->request().params[1]);
            if (!script) return respondWhenDurable(engine, exchange, http::failure(script.error()));
            auto settings = parseBounded<json>(script->settings);
            if (!settings.is_object()) settings = json::object();
            settings.update(parseBounded<json>(changes));
            PatchScript patch;
            patch.script = script->name;
            patch.settings = settings.dump();
            submit(engine, exchange, patch, [text = *patch.settings](const Answer&) {
                return http::success([&](http::JsonWriter& out) { out.raw(text); });
            });
        });
}

void deleteScript(Engine& engine, const http::ExchangePtr& exchange) {
    submit(engine, exchange, DeleteScript{exchange->request().params[1]},
           [](const Answer&) { return http::success([](http::JsonWriter& out) { out.raw("null"); }); });
}

http::Handler fixed(http::Response response) {
    return
        [response = std::move(response)](const http::ExchangePtr& exchange) { exchange->respond(response); };
}

http::Response emptyList() {
    return http::success([](http::JsonWriter& out) { out.array().endArray(); }, {0, 100, 0, 1, std::nullopt});
}

}  // namespace

api::Result<std::optional<ScriptVersionRow>> deployedVersion(Reader& reader, const ScriptRow& script) {
    const auto deployments = reader.deployments(script.key);
    if (!deployments) return tl::unexpected(deployments.error());
    if (deployments->empty()) return std::nullopt;
    auto version = reader.scriptVersion(script.key, deployments->front().versionUuid);
    if (!version) return tl::unexpected(version.error());
    return std::optional(std::move(*version));
}

void addScriptRoutes(Routes& routes) {
    using http::Method;
    auto& context = routes.context();
    auto& engine = context.engine;
    routes.read("/workers/services/{script}", need::readWorkers, getService);
    routes.read("/workers/scripts", need::readWorkers, listScripts);
    routes.read("/workers/scripts/{script}/settings", need::readWorkers, forScript(getSettings));
    routes.read("/workers/scripts/{script}/script-settings", need::readWorkers, forScript(getScriptSettings));
    routes.read("/workers/scripts/{script}/subdomain", need::readWorkers, forScript(getSubdomain));
    routes.read("/workers/workers/{script}", need::readWorkers, getWorker);
    routes.handle(Method::post, "/workers/scripts/{script}/subdomain", need::editWorkers, jsonBody,
                  [&engine](const http::ExchangePtr& exchange) { postSubdomain(engine, exchange); });
    routes.handle(Method::patch, "/workers/scripts/{script}/script-settings", need::editWorkers, jsonBody,
                  [&context](const http::ExchangePtr& exchange) { patchScriptSettings(context, exchange); });
    for (const auto* path : {"/workers/services/{script}", "/workers/scripts/{script}"})
        routes.handle(Method::remove, path, need::editWorkers, noBody,
                      [&engine](const http::ExchangePtr& exchange) { deleteScript(engine, exchange); });
    routes.handle(Method::get, "/workers/subdomain", need::readWorkers, noBody,
                  fixed(http::success(
                      [](http::JsonWriter& out) { out.object().text("subdomain", "local").endObject(); })));
    // Asked when a Worker is deleted.
    routes.handle(Method::get, "/durable_objects/namespaces", need::readWorkers, noBody, fixed(emptyList()));
    routes.handle(Method::get, "/storage/kv/namespaces", need::readWorkers, noBody, fixed(emptyList()));
    routes.handle(Method::get, "/containers/applications", need::readWorkers, noBody, fixed(emptyList()));
}

}  // namespace stepwell::engine::rest
