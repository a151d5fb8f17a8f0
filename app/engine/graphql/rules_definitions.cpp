// Sections 5.2 and 5.5: operations and fragments as definitions.
#include "app/engine/graphql/rules.h"

namespace stepwell::engine::graphql {

namespace {

void checkOperationNames(Checks& checks) {
    std::unordered_set<std::string_view> seen;
    const auto& operations = checks.document.operations;
    for (const auto& operation : operations) {
        if (operation.name.empty()) {
            if (operations.size() > 1)
                checks.report(operation.location, "an operation without a name must be the only operation");
        } else if (!seen.insert(operation.name).second) {
            checks.report(operation.location,
                          "there can be only one operation named \"" + operation.name + "\"");
        }
    }
}

/// The fragments that `root` reaches by spreads, each once.
std::unordered_set<std::string_view> reachedFrom(const Checks& checks, const void* root) {
    std::unordered_set<std::string_view> reached;
    std::vector<const void*> open{root};
    while (!open.empty()) {
        const auto spreads = checks.spreads.find(open.back());
        open.pop_back();
        if (spreads == checks.spreads.end()) continue;
        for (const auto name : spreads->second) {
            if (!reached.insert(name).second) continue;
            if (const auto* fragment = checks.fragment(name)) open.push_back(fragment);
        }
    }
    return reached;
}

void checkUnused(Checks& checks) {
    std::unordered_set<std::string_view> used;
    for (const auto& operation : checks.document.operations)
        used.merge(reachedFrom(checks, &operation));
    for (const auto& fragment : checks.document.fragments)
        if (!used.contains(fragment.name))
            checks.report(fragment.location, "fragment \"" + fragment.name + "\" is never used");
}

/// Depth-first search without recursion: a chain of fragments may be as long as the document.
class Cycles {
  public:
    explicit Cycles(Checks& checks)
        : checks_(checks) {}

    void run() {
        for (const auto& fragment : checks_.document.fragments)
            visit(fragment);
    }

  private:
    struct Frame {
        const Fragment* fragment;
        std::size_t next = 0;
    };

    void enter(const Fragment& fragment) {
        done_.insert(&fragment);
        onPath_.insert(&fragment);
        path_.push_back({&fragment});
    }

    void visit(const Fragment& root) {
        if (done_.contains(&root)) return;
        enter(root);
        while (!path_.empty()) {
            auto& frame = path_.back();
            const auto& spreads = checks_.spreads[frame.fragment];
            if (frame.next == spreads.size()) {
                onPath_.erase(frame.fragment);
                path_.pop_back();
                continue;
            }
            const auto* next = checks_.fragment(spreads[frame.next++]);
            if (next == nullptr) continue;
            if (onPath_.contains(next))
                checks_.report(next->location, "fragment \"" + next->name + "\" spreads itself");
            else if (!done_.contains(next))
                enter(*next);
        }
    }

    Checks& checks_;
    std::vector<Frame> path_;
    std::unordered_set<const Fragment*> onPath_;
    std::unordered_set<const Fragment*> done_;
};

}  // namespace

void checkDefinitions(Checks& checks) {
    checkOperationNames(checks);
    checkUnique(checks, checks.document.fragments, "fragment");
    checkUnused(checks);
    Cycles(checks).run();
}

}  // namespace stepwell::engine::graphql
