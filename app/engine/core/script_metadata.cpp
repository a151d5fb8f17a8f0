#include "app/engine/core/script_metadata.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace stepwell::engine {

using Json = nlohmann::json;

namespace {

std::string textOf(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

api::Result<void> change(Json& bindings, const std::string& name, const std::optional<std::string>& text) {
    const auto found = std::find_if(bindings.begin(), bindings.end(),
                                    [&](const Json& binding) { return textOf(binding, "name") == name; });
    const bool isSecret = found != bindings.end() && textOf(*found, "type") == "secret_text";
    if (!text && !isSecret)
        return api::fail(404, api::code::secretNotFound, "The Worker has no secret \"" + name + "\".");
    if (!text) {
        bindings.erase(found);
        return {};
    }
    if (found != bindings.end() && !isSecret)
        return api::fail(400, api::code::bindingInUse,
                         "Binding name \"" + name + "\" is already in use by a binding of type " +
                             textOf(*found, "type") + ". Remove that one, or choose another name.");
    if (isSecret)
        (*found)["text"] = *text;
    else
        bindings.push_back({{"type", "secret_text"}, {"name", name}, {"text", *text}});
    return {};
}

/// FNV-1a.
std::uint64_t hash(std::uint64_t state, const std::string& text) {
    for (const char c : text)
        state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return state;
}

}  // namespace

api::Result<std::string>
withSecrets(const std::string& metadata,
            const std::vector<std::pair<std::string, std::optional<std::string>>>& changes) {
    auto changed = parseBounded<Json>(metadata);
    if (!changed.is_object()) changed = Json::object();
    if (!changed.contains("bindings") || !changed["bindings"].is_array()) changed["bindings"] = Json::array();
    for (const auto& [name, text] : changes)
        if (auto ok = change(changed["bindings"], name, text); !ok) return tl::unexpected(ok.error());
    changed["annotations"] = {{"workers/triggered_by", "secret"}};
    return changed.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string derivedUuid(const std::string& one, const std::string& other) {
    constexpr std::uint64_t versionMask = 0xf000ULL;
    constexpr std::uint64_t variantMask = 0xc000'0000'0000'0000ULL;
    const auto high = (hash(0xcbf29ce484222325ULL, one + '/' + other) & ~versionMask) | 0x8000ULL;
    const auto low =
        (hash(0x9ae16a3b2f90404fULL, other + '/' + one) & ~variantMask) | 0x8000'0000'0000'0000ULL;
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32U),
                  static_cast<unsigned>(high >> 16U & 0xffffU), static_cast<unsigned>(high & 0xffffU),
                  static_cast<unsigned>(low >> 48U),
                  static_cast<unsigned long long>(low & 0xffff'ffff'ffffULL));
    return text.data();
}

}  // namespace stepwell::engine
