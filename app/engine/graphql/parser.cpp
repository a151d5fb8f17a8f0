#include "app/engine/graphql/parser.h"

#include "app/engine/graphql/lexer.h"

#include <algorithm>

namespace stepwell::engine::graphql {

namespace {

/// A variable may stand here, or only constants.
enum class Variables : std::uint8_t { allowed, refused };

/// Recursive descent over the tokens. The first error is kept in `error_`, and every function returns early
/// from then on: callers need not look after each call, loops must.
class Parser {
  public:
    Parser(std::vector<Token> tokens, const Limits& limits)
        : tokens_(std::move(tokens))
        , limits_(limits) {}

    Result<Document> run() {
        Document document;
        do
            definition(document);
        while (!error_ && !at(TokenKind::end));
        if (error_) return refuse(std::move(*error_));
        return document;
    }

  private:
    const Token& now() const { return tokens_[next_]; }
    bool at(TokenKind kind) const { return now().kind == kind; }
    bool atWord(std::string_view word) const { return at(TokenKind::name) && now().text == word; }
    void advance() {
        if (!at(TokenKind::end)) ++next_;
    }

    void fail(std::string message) {
        if (!error_) error_ = errorAt(now().location, "error parsing query: " + std::move(message));
    }
    void unexpected(std::string_view wanted) {
        const auto& token = now();
        const bool named = token.kind == TokenKind::name || token.kind == TokenKind::integer;
        const std::string what =
            named ? "\"" + std::string(token.text) + "\"" : std::string(toString(token.kind));
        fail("unexpected " + what + ", expected " + std::string(wanted));
    }

    bool skip(TokenKind kind) {
        if (error_ || !at(kind)) return false;
        advance();
        return true;
    }
    void expect(TokenKind kind) {
        if (error_) return;
        if (!at(kind)) return unexpected(toString(kind));
        advance();
    }
    std::string name(std::string_view what = "a name") {
        if (error_) return {};
        if (!at(TokenKind::name)) {
            unexpected(what);
            return {};
        }
        std::string text(now().text);
        advance();
        return text;
    }

    /// Calls `item` until `close` stands there, at least once; bounds how deep brackets lie in one another.
    template <class Item>
    void bracketed(TokenKind open, TokenKind close, Item item) {
        expect(open);
        if (++nesting_ > limits_.nesting)
            fail("it is nested too deeply, at most " + std::to_string(limits_.nesting) + " levels are read");
        do
            item();
        while (!error_ && !at(close));
        --nesting_;
        expect(close);
    }
    /// The same for brackets between which nothing need stand.
    template <class Item>
    void bracketedOrEmpty(TokenKind open, TokenKind close, Item item) {
        if (!error_ && tokens_[std::min(next_ + 1, tokens_.size() - 1)].kind == close) {
            expect(open);
            return expect(close);
        }
        bracketed(open, close, item);
    }

    /// A description says nothing to a service: newer documents may have them.
    bool skipDescription() { return skip(TokenKind::string) || skip(TokenKind::blockString); }

    void definition(Document& document) {
        if (skipDescription() && at(TokenKind::braceOpen)) unexpected("query or fragment");
        if (at(TokenKind::braceOpen) || atWord("query") || atWord("mutation") || atWord("subscription"))
            document.operations.push_back(operation());
        else if (atWord("fragment"))
            document.fragments.push_back(fragment());
        else
            unexpected("query, fragment or \"{\"; definitions of types are not executed");
    }

    Operation operation() {
        Operation operation;
        operation.location = now().location;
        if (at(TokenKind::name)) {
            if (now().text == "mutation") operation.kind = OperationKind::mutation;
            if (now().text == "subscription") operation.kind = OperationKind::subscription;
            advance();
            if (at(TokenKind::name)) operation.name = name();
            if (at(TokenKind::parenOpen))
                bracketed(TokenKind::parenOpen, TokenKind::parenClose,
                          [&] { operation.variables.push_back(variableDefinition()); });
            operation.directives = directives(Variables::allowed);
        }
        operation.selections = selectionSet();
        return operation;
    }

    Fragment fragment() {
        Fragment fragment;
        fragment.location = now().location;
        advance();
        if (atWord("on")) unexpected("the name of a fragment");
        fragment.name = name("the name of a fragment");
        if (!error_ && !atWord("on")) unexpected("\"on\"");
        advance();
        fragment.condition = namedType();
        fragment.directives = directives(Variables::allowed);
        fragment.selections = selectionSet();
        return fragment;
    }

    VariableDefinition variableDefinition() {
        VariableDefinition variable;
        skipDescription();
        variable.location = now().location;
        expect(TokenKind::dollar);
        variable.name = name("the name of a variable");
        expect(TokenKind::colon);
        variable.type = type();
        if (skip(TokenKind::equals)) variable.fallback = value(Variables::refused);
        variable.directives = directives(Variables::refused);
        return variable;
    }

    TypeText namedType() {
        TypeText type;
        type.location = now().location;
        type.name = name("the name of a type");
        return type;
    }

