#include "app/engine/api/context.h"
#include "app/engine/api/form_writer.h"
#include "app/engine/api/scripts.h"

#include <fstream>

/// The code of a Worker as it was uploaded: GET of the script and of its `content/v2`. A form with a part for
/// each module; the header `cf-entrypoint` names the main one.
namespace stepwell::engine::rest {

namespace {

api::Result<std::string> readBlob(const std::filesystem::path& path, std::int64_t size) {
    std::ifstream source(path, std::ios::binary);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    if (source.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return bytes;
    return api::fail(500, api::code::storage,
                     "A module of the Worker cannot be read from the disk. Upload the Worker again.");
}

/// Blocks on the disk.
http::Response contentOf(Engine& engine, const ScriptVersionRow& version) {
    std::vector<std::string> bytes;
    for (const auto& module : version.modules) {
        auto read = readBlob(engine.blobPath(module.blob), module.bytes);
        if (!read) return http::failure(read.error());
        bytes.push_back(std::move(*read));
    }
    std::vector<FormWriter::Part> parts;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        parts.push_back({version.modules[i].name, version.modules[i].contentType, bytes[i]});
    const FormWriter form(std::move(parts));
    http::Response response;
    response.contentType = form.contentType();
    response.body = form.body();
    // A header takes no line break; a name with one is never that of a module.
    response.headers.emplace_back("cf-entrypoint", version.mainModule);
    return response;
}

void getContent(Context& context, const http::ExchangePtr& exchange) {
    context.readers.post([&context, exchange](const api::Result<Reader*>& reader) {
        if (!reader) return exchange->respond(http::failure(reader.error()));
        auto& engine = context.engine;
        const auto script = (*reader)->script(exchange->request().params[1]);
        if (!script) return respondWhenDurable(engine, exchange, http::failure(script.error()));
        auto version = deployedVersion(**reader, *script);
        if (!version) return exchange->respond(http::failure(version.error()));
        if (!*version)
            return exchange->respond(
                http::failure({404, api::code::scriptNotFound,
                               "The Worker has versions, but none of them is deployed. Deploy one first."}));
        context.workers.post([&engine, exchange, row = std::move(**version)](std::size_t) {
            respondWhenDurable(engine, exchange, contentOf(engine, row));
        });
    });
}

}  // namespace

void addScriptContentRoutes(Routes& routes) {
    auto& context = routes.context();
    for (const auto* path : {"/workers/scripts/{script}", "/workers/scripts/{script}/content/v2"})
        routes.handle(http::Method::get, path, need::readWorkers, noBody,
                      [&context](const http::ExchangePtr& exchange) { getContent(context, exchange); });
}

}  // namespace stepwell::engine::rest
