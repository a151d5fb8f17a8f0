#include "models/json/json_parser.h"

#include <algorithm>

namespace stepwell::json {
namespace {

constexpr std::size_t deepest = 1000;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::string Parser::run() {
    skipSpace();
    while (!done_)
        if (!value() || !afterValue()) return problem_;
    skipSpace();
    if (at_ < text_.size()) fail("more text after the end of the value");
    return problem_;
}

bool Parser::fail(const char* what) {
    if (!problem_.empty()) return false;
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size()));
    const auto line = std::count(text_.begin(), end, '\n') + 1;
    problem_ = std::string(at_ >= text_.size() ? "the text ends too early: " : "") + what + " in line " +
               std::to_string(line) + " at byte " + std::to_string(at_);
    return false;
}

void Parser::skipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
        ++at_;
}

Node& Parser::add(Kind kind) {
    auto& nodes = document_.nodes_;
    Node node;
    const auto index = static_cast<std::uint32_t>(nodes.size());
    node.kind = kind;
    node.depth = static_cast<std::uint16_t>(open_.size());
    node.end = index + 1;
    node.keyFrom = keyFrom_;
    node.keySize = keySize_;
    node.textFrom = static_cast<std::uint32_t>(at_);
    if (open_.empty()) {
        node.parent = index;
    } else {
        node.parent = open_.back();
        node.position = nodes[open_.back()].children++;
    }
    keySize_ = 0;
    nodes.push_back(node);
    return nodes.back();
}

bool Parser::value() {
    switch (peek()) {
    case '{':
        return open(Kind::object);
    case '[':
        return open(Kind::array);
    case 't':
        return literal("true", Kind::boolean);
    case 'f':
        return literal("false", Kind::boolean);
    case 'n':
        return literal("null", Kind::null);
    case '"': {
        add(Kind::string);
        const std::size_t index = document_.nodes_.size() - 1;
        std::uint32_t from = 0;
        std::uint32_t size = 0;
        if (!string(from, size)) return false;
        document_.nodes_[index].textSize = size;
        return true;
    }
    default:
        return number();
    }
}

bool Parser::open(Kind kind) {
    if (open_.size() >= deepest) return fail("nested too deeply");
    add(kind);
    open_.push_back(static_cast<std::uint32_t>(document_.nodes_.size() - 1));
    ++at_;
    return true;
}

bool Parser::close(char bracket) {
    Node& node = document_.nodes_[open_.back()];
    if ((node.kind == Kind::object) != (bracket == '}')) return fail("wrong closing bracket");
    ++at_;
    node.end = static_cast<std::uint32_t>(document_.nodes_.size());
    node.textSize = static_cast<std::uint32_t>(at_ - node.textFrom);
    open_.pop_back();
    return true;
}

/// Goes on until a value has to follow, or all is closed.
bool Parser::afterValue() {
    bool fresh = !open_.empty() && document_.nodes_[open_.back()].children == 0 &&
                 open_.back() + 1 == document_.nodes_.size();
    while (true) {
        if (open_.empty()) {
            done_ = true;
            return true;
        }
        skipSpace();
        const char next = peek();
        if (next == '}' || next == ']') {
            if (!close(next)) return false;
            fresh = false;
            continue;
        }
        if (!fresh) {
            if (next != ',') return fail("expected a comma or a closing bracket");
            ++at_;
            skipSpace();
        }
        return document_.nodes_[open_.back()].kind == Kind::object ? member() : true;
    }
}

bool Parser::member() {
    if (peek() != '"') return fail("expected a key in quotes");
    if (!string(keyFrom_, keySize_)) return false;
    skipSpace();
    if (peek() != ':') return fail("expected a colon after the key");
    ++at_;
    skipSpace();
    return true;
}

bool Parser::literal(std::string_view word, Kind kind) {
    if (std::string_view(text_).substr(at_, word.size()) != word) return fail("expected a value");
    add(kind).textSize = static_cast<std::uint32_t>(word.size());
    at_ += word.size();
    return true;
}

bool Parser::digits() {
    if (!isDigit(peek())) return fail("expected a digit");
    while (isDigit(peek()))
        ++at_;
    return true;
}

bool Parser::number() {
    if (peek() != '-' && !isDigit(peek())) return fail("expected a value");
    add(Kind::number);
    const std::size_t index = document_.nodes_.size() - 1;
    const std::size_t from = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0')
        ++at_;
    else if (!digits())
        return false;
    if (peek() == '.') {
        ++at_;
        if (!digits()) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
        ++at_;
        if (peek() == '+' || peek() == '-') ++at_;
        if (!digits()) return false;
    }
    document_.nodes_[index].textSize = static_cast<std::uint32_t>(at_ - from);
    return true;
}

bool Parser::escape() {
    ++at_;
    if (peek() == 'u') {
        for (std::size_t i = 1; i <= 4; ++i)
            if (at_ + i >= text_.size() || !isHex(text_[at_ + i]))
                return fail("\\u needs four hexadecimal digits");
        at_ += 5;
        return true;
    }
    if (at_ >= text_.size() || std::string_view("\"\\/bfnrt").find(text_[at_]) == std::string_view::npos)
        return fail("unknown escape");
    ++at_;
    return true;
}

bool Parser::string(std::uint32_t& from, std::uint32_t& size) {
    from = static_cast<std::uint32_t>(at_);
    ++at_;
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (c == '"') {
            ++at_;
            size = static_cast<std::uint32_t>(at_ - from);
            return true;
        }
        if (static_cast<unsigned char>(c) < 0x20) return fail("control character in a string");
        if (c == '\\') {
            if (!escape()) return false;
        } else {
            ++at_;
        }
    }
    return fail("string without an end");
}

}  // namespace stepwell::json
