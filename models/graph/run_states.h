#pragma once

#include "models/api/types.h"
#include "models/graph/layout.h"

#include <QStringList>

#include <unordered_map>

namespace stepwell::graph {

/// What a run did at one step of the graph.
struct NodeRun {
    int count = 0;  ///< steps of the run that this one stands for
    int failedAttempts = 0;
    api::Status status = api::Status::unknown;  ///< of all of them: what is under way first, then failures
    bool isSleeping = false;
    bool isRetrying = false;
    int stepIndex = -1;         ///< of the newest one
    api::Milliseconds took{0};  ///< all of them together, as far as they ended
    QStringList names;          ///< with counters, at most a few
};

/// The way of one run through a graph: each step of the run is given to the graph steps of its kind whose
/// name fits best, literally or as a pattern.
class RunStates {
  public:
    RunStates() = default;
    RunStates(const api::Graph& graph, const api::InstanceDetail& detail);

    bool isEmpty() const { return !m_hasRun; }
    /// The run came to its end without an error.
    bool isComplete() const { return m_isComplete; }
    /// Nothing for steps that the run did not reach.
    const NodeRun* of(const api::GraphNode* node) const;
    /// Whether the run has a step at each item of the layout: a frame or a function, when it has one inside.
    std::vector<bool> reached(const api::Graph& graph, const Layout& layout) const;
    /// Steps of the run that no step of the graph stands for.
    int unmatched() const { return m_unmatched; }

  private:
    bool reaches(const api::Graph& graph, const api::GraphNode& node, std::vector<std::string>& inside) const;
    void note(const api::GraphNode* node, const api::Step& step, bool isOver);

    bool m_hasRun = false;
    bool m_isComplete = false;
    int m_unmatched = 0;
    std::unordered_map<const api::GraphNode*, NodeRun> m_runs;
};

/// How well a name with `${...}` holes fits the name of a step: the number of literal characters, -1 when it
/// does not fit at all. A name without holes that is the same beats every pattern.
int fit(const std::string& pattern, const std::string& name);

}  // namespace stepwell::graph
