#include "models/graphql/cursor.h"

#include <algorithm>

namespace stepwell::graphql {
namespace {

constexpr int deepest = 100;

const Field* fieldOf(const Type* parent, std::string_view name) {
    if (name == "__typename") return &typeNameField();
    return parent == nullptr ? nullptr : parent->field(name);
}

/// Walks the tokens before the cursor by GraphQL's own grammar (section 2 of the specification of October
/// 2021). Where they run out is where the cursor is: each function notes what it expects just then. It never
/// fails; a token that does not belong ends what it is in, or is passed over.
class Walker {
  public:
    Walker(const Schema& schema, std::string_view text, std::vector<Token> tokens, Cursor& cursor)
        : schema_(schema)
        , text_(text)
        , tokens_(std::move(tokens))
        , cursor_(cursor) {}

    void document() {
        while (!ended(Expects::definition)) {
            if (is("{")) {
                selection(schema_.root("query"), 0);
            } else if (word() == "fragment") {
                fragment();
            } else if (schema_.root(word()) != nullptr || word() == "query" || word() == "mutation") {
                operation();
            } else {
                ++at_;
            }
        }
    }

  private:
    /// Whether the cursor is here, and then what it expects.
    bool ended(Expects expects) {
        if (at_ < tokens_.size()) return false;
        if (!noted_) cursor_.expects = expects;
        noted_ = true;
        return true;
    }
    bool done() const { return at_ >= tokens_.size(); }
    std::string_view word() const { return done() ? std::string_view() : tokens_[at_].in(text_); }
    TokenKind kind() const { return done() ? TokenKind::unknown : tokens_[at_].kind; }
    bool is(std::string_view what) const {
        return !done() && word() == what && kind() == TokenKind::punctuator;
    }
    bool isName() const { return kind() == TokenKind::name; }
    bool take(std::string_view what) {
        if (!is(what)) return false;
        ++at_;
        return true;
    }

    void operation() {
        const std::string_view kindWord = word();
        const Type* root = schema_.root(kindWord);
        cursor_.location = kindWord == "mutation"       ? "MUTATION"
                           : kindWord == "subscription" ? "SUBSCRIPTION"
                                                        : "QUERY";
        ++at_;
        if (ended(Expects::nothing)) return;
        cursor_.operation.clear();
        if (isName()) {
            cursor_.operation = word();
            ++at_;
        }
        if (take("(")) variables();
        directives();
        if (ended(Expects::nothing)) return;
        if (is("{")) selection(root, 0);
    }

    void fragment() {
        ++at_;
        cursor_.location = "FRAGMENT_DEFINITION";
        if (ended(Expects::nothing)) return;
        cursor_.operation.clear();
        if (isName() && word() != "on") {
            cursor_.operation = word();
            ++at_;
        }
        const Type* type = nullptr;
        if (ended(Expects::nothing)) return;
        if (word() == "on") type = condition();
        directives();
        if (ended(Expects::nothing)) return;
        if (is("{")) selection(type, 0);
    }

    /// After `on`.
    const Type* condition() {
        ++at_;
        if (ended(Expects::typeCondition) || !isName()) return nullptr;
        return schema_.type(tokens_[at_++].in(text_));
    }

    void variables() {
        cursor_.location = "VARIABLE_DEFINITION";
        while (!ended(Expects::nothing) && !take(")")) {
            if (is("{")) return;
            if (kind() != TokenKind::variable) {
                ++at_;
                continue;
            }
            ++at_;
            if (ended(Expects::nothing)) return;
            if (!take(":")) continue;
            const TypeRef type = variableType();
            if (take("=")) value(type, 0);
            directives();
        }
    }

    TypeRef variableType() {
        TypeRef type;
        while (!ended(Expects::inputType)) {
            if (is("[") || is("]") || is("!")) {
                type.text += word();
            } else if (isName() && type.name.empty()) {
                type.name = word();
                type.text += word();
            } else {
                break;
            }
            ++at_;
            if (done() && !type.name.empty()) ended(Expects::nothing);
        }
        return type;
    }

    void directives() {
        while (kind() == TokenKind::directive && !done()) {
            const Directive* directive = schema_.directive(word().substr(1));
            ++at_;
            if (take("("))
                arguments(directive == nullptr ? nullptr : &directive->arguments, Expects::argument, 0);
        }
    }

    void selection(const Type* parent, int depth) {
        ++at_;  // the brace
        if (depth > deepest) return giveUp();
        while (true) {
            if (done()) {
                if (!noted_) cursor_.parent = parent;
                ended(Expects::field);
                return;
            }
            if (take("}")) {
                cursor_.location = "FIELD";
                return;
            }
            if (is("...")) {
                spread(parent, depth);
            } else if (isName()) {
                field(parent, depth);
            } else if (is("{")) {
                selection(nullptr, depth + 1);
            } else {
                ++at_;
            }
        }
    }

