#include "models/client/parse.h"

#include <nlohmann/json.hpp>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

namespace {

using Kind = api::GraphNode::Kind;
/// Deeper nests are cut: a backend that sends them is broken, or means harm.
constexpr int deepest = 200;
constexpr std::size_t mostNodes = 20'000;

/// Texts stay, numbers become texts.
std::string shown(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_number() ? value.dump() : std::string{};
}

std::optional<Kind> kindOf(const json& node) {
    static const std::map<std::string, Kind> kinds = {
        {"step_do", Kind::stepDo},    {"step_sleep", Kind::sleep},
        {"loop", Kind::loop},         {"step_sleep_until", Kind::sleepUntil},
        {"try", Kind::tryCatch},      {"step_wait_for_event", Kind::waitForEvent},
        {"block", Kind::block},       {"parallel", Kind::parallel},
        {"if", Kind::branch},         {"switch", Kind::choice},
        {"function_call", Kind::call}};
    const auto type = text(node, "type");
    if (type == "break") return text(node, "kind") == "return" ? Kind::returnNow : Kind::breakLoop;
    const auto found = kinds.find(type);
    if (found == kinds.end()) return std::nullopt;
    return found->second;
}

std::optional<int> moment(const json& node, const char* key) {
    const auto& value = at(node, key);
    return value.is_number_integer() ? std::optional(value.get<int>()) : std::nullopt;
}

class NodeReader {
  public:
    std::vector<api::GraphNode> nodes(const json& list, int depth) {
        std::vector<api::GraphNode> result;
        if (!list.is_array() || depth > deepest) return result;
        for (const auto& item : list) {
            if (++m_count > mostNodes) break;
            if (const auto kind = kindOf(item)) result.push_back(node(item, *kind, depth));
        }
        return result;
    }

  private:
    api::GraphNode node(const json& item, Kind kind, int depth) {
        api::GraphNode result;
        result.kind = kind;
        result.name = text(item, kind == Kind::choice     ? "discriminant"
                                 : kind == Kind::parallel ? "kind"
                                                          : "name");
        result.starts = moment(item, "starts");
        result.resolves = moment(item, "resolves");
        result.nodes = nodes(at(item, "nodes"), depth + 1);
        readFacts(result, item);
        if (kind == Kind::tryCatch) {
            for (const char* part : {"try", "catch", "finally"})
                if (const auto& block = at(item, (std::string(part) + "_block").c_str()); block.is_object())
                    result.branches.push_back({part, nodes(at(block, "nodes"), depth + 1)});
        }
        const auto& branches = at(item, "branches");
        if (branches.is_array())
            for (const auto& branch : branches)
                result.branches.push_back({text(branch, "condition"), nodes(at(branch, "nodes"), depth + 1)});
        return result;
    }

    static void readFacts(api::GraphNode& node, const json& item) {
        if (node.kind == Kind::stepDo) {
            const auto& retries = at(at(item, "config"), "retries");
            node.retryLimit = shown(at(retries, "limit"));
            node.retryDelay = shown(at(retries, "delay"));
            node.backoff = text(retries, "backoff");
            node.timeout = shown(at(at(item, "config"), "timeout"));
        } else if (node.kind == Kind::sleep) {
            node.detail = shown(at(item, "duration"));
        } else if (node.kind == Kind::sleepUntil) {
            node.detail = shown(at(item, "timestamp"));
        } else if (node.kind == Kind::waitForEvent) {
            node.detail = text(at(item, "options"), "event_type");
            node.timeout = shown(at(at(item, "options"), "timeout"));
        }
    }

    std::size_t m_count = 0;
};

}  // namespace

api::Result<api::VersionGraph> parseGraph(const Response& response) {
    const auto whole = envelope(response, anObject);
    if (!whole) return api::fail(whole.error());
    const auto& result = at(*whole, "result");
    api::VersionGraph answer;
    answer.reason = text(at(result, "stepwell"), "reason");
    const auto& workflow = at(at(result, "graph"), "workflow");
    if (!workflow.is_object()) return answer;
    NodeReader reader;
    api::Graph found;
    found.className = text(workflow, "class_name");
    found.nodes = reader.nodes(at(workflow, "nodes"), 0);
    const auto& functions = at(workflow, "functions");
    if (functions.is_object())
        for (const auto& [key, function] : functions.items())
            found.functions[key] = reader.nodes(at(function, "nodes"), 0);
    const auto& fields = at(at(workflow, "payload"), "fields");
    if (fields.is_object())
        for (const auto& [name, shape] : fields.items())
            found.payloadFields.push_back(name);
    answer.graph = std::move(found);
    return answer;
}

}  // namespace stepwell::client
