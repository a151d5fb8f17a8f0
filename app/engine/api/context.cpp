#include "app/engine/api/context.h"

#include "models/api/identifiers.h"

namespace stepwell::engine::rest {

namespace {

constexpr std::string_view accountRoot = "/client/v4/accounts/{account}";

http::Response answerOf(const Outcome& outcome) {
    return outcome ? *outcome : http::failure(outcome.error());
}

}  // namespace

void Routes::read(std::string_view path, access::Need need, Read handler) {
    handle(http::Method::get, path, need, noBody, reading(context_, std::move(handler)));
}

http::Route& Routes::handle(http::Method method, std::string_view path, access::Need need,
                            std::size_t bodyLimit, http::Handler handler) {
    return router_.add(method, std::string(accountRoot) + std::string(path), need, bodyLimit,
                       std::move(handler));
}

http::Handler reading(Context& context, Routes::Read handler) {
    return [&engine = context.engine, &readers = context.readers,
            read = std::move(handler)](const http::ExchangePtr& exchange) {
        readers.post([&engine, exchange, read](const api::Result<Reader*>& reader) {
            respondWhenDurable(engine, exchange,
                               reader ? answerOf(read(**reader, exchange->request()))
                                      : http::failure(reader.error()));
        });
    };
}

void respondWhenDurable(Engine& engine, http::ExchangePtr exchange, http::Response response) {
    engine.whenDurable([exchange = std::move(exchange), answer = std::move(response)](bool durable) mutable {
        exchange->respond(durable ? std::move(answer) : http::failure(diskFailed()));
    });
}

void submit(Engine& engine, http::ExchangePtr exchange, Request command,
            std::function<http::Response(const Answer&)> success) {
    engine.submit(std::move(command),
                  [exchange = std::move(exchange), make = std::move(success)](Reply reply) {
                      exchange->respondWith([make, answer = std::move(reply)] {
                          return answer ? make(*answer) : http::failure(answer.error());
                      });
                  });
}

api::Result<WorkflowRow> findWorkflow(Reader& reader, const std::string& name) {
    if (api::isWorkflowName(name)) {
        auto row = reader.workflow(name);
        if (!row || !row->deleted) return row;
    }
    return api::fail(404, api::code::workflowNotFound, "workflows.api.error.workflow.not_found");
}

api::Result<FoundVersion> findVersion(Reader& reader, const http::Request& request) {
    auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    auto version = reader.version(workflow->key, request.params[2]);
    if (!version) return tl::unexpected(version.error());
    return FoundVersion{std::move(*workflow), std::move(*version)};
}

}  // namespace stepwell::engine::rest
