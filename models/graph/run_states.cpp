#include "models/graph/run_states.h"

#include "models/graph/words.h"
#include "models/text.h"

#include <algorithm>
#include <map>

namespace stepwell::graph {

using Kind = api::GraphNode::Kind;

namespace {

constexpr int exact = 1 << 20;
constexpr qsizetype mostNames = 6;
constexpr std::size_t longestName = 10'000;

/// The literal parts of a name, between its holes.
std::vector<std::string> literals(const std::string& pattern) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern.compare(i, 2, "${") != 0) {
            parts.back() += pattern[i];
            continue;
        }
        int depth = 0;
        for (++i; i < pattern.size(); ++i) {
            if (pattern[i] == '{') ++depth;
            if (pattern[i] == '}' && --depth == 0) break;
        }
        parts.emplace_back();
    }
    return parts;
}

/// The name as the code gave it: without the counter behind it.
std::string baseOf(const std::string& name) {
    const auto dash = name.rfind('-');
    const bool isCounted = dash != std::string::npos && dash + 1 < name.size() &&
                           name.find_first_not_of("0123456789", dash + 1) == std::string::npos;
    return isCounted ? name.substr(0, dash) : name;
}

bool isOfKind(const api::GraphNode& node, api::StepKind kind) {
    switch (kind) {
    case api::StepKind::waitForEvent:
        return node.kind == Kind::waitForEvent;
    case api::StepKind::step:
        return node.kind == Kind::stepDo;
    default:
        return node.kind == Kind::sleep || node.kind == Kind::sleepUntil;
    }
}

/// What is seen first when several steps share a place.
int rank(api::Status status) {
    switch (status) {
    case api::Status::running:
        return 4;
    case api::Status::waiting:
        return 3;
    case api::Status::errored:
        return 2;
    case api::Status::terminated:
        return 1;
    default:
        return 0;
    }
}

api::Status statusOf(const api::Step& step, bool isOver) {
    if (step.state == api::StepState::complete) return api::Status::complete;
    if (step.state == api::StepState::errored) return api::Status::errored;
    if (isOver) return api::Status::terminated;
    return step.kind == api::StepKind::step ? api::Status::running : api::Status::waiting;
}

/// See `fit`; for a name with holes.
int fitOf(const std::vector<std::string>& parts, const std::string& name) {
    if (parts.size() == 1 || name.size() > longestName) return -1;
    std::size_t sum = 0;
    for (const auto& part : parts)
        sum += part.size();
    if (sum > name.size() || !name.starts_with(parts.front()) || !name.ends_with(parts.back())) return -1;
    std::size_t at = parts.front().size();
    const std::size_t end = name.size() - parts.back().size();
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        const auto found = name.find(parts[i], at);
        if (found == std::string::npos || found + parts[i].size() > end) return -1;
        at = found + parts[i].size();
    }
    return static_cast<int>(std::min<std::size_t>(sum, exact - 1));
}

}  // namespace

int fit(const std::string& pattern, const std::string& name) {
    return pattern == name ? exact : fitOf(literals(pattern), name);
}

namespace {

/// Steps of the graph with their names taken apart, and what was found for names so far: runs repeat them.
class Matcher {
  public:
    explicit Matcher(const api::Graph& graph) {
        add(graph.nodes);
        for (const auto& [key, function] : graph.functions)
            add(function);
    }

    const std::vector<const api::GraphNode*>& find(const api::Step& step) {
        const auto base = baseOf(step.name);
        const auto [at, isNew] = m_found.try_emplace({static_cast<int>(step.kind), base});
        if (isNew) at->second = search(step.kind, base);
        return at->second;
    }

  private:
    struct Candidate {
        const api::GraphNode* node;
        std::vector<std::string> parts;
    };