    TypeText type() {
        TypeText inner;
        const auto location = now().location;
        if (!error_ && at(TokenKind::bracketOpen)) {
            bracketed(TokenKind::bracketOpen, TokenKind::bracketClose, [&] {
                if (!inner.name.empty()) return unexpected("\"]\"");
                inner = type();
            });
            inner.wraps.insert(inner.wraps.begin(), '[');
        } else {
            inner = namedType();
        }
        if (skip(TokenKind::bang)) inner.wraps.insert(inner.wraps.begin(), '!');
        inner.location = location;
        return inner;
    }

    std::vector<Selection> selectionSet() {
        std::vector<Selection> selections;
        bracketed(TokenKind::braceOpen, TokenKind::braceClose, [&] { selections.push_back(selection()); });
        return selections;
    }

    Selection selection() {
        Selection made;
        made.location = now().location;
        if (skip(TokenKind::spread)) {
            afterSpread(made);
            return made;
        }
        made.name = name("a field");
        if (skip(TokenKind::colon)) {
            made.alias = std::move(made.name);
            made.name = name("a field");
        }
        made.arguments = arguments(Variables::allowed);
        made.directives = directives(Variables::allowed);
        if (!error_ && at(TokenKind::braceOpen)) made.selections = selectionSet();
        return made;
    }

    void afterSpread(Selection& made) {
        if (at(TokenKind::name) && now().text != "on") {
            made.kind = Selection::Kind::spread;
            made.name = name();
            made.directives = directives(Variables::allowed);
            return;
        }
        made.kind = Selection::Kind::inlineFragment;
        if (atWord("on")) {
            advance();
            made.condition = namedType();
        }
        made.directives = directives(Variables::allowed);
        made.selections = selectionSet();
    }

    std::vector<Argument> arguments(Variables variables) {
        std::vector<Argument> arguments;
        if (error_ || !at(TokenKind::parenOpen)) return arguments;
        bracketed(TokenKind::parenOpen, TokenKind::parenClose, [&] {
            Argument made;
            made.location = now().location;
            made.name = name("the name of an argument");
            expect(TokenKind::colon);
            made.value = value(variables);
            arguments.push_back(std::move(made));
        });
        return arguments;
    }

    std::vector<DirectiveUse> directives(Variables variables) {
        std::vector<DirectiveUse> directives;
        while (!error_ && at(TokenKind::at)) {
            DirectiveUse made;
            made.location = now().location;
            advance();
            made.name = name("the name of a directive");
            made.arguments = arguments(variables);
            directives.push_back(std::move(made));
        }
        return directives;
    }

    Value value(Variables variables) {
        Value made;
        if (error_) return made;
        made.location = now().location;
        switch (now().kind) {
        case TokenKind::bracketOpen:
            made.kind = Value::Kind::list;
            bracketedOrEmpty(TokenKind::bracketOpen, TokenKind::bracketClose,
                             [&] { made.items.push_back(value(variables)); });
            return made;
        case TokenKind::braceOpen:
            made.kind = Value::Kind::object;
            bracketedOrEmpty(TokenKind::braceOpen, TokenKind::braceClose,
                             [&] { made.members.push_back(member(variables)); });
            return made;
        case TokenKind::dollar:
            return variable(std::move(made), variables);
        default:
            return literal(std::move(made));
        }
    }

    Value::Member member(Variables variables) {
        Value::Member made;
        made.location = now().location;
        made.name = name("the name of an input field");
        expect(TokenKind::colon);
        made.value = value(variables);
        return made;
    }

    Value variable(Value made, Variables variables) {
        made.kind = Value::Kind::variable;
        advance();
        if (variables == Variables::refused)
            fail("a variable stands where only a constant may: $" + std::string(now().text));
        made.text = name("the name of a variable");
        return made;
    }

    Value literal(Value made) {
        const auto& token = now();
        switch (token.kind) {
        case TokenKind::integer:
        case TokenKind::real:
            made.kind = token.kind == TokenKind::integer ? Value::Kind::integer : Value::Kind::real;
            made.text = token.text;
            break;
        case TokenKind::string:
        case TokenKind::blockString:
            made.kind = Value::Kind::string;
            made.block = token.kind == TokenKind::blockString;
            made.text = stringValue(token);
            break;
        case TokenKind::name:
            word(made, token.text);
            break;
        default:
            unexpected("a value");
            return made;
        }
        advance();
        return made;
    }

    static void word(Value& made, std::string_view text) {
        if (text == "true" || text == "false") {
            made.kind = Value::Kind::boolean;
            made.truth = text == "true";
        } else if (text == "null") {
            made.kind = Value::Kind::null;
        } else {
            made.kind = Value::Kind::enumeration;
            made.text = text;
        }
    }

    std::vector<Token> tokens_;
    const Limits& limits_;
    std::size_t next_ = 0;
    std::size_t nesting_ = 0;
    std::optional<Error> error_;
};

}  // namespace

const Fragment* Document::fragment(std::string_view name) const {
    const auto found =
        std::find_if(fragments.begin(), fragments.end(), [&](const Fragment& f) { return f.name == name; });
    return found == fragments.end() ? nullptr : &*found;
}

Result<Document> parse(std::string_view document, const Limits& limits) {
    auto tokens = tokenize(document, limits);
    if (!tokens) return refuse(std::move(tokens.error()));
    return Parser(std::move(*tokens), limits).run();
}

}  // namespace stepwell::engine::graphql
