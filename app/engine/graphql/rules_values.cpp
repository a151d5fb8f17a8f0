// Section 5.6: literals against the types expected where they stand.
#include "app/engine/graphql/print.h"
#include "app/engine/graphql/rules.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::graphql {

namespace {

/// Variables below a value whose type is not known are still used, and names of input fields still stand
/// once.
void visitUntyped(Checks& checks, const Value& value, std::vector<VariableUse>& uses) {
    checkUnique(checks, value.members, "input field");
    if (value.kind == Value::Kind::variable) uses.push_back({value.text, {}, false, value.location});
    for (const auto& item : value.items)
        visitUntyped(checks, item, uses);
    for (const auto& member : value.members)
        visitUntyped(checks, member.value, uses);
}

void wrongValue(Checks& checks, const Value& value, const TypeRef& type) {
    constexpr std::size_t longest = 100;
    auto found = print(value);
    if (found.size() > longest) found = found.substr(0, longest) + "...";
    checks.report(value.location,
                  "error parsing args: expected a value of type " + toString(type) + ", found " + found);
}

void checkMembers(Checks& checks, const Value& value, const Type& type, std::vector<VariableUse>& uses) {
    checkUnique(checks, value.members, "input field");
    for (const auto& member : value.members) {
        const auto* known = type.input(member.name);
        if (known == nullptr) {
            checks.report(member.location, "error parsing args: unknown field \"" + member.name +
                                               "\" of input type \"" + type.name + "\"");
            visitUntyped(checks, member.value, uses);
            continue;
        }
        checkValue(checks, member.value, known->type, known->fallback.has_value(), uses);
    }
    for (const auto& input : type.inputs) {
        if (!input.required()) continue;
        bool found = false;
        for (const auto& member : value.members)
            found = found || member.name == input.name;
        if (!found)
            checks.report(value.location, "error parsing args: field \"" + input.name + "\" of type " +
                                              toString(input.type) + " is required in \"" + type.name + "\"");
    }
}

bool fitsLeaf(const Value& value, const Type& type) {
    if (type.kind == TypeKind::enumeration)
        return value.kind == Value::Kind::enumeration && type.value(value.text) != nullptr;
    return type.kind == TypeKind::scalar && type.scalar.literal(value).has_value();
}

}  // namespace

void checkValue(Checks& checks, const Value& value, const TypeRef& type, bool hasDefault,
                std::vector<VariableUse>& uses) {
    if (type.named == nullptr || !type.named->isInput()) return visitUntyped(checks, value, uses);
    if (value.kind == Value::Kind::variable) {
        uses.push_back({value.text, type, hasDefault, value.location});
        return;
    }
    if (value.kind == Value::Kind::null) {
        if (type.nonNull()) wrongValue(checks, value, type);
        return;
    }
    const auto wanted = type.nullable();
    if (value.kind == Value::Kind::list && wanted.list()) {
        for (const auto& item : value.items)
            checkValue(checks, item, wanted.inner(), false, uses);
        return;
    }
    // A value alone stands for a list of one.
    if (value.kind == Value::Kind::object && type.named->kind == TypeKind::inputObject)
        return checkMembers(checks, value, *type.named, uses);
    if (!fitsLeaf(value, *type.named)) wrongValue(checks, value, type);
    visitUntyped(checks, value, uses);
}

}  // namespace stepwell::engine::graphql
