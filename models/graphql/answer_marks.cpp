#include "models/graphql/answer.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

namespace stepwell::graphql {
namespace {

using nlohmann::json;

constexpr std::size_t mostMarks = 100;

/// Finds the field that a path of response keys leads to.
class PathFinder {
  public:
    explicit PathFinder(std::string_view document)
        : text_(document) {
        for (auto& token : lex(document))
            if (token.kind != TokenKind::comment) tokens_.push_back(token);
    }

    /// The deepest field of the path that is there; null when not even its first is.
    const Token* find(const std::vector<std::string>& keys) const {
        std::size_t at = firstSelection();
        const Token* best = nullptr;
        for (const auto& key : keys) {
            const auto found = keyIn(at, key);
            if (!found) break;
            best = &tokens_[*found];
            const auto below = selectionAfter(*found);
            if (!below) break;
            at = *below;
        }
        return best;
    }

  private:
    bool is(std::size_t i, std::string_view what) const {
        return i < tokens_.size() && tokens_[i].kind == TokenKind::punctuator && tokens_[i].in(text_) == what;
    }

    /// Behind the brackets that open at `i`.
    std::size_t skipBrackets(std::size_t i) const {
        int depth = 0;
        for (; i < tokens_.size(); ++i) {
            if (is(i, "(") || is(i, "{") || is(i, "[")) ++depth;
            if (is(i, ")") || is(i, "}") || is(i, "]")) --depth;
            if (depth <= 0) return i + 1;
        }
        return i;
    }

    /// The brace of the first operation; fragments may stand before it.
    std::size_t firstSelection() const {
        bool inFragment = false;
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            if (is(i, "(")) {
                i = skipBrackets(i) - 1;
            } else if (is(i, "{")) {
                if (!inFragment) return i;
                i = skipBrackets(i) - 1;
                inFragment = false;
            } else if (tokens_[i].in(text_) == "fragment") {
                inFragment = true;
            }
        }
        return tokens_.size();
    }

    /// The field with this response key in the selection that opens at `brace`. Inline fragments belong to
    /// it.
    std::optional<std::size_t> keyIn(std::size_t brace, std::string_view key) const {
        int inner = 0;
        for (std::size_t i = brace + 1; i < tokens_.size();) {
            if (is(i, "}")) {
                if (inner-- == 0) return std::nullopt;
                ++i;
            } else if (is(i, "...")) {
                i = behindSpread(i, inner);
            } else if (tokens_[i].kind == TokenKind::name) {
                if (tokens_[i].in(text_) == key) return i;
                i = behindField(i);
            } else {
                ++i;
            }
        }
        return std::nullopt;
    }

    std::size_t behindSpread(std::size_t i, int& inner) const {
        ++i;
        while (i < tokens_.size() && !is(i, "...") && !is(i, "}")) {
            if (is(i, "(")) {
                i = skipBrackets(i);
                continue;
            }
            if (is(i, "{")) {
                ++inner;
                return i + 1;
            }
            const bool isPart = tokens_[i].in(text_) == "on" || tokens_[i].kind == TokenKind::directive;
            const bool afterOn = i > 0 && tokens_[i - 1].in(text_) == "on";
            if (!isPart && !afterOn) return i + 1;  // the name of a fragment
            ++i;
        }
        return i;
    }

    std::size_t behindField(std::size_t i) const {
        const auto brace = selectionAfter(i);
        return brace ? skipBrackets(*brace) : behindHead(i);
    }

    /// Behind alias, name, arguments and directives.
    std::size_t behindHead(std::size_t i) const {
        ++i;
        if (is(i, ":")) i += 2;
        while (i < tokens_.size()) {
            if (is(i, "("))
                i = skipBrackets(i);
            else if (tokens_[i].kind == TokenKind::directive)
                ++i;
            else
                break;
        }
        return i;
    }

    std::optional<std::size_t> selectionAfter(std::size_t field) const {
        const std::size_t i = behindHead(field);
        if (is(i, "{")) return i;
        return std::nullopt;
    }

    std::string_view text_;
    std::vector<Token> tokens_;
};

/// The names of a path; indexes of lists, also written as words, are left out.
std::vector<std::string> keysOf(const json& path) {
    std::vector<std::string> keys;
    if (!path.is_array()) return keys;
    for (const auto& part : path) {
        if (!part.is_string()) continue;
        const auto word = part.get<std::string>();
        if (!word.empty() && isNameStart(word.front())) keys.push_back(word);
    }
    return keys;
}

std::size_t countAt(const json& object, const char* key) {
    const auto found = object.find(key);
    const bool fits = found != object.end() && found->is_number_integer() && found->get<std::int64_t>() > 0;
    return fits ? static_cast<std::size_t>(found->get<std::int64_t>()) : 0;
}

std::optional<Position> locationOf(const json& error) {
    const auto locations = error.find("locations");
    if (locations == error.end() || !locations->is_array() || locations->empty()) return std::nullopt;
    const json& first = locations->front();
    if (!first.is_object() || countAt(first, "line") == 0) return std::nullopt;
    return Position{countAt(first, "line"), countAt(first, "column")};
}

Mark markAt(std::string message, std::size_t offset, std::string_view document) {
    for (const Token& token : lex(document))
        if (token.begin <= offset && offset < token.end) return {std::move(message), token.begin, token.end};
    // At the end, where something is missing: the character before it.
    const std::size_t end = std::min(offset + 1, document.size());
    return {std::move(message), end == 0 ? 0 : end - 1, end};
}

Mark markOf(const json& error, std::string_view document) {
    std::string message = "The server tells no reason.";
    const auto told = error.find("message");
    if (told != error.end() && told->is_string()) message = told->get<std::string>();
    if (const auto location = locationOf(error))
        return markAt(std::move(message), offsetOf(document, *location), document);
    const auto path = error.find("path");
    if (path != error.end()) {
        const PathFinder finder(document);
        const Token* field = finder.find(keysOf(*path));
        if (field != nullptr) return {std::move(message), field->begin, field->end};
    }
    return {std::move(message), 0, 0};
}

}  // namespace

std::vector<Mark> marksOf(std::string_view answer, std::string_view document) {
    std::vector<Mark> marks;
    const json parsed = parseBounded<json>(answer);
    if (!parsed.is_object()) return marks;
    const auto errors = parsed.find("errors");
    if (errors == parsed.end() || !errors->is_array()) return marks;
    for (const auto& error : *errors)
        if (error.is_object() && marks.size() < mostMarks) marks.push_back(markOf(error, document));
    return marks;
}

}  // namespace stepwell::graphql
