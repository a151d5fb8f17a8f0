#include "models/client/parse_graphql.h"

#include "models/client/parse.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

namespace {

constexpr std::size_t errorsAtMost = 100;

std::string pathText(const json& path) {
    std::string text;
    if (!path.is_array()) return text;
    for (const auto& part : path) {
        if (!text.empty()) text += '/';
        text += part.is_string() ? part.get<std::string>() : dump(part);
    }
    return text;
}

api::GraphqlError errorFrom(const json& value) {
    if (value.is_string()) return {value.get<std::string>(), {}, {}};
    auto message = text(value, "message");
    if (message.empty()) message = "The backend gave no reason.";
    return {std::move(message), pathText(at(value, "path")), text(at(value, "extensions"), "code")};
}

struct Outline {
    json answer;  ///< without its data, of which nothing is kept while it is read
    bool hasData = false;
};

/// What every answer without errors looks like that Cloudflare and Stepwell give. Looked at only from
/// outside: whoever shows the data reads all of it anyway, and finds what is wrong within.
bool isPlainSuccess(const std::string& body) {
    return body.starts_with(R"({"data":{)") && body.ends_with(R"(},"errors":null})");
}

Outline outlineOf(const std::string& body) {
    Outline outline;
    if (isPlainSuccess(body)) {
        outline.answer = json::object();
        outline.hasData = true;
        return outline;
    }
    if (nestsDeeperThan(body, deepestJson)) return {json(json::value_t::discarded), false};
    bool inData = false;
    const auto keep = [&](int depth, json::parse_event_t event, json& value) {
        const bool isKey = event == json::parse_event_t::key;
        if (depth == 1 && isKey) inData = value.is_string() && value.get_ref<const std::string&>() == "data";
        outline.hasData = outline.hasData || inData;
        return !inData || depth < 1 || isKey;
    };
    outline.answer = json::parse(body, keep, false);
    return outline;
}

}  // namespace

api::Result<std::string> graphqlBody(const std::string& document, const std::string& variablesJson,
                                     const std::string& operationName) {
    json body{{"query", document}};
    if (!variablesJson.empty()) {
        auto variables = json::parse(variablesJson, nullptr, false);
        if (!variables.is_object() && !variables.is_null())
            return api::fail(
                400, api::code::badBody,
                "The variables are no JSON object. Write them as {\"name\": value}, or leave them empty.");
        body["variables"] = std::move(variables);
    }
    if (!operationName.empty()) body["operationName"] = operationName;
    return dump(body);
}

api::Result<api::GraphqlAnswer> parseGraphql(const Response& response) {
    const auto [answer, hasData] = outlineOf(response.body);
    const bool isGraphql =
        answer.is_object() && !answer.contains("success") && (hasData || answer.contains("errors"));
    if (!isGraphql) {
        const auto refused = envelope(response);
        if (!refused) return api::fail(refused.error());
        return api::fail(response.status, api::code::internal,
                         "The backend answered with something that is not GraphQL. Check the address.");
    }
    api::GraphqlAnswer result{response.status, response.body, {}};
    const auto& errors = at(answer, "errors");
    if (errors.is_array())
        for (const auto& error : errors)
            if (result.errors.size() < errorsAtMost) result.errors.push_back(errorFrom(error));
    return result;
}

}  // namespace stepwell::client
