#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

/// GraphQL for the person who writes it: what a text means while it is still unfinished. No Qt, no I/O.
namespace stepwell::graphql {

enum class TokenKind {
    name,
    variable,   ///< `$from`, the dollar sign included
    directive,  ///< `@include`, the sign included
    number,
    string,  ///< also a block string; `closed` tells whether it ends
    comment,
    punctuator,  ///< one character, or `...`
    unknown,     ///< a byte that GraphQL has no use for
};

/// A stretch of the text, in bytes.
struct Token {
    TokenKind kind = TokenKind::unknown;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool closed = true;  ///< strings: whether the end was found

    std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
    friend bool operator==(const Token&, const Token&) = default;
};

/// All tokens of a text, in order, comments included; white space and commas lie between them. Takes any
/// bytes and never fails: what is wrong becomes `unknown`, or a string that is not closed. GraphQL of October
/// 2021, section 2.1.
std::vector<Token> lex(std::string_view text);

/// A place as servers tell it, both from 1; columns count bytes.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
    friend bool operator==(const Position&, const Position&) = default;
};
Position positionOf(std::string_view text, std::size_t offset);
/// The byte at this place, at most the end of its line.
std::size_t offsetOf(std::string_view text, Position position);

bool isNameStart(char c);
bool isNamePart(char c);

}  // namespace stepwell::graphql
