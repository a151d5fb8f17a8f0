#pragma once

#include "models/graphql/cursor.h"

#include <optional>

namespace stepwell::graphql {

struct Suggestion {
    enum class Kind { field, argument, value, variable, directive, type, fragment, keyword };
    Kind kind = Kind::field;
    std::string text;         ///< what is written, sign included: "$from", "@skip"
    std::string detail;       ///< the type, "uint64!"
    std::string description;  ///< may be long
    bool deprecated = false;
    bool selects = false;  ///< a field that a `{ }` must follow
    friend bool operator==(const Suggestion&, const Suggestion&) = default;
};

/// Best first. The bytes `begin` to `end` are what a suggestion replaces.
struct Completion {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<Suggestion> suggestions;
};

/// What can be written at `offset`. Names that begin with what is there come first, then names that contain
/// it; case does not matter. At most 500.
Completion completeAt(const Schema& schema, std::string_view text, std::size_t offset);

/// What a word of the text means, for a pane beside it.
struct Documentation {
    std::string title;        ///< "workflowsAdaptiveGroups(filter: ..., limit: uint64!): [..!]!"
    std::string kind;         ///< "field of account", "argument of ...", "value of ...", "type", "directive"
    std::string description;  ///< as the server tells it; may be empty
    std::optional<std::string> deprecated;
    std::vector<InputValue> inputs;  ///< its arguments, or the fields of its input type
    std::string type;                ///< name of the type to read on; empty: none
};
/// Nothing where there is no word, or none that the schema knows.
std::optional<Documentation> documentationAt(const Schema& schema, std::string_view text, std::size_t offset);

/// Variables that the text declares, in order, with their types.
std::vector<InputValue> variablesIn(std::string_view text);
/// Names of the operations of a text, in order; an empty name for one without. With several, a request must
/// say which one it means.
std::vector<std::string> operationsIn(std::string_view text);

}  // namespace stepwell::graphql
