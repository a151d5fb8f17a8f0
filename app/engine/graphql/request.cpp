#include "app/engine/graphql/request.h"

#include "app/engine/graphql/coerce.h"
#include "app/engine/graphql/parser.h"
#include "app/engine/graphql/validate.h"
#include "models/json/bounded_json.h"

namespace stepwell::engine::graphql {

namespace {

using Json = nlohmann::json;

tl::unexpected<Error> bad(std::string message) {
    return refuse({std::move(message), {}, {}, 400, {}});
}

Result<const Operation*> chosen(const Document& document, const std::string& name) {
    if (document.operations.empty()) return bad("query contains error: it has no operation");
    if (name.empty() && document.operations.size() > 1)
        return bad("query contains error: it has several operations, name one of them as operationName");
    for (const auto& operation : document.operations)
        if (name.empty() || operation.name == name) return &operation;
    return bad("query contains error: it has no operation named \"" + name + "\"");
}

Result<const Operation*> chosenQuery(const Document& document, const std::string& name) {
    auto operation = chosen(document, name);
    if (operation && (*operation)->kind != OperationKind::query)
        return refuse(
            errorAt((*operation)->location,
                    std::string("query contains error: there are no ") +
                        ((*operation)->kind == OperationKind::mutation ? "mutations" : "subscriptions") +
                        " here, only queries"));
    return operation;
}

}  // namespace

Result<Request> readRequest(std::string_view body) {
    if (nestsDeeperThan(body, deepestJson))
        return bad("the body is nested too deeply: at most " + std::to_string(deepestJson) +
                   " levels are read");
    auto json = parseBounded<Json>(body);
    if (!json.is_object()) return bad("the body must be a JSON object with \"query\" and \"variables\"");
    Request request;
    const auto query = json.find("query");
    if (query == json.end() || !query->is_string())
        return bad("the body has no \"query\", the GraphQL document as a string");
    request.query = std::move(query->get_ref<std::string&>());
    if (const auto variables = json.find("variables"); variables != json.end())
        request.variables = std::move(*variables);
    if (!request.variables.is_null() && !request.variables.is_object())
        return bad("\"variables\" must be an object");
    const auto name = json.find("operationName");
    if (name == json.end() || name->is_null()) return request;
    if (!name->is_string()) return bad("\"operationName\" must be a string");
    request.operationName = std::move(name->get_ref<std::string&>());
    return request;
}

Answer answer(const Schema& schema, const Request& request, const Limits& limits, api::Time now,
              const RootFactory& root) {
    const auto document = parse(request.query, limits);
    if (!document) return failure({document.error()}, now);
    if (const auto errors = validate(schema, *document, limits); !errors.empty()) return failure(errors, now);
    const auto operation = chosenQuery(*document, request.operationName);
    if (!operation) return failure({operation.error()}, now);
    const auto variables = coerceVariables(schema, **operation, request.variables);
    if (!variables) return failure({variables.error()}, now);
    const auto plan = makePlan(schema, *document, **operation, *variables, limits);
    if (!plan) return failure({plan.error()}, now);
    const auto source = root(*plan);
    if (!source) return failure({source.error()}, now);
    return execute(schema, *plan, **source, limits, now);
}

}  // namespace stepwell::engine::graphql
