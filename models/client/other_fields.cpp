#include "models/client/other_fields.h"

#include "models/client/parse.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::client {

using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t mostFields = 64;
constexpr std::size_t longestName = 200;
constexpr std::size_t longestValue = 8 * 1024;

json bounded(const json& value) {
    const auto size = detail::dump(value).size();
    if (size <= longestValue) return value;
    return "[" + std::to_string(size) + " bytes: too long to be shown here]";
}

}  // namespace

std::string otherFields(const json& object, std::initializer_list<std::string_view> known) {
    if (!object.is_object()) return {};
    json others = json::object();
    std::size_t left = 0;
    for (const auto& [name, value] : object.items()) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        if (others.size() < mostFields && name.size() <= longestName)
            others[name] = bounded(value);
        else
            ++left;
    }
    if (left > 0) others["…"] = std::to_string(left) + " more fields";
    return others.empty() ? std::string() : detail::dump(others);
}

}  // namespace stepwell::client
