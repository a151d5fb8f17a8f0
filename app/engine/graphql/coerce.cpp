#include "app/engine/graphql/coerce.h"

#include <algorithm>

namespace stepwell::engine::graphql {

namespace {

using Json = nlohmann::json;
using Read = std::optional<Json>;

/// What a literal stands for; nothing when it, or a variable in it, does not fit.
Read literalValue(const Value& value, const TypeRef& type, const Json& variables);

bool isAbsent(const Value& value, const Json& variables) {
    return value.kind == Value::Kind::variable && !variables.contains(value.text);
}

Read literalObject(const Value& value, const Type& type, const Json& variables) {
    if (value.kind != Value::Kind::object) return std::nullopt;
    Json object = Json::object();
    for (const auto& member : value.members) {
        const auto* input = type.input(member.name);
        if (input == nullptr) return std::nullopt;
        if (isAbsent(member.value, variables)) continue;
        auto read = literalValue(member.value, input->type, variables);
        if (!read) return std::nullopt;
        object[member.name] = std::move(*read);
    }
    for (const auto& input : type.inputs) {
        if (object.contains(input.name)) continue;
        if (input.required()) return std::nullopt;
        if (!input.fallback) continue;
        auto read = literalValue(*input.fallback, input.type, variables);
        if (read) object[input.name] = std::move(*read);
    }
    return object;
}

Read literalList(const Value& value, const TypeRef& item, const Json& variables) {
    Json list = Json::array();
    if (value.kind != Value::Kind::list) {
        auto read = literalValue(value, item, variables);
        if (!read) return std::nullopt;
        list.push_back(std::move(*read));
        return list;
    }
    for (const auto& one : value.items) {
        auto read =
            isAbsent(one, variables) && !item.nonNull() ? Read(Json()) : literalValue(one, item, variables);
        if (!read) return std::nullopt;
        list.push_back(std::move(*read));
    }
    return list;
}

Read literalValue(const Value& value, const TypeRef& type, const Json& variables) {
    if (value.kind == Value::Kind::variable) {
        const auto found = variables.find(value.text);
        if (found == variables.end() || (found->is_null() && type.nonNull())) return std::nullopt;
        // The variable may be of the item's type where a list is expected.
        if (type.nullable().list() && !found->is_array() && !found->is_null()) return Json::array({*found});
        return *found;
    }
    if (value.kind == Value::Kind::null) return type.nonNull() ? std::nullopt : Read(Json());
    const auto wanted = type.nullable();
    if (wanted.list()) return literalList(value, wanted.inner(), variables);
    switch (wanted.named->kind) {
    case TypeKind::inputObject:
        return literalObject(value, *wanted.named, variables);
    case TypeKind::enumeration: {
        const bool known =
            value.kind == Value::Kind::enumeration && wanted.named->value(value.text) != nullptr;
        return known ? Read(value.text) : std::nullopt;
    }
    default:
        return wanted.named->scalar.literal(value);
    }
}

/// Reads the JSON of variables; the first thing that does not fit is kept as an error that names its place.
class VariableReader {
  public:
    std::optional<std::string> problem;

    Json read(const Json& value, const TypeRef& type, const std::string& place) {
        if (problem) return {};
        const Depth level(*this);
        if (depth_ > deepest) {
            problem = place.substr(0, place.find_first_of(".[")) + " is nested too deeply: at most " +
                      std::to_string(deepest) + " levels are read";
            return {};
        }
        if (value.is_null()) {
            if (type.nonNull()) wrong(place, type, "null");
            return {};
        }
        const auto wanted = type.nullable();
        if (wanted.list()) return list(value, wanted.inner(), place);
        if (wanted.named->kind == TypeKind::inputObject) return object(value, *wanted.named, place);
        return leaf(value, wanted, place);
    }

  private:
    static constexpr int deepest = 64;

    struct Depth {
        explicit Depth(VariableReader& reader)
            : reader_(reader) {
            ++reader_.depth_;
        }
        ~Depth() { --reader_.depth_; }
        VariableReader& reader_;
    };

    void wrong(const std::string& place, const TypeRef& type, const std::string& found) {
        if (!problem) problem = place + " must be a value of type " + toString(type) + ", and is " + found;
    }

