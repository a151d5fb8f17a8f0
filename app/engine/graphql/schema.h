#pragma once

#include "app/engine/graphql/ast.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace stepwell::engine::graphql {

struct Type;

/// A type with the lists and non-null marks around it, from the outside in: "![!" is `[name!]!`.
struct TypeRef {
    const Type* named = nullptr;
    std::string wraps;

    bool nonNull() const { return !wraps.empty() && wraps.front() == '!'; }
    bool list() const { return !wraps.empty() && wraps.front() == '['; }
    /// Without the outermost list or non-null mark, which must be there.
    TypeRef inner() const { return {named, wraps.substr(1)}; }
    TypeRef nullable() const { return nonNull() ? inner() : *this; }

    friend bool operator==(const TypeRef&, const TypeRef&) = default;
};
/// "[name!]!".
std::string toString(const TypeRef& type);
std::string toString(const TypeText& type);

/// An argument, or a field of an input object.
struct InputValue {
    std::string name;
    std::string description;
    TypeRef type;
    std::optional<Value> fallback;
    std::optional<std::string> deprecated;  ///< the reason; nothing: it is not

    bool required() const { return type.nonNull() && !fallback; }
};

struct Field {
    std::string name;
    std::string description;
    TypeRef type;
    int tag = 0;  ///< by which the source of the object knows the field
    std::vector<InputValue> arguments;
    std::optional<std::string> deprecated;

    const InputValue* argument(std::string_view wanted) const;
};

struct EnumValue {
    std::string name;
    std::string description;
    std::optional<std::string> deprecated;
};

/// How a scalar reads its values. Both answer the value as JSON, or nothing when it is none of the scalar.
struct ScalarRules {
    std::function<std::optional<nlohmann::json>(const Value& literal)> literal;
    std::function<std::optional<nlohmann::json>(const nlohmann::json& value)> variable;
};

enum class TypeKind : std::uint8_t { scalar, object, enumeration, inputObject };

/// A named type. Interfaces and unions are not needed here, and so every object's type is known before
/// execution.
struct Type {
    TypeKind kind = TypeKind::scalar;
    std::string name;
    std::string description;
    std::string family;  ///< of a scalar: those of one family are the same under several names
    ScalarRules scalar;
    std::vector<Field> fields;
    std::vector<InputValue> inputs;
    std::vector<EnumValue> values;

    bool isComposite() const { return kind == TypeKind::object; }
    bool isInput() const { return kind != TypeKind::object; }
    const Field* field(std::string_view wanted) const;
    const InputValue* input(std::string_view wanted) const;
    const EnumValue* value(std::string_view wanted) const;

  private:
    friend class Schema;
    std::unordered_map<std::string_view, std::size_t> index_;  ///< of fields, inputs or values
};

struct Directive {
    std::string name;
    std::string description;
    std::vector<std::string> locations;  ///< "FIELD", "QUERY", ...
    std::vector<InputValue> arguments;
};

/// The types that a service knows. Built once, then read by any number of threads.
class Schema {
  public:
    /// With the scalars of `scalars.h`, the types of introspection and the directives of the specification.
    Schema();
    ~Schema();
    Schema(Schema&&) noexcept;
    Schema& operator=(Schema&&) noexcept;

    /// A new type, to be filled in; it keeps its address. The name must be new.
    Type& add(TypeKind kind, std::string name, std::string description);
    /// A reference to a type that was added before, as written in a document: "[string!]!".
    TypeRef ref(std::string_view text) const;
    /// Ends the building: checks what would be a mistake of ours, and makes names quick to find.
    void seal(std::string_view query);

    const Type& query() const { return *query_; }
    const std::vector<std::unique_ptr<Type>>& types() const { return types_; }
    const std::vector<Directive>& directives() const { return directives_; }
    /// Null: there is none of the name. Other spellings of scalars (`DateTime`) are found too.
    const Type* find(std::string_view name) const;
    const Directive* directive(std::string_view name) const;
    /// Nothing when its name is unknown.
    std::optional<TypeRef> resolve(const TypeText& type) const;

    /// `__schema` and `__type`, which only the query type has, or `__typename`; else the field of that name.
    const Field* fieldOf(const Type& parent, std::string_view name) const;
    bool isIntrospection(const Field& field) const;

  private:
    std::vector<std::unique_ptr<Type>> types_;
    std::unordered_map<std::string_view, const Type*> byName_;
    std::vector<Directive> directives_;
    std::unique_ptr<std::vector<Field>> meta_;  ///< __typename, __schema, __type
    const Type* query_ = nullptr;
};

}  // namespace stepwell::engine::graphql
