// What the GraphQL service makes of documents: each line of the input is {"query": ..., "variables": ...},
// answered with one line. `graphql_verdicts validate`: {"errors": [messages]}; `graphql_verdicts execute`:
// the answer.
#include "app/engine/analytics/graphql_schema.h"
#include "app/engine/analytics/graphql_service.h"
#include "app/engine/graphql/parser.h"
#include "app/engine/graphql/validate.h"
#include "tests/engine/graphql/sample.h"

#include <iostream>
#include <string>

using namespace stepwell;
using namespace stepwell::engine;
using Json = nlohmann::json;

namespace {

std::string verdict(const graphql::Schema& schema, const std::string& query) {
    auto messages = Json::array();
    const auto document = graphql::parse(query);
    if (!document)
        messages.push_back(document.error().message);
    else
        for (const auto& error : graphql::validate(schema, *document))
            messages.push_back(error.message);
    return Json{{"errors", std::move(messages)}}.dump();
}

}  // namespace

int main(int argc, char** argv) {
    const bool executes = argc > 1 && argv[1] == std::string_view("execute");
    const bool ofAnalytics = argc > 2 && argv[2] == std::string_view("analytics");
    const auto sample = graphql::sampleSchema();
    const auto& schema = ofAnalytics ? datasets::schema() : sample;
    const datasets::GraphqlService analytics(
        "account", [] { return api::fail(503, api::code::unavailable, "There are no analytics here."); });
    for (std::string line; std::getline(std::cin, line);) {
        const auto request = graphql::readRequest(line);
        if (!request)
            std::cout << Json{{"errors", {request.error().message}}}.dump() << '\n';
        else if (executes && ofAnalytics)
            std::cout << analytics.answer(line, api::Time{}).body << '\n';
        else if (executes)
            std::cout << graphql::ask(schema, request->query, request->variables).body << '\n';
        else
            std::cout << verdict(schema, request->query) << '\n';
    }
    return 0;
}
