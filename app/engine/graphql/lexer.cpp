#include "app/engine/graphql/lexer.h"

#include "app/engine/graphql/unicode.h"

namespace stepwell::engine::graphql {

namespace {

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool startsName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool continuesName(char c) {
    return startsName(c) || isDigit(c);
}

TokenKind punctuator(char c) {
    switch (c) {
    case '!':
        return TokenKind::bang;
    case '$':
        return TokenKind::dollar;
    case '&':
        return TokenKind::ampersand;
    case '(':
        return TokenKind::parenOpen;
    case ')':
        return TokenKind::parenClose;
    case ':':
        return TokenKind::colon;
    case '=':
        return TokenKind::equals;
    case '@':
        return TokenKind::at;
    case '[':
        return TokenKind::bracketOpen;
    case ']':
        return TokenKind::bracketClose;
    case '{':
        return TokenKind::braceOpen;
    case '|':
        return TokenKind::pipe;
    case '}':
        return TokenKind::braceClose;
    default:
        return TokenKind::end;
    }
}

class Lexer {
  public:
    Lexer(std::string_view document, const Limits& limits)
        : text_(document)
        , limits_(limits) {}

    Result<std::vector<Token>> run() {
        std::vector<Token> tokens;
        while (true) {
            skipIgnored();
            if (tokens.size() == limits_.tokens)
                return refuse(errorAt(here(), "query contains too many tokens: at most " +
                                                  std::to_string(limits_.tokens) + " are read"));
            if (at_ == text_.size()) {
                tokens.push_back({TokenKind::end, {}, here()});
                return tokens;
            }
            auto token = next();
            if (!token) return refuse(std::move(token.error()));
            tokens.push_back(*token);
        }
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool sees(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    Location here() const { return {line_, static_cast<std::uint32_t>(at_ - lineStart_ + 1)}; }

    /// Steps over one line end, which may be two characters.
    void newLine() {
        at_ += sees("\r\n") ? 2 : 1;
        ++line_;
        lineStart_ = at_;
    }

    void skipIgnored() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\n' || c == '\r')
                newLine();
            else if (c == ' ' || c == '\t' || c == ',')
                ++at_;
            else if (sees("\xEF\xBB\xBF"))
                at_ += 3;
            else if (c == '#')
                at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
            else
                return;
        }
    }

