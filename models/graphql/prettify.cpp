#include "models/graphql/prettify.h"

#include "models/graphql/lexer.h"

#include <algorithm>

namespace stepwell::graphql {
namespace {

constexpr std::size_t lineAtMost = 100;
constexpr std::size_t deepest = 100;

char closerOf(char opener) {
    return opener == '(' ? ')' : opener == '[' ? ']' : opener == '{' ? '}' : '\0';
}

/// For each opening bracket the index of the one that closes it; nothing when they do not match.
std::optional<std::vector<std::size_t>> partners(std::string_view text, const std::vector<Token>& tokens) {
    std::vector<std::size_t> found(tokens.size(), 0);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].kind == TokenKind::unknown || !tokens[i].closed) return std::nullopt;
        if (tokens[i].kind != TokenKind::punctuator) continue;
        const char c = text[tokens[i].begin];
        if (closerOf(c) != '\0') {
            open.push_back(i);
            if (open.size() > deepest) return std::nullopt;
        } else if (c == ')' || c == ']' || c == '}') {
            if (open.empty() || closerOf(text[tokens[open.back()].begin]) != c) return std::nullopt;
            found[open.back()] = i;
            open.pop_back();
        }
    }
    if (!open.empty()) return std::nullopt;
    return found;
}

class Printer {
  public:
    Printer(std::string_view text, std::vector<Token> tokens, std::vector<std::size_t> partners)
        : text_(text)
        , tokens_(std::move(tokens))
        , partners_(std::move(partners)) {}

    std::string print() {
        statements(0, tokens_.size(), true);
        if (!out_.empty() && out_.back() != '\n') out_ += '\n';
        return std::move(out_);
    }

  private:
    std::string_view word(std::size_t i) const { return tokens_[i].in(text_); }
    bool is(std::size_t i, std::string_view what) const { return word(i) == what; }
    bool isComment(std::size_t i) const { return tokens_[i].kind == TokenKind::comment; }
    bool isOpener(std::size_t i) const { return partners_[i] != 0; }

    void newLine() {
        while (!out_.empty() && out_.back() == ' ')
            out_.pop_back();
        if (out_.empty()) return;
        if (out_.back() != '\n') out_ += '\n';
        atStart_ = true;
    }
    void put(std::string_view words) {
        if (atStart_ || out_.empty()) out_.append(level_ * 2, ' ');
        atStart_ = false;
        out_ += words;
    }
    std::size_t column() const {
        if (atStart_) return level_ * 2;
        const auto line = out_.rfind('\n');
        return line == std::string::npos ? out_.size() : out_.size() - line - 1;
    }

    /// On the line of what comes before it.
    bool isBehind(std::size_t i) const {
        return i > 0 && text_.substr(tokens_[i - 1].end, tokens_[i].begin - tokens_[i - 1].end)
                                .find_first_of("\r\n") == std::string_view::npos;
    }

    /// A comment ends its line. One that stands behind something stays there.
    void comment(std::size_t i) {
        if (isBehind(i) && !atStart_ && !out_.empty())
            put(out_.back() == ' ' ? "" : " ");
        else
            newLine();
        put(word(i));
        newLine();
    }

    /// Whether a statement begins at `i` of those that began at `begin`: a field, a fragment, a definition.
    bool begins(std::size_t i, std::size_t begin, bool top) const {
        if (i == begin) return true;
        const auto before = i - 1;
        if (isComment(before)) return true;
        if (top) return is(before, "}");
        if (is(i, "...")) return true;
        if (tokens_[i].kind != TokenKind::name) return tokens_[i].kind == TokenKind::string;
        if (is(before, ":") || is(before, "...")) return false;
        return !(is(before, "on") && before > begin && is(before - 1, "..."));
    }

