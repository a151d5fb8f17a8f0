#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

/// Lists in answers. What is no list is an empty one, and items of another type are left out. Pure.
namespace stepwell::client::detail {

/// The objects of a list, each read by `from`.
template <class T, class From>
std::vector<T> listOf(const nlohmann::ordered_json& list, From from) {
    std::vector<T> result;
    if (!list.is_array()) return result;
    for (const auto& item : list)
        if (item.is_object()) result.push_back(from(item));
    return result;
}

inline std::vector<std::string> textsOf(const nlohmann::ordered_json& list) {
    std::vector<std::string> result;
    if (!list.is_array()) return result;
    for (const auto& item : list)
        if (item.is_string()) result.push_back(item.get<std::string>());
    return result;
}

}  // namespace stepwell::client::detail
