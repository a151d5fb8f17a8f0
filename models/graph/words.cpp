#include "models/graph/words.h"

#include "models/api/duration.h"
#include "models/text.h"

#include <QCoreApplication>

namespace stepwell::graph {

using Kind = api::GraphNode::Kind;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("graph", text);
}

QString parallelTitle(const std::string& kind) {
    if (kind == "any") return tr("Until one succeeds");
    if (kind == "race") return tr("Until one ends");
    return kind == "all_settled" ? tr("Side by side, until all end") : tr("Side by side");
}

QString retries(const api::GraphNode& node) {
    if (node.retryLimit.empty()) return {};
    if (node.retryLimit == "0") return tr("no retry");
    return node.retryLimit == "1" ? tr("at most 1 retry")
                                  : tr("at most %1 retries").arg(toQt(node.retryLimit));
}

}  // namespace

bool isStep(const api::GraphNode& node) {
    return node.kind == Kind::stepDo || node.kind == Kind::sleep || node.kind == Kind::sleepUntil ||
           node.kind == Kind::waitForEvent;
}

QString span(const std::string& text) {
    bool isNumber = false;
    const auto ms = toQt(text).toLongLong(&isNumber);
    return isNumber ? toQt(api::humanDuration(api::Milliseconds{ms})) : toQt(text);
}

QString titleOf(const api::GraphNode& node) {
    switch (node.kind) {
    case Kind::loop:
        return tr("Repeats");
    case Kind::parallel:
        return parallelTitle(node.name);
    case Kind::tryCatch:
        return tr("Try");
    case Kind::breakLoop:
        return tr("Leaves the loop");
    case Kind::returnNow:
        return tr("Returns");
    case Kind::branch:
        return tr("If");
    default:
        return toQt(node.name);
    }
}

QString subtitleOf(const api::GraphNode& node) {
    switch (node.kind) {
    case Kind::stepDo:
        return retries(node);
    case Kind::sleep:
        return tr("sleeps %1").arg(span(node.detail));
    case Kind::sleepUntil:
        return tr("sleeps until %1").arg(toQt(node.detail));
    case Kind::waitForEvent:
        return node.detail.empty() ? tr("waits for an event") : tr("waits for %1").arg(toQt(node.detail));
    case Kind::call:
        return tr("function");
    default:
        return {};
    }
}

QString kindOf(const api::GraphNode& node) {
    switch (node.kind) {
    case Kind::stepDo:
        return tr("Step");
    case Kind::sleep:
    case Kind::sleepUntil:
        return tr("Sleep");
    case Kind::waitForEvent:
        return tr("Event wait");
    case Kind::call:
        return tr("Function");
    case Kind::loop:
        return tr("Loop");
    case Kind::parallel:
        return tr("Parallel");
    default:
        return {};
    }
}

}  // namespace stepwell::graph
