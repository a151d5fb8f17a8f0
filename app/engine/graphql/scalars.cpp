#include "app/engine/graphql/scalars.h"

#include "models/api/time.h"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace stepwell::engine::graphql {

namespace {

using Json = nlohmann::json;
using Read = std::optional<Json>;
using Kind = Value::Kind;

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> otherNames{{
    {"DateTime", "Time"},
    {"Timestamp", "Time"},
    {"boolean", "bool"},
    {"float", "float64"},
    {"float32", "float64"},
    {"int", "int64"},
    {"int8", "int64"},
    {"int16", "int64"},
    {"int32", "int64"},
    {"uint8", "uint64"},
    {"uint16", "uint64"},
    {"uint32", "uint64"},
}};

template <class Number>
std::optional<Number> parsed(const std::string& text) {
    Number number{};
    const auto* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return number;
}

/// Whole numbers within the range of `Number`; as a variable also written with a fraction of zero.
template <class Number>
ScalarRules wholeRules() {
    const auto variable = [](const Json& value) -> Read {
        if (value.is_number_float()) {
            const auto real = value.get<double>();
            constexpr auto exact =
                9007199254740992.0;  // beyond 2^53 a double does not tell which number was meant
            if (std::trunc(real) != real || std::abs(real) > exact) return std::nullopt;
            if (real < static_cast<double>(std::numeric_limits<Number>::min()) ||
                real > static_cast<double>(std::numeric_limits<Number>::max()))
                return std::nullopt;
            return Json(static_cast<Number>(real));
        }
        if (!value.is_number_integer()) return std::nullopt;
        const auto number = parsed<Number>(value.dump());
        return number ? Read(*number) : std::nullopt;
    };
    const auto literal = [](const Value& value) -> Read {
        if (value.kind != Kind::integer) return std::nullopt;
        if (value.text == "-0") return Json(Number{0});
        const auto number = parsed<Number>(value.text);
        return number ? Read(*number) : std::nullopt;
    };
    return {literal, variable};
}

ScalarRules realRules() {
    const auto literal = [](const Value& value) -> Read {
        if (value.kind != Kind::integer && value.kind != Kind::real) return std::nullopt;
        const auto number = parsed<double>(value.text);
        return number && std::isfinite(*number) ? Read(*number) : std::nullopt;
    };
    const auto variable = [](const Json& value) -> Read {
        return value.is_number() ? Read(value.get<double>()) : std::nullopt;
    };
    return {literal, variable};
}

/// Texts that `valid` takes.
ScalarRules textRules(bool (*valid)(std::string_view)) {
    const auto literal = [valid](const Value& value) -> Read {
        return value.kind == Kind::string && valid(value.text) ? Read(value.text) : std::nullopt;
    };
    const auto variable = [valid](const Json& value) -> Read {
        return value.is_string() && valid(value.get_ref<const std::string&>()) ? Read(value) : std::nullopt;
    };
    return {literal, variable};
}

ScalarRules booleanRules() {
    const auto literal = [](const Value& value) -> Read {
        return value.kind == Kind::boolean ? Read(value.truth) : std::nullopt;
    };
    const auto variable = [](const Json& value) -> Read {
        return value.is_boolean() ? Read(value) : std::nullopt;
    };
    return {literal, variable};
}

ScalarRules idRules() {
    const auto literal = [](const Value& value) -> Read {
        const bool id = value.kind == Kind::string || value.kind == Kind::integer;
        return id ? Read(value.text) : std::nullopt;
    };
    const auto variable = [](const Json& value) -> Read {
        if (value.is_string()) return value;
        return value.is_number_integer() ? Read(value.dump()) : std::nullopt;
    };
    return {literal, variable};
}

bool anyText(std::string_view) {
    return true;
}
bool isTime(std::string_view text) {
    return api::fromIso(text).has_value();
}

}  // namespace

bool isDate(std::string_view text) {
    return text.size() == std::string_view("2026-01-01").size() && api::fromIso(text).has_value();
}

std::string_view canonicalScalar(std::string_view name) {
    for (const auto& [other, canonical] : otherNames)
        if (name == other) return canonical;
    return name;
}

void addScalars(Schema& schema) {
    const auto add = [&](const char* name, const char* family, ScalarRules rules, const char* description) {
        auto& type = schema.add(TypeKind::scalar, name, description);
        type.family = family;
        type.scalar = std::move(rules);
    };
    add("String", "text", textRules(anyText), "Text.");
    add("string", "text", textRules(anyText), "Text.");
    add("Boolean", "truth", booleanRules(), "True or false.");
    add("bool", "truth", booleanRules(), "True or false.");
    add("Int", "whole", wholeRules<std::int32_t>(), "A whole number of 32 bits with sign.");
    add("int64", "whole", wholeRules<std::int64_t>(), "A whole number of 64 bits with sign.");
    add("uint64", "whole", wholeRules<std::uint64_t>(), "A whole number of 64 bits, not negative.");
    add("Float", "real", realRules(), "A number of double precision.");
    add("float64", "real", realRules(), "A number of double precision.");
    add("ID", "id", idRules(), "An identifier: text, or a whole number.");
    add("Time", "time", textRules(isTime),
        "A moment, RFC 3339, for example 2026-01-01T00:00:00Z; answered in UTC.");
    add("Date", "date", textRules(isDate), "A day in UTC, for example 2026-01-01.");
}

}  // namespace stepwell::engine::graphql
