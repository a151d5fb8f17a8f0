#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/scripts.h"
#include "app/engine/api/unique.h"
#include "app/engine/api/upload_form.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

/// Versions of a script and which of them is deployed.
namespace stepwell::engine::rest {

using nlohmann::json;

namespace {

constexpr std::string_view author = "local@stepwell.localhost";

void writeDeployment(http::JsonWriter& out, const DeploymentRow& row) {
    out.object()
        .text("id", row.uuid)
        .text("strategy", "percentage")
        .text("source", row.source)
        .text("author_email", author)
        .time("created_on", row.created)
        .raw("annotations", row.annotations.empty() ? "{}" : row.annotations)
        .array("versions")
        .object()
        .text("version_id", row.versionUuid)
        .number("percentage", 100)
        .endObject()
        .endArray()
        .endObject();
}

Outcome listDeployments(Reader& reader, const http::Request& request) {
    const auto script = reader.script(request.params[1]);
    if (!script) return tl::unexpected(script.error());
    const auto deployments = reader.deployments(script->key);
    if (!deployments) return tl::unexpected(deployments.error());
    return http::success([&](http::JsonWriter& out) {
        out.object().array("deployments");
        for (const auto& row : *deployments)
            writeDeployment(out, row);
        out.endArray().endObject();
    });
}

Outcome listVersions(Reader& reader, const http::Request& request) {
    const auto script = reader.script(request.params[1]);
    if (!script) return tl::unexpected(script.error());
    const auto versions = reader.scriptVersions(script->key);
    if (!versions) return tl::unexpected(versions.error());
    return http::success([&](http::JsonWriter& out) {
        out.object().array("items");
        for (const auto& row : *versions) {
            out.object();
            writeScriptVersionFields(out, row);
            out.endObject();
        }
        out.endArray().endObject();
    });
}

Outcome getVersion(Reader& reader, const http::Request& request) {
    const auto script = reader.script(request.params[1]);
    if (!script) return tl::unexpected(script.error());
    const auto version = reader.scriptVersion(script->key, request.params[2]);
    if (!version) return tl::unexpected(version.error());
    return http::success([&](http::JsonWriter& out) {
        out.object();
        writeScriptVersionFields(out, *version);
        out.endObject();
    });
}

api::Result<DeployScriptVersion> readDeployment(const http::Request& request) {
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    const auto versions = body->value("versions", json());
    const bool one = versions.is_array() && versions.size() == 1 && versions[0].is_object() &&
                     versions[0].value("version_id", json()).is_string() &&
                     versions[0].value("percentage", json(100)) == 100;
    if (!one)
        return badRequest(
            "versions must hold exactly one {\"version_id\": ..., \"percentage\": 100}: splitting traffic "
            "between versions is not supported.");
    DeployScriptVersion deploy;
    deploy.script = request.params[1];
    deploy.versionUuid = versions[0]["version_id"].get<std::string>();
    deploy.deploymentUuid = newUuid();
    if (const auto it = body->find("annotations"); it != body->end() && it->is_object())
        deploy.annotations = it->dump();
    return deploy;
}

void postDeployment(Engine& engine, const http::ExchangePtr& exchange) {
    auto deploy = readDeployment(exchange->request());
    if (!deploy) return exchange->respond(http::failure(deploy.error()));
    submit(engine, exchange, *deploy, [sent = *deploy](const Answer&) {
        return http::success([&](http::JsonWriter& out) {
            out.object().text("id", sent.deploymentUuid).text("strategy", "percentage").array("versions");
            out.object()
                .text("version_id", sent.versionUuid)
                .number("percentage", 100)
                .endObject()
                .endArray();
            out.raw("annotations", sent.annotations).endObject();
        });
    });
}

}  // namespace

void writeScriptVersionFields(http::JsonWriter& out, const ScriptVersionRow& row) {
    const auto metadata = parseBounded<json>(row.metadata);
    const auto copy = [&](const char* key, std::string_view fallback) {
        if (metadata.is_object() && metadata.contains(key)) return metadata[key].dump();
        return std::string(fallback);
    };
    out.text("id", row.uuid).number("number", row.number).object("metadata");
    out.time("created_on", row.created).time("modified_on", row.created);
    out.text("source", "wrangler")
        .text("author_email", author)
        .text("author_id", "")
        .flag("hasPreview", false)
        .endObject();
    out.raw("annotations", copy("annotations", "{}"));
    out.object("resources").object("script").text("etag", row.etag).raw("handlers", row.handlers);
    out.text("last_deployed_from", "wrangler").endObject();
    out.object("script_runtime").raw("compatibility_date", copy("compatibility_date", "null"));
    out.raw("compatibility_flags", copy("compatibility_flags", "[]"))
        .text("usage_model", "standard")
        .endObject();
    out.raw("bindings", shownBindings(row.metadata)).endObject();
}

void addDeploymentRoutes(Routes& routes) {
    auto& engine = routes.context().engine;
    routes.read("/workers/scripts/{script}/deployments", need::readWorkers, listDeployments);
    routes.handle(http::Method::post, "/workers/scripts/{script}/deployments", need::editWorkers, jsonBody,
                  [&engine](const http::ExchangePtr& exchange) { postDeployment(engine, exchange); });
    routes.read("/workers/scripts/{script}/versions", need::readWorkers, listVersions);
    routes.read("/workers/scripts/{script}/versions/{version}", need::readWorkers, getVersion);
}

}  // namespace stepwell::engine::rest
