#pragma once

#include "models/graphql/lexer.h"
#include "models/graphql/schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::graphql {

/// What may be written at a place of a text.
enum class Expects {
    nothing,        ///< inside a string or a comment, or where a new name has to be invented
    definition,     ///< `query`, `fragment`, `{`
    field,          ///< of `parent`
    fragment,       ///< after `...`: a name of a fragment, or `on`
    typeCondition,  ///< after `on`: a type that has fields
    argument,       ///< a name out of `inputs`
    inputField,     ///< a name out of `inputs`
    value,          ///< of the type `wanted`
    inputType,      ///< of a variable
};

/// Where a cursor is. Points into the schema, which must outlive it.
struct Cursor {
    Expects expects = Expects::nothing;
    const Type* parent = nullptr;
    const std::vector<InputValue>* inputs = nullptr;
    TypeRef wanted;
    std::vector<std::string> used;  ///< names of `inputs` that are written already
    std::string location;           ///< for directives: "FIELD", "QUERY", ...; empty: none fits
    std::string operation;          ///< name of the operation or fragment around it
    /// The word at the cursor: what a completion replaces.
    std::size_t wordBegin = 0;
    std::size_t wordEnd = 0;
    TokenKind wordKind = TokenKind::name;
};

/// Reads the text up to `offset` as far as it can be understood; what follows may be missing or wrong.
/// Nesting is followed to 100 levels.
Cursor cursorAt(const Schema& schema, std::string_view text, std::size_t offset);

}  // namespace stepwell::graphql