    void add(const std::vector<api::GraphNode>& nodes) {
        for (const auto& node : nodes) {
            if (isStep(node)) m_candidates.push_back({&node, literals(node.name)});
            add(node.nodes);
            for (const auto& branch : node.branches)
                add(branch.nodes);
        }
    }

    std::vector<const api::GraphNode*> search(api::StepKind kind, const std::string& base) const {
        int best = -1;
        std::vector<const api::GraphNode*> chosen;
        for (const auto& [node, parts] : m_candidates) {
            if (!isOfKind(*node, kind)) continue;
            const int found = node->name == base ? exact : fitOf(parts, base);
            if (found < 0 || found < best) continue;
            if (found > best) chosen.clear();
            best = found;
            chosen.push_back(node);
        }
        return chosen;
    }

    std::vector<Candidate> m_candidates;
    std::map<std::pair<int, std::string>, std::vector<const api::GraphNode*>> m_found;
};

}  // namespace

RunStates::RunStates(const api::Graph& graph, const api::InstanceDetail& detail)
    : m_hasRun(true)
    , m_isComplete(detail.status == api::Status::complete) {
    Matcher matcher(graph);
    for (const auto& step : detail.steps) {
        if (step.isRollback) continue;  // undoes a step, and has its name
        const auto& chosen = matcher.find(step);
        for (const auto* node : chosen)
            note(node, step, api::isFinal(detail.status));
        if (chosen.empty()) ++m_unmatched;
    }
}

void RunStates::note(const api::GraphNode* node, const api::Step& step, bool isOver) {
    auto& run = m_runs[node];
    const auto status = statusOf(step, isOver);
    if (run.count == 0 || rank(status) >= rank(run.status)) {
        run.status = status;
        run.isSleeping = step.kind == api::StepKind::sleep && status == api::Status::waiting;
        run.isRetrying = step.state == api::StepState::retrying;
        run.stepIndex = step.index;
    }
    ++run.count;
    for (const auto& attempt : step.attempts)
        run.failedAttempts += attempt.success && !*attempt.success ? 1 : 0;
    if (step.start && step.end) run.took += *step.end - *step.start;
    if (run.names.size() < mostNames) run.names << toQt(step.name);
}

const NodeRun* RunStates::of(const api::GraphNode* node) const {
    const auto found = m_runs.find(node);
    return found == m_runs.end() ? nullptr : &found->second;
}

bool RunStates::reaches(const api::Graph& graph, const api::GraphNode& node,
                        std::vector<std::string>& inside) const {
    if (m_runs.contains(&node)) return true;
    const auto any = [&](const std::vector<api::GraphNode>& nodes) {
        return std::any_of(nodes.begin(), nodes.end(),
                           [&](const auto& part) { return reaches(graph, part, inside); });
    };
    if (node.kind == Kind::call) {
        const auto found = graph.functions.find(node.name);
        if (found == graph.functions.end() ||
            std::find(inside.begin(), inside.end(), node.name) != inside.end())
            return false;
        inside.push_back(node.name);
        const bool does = any(found->second);
        inside.pop_back();
        return does;
    }
    return any(node.nodes) || std::any_of(node.branches.begin(), node.branches.end(),
                                          [&](const auto& branch) { return any(branch.nodes); });
}

std::vector<bool> RunStates::reached(const api::Graph& graph, const Layout& layout) const {
    std::vector<bool> result(layout.items.size());
    std::vector<std::string> inside;
    for (std::size_t i = layout.items.size(); i-- > 0;) {
        const auto& item = layout.items[i];
        if (item.node != nullptr) result[i] = reaches(graph, *item.node, inside);
        for (int part = static_cast<int>(i) + 1; part <= item.last && !result[i]; ++part)
            result[i] = result[static_cast<std::size_t>(part)];
    }
    for (std::size_t i = 0; i < layout.items.size(); ++i)
        if (layout.items[i].kind == Item::Kind::start) result[i] = m_hasRun;
    return result;
}

}  // namespace stepwell::graph
