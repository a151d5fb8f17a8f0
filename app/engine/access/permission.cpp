#include "app/engine/access/permission.h"

#include <algorithm>

namespace stepwell::engine::access {

namespace {
constexpr std::array<std::string_view, allProducts.size()> productNames = {"workflows", "workers", "pages",
                                                                           "analytics", "account"};
constexpr std::array<std::string_view, 3> levelNames = {"none", "read", "edit"};
}  // namespace

std::string_view toString(Product product) {
    return productNames[static_cast<std::size_t>(product)];
}

std::string_view toString(Level level) {
    return levelNames[static_cast<std::size_t>(level)];
}

std::optional<Product> productOf(std::string_view name) {
    const auto* const found = std::find(productNames.begin(), productNames.end(), name);
    if (found == productNames.end()) return std::nullopt;
    return allProducts[static_cast<std::size_t>(found - productNames.begin())];
}

std::optional<Level> levelOf(std::string_view name) {
    if (name == "read") return Level::read;
    if (name == "edit") return Level::edit;
    return std::nullopt;
}

Permissions Permissions::all() {
    Permissions all;
    all.m_levels.fill(Level::edit);
    return all;
}

bool Permissions::include(const Permissions& others) const {
    return std::all_of(allProducts.begin(), allProducts.end(),
                       [&](Product product) { return of(product) >= others.of(product); });
}

std::string Need::name() const {
    std::string name(toString(m_product));
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
    return name + ": " + std::string(toString(m_level));
}

}  // namespace stepwell::engine::access
