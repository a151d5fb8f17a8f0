#include "models/client/parse_pages.h"

#include <nlohmann/json.hpp>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

namespace {

template <class T, class From>
std::vector<T> listOf(const json& list, From from) {
    std::vector<T> result;
    if (!list.is_array()) return result;
    for (const auto& item : list)
        result.push_back(from(item));
    return result;
}

std::vector<std::string> textsOf(const json& list) {
    return listOf<std::string>(
        list, [](const json& item) { return item.is_string() ? item.get<std::string>() : std::string(); });
}

api::SiteHeaders headersOf(const json& list) {
    return listOf<std::pair<std::string, std::string>>(list, [](const json& pair) {
        const auto texts = textsOf(pair);
        return texts.size() == 2 ? std::pair(texts[0], texts[1]) : std::pair<std::string, std::string>();
    });
}

std::vector<api::SiteRuleMessage> messagesOf(const json& list) {
    return listOf<api::SiteRuleMessage>(list, [](const json& item) {
        api::SiteRuleMessage message{{}, text(item, "text"), text(item, "reason")};
        if (at(item, "line").is_number()) message.line = integer(item, "line");
        return message;
    });
}

std::vector<api::SiteFunction> functionsOf(const json& config) {
    return listOf<api::SiteFunction>(at(config, "routes"), [](const json& item) {
        const auto& module = at(item, "module");
        const auto modules = textsOf(module);
        return api::SiteFunction{text(item, "routePath"), text(item, "method"),
                                 modules.empty() ? text(item, "module") : modules.front()};
    });
}

api::SiteRequest requestOf(const json& item) {
    api::SiteRequest request;
    request.id = integer(item, "id");
    request.time = time(item, "time").value_or(api::Time{});
    request.method = text(item, "method");
    request.url = text(item, "url");
    request.status = static_cast<int>(integer(item, "status"));
    request.took = std::chrono::duration<double, std::milli>(number(item, "duration_ms"));
    request.byCode = text(item, "source") == "worker";
    request.outcome = text(item, "outcome");
    request.exceptions = listOf<api::SiteException>(at(item, "exceptions"), [](const json& thrown) {
        return api::SiteException{text(thrown, "name"), text(thrown, "message"), text(thrown, "stack")};
    });
    std::int64_t line = 0;
    request.logs = listOf<api::LogLine>(at(item, "logs"), [&](const json& log) {
        return api::LogLine{++line, -1, levelFrom(text(log, "level")),
                            time(log, "time").value_or(request.time), text(log, "text")};
    });
    return request;
}

}  // namespace

api::Result<api::SiteRules> parseSiteRules(const Response& response) {
    const auto answer = envelope(response, anObject);
    if (!answer) return api::fail(answer.error());
    const auto& result = at(*answer, "result");
    api::SiteRules rules;
    const auto& redirects = at(result, "redirects");
    rules.redirects = listOf<api::SiteRedirect>(at(redirects, "rules"), [](const json& item) {
        return api::SiteRedirect{integer(item, "line"), text(item, "from"), text(item, "to"),
                                 static_cast<int>(integer(item, "status", 302)),
                                 flag(item, "dynamic", false)};
    });
    rules.redirectWarnings = messagesOf(at(redirects, "warnings"));
    rules.redirectNotes = messagesOf(at(redirects, "notes"));
    const auto& headers = at(result, "headers");
    rules.headers = listOf<api::SiteHeaderRule>(at(headers, "rules"), [](const json& item) {
        return api::SiteHeaderRule{text(item, "path"), headersOf(at(item, "set")),
                                   textsOf(at(item, "removed"))};
    });
    rules.headerWarnings = messagesOf(at(headers, "warnings"));
    const auto& routes = at(result, "routes");
    rules.hasRoutes = routes.is_object();
    rules.routesIncluded = textsOf(at(routes, "include"));
    rules.routesExcluded = textsOf(at(routes, "exclude"));
    rules.worker = text(result, "worker");
    rules.functions = functionsOf(at(result, "functions"));
    return rules;
}

api::Result<api::SiteExplanation> parseSiteExplanation(const Response& response) {
    const auto answer = envelope(response, anObject);
    if (!answer) return api::fail(answer.error());
    const auto& result = at(*answer, "result");
    api::SiteExplanation explanation;
    explanation.url = text(result, "url");
    explanation.method = text(result, "method");
    explanation.runsWorker = flag(result, "runs_worker", false);
    explanation.status = static_cast<int>(integer(result, "status"));
    explanation.headers = headersOf(at(result, "headers"));
    if (const auto& file = at(result, "file"); file.is_object())
        explanation.file = api::SiteFile{text(file, "path"), integer(file, "size"),
                                         text(file, "content_type"), text(file, "key")};
    explanation.body = text(result, "body");
    explanation.steps = textsOf(at(result, "steps"));
    return explanation;
}

api::Result<api::SiteRequestList> parseSiteRequests(const Response& response) {
    const auto answer = envelope(response, listIn("requests"));
    if (!answer) return api::fail(answer.error());
    const auto& result = at(*answer, "result");
    return api::SiteRequestList{listOf<api::SiteRequest>(at(result, "requests"), requestOf),
                                integer(result, "total")};
}

}  // namespace stepwell::client
