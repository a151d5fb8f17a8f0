#include "app/engine/graphql/lexer.h"
#include "app/engine/graphql/parser.h"
#include "app/engine/graphql/print.h"
#include "app/engine/graphql/schema.h"

#include <QtTest>

using namespace stepwell::engine::graphql;

class LanguageTest : public QObject {
    Q_OBJECT
  private slots:
    void tokens();
    void strings_data();
    void strings();
    void refusedText_data();
    void refusedText();
    void documents();
    void refusedDocuments_data();
    void refusedDocuments();
    void bounds();
};

namespace {

std::string firstString(const std::string& document) {
    const auto tokens = tokenize(document, {});
    return tokens ? stringValue(tokens->front()) : "refused: " + tokens.error().message;
}

std::string repeated(const char* text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

}  // namespace

void LanguageTest::tokens() {
    const auto tokens =
        tokenize("\xEF\xBB\xBF{ a,\t# comment \xE2\x82\xAC\r\n\n  -1.5e+3 0 ...@$!&|:=[]() _b9}", {});
    QVERIFY(tokens.has_value());
    std::string texts;
    for (const auto& token : *tokens)
        texts += std::string(token.text) + ' ';
    QCOMPARE(texts, std::string("{ a -1.5e+3 0 ... @ $ ! & | : = [ ] ( ) _b9 }  "));
    QVERIFY((*tokens)[2].kind == TokenKind::real);
    QVERIFY(((*tokens)[2].location == Location{3, 3}));
}

void LanguageTest::strings_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("value");
    const auto row = [](const char* name, const char* text, const char* value) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(value);
    };
    row("plain", R"("a b")", "a b");
    row("empty", R"("")", "");
    row("escapes", R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t");
    row("unicode", R"("\u00e9\u20AC")", "\xC3\xA9\xE2\x82\xAC");
    row("pair", R"("\uD83D\uDE00")", "\xF0\x9F\x98\x80");
    row("braces", R"("\u{1F600}\u{41}")",
        "\xF0\x9F\x98\x80"
        "A");
    row("raw", "\"\xF0\x9F\x98\x80\"", "\xF0\x9F\x98\x80");
    row("block", "\"\"\"\n    Hello,\n      World!\n\n    Yours,\n  \n\"\"\"", "Hello,\n  World!\n\nYours,");
    row("block first line", "\"\"\"  a\r\n    b\r    c\"\"\"", "  a\nb\nc");
    row("block quotes", R"("""a \""" b \n""")", R"(a """ b \n)");
    row("empty block", R"("""""")", "");
}

void LanguageTest::strings() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, value);
    QCOMPARE(firstString(text.toStdString()), value.toStdString());
}

void LanguageTest::refusedText_data() {
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {"\"",
                             "\"a\nb\"",
                             R"("\x")",
                             R"("\u12G4")",
                             R"("\uD83D")",
                             R"("\uD83Dx")",
                             R"("\uDE00\uD83D")",
                             R"("\u{110000}")",
                             R"("\u{}")",
                             R"("\u{D800}")",
                             R"("\u{41")",
                             "\"\"\" a",
                             "01",
                             "-",
                             "1.",
                             "1e",
                             "1.e3",
                             "1a",
                             "1.5.2",
                             ".5",
                             "..",
                             "?",
                             "a;b",
                             "\x01",
                             "\xC3",
                             "\"\xFF\"",
                             "0xF",
                             "+1"})
        QTest::newRow(text) << QByteArray(text);
}

void LanguageTest::refusedText() {
    QFETCH(QByteArray, text);
    const auto tokens =
        tokenize(std::string_view(text.constData(), static_cast<std::size_t>(text.size())), {});
    QVERIFY(!tokens.has_value());
    QVERIFY(tokens.error().message.starts_with("error parsing query: "));
}

void LanguageTest::documents() {
    const auto document = parse(R"(
        query Q($a: [string!]! = ["x"] @d, $b: Time) @skip(if: true) {
          alias: field(o: {a: 1, b: [$a, null, true, ENUM, -2.5]}) @include(if: $b) { x ...F ... on T { y } ... { z } }
        }
        """about""" mutation { m } subscription S { s }
        fragment F on T @d { on fragment query })");
    QVERIFY2(document.has_value(), document ? "" : document.error().message.c_str());
    QCOMPARE(document->operations.size(), std::size_t(3));
    const auto& query = document->operations.front();
    QCOMPARE(toString(query.variables[0].type), std::string("[string!]!"));
    QCOMPARE(print(*query.variables[0].fallback), std::string("[\"x\"]"));
    const auto& field = query.selections.front();
    QCOMPARE(field.key(), std::string("alias"));
    QCOMPARE(print(field.arguments[0].value), std::string("{a: 1, b: [$a, null, true, ENUM, -2.5]}"));
    QCOMPARE(field.selections.size(), std::size_t(4));
    QVERIFY((field.location == Location{3, 11}));
    QCOMPARE(document->fragments.front().selections.size(), std::size_t(3));
    QVERIFY(document->operations[1].kind == OperationKind::mutation);
}

void LanguageTest::refusedDocuments_data() {
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {"",
                             "# nothing",
                             "{}",
                             "{a",
                             "{a}}",
                             "{a()}",
                             "{a(b)}",
                             "{a(b:)}",
                             "{a(b:$)}",
                             "query ($a) {b}",
                             "query () {b}",
                             "query ($a: [b) {c}",
                             "query ($a: b = $c) {d}",
                             "query ($a: b!! ) {c}",
                             "query ($a: [b c]) {d}",
                             "{a @}",
                             "{...}",
                             "{... on}",
                             "fragment on on T {a}",
                             "fragment F T {a}",
                             "fragment F on T",
                             "query {a} b",
                             "type T {a: b}",
                             "schema {query: Q}",
                             "\"text\" {a}",
                             "{a:}",
                             "{a:b:c}",
                             "{a{}}",
                             "{a(b:{c})}",
                             "{a(b:[)}",
                             "query ($a: b @c(d: $e)) {f}",
                             "extend type T {a: b}",
                             "{a(b: {c: 1}",
                             "[a]",
                             "query Q Q {a}"})
        QTest::newRow(text) << QByteArray(text);
}

void LanguageTest::refusedDocuments() {
    QFETCH(QByteArray, text);
    const auto document = parse(text.toStdString());
    QVERIFY(!document.has_value());
    QCOMPARE(document.error().http, 400);
    QVERIFY(document.error().message.starts_with("error parsing query: "));
    QCOMPARE(document.error().locations.size(), std::size_t(1));
}

void LanguageTest::bounds() {
    const Limits limits;
    const auto refused = [](const std::string& text, const char* why) {
        const auto document = parse(text);
        return !document && document.error().message.find(why) != std::string::npos;
    };
    const auto levels = static_cast<int>(limits.nesting);
    QVERIFY(parse(repeated("{a", levels) + repeated("}", levels)).has_value());
    QVERIFY(refused(repeated("{a", levels + 1) + repeated("}", levels + 1), "nested too deeply"));
    QVERIFY(refused("{a(b:" + repeated("[", 100'000), "too many tokens"));
    QVERIFY(refused("{a(b:" + repeated("[", 10'000), "nested too deeply"));
    QVERIFY(refused("{a(b:" + repeated("{c:", 5'000), "nested too deeply"));
    QVERIFY(refused("query($a:" + repeated("[", 10'000), "nested too deeply"));
    QVERIFY(refused("{" + repeated("a ", 20'000) + "}", "too many tokens"));
    QVERIFY(refused("#" + repeated("a", 256 * 1024), "too long"));
}

QTEST_GUILESS_MAIN(LanguageTest)
#include "tst_language.moc"
