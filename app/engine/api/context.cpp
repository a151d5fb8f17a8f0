#include "app/engine/api/context.h"

#include "models/api/identifiers.h"

namespace stepwell::engine::rest {

namespace {

constexpr std::string_view accountRoot = "/client/v4/accounts/{account}";

http::Response answerOf(const Outcome& outcome) {
    return outcome ? *outcome : http::failure(outcome.error());
}

}  // namespace

void Routes::read(std::string_view path, Read handler) {
    handle(http::Method::get, path, noBody, reading(context_, std::move(handler)));
}

http::Route& Routes::handle(http::Method method, std::string_view path, std::size_t bodyLimit,
                            http::Handler handler) {
    return router_.add(method, std::string(accountRoot) + std::string(path), bodyLimit, std::move(handler));
}

http::Handler reading(Context& context, Routes::Read handler) {
    return [&readers = context.readers, read = std::move(handler)](const http::ExchangePtr& exchange) {
        readers.post([exchange, read](const api::Result<Reader*>& reader) {
            exchange->respond(reader ? answerOf(read(**reader, exchange->request()))
                                     : http::failure(reader.error()));
        });
    };
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

}  // namespace stepwell::engine::rest
