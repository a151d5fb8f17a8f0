#pragma once

#include "app/engine/graphql/source.h"

#include <optional>

namespace stepwell::engine::graphql {

/// A type as written or as a schema has it: the name of its innermost type within lists and non-null marks.
/// `wraps` lists them from the outside in: "![!" is `[name!]!`.
struct TypeText {
    std::string name;
    std::string wraps;
    Location location;
};

/// A literal, or a variable in its place.
struct Value {
    enum class Kind : std::uint8_t {
        variable,
        integer,
        real,
        string,
        boolean,
        null,
        enumeration,
        list,
        object
    };

    struct Member;

    Kind kind = Kind::null;
    bool truth = false;           ///< of a boolean
    bool block = false;           ///< the string was written between triple quotes
    std::string text;             ///< name of a variable or enum value, digits of a number, value of a string
    std::vector<Value> items;     ///< of a list
    std::vector<Member> members;  ///< of an object, in the order written
    Location location;
};

struct Value::Member {
    std::string name;
    Value value;
    Location location;
};

struct Argument {
    std::string name;
    Value value;
    Location location;
};

struct DirectiveUse {
    std::string name;
    std::vector<Argument> arguments;
    Location location;
};

/// What stands in a selection set: a field, `...Name`, or `... on Type { }`.
struct Selection {
    enum class Kind : std::uint8_t { field, spread, inlineFragment };

    Kind kind = Kind::field;
    std::string alias;                  ///< of a field; empty: none
    std::string name;                   ///< of the field or of the fragment
    std::optional<TypeText> condition;  ///< of an inline fragment
    std::vector<Argument> arguments;
    std::vector<DirectiveUse> directives;
    std::vector<Selection> selections;  ///< empty: none were written
    Location location;

    /// The key of a field in the answer.
    const std::string& key() const { return alias.empty() ? name : alias; }
};

struct VariableDefinition {
    std::string name;
    TypeText type;
    std::optional<Value> fallback;
    std::vector<DirectiveUse> directives;
    Location location;
};

enum class OperationKind : std::uint8_t { query, mutation, subscription };

struct Operation {
    OperationKind kind = OperationKind::query;
    std::string name;  ///< empty: none
    std::vector<VariableDefinition> variables;
    std::vector<DirectiveUse> directives;
    std::vector<Selection> selections;
    Location location;
};

struct Fragment {
    std::string name;
    TypeText condition;
    std::vector<DirectiveUse> directives;
    std::vector<Selection> selections;
    Location location;
};

/// An executable document.
struct Document {
    std::vector<Operation> operations;
    std::vector<Fragment> fragments;

    /// The first fragment of that name, or null.
    const Fragment* fragment(std::string_view name) const;
};

}  // namespace stepwell::engine::graphql
