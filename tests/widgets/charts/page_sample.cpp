#include "tests/widgets/charts/page_sample.h"

#include "models/analytics/page_query.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace stepwell::test {
namespace {

using nlohmann::json;
using namespace analytics;
using namespace std::chrono_literals;

std::string schemaJson() {
    std::map<std::string, std::map<std::string, json>> types;
    for (const auto& node : pageNodes()) {
        auto& one = types[node.dataset];
        const auto add = [&](const std::string& block, const std::string& name) {
            one[block].push_back({{"name", name}, {"description", "In milliseconds."}});
        };
        for (const std::string field : node.fields)
            add(field.substr(0, field.find('_')), field.substr(field.find('_') + 1));
        for (const char* dimension : node.dimensions)
            add("dimensions", dimension);
        for (const char* dimension :
             {"date", "datetimeMinute", "datetimeFiveMinutes", "datetimeFifteenMinutes", "datetimeHour",
              "workflowName", "projectName", "scriptName"})
            add("dimensions", dimension);
        one[""].push_back({{"name", "count"}});
    }
    json data = json::object();
    for (const auto& [dataset, blocks] : types)
        for (const auto& [block, fields] : blocks)
            data[block.empty() ? dataset : dataset + "_" + block] = {{"fields", fields}};
    return json{{"data", data}, {"errors", nullptr}}.dump();
}

/// A number that looks drawn by chance and is the same on every run.
double noise(std::size_t at, int salt) {
    const double x = std::sin(static_cast<double>(at) * 12.9898 + salt * 78.233) * 43758.5453;
    return x - std::floor(x);
}

struct Story {
    const Node& node;
    std::vector<api::Time> buckets;
    api::Milliseconds width{};
    bool before = false;

