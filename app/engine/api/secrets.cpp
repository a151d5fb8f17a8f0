#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/scripts.h"
#include "app/engine/api/unique.h"
#include "app/engine/api/upload_form.h"

#include <nlohmann/json.hpp>

#include <algorithm>

/// Secrets of a script: listed by name, set and removed. Their texts go in and never come out.
namespace stepwell::engine::rest {

using nlohmann::json;

namespace {

constexpr std::size_t longestName = 255;
constexpr std::size_t longestSecret = 128 * 1024;
constexpr std::size_t mostChanges = 100;

void writeSecret(http::JsonWriter& out, const std::string& name) {
    out.object().text("name", name).text("type", "secret_text").endObject();
}

api::Result<std::vector<std::string>> namesOf(Reader& reader, const std::string& name) {
    const auto script = reader.script(name);
    if (!script) return tl::unexpected(script.error());
    const auto version = deployedVersion(reader, *script);
    if (!version) return tl::unexpected(version.error());
    return *version ? secretNames((*version)->metadata) : std::vector<std::string>();
}

Outcome listSecrets(Reader& reader, const http::Request& request) {
    const auto names = namesOf(reader, request.params[1]);
    if (!names) return tl::unexpected(names.error());
    return http::success([&](http::JsonWriter& out) {
        out.array();
        for (const auto& name : *names)
            writeSecret(out, name);
        out.endArray();
    });
}

Outcome getSecret(Reader& reader, const http::Request& request) {
    const auto names = namesOf(reader, request.params[1]);
    if (!names) return tl::unexpected(names.error());
    const auto& name = request.params[2];
    if (std::find(names->begin(), names->end(), name) == names->end())
        return api::fail(404, api::code::secretNotFound, "The Worker has no secret \"" + name + "\".");
    return http::success([&](http::JsonWriter& out) { writeSecret(out, name); });
}

api::Result<void> checkSecret(const json& secret, const std::string& name) {
    if (name.empty() || name.size() > longestName)
        return badRequest("The name of a secret must be 1 to 255 characters.");
    if (secret.value("type", json("secret_text")) != "secret_text")
        return badRequest("The secret \"" + name +
                          "\" is not of type secret_text; no other type is supported.");
    const auto text = secret.find("text");
    if (text == secret.end() || !text->is_string())
        return badRequest("The secret \"" + name + "\" has no text.");
    if (text->get_ref<const std::string&>().size() > longestSecret)
        return badRequest("The secret \"" + name + "\" is longer than the limit of 128 KiB.");
    return {};
}

api::Result<EditSecrets> readPut(const http::Request& request) {
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    const auto name = body->value("name", json());
    if (!name.is_string()) return badRequest("The body names no secret: name must be a text.");
    if (auto ok = checkSecret(*body, name); !ok) return tl::unexpected(ok.error());
    EditSecrets edit;
    edit.changes.emplace_back(name.get<std::string>(), (*body)["text"].get<std::string>());
    return edit;
}

/// `{"secrets":{"NAME":{"name","text","type"} or null}}`; null removes.
api::Result<EditSecrets> readBulk(const http::Request& request) {
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    const auto secrets = body->value("secrets", json());
    if (!secrets.is_object() || secrets.empty() || secrets.size() > mostChanges)
        return badRequest("secrets must be an object of 1 to 100 secrets by name.");
    EditSecrets edit;
    for (const auto& [name, secret] : secrets.items()) {
        if (secret.is_null()) {
            edit.changes.emplace_back(name, std::nullopt);
            continue;
        }
        if (!secret.is_object())
            return badRequest("The secret \"" + name + "\" must be an object, or null to remove it.");
        if (auto ok = checkSecret(secret, name); !ok) return tl::unexpected(ok.error());
        edit.changes.emplace_back(name, secret["text"].get<std::string>());
    }
    return edit;
}

api::Result<EditSecrets> readDelete(const http::Request& request) {
    EditSecrets edit;
    edit.changes.emplace_back(request.params[2], std::nullopt);
    return edit;
}

http::Response putAnswer(const EditSecrets& edit) {
    return http::success([&](http::JsonWriter& out) { writeSecret(out, edit.changes.front().first); });
}
http::Response bulkAnswer(const EditSecrets& edit) {
    return http::success([&](http::JsonWriter& out) {
        out.array();
        for (const auto& [name, text] : edit.changes)
            if (text) writeSecret(out, name);
        out.endArray();
    });
}
http::Response deleteAnswer(const EditSecrets&) {
    return http::success([](http::JsonWriter& out) { out.raw("null"); });
}

using ReadEdit = api::Result<EditSecrets> (*)(const http::Request&);
using AnswerEdit = http::Response (*)(const EditSecrets&);

http::Handler editing(Engine& engine, ReadEdit read, AnswerEdit answer) {
    return [&engine, read, answer](const http::ExchangePtr& exchange) {
        auto edit = read(exchange->request());
        if (!edit) return exchange->respond(http::failure(edit.error()));
        edit->script = exchange->request().params[1];
        edit->versionUuid = newUuid();
        edit->deploymentUuid = newUuid();
        submit(engine, exchange, *edit, [answer, sent = *edit](const Answer&) { return answer(sent); });
    };
}

}  // namespace

void addSecretRoutes(Routes& routes) {
    using http::Method;
    auto& engine = routes.context().engine;
    routes.read("/workers/scripts/{script}/secrets", need::readWorkers, listSecrets);
    routes.read("/workers/scripts/{script}/secrets/{secret}", need::readWorkers, getSecret);
    routes.handle(Method::put, "/workers/scripts/{script}/secrets", need::editWorkers, jsonBody,
                  editing(engine, readPut, putAnswer));
    routes.handle(Method::remove, "/workers/scripts/{script}/secrets/{secret}", need::editWorkers, noBody,
                  editing(engine, readDelete, deleteAnswer));
    routes.handle(Method::patch, "/workers/scripts/{script}/secrets-bulk", need::editWorkers, jsonBody,
                  editing(engine, readBulk, bulkAnswer));
}

}  // namespace stepwell::engine::rest
