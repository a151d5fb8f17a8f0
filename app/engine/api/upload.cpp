#include "app/engine/api/context.h"
#include "app/engine/api/scripts.h"
#include "app/engine/api/unique.h"
#include "app/engine/api/upload_form.h"
#include "models/api/identifiers.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

/// Uploading a script, as a deployment (PUT) or as a version that waits for one (POST versions). The way of
/// an upload: reader thread (what is deployed now), worker thread (form, blobs), runtime (does it import?),
/// core (commit).
namespace stepwell::engine::rest {

namespace {

enum class Purpose { deploy, versionOnly };

std::string listOf(const std::vector<std::string>& names) {
    return nlohmann::json(names).dump();
}

/// One digest over names and contents, whatever the order of the parts was.
std::string etagOf(std::vector<ModuleRow> modules) {
    std::sort(modules.begin(), modules.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::string text;
    for (const auto& module : modules)
        text += module.name + '\n' + module.contentType + '\n' + module.blob + '\n';
    return sha256(text);
}

api::Result<std::vector<ModuleRow>> storeModules(Engine& engine, const UploadForm& form) {
    std::vector<ModuleRow> rows;
    for (const auto& module : form.modules) {
        auto digest = engine.putBlob(module.bytes);
        if (!digest) return tl::unexpected(digest.error());
        rows.push_back({module.name, module.contentType, std::move(*digest),
                        static_cast<std::int64_t>(module.bytes.size())});
    }
    return rows;
}

Bundle bundleOf(Engine& engine, const PutScriptVersion& put) {
    const auto metadata = parseBounded<nlohmann::json>(put.version.metadata);
    Bundle bundle;
    bundle.scriptName = put.script;
    bundle.mainModule = put.version.mainModule;
    for (const auto& row : put.version.modules)
        bundle.modules.push_back({row.name, row.contentType, engine.blobPath(row.blob)});
    if (const auto it = metadata.find("compatibility_date"); it != metadata.end() && it->is_string())
        bundle.compatibilityDate = it->get<std::string>();
    if (const auto it = metadata.find("compatibility_flags"); it != metadata.end() && it->is_array())
        bundle.compatibilityFlags = it->get<std::vector<std::string>>();
    bundle.bindingsJson = metadata.value("bindings", nlohmann::json::array()).dump();
    return bundle;
}

api::Result<PutScriptVersion> readUpload(Engine& engine, const http::Request& request, Purpose purpose,
                                         const std::string& previous) {
    const auto form = readUploadForm(request);
    if (!form) return tl::unexpected(form.error());
    auto metadata = withInheritedBindings(form->metadata, previous);
    if (!metadata) return tl::unexpected(metadata.error());
    auto modules = storeModules(engine, *form);
    if (!modules) return tl::unexpected(modules.error());
    PutScriptVersion put;
    put.script = request.params[1];
    put.version.uuid = newUuid();
    put.version.scriptName = put.script;
    put.version.mainModule = form->mainModule;
    put.version.metadata = std::move(*metadata);
    put.version.etag = etagOf(*modules);
    put.version.modules = std::move(*modules);
    put.scriptTag = newUuid();
    put.deploy = purpose == Purpose::deploy;
    put.deploymentUuid = newUuid();
    const auto parsed = parseBounded<nlohmann::json>(form->metadata);
    put.annotations = parsed.value("annotations", nlohmann::json::object()).dump();
    return put;
}

http::Response deployedAnswer(const ScriptVersionRow& version, std::chrono::milliseconds startup) {
    return http::success([&](http::JsonWriter& json) {
        json.object().text("id", version.scriptName).text("etag", version.etag);
        // Clients print this as the id of the current version.
        json.text("deployment_id", version.uuid)
            .number("startup_time_ms", startup.count())
            .flag("has_modules", true)
            .raw("handlers", version.handlers)
            .time("created_on", version.created)
            .time("modified_on", version.created)
            .endObject();
    });
}

http::Response versionAnswer(const ScriptVersionRow& version, std::chrono::milliseconds startup) {
    return http::success([&](http::JsonWriter& json) {
        json.object();
        writeScriptVersionFields(json, version);
        json.number("startup_time_ms", startup.count()).endObject();
    });
}

void commit(Engine& engine, const http::ExchangePtr& exchange, PutScriptVersion put,
            const BundleFacts& facts) {
    put.version.entrypoints = listOf(facts.entrypoints);
    put.version.handlers = listOf(facts.handlers);
    const bool deployed = put.deploy;
    submit(engine, exchange, std::move(put), [deployed, startup = facts.startup](const Answer& answer) {
        const auto& version = std::get<ScriptVersionPut>(answer).version;
        return deployed ? deployedAnswer(version, startup) : versionAnswer(version, startup);
    });
}

void process(Engine& engine, const http::ExchangePtr& exchange, Purpose purpose,
             const std::string& previous) {
    auto put = readUpload(engine, exchange->request(), purpose, previous);
    if (!put) return exchange->respond(http::failure(put.error()));
    auto bundle = bundleOf(engine, *put);
    // The answer may come after the server has gone: only the engine and the exchange are touched from here
    // on.
    engine.checkBundle(std::move(bundle),
                       [&engine, exchange, command = std::move(*put)](const api::Result<BundleFacts>& facts) {
                           if (!facts) return exchange->respond(http::failure(facts.error()));
                           commit(engine, exchange, command, *facts);
                       });
}

/// Metadata of the version deployed now; "{}" when the script is new.
api::Result<std::string> previousMetadata(Reader& reader, const std::string& name, Purpose purpose) {
    const auto script = reader.script(name);
    if (!script && script.error().code == api::code::scriptNotFound && purpose == Purpose::deploy)
        return "{}";
    if (!script) return tl::unexpected(script.error());
    auto version = deployedVersion(reader, *script);
    if (!version) return tl::unexpected(version.error());
    return *version ? (*version)->metadata : "{}";
}

void startUpload(Context& context, const http::ExchangePtr& exchange, Purpose purpose) {
    if (!api::isScriptName(exchange->request().params[1]))
        return exchange->respond(
            http::failure({400, api::code::scriptInvalid,
                           "A Worker name is 1 to 255 letters, digits, -, _ or ., and not only dots."}));
    context.readers.post([&context, exchange, purpose](const api::Result<Reader*>& reader) {
        if (!reader) return exchange->respond(http::failure(reader.error()));
        auto previous = previousMetadata(**reader, exchange->request().params[1], purpose);
        if (!previous) return respondWhenDurable(context.engine, exchange, http::failure(previous.error()));
        context.workers.post([&engine = context.engine, exchange, purpose, old = std::move(*previous)](
                                 std::size_t) { process(engine, exchange, purpose, old); });
    });
}

}  // namespace

void addUploadRoutes(Routes& routes) {
    auto& context = routes.context();
    routes.handle(
        http::Method::put, "/workers/scripts/{script}", need::editWorkers, uploadBody,
        [&context](const http::ExchangePtr& exchange) { startUpload(context, exchange, Purpose::deploy); });
    routes.handle(http::Method::post, "/workers/scripts/{script}/versions", need::editWorkers, uploadBody,
                  [&context](const http::ExchangePtr& exchange) {
                      startUpload(context, exchange, Purpose::versionOnly);
                  });
}

}  // namespace stepwell::engine::rest