    /// Fields between braces, or the definitions of the document.
    void statements(std::size_t begin, std::size_t end, bool top) {
        bool ended = false;  // a definition: a blank line follows it, and what stands behind it
        for (std::size_t i = begin; i < end; ++i) {
            if (ended && !(isComment(i) && isBehind(i))) {
                newLine();
                out_ += '\n';
                ended = false;
            }
            if (isComment(i)) {
                comment(i);
                continue;
            }
            if (begins(i, begin, top)) {
                newLine();
            } else if (!atStart_ && spaceBefore(i)) {
                put(" ");
            }
            if (!isOpener(i)) {
                put(word(i));
                continue;
            }
            is(i, "{") ? braces(i) : values(i);
            ended = top && is(i, "{");
            i = partners_[i];
        }
    }

    void braces(std::size_t open) {
        const auto close = partners_[open];
        put("{");
        if (close == open + 1) return put("}");
        ++level_;
        if (isComment(open + 1))
            statements(open + 1, close, false);
        else {
            newLine();
            statements(open + 1, close, false);
        }
        --level_;
        newLine();
        put("}");
    }

    /// Within a statement and within values.
    bool spaceBefore(std::size_t i) const {
        const auto before = word(i - 1);
        const auto now = word(i);
        if (now == ":" || now == "!" || now == ")" || now == "]") return false;
        if (now == "(") return before == "=" || before == ":";
        if (before == "(" || before == "[" || before == "...") return before == "..." && now == "on";
        return true;
    }

    /// Whether an argument, an entry of an object or of a list begins at `i`.
    bool entryBegins(std::size_t i, std::size_t open) const {
        if (i == open + 1) return true;
        if (is(open, "["))
            return !is(i, "!") && !is(i, ":") && !is(i - 1, ":") && !is(i, "=") && !is(i - 1, "=");
        const bool isName = tokens_[i].kind == TokenKind::name || tokens_[i].kind == TokenKind::variable;
        return isName && i + 1 < tokens_.size() && is(i + 1, ":") && !is(i - 1, ":");
    }

    bool hasComment(std::size_t open) const {
        for (auto i = open; i < partners_[open]; ++i)
            if (isComment(i) || word(i).find('\n') != std::string_view::npos) return true;
        return false;
    }

    /// On one line.
    std::string flat(std::size_t open) const {
        const auto close = partners_[open];
        const bool isObject = is(open, "{");
        std::string line(word(open));
        if (isObject && close > open + 1) line += ' ';
        for (auto i = open + 1; i < close; ++i) {
            if (i > open + 1) {
                if (entryBegins(i, open))
                    line += ", ";
                else if (spaceBefore(i))
                    line += ' ';
            }
            if (isOpener(i)) {
                line += flat(i);
                i = partners_[i];
            } else {
                line += word(i);
            }
        }
        if (isObject && close > open + 1) line += ' ';
        return line += word(close);
    }

    /// Arguments, variables, objects and lists.
    void values(std::size_t open) {
        const auto close = partners_[open];
        if (!hasComment(open)) {
            const auto line = flat(open);
            if (column() + line.size() <= lineAtMost || close == open + 1) return put(line);
        }
        put(word(open));
        ++level_;
        for (auto i = open + 1; i < close; ++i) {
            if (isComment(i)) {
                comment(i);
                continue;
            }
            if (entryBegins(i, open) || isComment(i - 1))
                newLine();
            else if (spaceBefore(i))
                put(" ");
            if (isOpener(i)) {
                values(i);
                i = partners_[i];
            } else {
                put(word(i));
            }
        }
        --level_;
        newLine();
        put(word(close));
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::vector<std::size_t> partners_;
    std::string out_;
    std::size_t level_ = 0;
    bool atStart_ = false;
};

bool sameTokens(std::string_view a, const std::vector<Token>& inA, std::string_view b) {
    const auto inB = lex(b);
    return std::equal(inA.begin(), inA.end(), inB.begin(), inB.end(),
                      [&](const Token& x, const Token& y) { return x.kind == y.kind && x.in(a) == y.in(b); });
}

}  // namespace

std::optional<std::string> prettify(std::string_view text) {
    auto tokens = lex(text);
    auto pairs = partners(text, tokens);
    if (!pairs) return std::nullopt;
    std::string made = Printer(text, tokens, std::move(*pairs)).print();
    if (!sameTokens(text, tokens, made)) return std::nullopt;
    return made;
}

}  // namespace stepwell::graphql
