#pragma once

#include "app/engine/graphql/source.h"

#include <string_view>

namespace stepwell::engine::graphql {

enum class TokenKind : std::uint8_t {
    end,
    bang,
    dollar,
    ampersand,
    parenOpen,
    parenClose,
    spread,
    colon,
    equals,
    at,
    bracketOpen,
    bracketClose,
    braceOpen,
    pipe,
    braceClose,
    name,
    integer,
    real,
    string,
    blockString,
};

/// "`{`", "name", "string": as error messages call a kind of token.
std::string_view toString(TokenKind kind);

struct Token {
    TokenKind kind = TokenKind::end;
    /// As written, without the quotes of strings. A view into the document.
    std::string_view text;
    Location location;
};

/// The lexical tokens of a document, in order, the last one `end` (October 2021, section 2.1 and appendix
/// B.1). Refuses text that is not UTF-8, and more than `limits` allow. The document must outlive the tokens.
Result<std::vector<Token>> tokenize(std::string_view document, const Limits& limits);

/// The value that a string token stands for: escapes replaced (`\u{...}` and surrogate pairs too), or the
/// common indentation of a block string removed. The token must come from `tokenize`, which has checked it.
std::string stringValue(const Token& token);

}  // namespace stepwell::engine::graphql
