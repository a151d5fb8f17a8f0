#include "models/graphql/lexer.h"

#include <algorithm>

namespace stepwell::graphql {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isBetween(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',';
}

class Lexer {
  public:
    explicit Lexer(std::string_view text)
        : text_(text) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // the byte order mark means nothing
    }

    std::vector<Token> all() {
        std::vector<Token> tokens;
        while (true) {
            while (at_ < text_.size() && isBetween(text_[at_]))
                ++at_;
            if (at_ >= text_.size()) return tokens;
            tokens.push_back(next());
        }
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    Token upTo(TokenKind kind, std::size_t begin) const { return {kind, begin, at_, true}; }

    void skipName() {
        while (at_ < text_.size() && isNamePart(text_[at_]))
            ++at_;
    }

    Token next() {
        const std::size_t begin = at_;
        const char c = peek();
        if (c == '#') return comment();
        if (c == '"') return text_.substr(at_).starts_with("\"\"\"") ? blockString() : string();
        if (isNameStart(c)) {
            skipName();
            return upTo(TokenKind::name, begin);
        }
        if (isDigit(c) || (c == '-' && isDigit(peek(1)))) return number();
        ++at_;
        if (c == '$' || c == '@') {
            skipName();
            return upTo(c == '$' ? TokenKind::variable : TokenKind::directive, begin);
        }
        if (c == '.' && peek() == '.' && peek(1) == '.') at_ += 2;
        const bool known =
            at_ - begin == 3 || std::string_view("!&():=[]{}|").find(c) != std::string_view::npos;
        return upTo(known ? TokenKind::punctuator : TokenKind::unknown, begin);
    }

    Token comment() {
        const std::size_t begin = at_;
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
        return upTo(TokenKind::comment, begin);
    }

    Token number() {
        const std::size_t begin = at_++;
        while (isDigit(peek()) || isNamePart(peek()) || peek() == '.' ||
               ((peek() == '+' || peek() == '-') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E')))
            ++at_;
        return upTo(TokenKind::number, begin);
    }

    Token string() {
        const std::size_t begin = at_++;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\n' || c == '\r') break;
            ++at_;
            if (c == '"') return upTo(TokenKind::string, begin);
            if (c == '\\' && at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
        }
        return {TokenKind::string, begin, at_, false};
    }

    Token blockString() {
        const std::size_t begin = at_;
        std::size_t from = at_ + 3;
        while (true) {
            const std::size_t quotes = text_.find("\"\"\"", from);
            if (quotes == std::string_view::npos) {
                at_ = text_.size();
                return {TokenKind::string, begin, at_, false};
            }
            at_ = quotes + 3;
            if (text_[quotes - 1] != '\\') return upTo(TokenKind::string, begin);
            from = at_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

bool isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool isNamePart(char c) {
    return isNameStart(c) || isDigit(c);
}

std::vector<Token> lex(std::string_view text) {
    return Lexer(text).all();
}

Position positionOf(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    Position position;
    std::size_t lineStart = 0;
    for (std::size_t i = 0; i < offset; ++i)
        if (text[i] == '\n') {
            ++position.line;
            lineStart = i + 1;
        }
    position.column = offset - lineStart + 1;
    return position;
}

std::size_t offsetOf(std::string_view text, Position position) {
    std::size_t start = 0;
    for (std::size_t line = 1; line < position.line; ++line) {
        const std::size_t end = text.find('\n', start);
        if (end == std::string_view::npos) return text.size();
        start = end + 1;
    }
    const std::size_t end = std::min(text.find('\n', start), text.size());
    return std::min(start + std::max<std::size_t>(position.column, 1) - 1, end);
}

}  // namespace stepwell::graphql
