// Sections 5.3, 5.4, 5.5 and 5.7: selections with their arguments and directives, each against the type it is
// made on.
#include "app/engine/graphql/rules.h"

#include <algorithm>

namespace stepwell::engine::graphql {

namespace {

std::string inQuotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

void checkArguments(Checks& checks, const std::vector<Argument>& given, const std::vector<InputValue>* known,
                    const std::string& owner, std::vector<VariableUse>& uses) {
    checkUnique(checks, given, "argument");
    for (const auto& argument : given) {
        const InputValue* wanted = nullptr;
        for (std::size_t i = 0; known != nullptr && i < known->size(); ++i)
            if ((*known)[i].name == argument.name) wanted = &(*known)[i];
        if (known != nullptr && wanted == nullptr)
            checks.report(argument.location,
                          "error parsing args for " + owner + ": unknown arg " + inQuotes(argument.name));
        checkValue(checks, argument.value, wanted != nullptr ? wanted->type : TypeRef{},
                   wanted != nullptr && wanted->fallback.has_value(), uses);
    }
}

void checkRequired(Checks& checks, const std::vector<Argument>& given, const std::vector<InputValue>& known,
                   const std::string& owner, Location location) {
    for (const auto& wanted : known) {
        if (!wanted.required()) continue;
        bool found = false;
        for (const auto& argument : given)
            found = found || argument.name == wanted.name;
        if (!found)
            checks.report(location, "error parsing args for " + owner + ": arg " + inQuotes(wanted.name) +
                                        " of type " + toString(wanted.type) + " is required");
    }
}

class Walk {
  public:
    explicit Walk(Checks& checks)
        : checks_(checks) {}

    void operation(const Operation& operation) {
        enter(&operation);
        const auto* location = operation.kind == OperationKind::query      ? "QUERY"
                               : operation.kind == OperationKind::mutation ? "MUTATION"
                                                                           : "SUBSCRIPTION";
        checkDirectives(checks_, operation.directives, location, *uses_);
        const bool query = operation.kind == OperationKind::query;
        selections(operation.selections, query ? &checks_.schema.query() : nullptr);
    }

    void fragment(const Fragment& fragment) {
        enter(&fragment);
        checkDirectives(checks_, fragment.directives, "FRAGMENT_DEFINITION", *uses_);
        selections(fragment.selections, condition(fragment.condition));
    }

  private:
    void enter(const void* definition) {
        uses_ = &checks_.uses[definition];
        spreads_ = &checks_.spreads[definition];
    }

    /// The type of a condition; null when it cannot be selected on, which is reported.
    const Type* condition(const TypeText& text) {
        const auto* type = checks_.schema.find(text.name);
        if (type == nullptr)
            checks_.report(text.location, "unknown type " + inQuotes(text.name));
        else if (!type->isComposite())
            checks_.report(text.location, "fragments cannot be made on " + inQuotes(text.name) +
                                              ", which has no fields to select");
        return type != nullptr && type->isComposite() ? type : nullptr;
    }

    void selections(const std::vector<Selection>& set, const Type* parent) {
        for (const auto& selection : set) {
            if (checks_.full()) return;
            switch (selection.kind) {
            case Selection::Kind::field:
                field(selection, parent);
                break;
            case Selection::Kind::spread:
                spread(selection, parent);
                break;
            case Selection::Kind::inlineFragment:
                inlineFragment(selection, parent);
                break;
            }
        }
    }

    void field(const Selection& selection, const Type* parent) {
        const auto* known = parent == nullptr ? nullptr : checks_.schema.fieldOf(*parent, selection.name);
        if (parent != nullptr && known == nullptr)
            checks_.report(selection.location, "unknown field " + inQuotes(selection.name) + " on type " +
                                                   inQuotes(parent->name));
        const auto owner = inQuotes(selection.name);
        checkArguments(checks_, selection.arguments, known != nullptr ? &known->arguments : nullptr, owner,
                       *uses_);
        checkDirectives(checks_, selection.directives, "FIELD", *uses_);
        if (known == nullptr) return selections(selection.selections, nullptr);
        checkRequired(checks_, selection.arguments, known->arguments, owner, selection.location);
        const bool object = known->type.named->isComposite();
        if (object && selection.selections.empty())
            checks_.report(selection.location, "object field must have selections: " + owner + " of type " +
                                                   toString(known->type));
        if (!object && !selection.selections.empty())
            checks_.report(selection.location, "scalar fields must have no selections: " + owner +
                                                   " of type " + toString(known->type));
        selections(selection.selections, object ? known->type.named : nullptr);
    }

    void impossible(const Selection& selection, const Type* type, const Type* parent) {
        if (type != nullptr && parent != nullptr && type != parent)
            checks_.report(selection.location, "a fragment on " + inQuotes(type->name) +
                                                   " can never apply to " + inQuotes(parent->name));
    }

    void spread(const Selection& selection, const Type* parent) {
        checkDirectives(checks_, selection.directives, "FRAGMENT_SPREAD", *uses_);
        spreads_->push_back(selection.name);
        const auto* fragment = checks_.fragment(selection.name);
        if (fragment == nullptr)
            return checks_.report(selection.location, "unknown fragment " + inQuotes(selection.name));
        const auto* type = checks_.schema.find(fragment->condition.name);
        if (type != nullptr && type->isComposite()) impossible(selection, type, parent);
    }

    void inlineFragment(const Selection& selection, const Type* parent) {
        checkDirectives(checks_, selection.directives, "INLINE_FRAGMENT", *uses_);
        const auto* type = selection.condition ? condition(*selection.condition) : parent;
        impossible(selection, type, parent);
        selections(selection.selections, type);
    }

    Checks& checks_;
    std::vector<VariableUse>* uses_ = nullptr;
    std::vector<std::string_view>* spreads_ = nullptr;
};

}  // namespace

void checkDirectives(Checks& checks, const std::vector<DirectiveUse>& directives, const char* location,
                     std::vector<VariableUse>& uses) {
    std::unordered_set<std::string_view> seen;
    for (const auto& use : directives) {
        const auto owner = "@" + use.name;
        const auto* known = checks.schema.directive(use.name);
        if (!seen.insert(use.name).second && known != nullptr)
            checks.report(use.location, "there can be only one " + owner + " in a place");
        if (known == nullptr)
            checks.report(use.location, "unknown directive " + owner);
        else if (std::find(known->locations.begin(), known->locations.end(), location) ==
                 known->locations.end())
            checks.report(use.location, owner + " may not stand on a " + location);
        checkArguments(checks, use.arguments, known != nullptr ? &known->arguments : nullptr, owner, uses);
        if (known != nullptr) checkRequired(checks, use.arguments, known->arguments, owner, use.location);
    }
}

void checkSelections(Checks& checks) {
    Walk walk(checks);
    for (const auto& operation : checks.document.operations)
        walk.operation(operation);
    for (const auto& fragment : checks.document.fragments)
        walk.fragment(fragment);
}

}  // namespace stepwell::engine::graphql
