#include "app/engine/api/context.h"

/// The step graph of a workflow version, in its present form and in the older one: endpoints 9 and 10 of the
/// reference. It is made when it is asked for first.
namespace stepwell::engine::rest {

namespace {

http::Response answerOf(const FoundVersion& found, const ClassGraph& graph, const char* key) {
    return http::success([&](http::JsonWriter& json) {
        json.object()
            .text("id", found.version.uuid)
            .text("workflow_id", found.workflow.uuid)
            .text("class_name", found.version.className)
            .time("created_on", found.version.created)
            .time("modified_on", found.version.created);
        if (graph.graph.empty())
            json.null(key);
        else
            json.raw(key, graph.graph);
        json.object("stepwell").text("reason", graph.reason).endObject().endObject();
    });
}

void answerFresh(Engine& engine, const http::ExchangePtr& exchange, FoundVersion found, const char* key) {
    const auto script = found.version.script;
    const auto className = found.version.className;
    engine.makeGraph(
        script, className,
        [&engine, exchange, key, found = std::move(found)](const api::Result<ClassGraph>& made) {
            // That it cannot be made now is no failure of the request.
            const auto graph = made ? *made : ClassGraph{found.version.className, {}, made.error().message};
            respondWhenDurable(engine, exchange, answerOf(found, graph, key));
        });
}

http::Handler graphHandler(Context& context, const char* key) {
    return [&context, key](const http::ExchangePtr& exchange) {
        context.readers.post([&engine = context.engine, exchange, key](const api::Result<Reader*>& reader) {
            if (!reader) return exchange->respond(http::failure(reader.error()));
            auto found = findVersion(**reader, exchange->request());
            if (!found) return respondWhenDurable(engine, exchange, http::failure(found.error()));
            const auto graph = (*reader)->graph(found->version.script, found->version.className);
            if (!graph) return exchange->respond(http::failure(graph.error()));
            if (*graph) return respondWhenDurable(engine, exchange, answerOf(*found, **graph, key));
            answerFresh(engine, exchange, std::move(*found), key);
        });
    };
}

}  // namespace

void addGraphRoutes(Routes& routes) {
    constexpr auto path = "/workflows/{name}/versions/{version}";
    for (const char* key : {"graph", "dag"})
        routes.handle(http::Method::get, std::string(path) + "/" + key, need::readWorkflows, noBody,
                      graphHandler(routes.context(), key));
}

}  // namespace stepwell::engine::rest
