#include "app/engine/api/worker_hosts.h"

#include "app/engine/api/counted.h"
#include "app/engine/api/scripts.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine::rest {

namespace {

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    return text;
}

tl::unexpected<api::Error> notHere(std::string message) {
    return api::fail(404, api::code::scriptNotFound, std::move(message));
}

/// Host names know no upper case; names of Workers do.
api::Result<ScriptRow> findScript(Reader& reader, const std::string& name) {
    const auto scripts = reader.scripts();
    if (!scripts) return tl::unexpected(scripts.error());
    const ScriptRow* found = nullptr;
    for (const auto& script : *scripts)
        if (lowered(script.name) == name && (found == nullptr || script.name == name)) found = &script;
    if (found == nullptr) return notHere("There is no Worker \"" + name + "\" here. Deploy it first.");
    return *found;
}

struct Handler {
    ScriptVersionKey version;
    std::string versionUuid;
    std::string script;
};

api::Result<Handler> findHandler(Reader& reader, const std::string& name) {
    const auto script = findScript(reader, name);
    if (!script) return tl::unexpected(script.error());
    if (!script->subdomainEnabled)
        return notHere("The Worker \"" + script->name +
                       "\" is not to be reached at this address: workers_dev is off in its configuration.");
    const auto version = deployedVersion(reader, *script);
    if (!version) return tl::unexpected(version.error());
    if (!*version) return notHere("No version of the Worker \"" + script->name + "\" is deployed.");
    const auto handlers = parseBounded<nlohmann::json>((*version)->handlers);
    if (!handlers.is_array() || std::find(handlers.begin(), handlers.end(), "fetch") == handlers.end())
        return notHere("The Worker \"" + script->name +
                       "\" has no fetch handler. Add `export default { fetch(request) { ... } }` to its main "
                       "module, and deploy it again.");
    return Handler{(*version)->key, (*version)->uuid, script->name};
}

/// What the code does within its answer is not seen from here: an answer is a success.
std::string_view statusOf(http::PassedOn how) {
    if (how == http::PassedOn::answered) return "success";
    return how == http::PassedOn::brokenOff ? "clientDisconnected" : "internalError";
}

std::function<void(http::PassedOn, int)> counting(Context& context, Handler handler) {
    return [&context, handler = std::move(handler), time = context.now(),
            began = std::chrono::steady_clock::now()](http::PassedOn how, int) {
        Invocation invocation;
        invocation.script = handler.script;
        invocation.version = handler.versionUuid;
        invocation.status = statusOf(how);
        invocation.time = time;
        invocation.wall =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
        countInvocation(context.engine, invocation);
    };
}

}  // namespace

http::Upstream upstreamOf(HandlerConnection connection) {
    http::Upstream upstream;
    upstream.socket = connection.socket.release();
    upstream.whenGone = [weak = std::weak_ptr(connection.lease)](std::function<void(std::string)> told) {
        if (const auto lease = weak.lock()) lease->whenGone(std::move(told));
    };
    upstream.lease = std::move(connection.lease);
    return upstream;
}

http::Connector workerConnector(Context& context, const std::string& name) {
    return [&context, name](std::function<void(api::Result<http::Upstream>)> done) {
        context.readers.post([&context, name, done](const api::Result<Reader*>& reader) {
            if (!reader) return done(tl::unexpected(reader.error()));
            const auto handler = findHandler(**reader, name);
            if (!handler)
                return context.engine.whenDurable([done, error = handler.error()](bool durable) {
                    done(tl::unexpected(durable ? error : diskFailed()));
                });
            const auto connected = [&context, done,
                                    handler = *handler](api::Result<HandlerConnection> connection) {
                if (!connection) return done(tl::unexpected(connection.error()));
                auto upstream = upstreamOf(std::move(*connection));
                upstream.whenOver = counting(context, handler);
                done(std::move(upstream));
            };
            context.engine.connectHandler(handler->version, connected);
        });
    };
}

std::string workerUrl(const std::string& script, const http::Place& place) {
    return place.urlOf(lowered(script) + ".workers.localhost");
}

}  // namespace stepwell::engine::rest
