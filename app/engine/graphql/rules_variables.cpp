// Section 5.8: variables.
#include "app/engine/graphql/rules.h"

namespace stepwell::engine::graphql {

namespace {

/// One name of a scalar is as good as another of its family.
bool sameNamed(const Type& variable, const Type& place) {
    return &variable == &place || (!variable.family.empty() && variable.family == place.family);
}

/// AreTypesCompatible() of section 5.8.5.
bool compatible(const TypeRef& variable, const TypeRef& place) {
    if (place.nonNull()) return variable.nonNull() && compatible(variable.inner(), place.inner());
    if (variable.nonNull()) return compatible(variable.inner(), place);
    if (place.list() || variable.list())
        return place.list() && variable.list() && compatible(variable.inner(), place.inner());
    return sameNamed(*variable.named, *place.named);
}

bool allowed(const VariableDefinition& definition, const TypeRef& type, const VariableUse& use) {
    if (!use.type.nonNull() || type.nonNull()) return compatible(type, use.type);
    const bool fallback = definition.fallback && definition.fallback->kind != Value::Kind::null;
    return (fallback || use.hasDefault) && compatible(type, use.type.nullable());
}

class OperationVariables {
  public:
    OperationVariables(Checks& checks, const Operation& operation)
        : checks_(checks)
        , operation_(operation) {}

    void run() {
        checkUnique(checks_, operation_.variables, "variable");
        for (const auto& variable : operation_.variables)
            define(variable);
        std::vector<const void*> open{&operation_};
        while (!open.empty()) {
            const auto* definition = open.back();
            open.pop_back();
            for (const auto& use : checks_.uses[definition])
                check(use);
            for (const auto name : checks_.spreads[definition])
                if (reached_.insert(name).second)
                    if (const auto* fragment = checks_.fragment(name)) open.push_back(fragment);
        }
        for (const auto& variable : operation_.variables)
            if (!used_.contains(variable.name))
                checks_.report(variable.location, "variable \"$" + variable.name + "\" is never used");
    }

  private:
    void define(const VariableDefinition& variable) {
        definitions_.emplace(variable.name, &variable);
        const auto type = checks_.schema.resolve(variable.type);
        std::vector<VariableUse> none;
        if (!type)
            checks_.report(variable.type.location, "unknown type \"" + variable.type.name + "\"");
        else if (!type->named->isInput())
            checks_.report(variable.type.location, "variable \"$" + variable.name +
                                                       "\" cannot be of type \"" + toString(variable.type) +
                                                       "\": it is no input type");
        if (variable.fallback) checkValue(checks_, *variable.fallback, type.value_or(TypeRef{}), false, none);
        checkDirectives(checks_, variable.directives, "VARIABLE_DEFINITION", none);
    }

    void check(const VariableUse& use) {
        const auto found = definitions_.find(use.name);
        if (found == definitions_.end())
            return checks_.report(
                use.location,
                "variable \"$" + use.name + "\" is not defined" +
                    (operation_.name.empty() ? "" : " by operation \"" + operation_.name + "\""));
        used_.insert(use.name);
        const auto& definition = *found->second;
        const auto type = checks_.schema.resolve(definition.type);
        if (!type || use.type.named == nullptr || allowed(definition, *type, use)) return;
        checks_.report(use.location, "variable \"$" + use.name + "\" of type \"" + toString(definition.type) +
                                         "\" is used where \"" + toString(use.type) + "\" is expected");
    }

    Checks& checks_;
    const Operation& operation_;
    std::map<std::string_view, const VariableDefinition*> definitions_;
    std::unordered_set<std::string_view> used_;
    std::unordered_set<std::string_view> reached_;
};

}  // namespace

void checkVariables(Checks& checks) {
    for (const auto& operation : checks.document.operations)
        OperationVariables(checks, operation).run();
}

}  // namespace stepwell::engine::graphql
