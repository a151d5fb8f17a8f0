#pragma once

#include "models/api/graph.h"

#include <utility>

/// Graphs for tests, written short.
namespace stepwell::test {

using Kind = api::GraphNode::Kind;
using Nodes = std::vector<api::GraphNode>;

inline api::GraphNode node(Kind kind, std::string name = {}, Nodes nodes = {}) {
    api::GraphNode result;
    result.kind = kind;
    result.name = std::move(name);
    result.nodes = std::move(nodes);
    return result;
}

inline api::GraphNode doing(std::string name) {
    auto result = node(Kind::stepDo, std::move(name));
    result.retryLimit = "5";
    result.retryDelay = "10000";
    result.backoff = "exponential";
    result.timeout = "10 minutes";
    return result;
}

inline api::GraphNode sleeping(std::string name, std::string span) {
    auto result = node(Kind::sleep, std::move(name));
    result.detail = std::move(span);
    return result;
}

inline api::GraphNode waiting(std::string name, std::string type) {
    auto result = node(Kind::waitForEvent, std::move(name));
    result.detail = std::move(type);
    result.timeout = "1 hour";
    return result;
}

inline api::GraphNode choosing(std::vector<api::GraphBranch> branches) {
    auto result = node(Kind::branch);
    result.branches = std::move(branches);
    return result;
}

inline api::GraphNode overlapping(api::GraphNode step, int starts, std::optional<int> resolves) {
    step.starts = starts;
    step.resolves = resolves;
    return step;
}

/// An order: checked, its items reserved side by side, paid in a function, and shipped or refused.
inline api::Graph orderGraph() {
    auto tried = node(Kind::tryCatch);
    tried.branches = {{"try", {waiting("courier", "courier-accepted")}},
                      {"catch", {doing("find another courier")}},
                      {"finally", {doing("close the order")}}};
    api::Graph graph;
    graph.className = "OrderWorkflow";
    graph.nodes = {doing("check-inventory"),
                   choosing({{"!stock.ok", {doing("refuse"), node(Kind::returnNow)}}}),
                   node(Kind::parallel, "all", {node(Kind::loop, {}, {doing("reserve ${item.sku}")})}),
                   node(Kind::call, "charge"),
                   sleeping("settle", "3000"),
                   std::move(tried)};
    graph.functions["charge"] = {doing("charge-card"), doing("receipt")};
    graph.payloadFields = {"orderId", "items"};
    return graph;
}

}  // namespace stepwell::test
