#include "models/graphql/completion.h"

#include <algorithm>
#include <array>

namespace stepwell::graphql {
namespace {

constexpr std::size_t mostSuggestions = 500;
using Kind = Suggestion::Kind;
using Suggestions = std::vector<Suggestion>;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// 0: begins with the word; 1: contains it; 2: has its letters in order; 3: does not fit.
int rankOf(std::string_view candidate, std::string_view word) {
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    const auto found = std::search(candidate.begin(), candidate.end(), word.begin(), word.end(), same);
    if (found == candidate.begin() && word.size() <= candidate.size()) return 0;
    if (found != candidate.end()) return 1;
    std::size_t at = 0;
    for (const char c : candidate)
        if (at < word.size() && same(c, word[at])) ++at;
    return at == word.size() ? 2 : 3;
}

void addFields(const Type* parent, Suggestions& into) {
    if (parent == nullptr) return;
    for (const auto& field : parent->fields)
        into.push_back({Kind::field, field.name, field.type.text, field.description,
                        field.deprecated.has_value(), false});
    into.push_back(
        {Kind::field, "__typename", "String!", std::string(typeNameField().description), false, false});
}

void markSelecting(const Schema& schema, const Type* parent, Suggestions& suggestions) {
    for (auto& one : suggestions) {
        const Field* field = parent == nullptr ? nullptr : parent->field(one.text);
        const Type* type = field == nullptr ? nullptr : schema.type(field->type.name);
        one.selects = type != nullptr && type->hasFields();
    }
}

void addInputs(const Cursor& cursor, Kind kind, Suggestions& into) {
    if (cursor.inputs == nullptr) return;
    for (const auto& input : *cursor.inputs)
        if (std::find(cursor.used.begin(), cursor.used.end(), input.name) == cursor.used.end())
            into.push_back({kind, input.name, input.type.text, input.description, false, false});
}

void addVariables(const TypeRef& wanted, std::string_view text, Suggestions& into) {
    const auto variables = variablesIn(text);
    for (const bool fitting : {true, false})
        for (const auto& variable : variables)
            if (sameScalar(variable.type.name, wanted.name) == fitting)
                into.push_back({Kind::variable, "$" + variable.name, variable.type.text, {}, false, false});
}

void addValues(const Schema& schema, const TypeRef& wanted, std::string_view text, Suggestions& into) {
    if (const Type* type = schema.type(wanted.name))
        for (const auto& value : type->values)
            into.push_back({Kind::value, value.name, type->name, value.description,
                            value.deprecated.has_value(), false});
    if (sameScalar(wanted.name, "Boolean"))
        for (const char* word : {"true", "false"})
            into.push_back({Kind::value, word, wanted.name, {}, false, false});
    addVariables(wanted, text, into);
    if (!wanted.text.empty() && !wanted.required())
        into.push_back({Kind::value, "null", wanted.text, {}, false, false});
}

void addTypes(const Schema& schema, bool inputs, Suggestions& into) {
    for (const auto& [name, type] : schema.types()) {
        const bool isInput = type.kind == TypeKind::scalar || type.kind == TypeKind::enumeration ||
                             type.kind == TypeKind::input;
        if (name.starts_with("__") || isInput != inputs) continue;
        into.push_back({Kind::type, name, {}, type.description, false, false});
    }
}

void addFragments(std::string_view text, Suggestions& into) {
    into.push_back({Kind::keyword, "on", {}, "A selection for objects of one type only.", false, false});
    const auto tokens = lex(text);
    for (std::size_t i = 0; i + 3 < tokens.size(); ++i)
        if (tokens[i].in(text) == "fragment" && tokens[i + 2].in(text) == "on")
            into.push_back({Kind::fragment,
                            std::string(tokens[i + 1].in(text)),
                            "on " + std::string(tokens[i + 3].in(text)),
                            {},
                            false,
                            false});
}

void addDirectives(const Schema& schema, const std::string& location, Suggestions& into) {
    for (const auto& directive : schema.directives())
        if (directive.fits(location))
            into.push_back({Kind::directive, "@" + directive.name, {}, directive.description, false, false});
}

void addKeywords(const Schema& schema, Suggestions& into) {
    for (const char* word : {"query", "mutation", "subscription"})
        if (schema.root(word) != nullptr) into.push_back({Kind::keyword, word, {}, {}, false, false});
    into.push_back({Kind::keyword, "fragment", {}, {}, false, false});
}

Suggestions candidates(const Schema& schema, const Cursor& cursor, std::string_view text) {
    Suggestions all;
    if (cursor.wordKind == TokenKind::directive) {
        addDirectives(schema, cursor.location, all);
        return all;
    }
    if (cursor.wordKind == TokenKind::variable) {
        if (cursor.expects == Expects::value) addVariables(cursor.wanted, text, all);
        return all;
    }
    switch (cursor.expects) {
    case Expects::nothing:
        break;
    case Expects::definition:
        addKeywords(schema, all);
        break;
    case Expects::field:
        addFields(cursor.parent, all);
        markSelecting(schema, cursor.parent, all);
        break;
    case Expects::fragment:
        addFragments(text, all);
        break;
    case Expects::typeCondition:
        addTypes(schema, false, all);
        break;
    case Expects::argument:
    case Expects::inputField:
        addInputs(cursor, Kind::argument, all);
        break;
    case Expects::value:
        addValues(schema, cursor.wanted, text, all);
        break;
    case Expects::inputType:
        addTypes(schema, true, all);
        break;
    }
    return all;
}

std::string signatureOf(const Field& field) {
    if (field.arguments.empty()) return field.name + ": " + field.type.text;
    std::string names;
    for (const auto& argument : field.arguments)
        names += (names.empty() ? "" : ", ") + argument.name + ": " + argument.type.text;
    return field.name + "(" + names + "): " + field.type.text;
}

std::optional<Documentation> documentInput(const Schema& schema, const Cursor& cursor,
                                           std::string_view word) {
    if (cursor.inputs == nullptr) return std::nullopt;
    const auto found = std::find_if(cursor.inputs->begin(), cursor.inputs->end(),
                                    [&](const auto& one) { return one.name == word; });
    if (found == cursor.inputs->end()) return std::nullopt;
    Documentation shown{found->name + ": " + found->type.text,
                        "argument",
                        found->description,
                        std::nullopt,
                        {},
                        found->type.name};
    if (found->defaultValue) shown.title += " = " + *found->defaultValue;
    if (const Type* type = schema.type(found->type.name)) shown.inputs = type->inputs;
    return shown;
}

std::optional<Documentation> documentType(const Schema& schema, std::string_view word) {
    const Type* type = schema.type(word);
    if (type == nullptr) return std::nullopt;
    return Documentation{type->name, "type", type->description, std::nullopt, type->inputs, type->name};
}

std::optional<Documentation> documentField(const Type* parent, std::string_view word) {
    const Field* field = word == "__typename" ? &typeNameField() : parent ? parent->field(word) : nullptr;
    if (field == nullptr) return std::nullopt;
    return Documentation{signatureOf(*field), parent == nullptr ? "field" : "field of " + parent->name,
                         field->description,  field->deprecated,
                         field->arguments,    field->type.name};
}

std::optional<Documentation> documentWord(const Schema& schema, const Cursor& cursor, std::string_view word) {
    switch (cursor.expects) {
    case Expects::field:
        return documentField(cursor.parent, word);
    case Expects::argument:
    case Expects::inputField:
        return documentInput(schema, cursor, word);
    case Expects::typeCondition:
    case Expects::inputType:
        return documentType(schema, word);
    case Expects::value: {
        const Type* type = schema.type(cursor.wanted.name);
        const EnumValue* value = type == nullptr ? nullptr : type->value(word);
        if (value == nullptr) return std::nullopt;
        return Documentation{value->name, "value of " + type->name, value->description, value->deprecated, {},
                             type->name};
    }
    default:
        return std::nullopt;
    }
}

}  // namespace

Completion completeAt(const Schema& schema, std::string_view text, std::size_t offset) {
    const Cursor cursor = cursorAt(schema, text, offset);
    const std::string_view word =
        text.substr(cursor.wordBegin, std::min(offset, text.size()) - cursor.wordBegin);
    Completion completion{cursor.wordBegin, cursor.wordEnd, {}};
    std::array<Suggestions, 3> ranked;
    for (auto& one : candidates(schema, cursor, text)) {
        const int rank = rankOf(one.text, word);
        if (rank < 3) ranked[static_cast<std::size_t>(rank)].push_back(std::move(one));
    }
    for (auto& rank : ranked)
        for (auto& one : rank)
            if (completion.suggestions.size() < mostSuggestions)
                completion.suggestions.push_back(std::move(one));
    return completion;
}

std::optional<Documentation> documentationAt(const Schema& schema, std::string_view text,
                                             std::size_t offset) {
    Cursor cursor = cursorAt(schema, text, offset);
    if (cursor.wordBegin == cursor.wordEnd && offset < text.size() &&
        (isNameStart(text[offset]) || text[offset] == '@'))
        cursor = cursorAt(schema, text, offset + 1);
    const std::string_view word = text.substr(cursor.wordBegin, cursor.wordEnd - cursor.wordBegin);
    if (word.empty()) return std::nullopt;
    if (cursor.wordKind == TokenKind::directive) {
        const Directive* directive = schema.directive(word.substr(1));
        if (directive == nullptr) return std::nullopt;
        return Documentation{"@" + directive->name, "directive",          directive->description,
                             std::nullopt,          directive->arguments, {}};
    }
    // An alias stands where a field is expected: what it names follows.
    if (cursor.expects == Expects::field) {
        const auto tokens = lex(text);
        const auto here = std::find_if(tokens.begin(), tokens.end(),
                                       [&](const Token& token) { return token.begin == cursor.wordBegin; });
        if (here != tokens.end() && tokens.end() - here > 2 && here[1].in(text) == ":")
            return documentField(cursor.parent, here[2].in(text));
    }
    return documentWord(schema, cursor, word);
}

std::vector<InputValue> variablesIn(std::string_view text) {
    std::vector<InputValue> found;
    const auto tokens = lex(text);
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (tokens[i].kind != TokenKind::variable || tokens[i + 1].in(text) != ":") continue;
        InputValue variable{std::string(tokens[i].in(text).substr(1)), {}, {}, std::nullopt};
        for (std::size_t t = i + 2; t < tokens.size(); ++t) {
            const std::string_view word = tokens[t].in(text);
            const bool isName = tokens[t].kind == TokenKind::name;
            if (!(isName && variable.type.name.empty()) && word != "[" && word != "]" && word != "!") break;
            if (isName) variable.type.name = word;
            variable.type.text += word;
        }
        const auto same = [&](const InputValue& one) { return one.name == variable.name; };
        if (std::none_of(found.begin(), found.end(), same)) found.push_back(std::move(variable));
    }
    return found;
}

std::vector<std::string> operationsIn(std::string_view text) {
    std::vector<std::string> names;
    int depth = 0;
    const auto tokens = lex(text);
    bool inDefinition = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::string_view word = tokens[i].in(text);
        if (word == "(" || word == "{" || word == "[") {
            if (depth == 0 && word == "{" && !inDefinition) names.emplace_back();
            ++depth;
        } else if (word == ")" || word == "}" || word == "]") {
            depth = std::max(0, depth - 1);
            if (depth == 0 && word == "}") inDefinition = false;
        } else if (depth == 0 && !inDefinition && tokens[i].kind == TokenKind::name) {
            inDefinition = true;
            if (word == "fragment") continue;
            const bool isNamed = i + 1 < tokens.size() && tokens[i + 1].kind == TokenKind::name;
            names.emplace_back(isNamed ? tokens[i + 1].in(text) : std::string_view());
        }
    }
    return names;
}

}  // namespace stepwell::graphql
