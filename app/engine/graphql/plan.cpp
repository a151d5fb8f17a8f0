#include "app/engine/graphql/plan.h"

#include "app/engine/graphql/coerce.h"
#include "app/engine/graphql/print.h"

#include <unordered_map>
#include <unordered_set>

namespace stepwell::engine::graphql {

namespace {

using Json = nlohmann::json;

/// Selections of one key, in the order found.
using Group = std::vector<const Selection*>;

class Planner {
  public:
    Planner(const Schema& schema, const Document& document, const Json& variables, const Limits& limits)
        : schema_(schema)
        , document_(document)
        , variables_(variables)
        , limits_(limits) {}

    std::optional<Error> error;

    std::vector<Selected> plan(const Type& parent, const std::vector<const std::vector<Selection>*>& sets,
                               std::size_t depth) {
        std::vector<Selected> fields;
        if (depth > limits_.depth) {
            fail(errorAt({}, "query is nested too deeply: at most " + std::to_string(limits_.depth) +
                                 " levels of fields are answered"));
            return fields;
        }
        Groups groups;
        for (const auto* set : sets)
            collect(*set, groups);
        fields.reserve(groups.ordered.size());
        for (const auto& group : groups.ordered) {
            if (error) break;
            fields.push_back(select(parent, group, depth));
        }
        return fields;
    }

  private:
    struct Groups {
        std::vector<Group> ordered;
        std::unordered_map<std::string_view, std::size_t> byKey;
        std::unordered_set<std::string_view> spread;
    };

    void fail(Error why) {
        if (!error) error = std::move(why);
    }

    bool directive(const DirectiveUse& use) {
        const auto* known = schema_.directive(use.name);
        auto arguments = coerceArguments(known->arguments, use.arguments, variables_);
        if (!arguments) {
            fail(std::move(arguments.error()));
            return false;
        }
        return arguments->value("if", false);
    }

    bool included(const Selection& selection) {
        for (const auto& use : selection.directives) {
            if (use.name == "skip" && directive(use)) return false;
            if (use.name == "include" && !directive(use)) return false;
        }
        return !error;
    }

    void count(const Selection& selection) {
        if (++count_ > limits_.fields)
            fail({"number of fields can't be more than " + std::to_string(limits_.fields),
                  {selection.location},
                  {},
                  400,
                  {}});
    }

    /// CollectFields() of section 6.3.2.
    void collect(const std::vector<Selection>& set, Groups& groups) {
        for (const auto& selection : set) {
            if (error) return;
            count(selection);
            if (!included(selection)) continue;
            if (selection.kind == Selection::Kind::inlineFragment) {
                collect(selection.selections, groups);
            } else if (selection.kind == Selection::Kind::spread) {
                const auto* fragment = document_.fragment(selection.name);
                if (fragment != nullptr && groups.spread.insert(selection.name).second)
                    collect(fragment->selections, groups);
            } else {
                const auto [at, isNew] = groups.byKey.emplace(selection.key(), groups.ordered.size());
                if (isNew) groups.ordered.emplace_back();
                groups.ordered[at->second].push_back(&selection);
            }
        }
    }

    Selected select(const Type& parent, const Group& group, std::size_t depth) {
        const auto& first = *group.front();
        Selected selected;
        selected.key = first.key();
        appendQuoted(selected.prefix, selected.key);
        selected.prefix += ':';
        selected.field = schema_.fieldOf(parent, first.name);
        selected.parent = &parent;
        selected.location = first.location;
        auto arguments = coerceArguments(selected.field->arguments, first.arguments, variables_);
        if (!arguments) {
            if (arguments.error().locations == std::vector{Location{}})
                arguments.error().locations = {first.location};
            fail(std::move(arguments.error()));
            return selected;
        }
        selected.arguments = std::move(*arguments);
        const auto& type = *selected.field->type.named;
        if (!type.isComposite()) return selected;
        std::vector<const std::vector<Selection>*> below;
        for (const auto* selection : group)
            below.push_back(&selection->selections);
        selected.fields = plan(type, below, depth + 1);
        return selected;
    }

    const Schema& schema_;
    const Document& document_;
    const Json& variables_;
    const Limits& limits_;
    std::size_t count_ = 0;
};

}  // namespace

const Json& Selected::argument(const char* name) const {
    static const Json null;
    const auto found = arguments.find(name);
    return found == arguments.end() ? null : *found;
}

Result<std::vector<Selected>> makePlan(const Schema& schema, const Document& document,
                                       const Operation& operation, const Json& variables,
                                       const Limits& limits) {
    Planner planner(schema, document, variables, limits);
    auto fields = planner.plan(schema.query(), {&operation.selections}, 1);
    if (planner.error) return refuse(std::move(*planner.error));
    return fields;
}

}  // namespace stepwell::engine::graphql