    Json list(const Json& value, const TypeRef& item, const std::string& place) {
        Json list = Json::array();
        if (!value.is_array()) {
            list.push_back(read(value, item, place));
            return list;
        }
        for (std::size_t i = 0; i < value.size() && !problem; ++i)
            list.push_back(read(value[i], item, place + '[' + std::to_string(i) + ']'));
        return list;
    }

    Json object(const Json& value, const Type& type, const std::string& place) {
        if (!value.is_object()) {
            wrong(place, {&type, {}}, described(value));
            return {};
        }
        Json object = Json::object();
        for (const auto& [name, member] : value.items()) {
            const auto* input = type.input(name);
            if (input == nullptr && !problem)
                problem = place + " has the unknown field \"" + name + "\" of type \"" + type.name + "\"";
            if (problem) return {};
            object[name] = read(member, input->type, place + '.' + name);
        }
        for (const auto& input : type.inputs) {
            if (problem || object.contains(input.name)) continue;
            if (input.required()) wrong(place + '.' + input.name, input.type, "missing");
            if (!input.fallback) continue;
            if (auto fallback = literalValue(*input.fallback, input.type, Json::object()))
                object[input.name] = std::move(*fallback);
        }
        return object;
    }

    Json leaf(const Json& value, const TypeRef& type, const std::string& place) {
        if (type.named->kind == TypeKind::enumeration) {
            if (value.is_string() && type.named->value(value.get_ref<const std::string&>()) != nullptr)
                return value;
        } else if (auto read = type.named->scalar.variable(value)) {
            return std::move(*read);
        }
        wrong(place, type, described(value));
        return {};
    }

    static std::string described(const Json& value) {
        constexpr std::size_t longest = 100;
        if (value.is_structured()) return value.is_array() ? "a list" : "an object";
        auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
        return text.size() > longest ? text.substr(0, longest) + "..." : text;
    }

    int depth_ = 0;
};

}  // namespace

Result<Json> coerceVariables(const Schema& schema, const Operation& operation, const Json& given) {
    if (!given.is_null() && !given.is_object())
        return refuse(errorAt({}, "error parsing args: variables must be an object"));
    Json values = Json::object();
    VariableReader reader;
    for (const auto& variable : operation.variables) {
        const auto type = schema.resolve(variable.type);
        if (!type) return refuse(errorAt(variable.location, "unknown type \"" + variable.type.name + "\""));
        const auto found = given.is_object() ? given.find(variable.name) : given.end();
        if (found != given.end()) {
            values[variable.name] = reader.read(*found, *type, "variable \"$" + variable.name + "\"");
        } else if (variable.fallback) {
            if (auto read = literalValue(*variable.fallback, *type, Json::object()))
                values[variable.name] = std::move(*read);
        } else if (type->nonNull()) {
            reader.problem = "variable \"$" + variable.name + "\" of type " + toString(*type) + " is missing";
        }
        if (reader.problem)
            return refuse(errorAt(variable.location, "error parsing args: " + *reader.problem));
    }
    return values;
}

Result<Json> coerceArguments(const std::vector<InputValue>& known, const std::vector<Argument>& given,
                             const Json& variables) {
    Json values = Json::object();
    for (const auto& input : known) {
        const auto argument = std::find_if(given.begin(), given.end(),
                                           [&](const Argument& one) { return one.name == input.name; });
        if (argument == given.end() || isAbsent(argument->value, variables)) {
            const auto location = argument == given.end() ? Location{} : argument->location;
            if (input.required())
                return refuse(
                    errorAt(location, "error parsing args: arg \"" + input.name + "\" is required"));
            if (!input.fallback) continue;
            if (auto read = literalValue(*input.fallback, input.type, variables))
                values[input.name] = std::move(*read);
            continue;
        }
        auto read = literalValue(argument->value, input.type, variables);
        if (!read)
            return refuse(errorAt(argument->location, "error parsing args: arg \"" + input.name +
                                                          "\" must be a value of type " +
                                                          toString(input.type)));
        values[input.name] = std::move(*read);
    }
    return values;
}

}  // namespace stepwell::engine::graphql
