#include "models/graphql/schema.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::graphql {
namespace {

using nlohmann::json;

constexpr std::size_t mostTypes = 20000;
constexpr int deepestReference = 12;

template <class List>
auto* named(List& list, std::string_view name) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
    return found == list.end() ? nullptr : &*found;
}

std::string textOf(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The list at `key`, or an empty one: `null` means there is none.
const json& listOf(const json& object, const char* key) {
    static const json none = json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : none;
}

TypeRef refOf(const json& type, int depth = 0) {
    if (!type.is_object() || depth > deepestReference) return {};
    const std::string kind = textOf(type, "kind");
    const auto below = type.find("ofType");
    if (below != type.end() && (kind == "NON_NULL" || kind == "LIST")) {
        TypeRef inner = refOf(*below, depth + 1);
        inner.text = kind == "LIST" ? "[" + inner.text + "]" : inner.text + "!";
        return inner;
    }
    const std::string name = textOf(type, "name");
    return {name, name};
}

TypeRef refAt(const json& object) {
    const auto found = object.find("type");
    return found == object.end() ? TypeRef{} : refOf(*found);
}

std::optional<std::string> deprecationOf(const json& object) {
    const auto flag = object.find("isDeprecated");
    if (flag == object.end() || !flag->is_boolean() || !flag->get<bool>()) return std::nullopt;
    return textOf(object, "deprecationReason");
}

std::vector<InputValue> inputsOf(const json& list) {
    std::vector<InputValue> inputs;
    for (const auto& one : list) {
        if (!one.is_object()) continue;
        InputValue input{textOf(one, "name"), textOf(one, "description"), refAt(one), std::nullopt};
        const auto preset = one.find("defaultValue");
        if (preset != one.end() && preset->is_string()) input.defaultValue = preset->get<std::string>();
        inputs.push_back(std::move(input));
    }
    return inputs;
}

std::vector<Field> fieldsOf(const json& list) {
    std::vector<Field> fields;
    for (const auto& one : list)
        if (one.is_object())
            fields.push_back({textOf(one, "name"), textOf(one, "description"), inputsOf(listOf(one, "args")),
                              refAt(one), deprecationOf(one)});
    return fields;
}

TypeKind kindOf(const std::string& word) {
    if (word == "OBJECT") return TypeKind::object;
    if (word == "INTERFACE") return TypeKind::interface;
    if (word == "UNION") return TypeKind::unionOf;
    if (word == "ENUM") return TypeKind::enumeration;
    if (word == "INPUT_OBJECT") return TypeKind::input;
    return TypeKind::scalar;
}

Type typeOf(const json& one) {
    Type type{kindOf(textOf(one, "kind")),
              textOf(one, "name"),
              textOf(one, "description"),
              fieldsOf(listOf(one, "fields")),
              inputsOf(listOf(one, "inputFields")),
              {},
              {}};
    for (const auto& value : listOf(one, "enumValues"))
        if (value.is_object())
            type.values.push_back(
                {textOf(value, "name"), textOf(value, "description"), deprecationOf(value)});
    for (const auto& possible : listOf(one, "possibleTypes"))
        if (possible.is_object()) type.possible.push_back(textOf(possible, "name"));
    return type;
}

std::vector<Directive> directivesOf(const json& list) {
    std::vector<Directive> directives;
    for (const auto& one : list) {
        if (!one.is_object()) continue;
        Directive directive{
            textOf(one, "name"), textOf(one, "description"), {}, inputsOf(listOf(one, "args"))};
        for (const auto& location : listOf(one, "locations"))
            if (location.is_string()) directive.locations.push_back(location.get<std::string>());
        directives.push_back(std::move(directive));
    }
    return directives;
}

/// `__schema` of an answer, or of its `data`; null when there is none.
const json* schemaIn(const json& answer) {
    if (!answer.is_object()) return nullptr;
    const auto data = answer.find("data");
    const json& inside = data != answer.end() && data->is_object() ? *data : answer;
    const auto found = inside.find("__schema");
    return found != inside.end() && found->is_object() ? &*found : nullptr;
}

}  // namespace

TypeRef TypeRef::element() const {
    TypeRef inner = *this;
    if (inner.text.ends_with('!')) inner.text.pop_back();
    if (!inner.list() || inner.text.size() < 2) return *this;
    inner.text = inner.text.substr(1, inner.text.size() - 2);
    return inner;
}

const Field* Type::field(std::string_view wanted) const {
    return named(fields, wanted);
}

const InputValue* Type::input(std::string_view wanted) const {
    return named(inputs, wanted);
}

const EnumValue* Type::value(std::string_view wanted) const {
    return named(values, wanted);
}

bool Type::hasFields() const {
    return kind == TypeKind::object || kind == TypeKind::interface || kind == TypeKind::unionOf;
}

bool Directive::fits(std::string_view location) const {
    return std::find(locations.begin(), locations.end(), location) != locations.end();
}

api::Result<Schema> Schema::fromIntrospection(std::string_view text) {
    const json answer = parseBounded<json>(text);
    const json* found = answer.is_discarded() ? nullptr : schemaIn(answer);
    if (found == nullptr)
        return api::fail(0, api::code::badBody,
                         "The answer to the introspection query holds no schema, so there is no completion.");
    const json& types = listOf(*found, "types");
    if (types.size() > mostTypes)
        return api::fail(0, api::code::tooLarge,
                         "The schema has " + std::to_string(types.size()) +
                             " types; completion reads at most " + std::to_string(mostTypes) + ".");
    Schema schema;
    for (const auto& one : types)
        if (one.is_object()) schema.types_.emplace(textOf(one, "name"), typeOf(one));
    for (const char* operation : {"query", "mutation", "subscription"}) {
        const auto root = found->find(std::string(operation) + "Type");
        if (root != found->end() && root->is_object()) schema.roots_[operation] = textOf(*root, "name");
    }
    schema.directives_ = directivesOf(listOf(*found, "directives"));
    return schema;
}

const Type* Schema::type(std::string_view name) const {
    const auto found = types_.find(name);
    return found == types_.end() ? nullptr : &found->second;
}

const Type* Schema::root(std::string_view operation) const {
    const auto found = roots_.find(operation);
    return found == roots_.end() ? nullptr : type(found->second);
}

const Directive* Schema::directive(std::string_view name) const {
    return named(directives_, name);
}

std::string_view introspectionQuery() {
    return R"(query Introspection {
  __schema {
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { ...value } type { ...ref } }
      inputFields { ...value }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
    }
    directives { name description locations args { ...value } }
  }
}
fragment value on __InputValue { name description defaultValue type { ...ref } }
fragment ref on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
}
)";
}

const Field& typeNameField() {
    static const Field field{"__typename", "The name of the object's type.", {}, {"String!", "String"}, {}};
    return field;
}

bool sameScalar(std::string_view one, std::string_view other) {
    const auto plain = [](std::string_view name) {
        std::string lower(name);
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (lower == "datetime") return std::string("time");
        if (lower == "float64") return std::string("float");
        return lower == "bool" ? std::string("boolean") : lower;
    };
    return one == other || plain(one) == plain(other);
}

}  // namespace stepwell::graphql