    void spread(const Type* parent, int depth) {
        ++at_;
        cursor_.location = "INLINE_FRAGMENT";
        const Type* type = parent;
        if (ended(Expects::fragment)) return;
        if (word() == "on") {
            type = condition();
        } else if (isName()) {
            cursor_.location = "FRAGMENT_SPREAD";
            ++at_;
        }
        directives();
        if (is("{")) selection(type, depth + 1);
    }

    void field(const Type* parent, int depth) {
        std::string_view name = word();
        ++at_;
        cursor_.location = "FIELD";
        if (take(":")) {
            if (done()) {
                if (!noted_) cursor_.parent = parent;
                ended(Expects::field);
                return;
            }
            if (!isName()) return;
            name = word();
            ++at_;
        }
        const Field* known = fieldOf(parent, name);
        if (take("(")) arguments(known == nullptr ? nullptr : &known->arguments, Expects::argument, depth);
        directives();
        if (is("{")) selection(known == nullptr ? nullptr : schema_.type(known->type.name), depth + 1);
    }

    /// Names with values: arguments of a field or directive, or fields of an input object.
    void arguments(const std::vector<InputValue>* inputs, Expects expects, int depth) {
        if (depth > deepest) return giveUp();
        const std::string_view closing = expects == Expects::argument ? ")" : "}";
        std::vector<std::string> used;
        while (true) {
            if (done()) {
                if (!noted_) {
                    cursor_.inputs = inputs;
                    cursor_.used = used;
                }
                ended(expects);
                return;
            }
            if (take(closing)) return;
            // Something closes or opens that is not ours: the end was forgotten.
            if (is("{") || is("}") || is(")") || is("]")) return;
            if (!isName()) {
                ++at_;
                continue;
            }
            const std::string name(word());
            used.push_back(name);
            ++at_;
            if (take(":")) value(typeOf(inputs, name), depth + 1);
        }
    }

    static TypeRef typeOf(const std::vector<InputValue>* inputs, std::string_view name) {
        if (inputs == nullptr) return {};
        const auto found =
            std::find_if(inputs->begin(), inputs->end(), [&](const auto& one) { return one.name == name; });
        return found == inputs->end() ? TypeRef{} : found->type;
    }

    void value(const TypeRef& type, int depth) {
        if (depth > deepest) return giveUp();
        if (done()) {
            if (!noted_) cursor_.wanted = type;
            ended(Expects::value);
            return;
        }
        if (take("[")) {
            const TypeRef element = type.element();
            while (!take("]")) {
                if (is(")") || is("}")) return;
                const bool isHere = done();
                value(element, depth + 1);
                if (isHere) return;
            }
            return;
        }
        if (take("{")) {
            const Type* object = schema_.type(type.name);
            return arguments(object == nullptr ? nullptr : &object->inputs, Expects::inputField, depth + 1);
        }
        if (!is(")") && !is("}")) ++at_;
    }

    /// Too deep to say anything.
    void giveUp() {
        noted_ = true;
        at_ = tokens_.size();
    }

    const Schema& schema_;
    std::string_view text_;
    std::vector<Token> tokens_;
    Cursor& cursor_;
    std::size_t at_ = 0;
    bool noted_ = false;
};

bool isWord(TokenKind kind) {
    return kind == TokenKind::name || kind == TokenKind::variable || kind == TokenKind::directive ||
           kind == TokenKind::number;
}

/// Whether a person is writing inside this token, where nothing can be completed.
bool isInside(const Token& token, std::size_t offset) {
    if (token.kind == TokenKind::comment) return token.begin < offset && offset <= token.end;
    if (token.kind != TokenKind::string) return false;
    return token.begin < offset && (offset < token.end || !token.closed);
}

}  // namespace

Cursor cursorAt(const Schema& schema, std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    Cursor cursor;
    cursor.wordBegin = cursor.wordEnd = offset;
    std::vector<Token> before;
    for (const Token& token : lex(text)) {
        if (isInside(token, offset)) return cursor;
        if (token.begin >= offset) break;
        if (token.end >= offset && isWord(token.kind)) {
            cursor.wordBegin = token.begin;
            cursor.wordEnd = token.end;
            cursor.wordKind = token.kind;
            break;
        }
        if (token.kind != TokenKind::comment) before.push_back(token);
    }
    Walker(schema, text, std::move(before), cursor).document();
    return cursor;
}

}  // namespace stepwell::graphql
