#include "models/graphql/lexer.h"

#include <QtTest>

using namespace stepwell::graphql;

namespace {

QStringList wordsOf(const std::string& text) {
    QStringList words;
    for (const auto& token : lex(text))
        words.push_back(QString::fromStdString(std::string(token.in(text))));
    return words;
}

}  // namespace

class LexerTest : public QObject {
    Q_OBJECT
  private slots:
    void namesSignsAndStrings() {
        const std::string text =
            "query A($from: Time!) { a: b(x: -1.5e+3, s: \"q\\\"}\") @skip(if: true) ...F } # end";
        QCOMPARE(
            wordsOf(text),
            QStringList({"query", "A", "(",  "$from", ":",    "Time",    "!",   ")", "{",          "a",
                         ":",     "b", "(",  "x",     ":",    "-1.5e+3", "s",   ":", "\"q\\\"}\"", ")",
                         "@skip", "(", "if", ":",     "true", ")",       "...", "F", "}",          "# end"}));
        QCOMPARE(lex(text).at(3).kind, TokenKind::variable);
        QCOMPARE(lex(text).back().kind, TokenKind::comment);
    }

    void whatIsNotFinishedEndsWithItsLineOrTheText() {
        const std::string text = "a(s: \"open\n) b";
        const auto tokens = lex(text);
        QCOMPARE(tokens.at(4).in(text), std::string_view("\"open"));
        QVERIFY(!tokens.at(4).closed);
        QCOMPARE(tokens.at(5).in(text), std::string_view(")"));
        const std::string block = "\"\"\"many\nlines \\\"\"\" still";
        QCOMPARE(lex(block).size(), std::size_t(1));
        QVERIFY(!lex(block).front().closed);
        QVERIFY(lex(block + "\"\"\"").front().closed);
    }

    void anyBytesAreRead() {
        for (int seed = 0; seed < 2000; ++seed) {
            std::string text;
            quint32 state = quint32(seed) * 2654435761U + 1;
            for (int i = 0; i < 40; ++i) {
                state = state * 1664525U + 1013904223U;
                text += seed % 2 ? char(state >> 24) : "{}()[]\"\\.$@#!:a1-\n "[state % 20];
            }
            std::size_t end = 0;
            for (const auto& token : lex(text)) {
                QVERIFY(token.begin >= end && token.end > token.begin && token.end <= text.size());
                end = token.end;
            }
        }
    }

    void placesAreToldFromOne() {
        const std::string text = "ab\ncd\n";
        QCOMPARE(positionOf(text, 4), (Position{2, 2}));
        QCOMPARE(offsetOf(text, {2, 2}), std::size_t(4));
        QCOMPARE(offsetOf(text, {1, 99}), std::size_t(2));
        QCOMPARE(offsetOf(text, {99, 1}), text.size());
    }
};

QTEST_GUILESS_MAIN(LexerTest)
#include "tst_lexer.moc"
