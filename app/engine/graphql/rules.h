#pragma once

#include "app/engine/graphql/schema.h"

#include <map>
#include <unordered_set>

namespace stepwell::engine::graphql {

/// Where a variable is used, and what is expected there. `type` without a name: not known.
struct VariableUse {
    std::string name;
    TypeRef type;
    bool hasDefault = false;  ///< of the argument or input field that it is given to
    Location location;
};

/// What the rules share. Rules report and go on; they find nothing in parts whose type is not known, since
/// another rule has reported those.
struct Checks {
    const Schema& schema;
    const Document& document;
    const Limits& limits;
    std::vector<Error> errors;
    /// Of each operation and fragment, by address: the variables it uses itself, and the fragments it
    /// spreads.
    std::map<const void*, std::vector<VariableUse>> uses;
    std::map<const void*, std::vector<std::string_view>> spreads;

    /// The first fragment of each name.
    std::unordered_map<std::string_view, const Fragment*> fragments = {};

    const Fragment* fragment(std::string_view name) const;
    void report(Location location, std::string message);
    bool full() const { return errors.size() >= limits.errors; }
};

/// Reports every name of `items` that was seen before.
template <class Items>
void checkUnique(Checks& checks, const Items& items, const char* what) {
    std::unordered_set<std::string_view> seen;
    for (const auto& item : items)
        if (!seen.insert(item.name).second)
            checks.report(item.location,
                          "there can be only one " + std::string(what) + " named \"" + item.name + "\"");
}

/// Operations and fragments: names, use, cycles.
void checkDefinitions(Checks& checks);
/// Fields, fragments' types, arguments and directives; fills `uses` and `spreads`.
void checkSelections(Checks& checks);
/// A value where `type` is expected (null: not known); variables in it go to `uses`.
void checkValue(Checks& checks, const Value& value, const TypeRef& type, bool hasDefault,
                std::vector<VariableUse>& uses);
void checkDirectives(Checks& checks, const std::vector<DirectiveUse>& directives, const char* location,
                     std::vector<VariableUse>& uses);
/// Definitions of variables, and their uses in everything that the operation reaches. After
/// `checkSelections`.
void checkVariables(Checks& checks);
/// Fields of one key must be one field.
void checkMerging(Checks& checks);

}  // namespace stepwell::engine::graphql
