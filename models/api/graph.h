#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

/// The step graph of a workflow version: what its code can do, as static analysis found it (reference,
/// section 1.5).
namespace stepwell::api {

struct GraphBranch;

struct GraphNode {
    enum class Kind {
        stepDo,
        sleep,
        sleepUntil,
        waitForEvent,
        loop,
        parallel,
        tryCatch,   ///< branches: try, catch, finally, as far as there are
        block,      ///< nodes one after the other
        branch,     ///< `if`
        choice,     ///< `switch`
        call,       ///< of a function of the graph
        breakLoop,  ///< `break`
        returnNow,  ///< `return`
    };
    Kind kind = Kind::block;
    /// Step: its name, in which `${...}` stands for what only running the code tells. Call: key of the
    /// function. Choice: what is looked at. Parallel: all, any, all_settled, race.
    std::string name;
    /// Sleep: how long or until when; wait: type of the event. As written, or the value.
    std::string detail;
    std::string timeout;                          ///< do: of an attempt; wait: of the wait
    std::string retryLimit, retryDelay, backoff;  ///< do
    std::optional<int> starts, resolves;          ///< moments, where steps overlap; see EXTENSIONS.md
    std::vector<GraphNode> nodes;                 ///< inside
    std::vector<GraphBranch> branches;            ///< branch, choice, tryCatch
};

struct GraphBranch {
    std::string condition;  ///< source; empty: else, or default. Of tryCatch: try, catch, finally
    std::vector<GraphNode> nodes;
};

struct Graph {
    std::string className;
    std::vector<GraphNode> nodes;
    std::map<std::string, std::vector<GraphNode>> functions;  ///< by key
    std::vector<std::string> payloadFields;                   ///< of the params that the code looks at
};

struct VersionGraph {
    std::optional<Graph> graph;
    std::string reason;  ///< extension: why there is none
};

}  // namespace stepwell::api
