#pragma once

#include "models/api/error.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::graphql {

/// "[workflow!]!" and the name inside: "workflow".
struct TypeRef {
    std::string text;
    std::string name;
    bool required() const { return text.ends_with('!'); }
    bool list() const { return text.starts_with('['); }
    /// What is inside a list; the same when it is none.
    TypeRef element() const;
};

struct InputValue {
    std::string name;
    std::string description;
    TypeRef type;
    std::optional<std::string> defaultValue;  ///< in GraphQL's own words
};

struct Field {
    std::string name;
    std::string description;
    std::vector<InputValue> arguments;
    TypeRef type;
    std::optional<std::string> deprecated;  ///< the reason
};

struct EnumValue {
    std::string name;
    std::string description;
    std::optional<std::string> deprecated;
};

enum class TypeKind { scalar, object, interface, unionOf, enumeration, input };

struct Type {
    TypeKind kind = TypeKind::scalar;
    std::string name;
    std::string description;
    std::vector<Field> fields;
    std::vector<InputValue> inputs;
    std::vector<EnumValue> values;
    std::vector<std::string> possible;  ///< of an interface or a union

    const Field* field(std::string_view name) const;
    const InputValue* input(std::string_view name) const;
    const EnumValue* value(std::string_view name) const;
    bool hasFields() const;  ///< whether a selection must follow
};

struct Directive {
    std::string name;
    std::string description;
    std::vector<std::string> locations;  ///< "FIELD", "FRAGMENT_SPREAD", ...
    std::vector<InputValue> arguments;
    bool fits(std::string_view location) const;
};

/// What a server knows, as its introspection tells it. A value; safe to read from several threads.
class Schema {
  public:
    /// Reads the whole answer `{"data":{"__schema":...}}` or its part below `data`. Fails with the reason
    /// when it is something else. Bounded to 20,000 types; a schema of 1,700 types takes some 10 ms.
    static api::Result<Schema> fromIntrospection(std::string_view json);

    const Type* type(std::string_view name) const;
    /// Root of `query`, `mutation` or `subscription`; null when there is none.
    const Type* root(std::string_view operation) const;
    const Directive* directive(std::string_view name) const;
    const std::vector<Directive>& directives() const { return directives_; }
    /// All types by name.
    const std::map<std::string, Type, std::less<>>& types() const { return types_; }
    bool empty() const { return types_.empty(); }

  private:
    std::map<std::string, Type, std::less<>> types_;
    std::map<std::string, std::string, std::less<>> roots_;  ///< type name by operation
    std::vector<Directive> directives_;
};

/// Asks for all that `fromIntrospection` reads.
std::string_view introspectionQuery();

/// The fields that every selection may have, beside those of its type.
const Field& typeNameField();

/// Names of one scalar in several spellings are the same to our servers: `string` and `String`, `Time` and
/// `DateTime`.
bool sameScalar(std::string_view one, std::string_view other);

}  // namespace stepwell::graphql
