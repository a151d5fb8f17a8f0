#include "app/engine/graphql/validate.h"

#include "app/engine/graphql/rules.h"

namespace stepwell::engine::graphql {

void Checks::report(Location location, std::string message) {
    if (!full()) errors.push_back(errorAt(location, std::move(message)));
}

const Fragment* Checks::fragment(std::string_view name) const {
    const auto found = fragments.find(name);
    return found == fragments.end() ? nullptr : found->second;
}

std::vector<Error> validate(const Schema& schema, const Document& document, const Limits& limits) {
    Checks checks{schema, document, limits, {}, {}, {}};
    for (const auto& fragment : document.fragments)
        checks.fragments.emplace(fragment.name, &fragment);
    checkSelections(checks);
    checkDefinitions(checks);
    checkVariables(checks);
    checkMerging(checks);
    return std::move(checks.errors);
}

}  // namespace stepwell::engine::graphql
