#include "widgets/analytics/graphql_lexer.h"

#include "models/graphql/lexer.h"
#include "widgets/editor_style.h"
#include "widgets/theme.h"

#include <Qsci/qsciscintilla.h>

#include <array>

namespace stepwell {
namespace {

using graphql::TokenKind;

bool isKeyword(std::string_view word) {
    static constexpr std::array<std::string_view, 8> words = {"query", "mutation", "subscription", "fragment",
                                                              "on",    "true",     "false",        "null"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// Of the token at `i`. Names before a colon inside brackets are arguments; elsewhere they are aliases.
int styleOf(std::string_view text, const std::vector<graphql::Token>& tokens, std::size_t i, int brackets) {
    switch (tokens[i].kind) {
    case TokenKind::variable:
        return GraphqlLexer::Variable;
    case TokenKind::directive:
        return GraphqlLexer::Directive;
    case TokenKind::number:
        return GraphqlLexer::Number;
    case TokenKind::string:
        return GraphqlLexer::String;
    case TokenKind::comment:
        return GraphqlLexer::Comment;
    case TokenKind::name:
        break;
    default:
        return GraphqlLexer::Plain;
    }
    const bool named = i + 1 < tokens.size() && tokens[i + 1].in(text) == ":";
    if (named) return brackets > 0 ? GraphqlLexer::Argument : GraphqlLexer::Plain;
    return isKeyword(tokens[i].in(text)) ? GraphqlLexer::Keyword : GraphqlLexer::Plain;
}

}  // namespace

GraphqlLexer::GraphqlLexer(QsciScintilla* parent)
    : QsciLexerCustom(parent) {
    applyTheme();
}

QString GraphqlLexer::description(int style) const {
    static const QStringList names = {tr("Plain"),     tr("Keyword"), tr("Argument"), tr("Variable"),
                                      tr("Directive"), tr("Number"),  tr("String"),   tr("Comment")};
    return names.value(style);
}

void GraphqlLexer::styleText(int, int) {
    if (editor() == nullptr) return;
    const QByteArray bytes = editor()->text().toUtf8();
    const std::string_view text(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    const auto tokens = graphql::lex(text);
    startStyling(0);
    std::size_t at = 0;
    int brackets = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto word = tokens[i].in(text);
        if (word == "(") ++brackets;
        if (word == ")") brackets = std::max(0, brackets - 1);
        if (tokens[i].begin > at) setStyling(static_cast<int>(tokens[i].begin - at), Plain);
        setStyling(static_cast<int>(word.size()), styleOf(text, tokens, i, brackets));
        at = tokens[i].end;
    }
    if (at < text.size()) setStyling(static_cast<int>(text.size() - at), Plain);
}

void GraphqlLexer::applyTheme() {
    const auto& theme = Theme::get();
    const QColor paper = theme.color(Token::raised);
    setDefaultFont(editorFont(12));
    setFont(editorFont(12), -1);
    setDefaultPaper(paper);
    setPaper(paper, -1);
    setDefaultColor(theme.color(Token::text));
    setColor(theme.color(Token::text), -1);
    setColor(theme.color(Token::running), Keyword);
    setColor(theme.color(Token::running), Directive);
    setColor(theme.color(Token::accent), Argument);
    setColor(theme.color(Token::sleeping), Variable);
    setColor(theme.color(Token::sleeping), Number);
    setColor(theme.color(Token::waiting), String);
    setColor(theme.color(Token::mute), Comment);
}

}  // namespace stepwell