    double wave(std::size_t at, int salt) const {
        const double turn =
            buckets.empty() ? 0.0 : static_cast<double>(at) / static_cast<double>(buckets.size());
        return (1 + 0.55 * std::sin(turn * 6.28 + 0.6)) * (0.9 + 0.25 * noise(at, salt)) *
               (before ? 0.92 : 1);
    }
    bool isBad(std::size_t at) const {
        const auto third = buckets.size() * 63 / 100;
        return at >= third && at < third + std::max<std::size_t>(1, buckets.size() / 24);
    }
    json dimensions(std::size_t at) const {
        json result = json::object();
        if (!buckets.empty()) result["t"] = api::toIso(buckets[at]);
        return result;
    }
    std::size_t rows() const { return std::max<std::size_t>(1, buckets.size()); }
};

json row(json dimensions, double count, json more = json::object()) {
    more["count"] = std::llround(count);
    more["dimensions"] = std::move(dimensions);
    return more;
}

/// One row a bucket and word.
template <class Make>
json byWord(const Story& story, const char* dimension, const std::vector<const char*>& words, Make make) {
    json list = json::array();
    for (std::size_t at = story.rows(); at-- > 0;)  // newest first: not in the order of time
        for (std::size_t word = 0; word < words.size(); ++word) {
            auto dims = story.dimensions(at);
            dims[dimension] = words[word];
            json made = make(at, static_cast<int>(word), std::move(dims));
            if (!made.is_null()) list.push_back(std::move(made));
        }
    return list;
}

json outcomes(const Story& story) {
    return byWord(story, "eventType", {"WORKFLOW_SUCCESS", "WORKFLOW_FAILURE", "WORKFLOW_TERMINATED"},
                  [&](std::size_t at, int word, json dims) {
                      const double good = 2800 * story.wave(at, 1) * (story.isBad(at) ? 0.5 : 1);
                      const double counts[] = {good,
                                               good * (story.isBad(at) ? 0.6 : 0.02 + 0.03 * noise(at, 2)),
                                               noise(at, 3) > 0.6 ? good * 0.012 : 0};
                      return row(std::move(dims), counts[word]);
                  });
}

json events(bool before) {
    const double more = before ? 0.92 : 1;
    const std::pair<const char*, double> counts[] = {
        {"ATTEMPT_START", 1'412'004}, {"STEP_SUCCESS", 1'396'112},   {"STEP_START", 1'398'120},
        {"WORKFLOW_START", 274'438},  {"WORKFLOW_SUCCESS", 271'902}, {"SLEEP_COMPLETE", 88'120},
        {"ATTEMPT_FAILURE", 3'910},   {"STEP_FAILURE", 1'012},       {"WORKFLOW_FAILURE", 870},
        {"WORKFLOW_TERMINATED", 160}};
    json list = json::array();
    for (const auto& [event, count] : counts) {
        const bool retries = std::string_view(event) == "ATTEMPT_START";
        list.push_back(
            row({{"eventType", event}}, count * more,
                {{"sum", {{"retryCount", retries ? (before ? 1450 : 1902) : 0}, {"stepCount", 0}}}}));
    }
    return list;
}

json timesOf(const Story& story) {
    json list = json::array();
    for (std::size_t at = 0; at < story.rows(); ++at) {
        // Nothing ended in the small hours of the first day.
        if (!story.buckets.empty() && noise(at, 9) > 0.985) continue;
        json quantiles;
        for (const std::string field : story.node.fields) {
            const bool cpu = field.find("cpu") != std::string::npos;
            const double base = field.ends_with("P99") ? 8'400 : field.ends_with("P90") ? 3'900 : 1'200;
            if (field.starts_with("quantiles_"))
                quantiles[field.substr(10)] = base / (cpu ? 900 : 1) * story.wave(at, static_cast<int>(base));
        }
        list.push_back(
            row(story.dimensions(at), 10, {{"quantiles", quantiles}, {"sum", {{"cpuTime", 2'460'000}}}}));
    }
    return list;
}

json answerNode(const Story& story) {
    const std::string alias = story.node.alias;
    const std::vector<const char*> steps = {"charge-card", "reserve-stock", "send-mail",
                                            "price",       "ship",          "notify"};
    if (alias == "events") return events(story.before);
    if (alias == "outcomes") return outcomes(story);
    if (alias == "retries")
        return byWord(story, "stepName", steps, [&](std::size_t at, int word, json dims) {
            return row(
                std::move(dims), 1,
                {{"sum", {{"retryCount", std::llround(24 * story.wave(at, word) / (1 + word * word))}}}});
        });
    if (alias == "failures")
        return byWord(story, "stepName", steps, [&](std::size_t at, int word, json dims) {
            return word > 2 ? json()
                            : row(std::move(dims), (story.isBad(at) ? 40 : 4) * noise(at, word) / (1 + word));
        });
    if (alias == "steps" || alias == "paths") {
        json list = json::array();
        const std::vector<const char*> paths = {"/",          "/cart",        "/products/teapot",
                                                "/api/price", "/favicon.ico", "/about"};
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const double size = 1.0 / static_cast<double>(1 + i);
            const json dims =
                alias == "steps" ? json{{"stepName", steps[i]}} : json{{"clientRequestPath", paths[i]}};
            list.push_back(
                row(dims, 9'000 * size,
                    {{"quantiles", {{"wallTimeP50", 420 * size}, {"wallTimeP99", 2'900 * size}}}}));
        }
        return list;
    }
    if (alias == "queueDepth") {
        json list = json::array();
        for (std::size_t at = 0; at < story.rows(); ++at)
            list.push_back(row(story.dimensions(at), 5,
                               {{"max", {{"depth", std::llround(90 * story.wave(at, 5))}}},
                                {"avg", {{"depth", 31 * story.wave(at, 6)}}}}));
        return list;
    }
    if (alias == "blocked")
        return byWord(story, "blockedReason", {"sleep", "event", "retry", "concurrency"},
                      [&](std::size_t at, int word, json dims) {
                          return row(std::move(dims), 300 * story.wave(at, word) / (1 + word));
                      });
    if (alias == "hosts")
        return byWord(story, "hostname",
                      {"api.stripe.example", "stock.internal", "mail.example", "maps.example", "a.example",
                       "b.example"},
                      [&](std::size_t at, int word, json dims) {
                          return row(std::move(dims), 500 * story.wave(at, word) / (1 + word));
                      });
    if (alias == "sites")
        return byWord(
            story, "cacheStatus", {"hit", "miss", "dynamic"}, [&](std::size_t at, int word, json dims) {
                dims["edgeResponseStatus"] = word == 2 ? (noise(at, 4) > 0.8 ? 500 : 404) : 200;
                return row(
                    std::move(dims), 900 * story.wave(at, word) / (1 + 2 * word),
                    {{"sum",
                      {{"edgeResponseBytes", std::llround(4e7 * story.wave(at, word) / (1 + 2 * word))}}}});
            });
    return timesOf(story);
}

std::string pageJson(const GraphqlQuery& query, bool empty) {
    const auto variables = json::parse(query.variablesJson);
    const auto time = [&](const char* name) { return *api::fromIso(variables.at(name).get<std::string>()); };
    json account = json::object();
    for (const auto& node : pageNodes())
        for (const bool before : {false, true}) {
            const std::string alias = before ? beforeAlias(node.alias) : std::string(node.alias);
            if (query.document.find("      " + alias + ": ") == std::string::npos) continue;
            Window window{time(before ? "beforeFrom" : "from"), time(before ? "beforeTo" : "to")};
            const auto length = window.length();
            window.bucket = length <= 2h    ? Bucket::minute
                            : length <= 12h ? Bucket::fiveMinutes
                            : length <= 48h ? Bucket::fifteenMinutes
                                            : Bucket::hour;
            Story story{node, {}, bucketWidthOf(node, window), before};
            if (node.grain != Grain::whole)
                for (auto at = window.from; at < window.to; at += story.width)
                    story.buckets.push_back(at);
            account[alias] = empty ? json::array() : answerNode(story);
        }
    return json{{"data", {{"viewer", {{"accounts", {account}}}}}}, {"errors", nullptr}}.dump();
}

/// Two events of 120.
std::string behindJson() {
    return R"({"data":{"viewer":{"accounts":[{"behind":[
        {"datetime":"2026-11-20T09:00:10.250Z","workflowName":"orders","instanceId":"order-7299",
         "eventType":"WORKFLOW_FAILURE","stepName":"","wallTime":61000},
        {"datetime":"2026-11-20T09:00:02.000Z","workflowName":"cart-reminder","instanceId":"cart-12",
         "eventType":"WORKFLOW_FAILURE","stepName":"","wallTime":1200}],
        "total":[{"count":120}]}]}},"errors":null})";
}

void answerWith(FakeBackend& backend, bool empty) {
    backend.graphqlSource = [empty](const GraphqlQuery& query) -> api::Result<api::GraphqlAnswer> {
        if (query.operationName == "Schema") return api::GraphqlAnswer{200, schemaJson(), {}};
        if (query.operationName == "Settings")
            return api::GraphqlAnswer{
                200, R"({"data":{"viewer":{"accounts":[{"settings":{}}]}},"errors":null})", {}};
        if (query.operationName == "Behind") return api::GraphqlAnswer{200, behindJson(), {}};
        return api::GraphqlAnswer{200, pageJson(query, empty), {}};
    };
}

}  // namespace

void answerAnalytics(FakeBackend& backend) {
    answerWith(backend, false);
}

void answerEmptyAnalytics(FakeBackend& backend) {
    answerWith(backend, true);
}

}  // namespace stepwell::test
