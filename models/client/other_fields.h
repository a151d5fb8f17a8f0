#pragma once

#include <nlohmann/json_fwd.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace stepwell::client {

/// What `object` holds beside the `known` fields, as an object in JSON text and in its own order; empty when
/// there is nothing. Bounded: a value of more than 8 KiB is told by its size, and of more than 64 fields only
/// how many there are.
std::string otherFields(const nlohmann::ordered_json& object, std::initializer_list<std::string_view> known);

}  // namespace stepwell::client