    Result<Token> next() {
        const char c = text_[at_];
        if (const auto kind = punctuator(c); kind != TokenKind::end) return take(kind, 1);
        if (sees("...")) return take(TokenKind::spread, 3);
        if (startsName(c)) return name();
        if (isDigit(c) || c == '-') return number();
        if (sees(R"(""")")) return blockString();
        if (c == '"') return string();
        return unexpected();
    }

    Token take(TokenKind kind, std::size_t length) {
        Token token{kind, text_.substr(at_, length), here()};
        at_ += length;
        return token;
    }

    tl::unexpected<Error> unexpected() const {
        const auto length = std::max<std::size_t>(utf8Length(text_.substr(at_)), 1);
        const auto byte = static_cast<unsigned char>(peek());
        const bool visible = at_ < text_.size() && byte >= 0x20 && byte != 0x7F;
        const std::string what = at_ >= text_.size() ? "the end of the document"
                                 : visible           ? "\"" + std::string(text_.substr(at_, length)) + "\""
                                                     : "a control character";
        return refuse(errorAt(here(), "error parsing query: unexpected " + what));
    }

    Token name() {
        std::size_t length = 1;
        while (continuesName(peek(length)))
            ++length;
        return take(TokenKind::name, length);
    }

    Result<Token> number() {
        const auto start = at_;
        const auto location = here();
        bool real = false;
        if (peek() == '-') ++at_;
        if (peek() == '0') {
            ++at_;
            if (isDigit(peek())) return unexpected();
        } else if (!digits())
            return unexpected();
        if (peek() == '.') {
            real = true;
            ++at_;
            if (!digits()) return unexpected();
        }
        if (peek() == 'e' || peek() == 'E') {
            real = true;
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            if (!digits()) return unexpected();
        }
        if (peek() == '.' || startsName(peek())) return unexpected();
        return Token{real ? TokenKind::real : TokenKind::integer, text_.substr(start, at_ - start), location};
    }

    bool digits() {
        const auto start = at_;
        while (isDigit(peek()))
            ++at_;
        return at_ != start;
    }

    Result<Token> string() {
        const auto location = here();
        const auto start = ++at_;
        while (at_ < text_.size() && peek() != '"') {
            if (peek() == '\n' || peek() == '\r') break;
            const auto length = peek() == '\\' ? escapeLength(text_.substr(at_)) : 1;
            if (length == 0)
                return refuse(errorAt(here(), "error parsing query: invalid escape sequence in a string"));
            at_ += length;
        }
        if (peek() != '"') return refuse(errorAt(here(), "error parsing query: unterminated string"));
        Token token{TokenKind::string, text_.substr(start, at_ - start), location};
        ++at_;
        return token;
    }

    Result<Token> blockString() {
        const auto location = here();
        const auto start = at_ += 3;
        while (at_ < text_.size() && !sees(R"(""")")) {
            if (peek() == '\n' || peek() == '\r')
                newLine();
            else
                at_ += sees(R"(\""")") ? 4 : 1;
        }
        if (at_ == text_.size())
            return refuse(errorAt(here(), "error parsing query: unterminated block string"));
        Token token{TokenKind::blockString, text_.substr(start, at_ - start), location};
        at_ += 3;
        return token;
    }

    std::string_view text_;
    const Limits& limits_;
    std::size_t at_ = 0;
    std::size_t lineStart_ = 0;
    std::uint32_t line_ = 1;
};

/// The lines of a text, whichever way they end.
std::vector<std::string_view> linesOf(std::string_view text) {
    std::vector<std::string_view> lines;
    while (true) {
        const auto end = text.find_first_of("\r\n");
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    }
}

std::size_t indentOf(std::string_view line) {
    return std::min(line.find_first_not_of(" \t"), line.size());
}

/// BlockStringValue() of section 2.9.4.
std::string blockValue(std::string_view raw) {
    auto lines = linesOf(raw);
    auto common = std::string_view::npos;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto indent = indentOf(lines[i]);
        if (indent < lines[i].size()) common = std::min(common, indent);
    }
    const auto isBlank = [](std::string_view line) { return indentOf(line) == line.size(); };
    std::size_t first = 0;
    std::size_t last = lines.size();
    while (first < last && isBlank(lines[first]))
        ++first;
    while (last > first && isBlank(lines[last - 1]))
        --last;
    std::string value;
    for (auto i = first; i < last; ++i) {
        if (i > first) value += '\n';
        auto line = lines[i];
        if (i > 0) line.remove_prefix(std::min(common, line.size()));
        for (auto at = line.find(R"(\""")"); at != std::string_view::npos; at = line.find(R"(\""")")) {
            value += line.substr(0, at);
            value += R"(""")";
            line.remove_prefix(at + 4);
        }
        value += line;
    }
    return value;
}

}  // namespace

std::string_view toString(TokenKind kind) {
    switch (kind) {
    case TokenKind::end:
        return "the end of the document";
    case TokenKind::bang:
        return "\"!\"";
    case TokenKind::dollar:
        return "\"$\"";
    case TokenKind::ampersand:
        return "\"&\"";
    case TokenKind::parenOpen:
        return "\"(\"";
    case TokenKind::parenClose:
        return "\")\"";
    case TokenKind::spread:
        return "\"...\"";
    case TokenKind::colon:
        return "\":\"";
    case TokenKind::equals:
        return "\"=\"";
    case TokenKind::at:
        return "\"@\"";
    case TokenKind::bracketOpen:
        return "\"[\"";
    case TokenKind::bracketClose:
        return "\"]\"";
    case TokenKind::braceOpen:
        return "\"{\"";
    case TokenKind::pipe:
        return "\"|\"";
    case TokenKind::braceClose:
        return "\"}\"";
    case TokenKind::name:
        return "a name";
    case TokenKind::integer:
    case TokenKind::real:
        return "a number";
    case TokenKind::string:
    case TokenKind::blockString:
        return "a string";
    }
    return "";
}

Result<std::vector<Token>> tokenize(std::string_view document, const Limits& limits) {
    if (document.size() > limits.documentBytes)
        return refuse(
            {"query is too long: at most " + std::to_string(limits.documentBytes) + " bytes are read",
             {},
             {},
             400,
             {}});
    if (!isUtf8(document)) return refuse({"error parsing query: it is not UTF-8", {}, {}, 400, {}});
    return Lexer(document, limits).run();
}

std::string stringValue(const Token& token) {
    if (token.kind == TokenKind::blockString) return blockValue(token.text);
    std::string value;
    auto rest = token.text;
    while (!rest.empty()) {
        const auto plain = std::min(rest.find('\\'), rest.size());
        value += rest.substr(0, plain);
        rest.remove_prefix(plain);
        if (rest.empty()) break;
        const auto length = escapeLength(rest);
        appendEscaped(value, rest.substr(0, length));
        rest.remove_prefix(length);
    }
    return value;
}

}  // namespace stepwell::engine::graphql
