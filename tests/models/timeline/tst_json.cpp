#include "tests/models/timeline/tst_json.h"

#include "models/json/json_lines.h"

#include <QTest>

using namespace stepwell::json;

namespace {

Lines linesOf(const std::string& text) {
    Lines lines;
    lines.setDocument(std::make_shared<const Document>(*Document::parse(text)));
    return lines;
}

QString textOf(const Lines& lines) {
    QStringList all;
    for (int row = 0; row < lines.count(); ++row)
        all << lines.text(row);
    return all.join(QLatin1Char('\n'));
}

}  // namespace

void Json::keepsOrderAndDigits() {
    const auto lines =
        linesOf(R"({"z":1.50,"a":[12345678901234567890,1e400,-0],"z":"\u00e9\n","e":{},"f":[]})");
    QCOMPARE(
        textOf(lines),
        QStringLiteral("{\n  \"z\": 1.50,\n  \"a\": [\n    12345678901234567890,\n    1e400,\n    -0\n  ],\n"
                       "  \"z\": \"\\u00e9\\n\",\n  \"e\": {},\n  \"f\": []\n}"));
}

void Json::refusesWhatIsNoJson_data() {
    QTest::addColumn<QByteArray>("text");
    for (const char* text :
         {"", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", "+1", "nul", "\"a", "\"\\x\"", "\"\\u12\"",
          "[1] 2", "{\"a\" 1}", "[1 2]", "]", "[}", "\"a\nb\"", "{\"output\":\"xx[truncated output]"})
        QTest::newRow(text) << QByteArray(text);
}
void Json::refusesWhatIsNoJson() {
    QFETCH(QByteArray, text);
    const auto document = Document::parse(text.toStdString());
    QVERIFY(!document);
    QVERIFY(document.error().message.find("line") != std::string::npos);
}

void Json::deepNestingIsRefusedNotFatal() {
    QVERIFY(Document::parse(std::string(900, '[') + std::string(900, ']')));
    QVERIFY(!Document::parse(std::string(100'000, '[')));
}

void Json::pathsAndCopies() {
    auto lines = linesOf(R"({"items":[{"name":"a\"b","odd key":[true,null]}]})");
    QCOMPARE(lines.copyPath(3), "$.items[0].name");
    QCOMPARE(lines.copyValue(3), "a\"b");
    QCOMPARE(lines.copyPath(5), "$.items[0][\"odd key\"][0]");
    QCOMPARE(lines.copyValue(4), "[\n  true,\n  null\n]");
    QCOMPARE(lines.copyAll(), textOf(lines));
}

void Json::foldingHidesAndCounts() {
    auto lines = linesOf(R"({"a":[1,2,3],"b":2})");
    QCOMPARE(lines.count(), 8);
    lines.setFolded(1, true);
    QCOMPARE(textOf(lines), QStringLiteral("{\n  \"a\": […],  3 elements\n  \"b\": 2\n}"));
    QVERIFY(lines.isFolded(1));
    lines.setFolded(1, false);
    QCOMPARE(lines.count(), 8);
    lines.foldAll(true);
    QCOMPARE(lines.count(), 4);
}

void Json::searchFindsKeysAndValuesAndUnfolds() {
    auto lines = linesOf(R"({"list":[{"City":"Rome"},{"other":"a city"}],"n":17})");
    const auto found = lines.find("city");
    QCOMPARE(found.size(), std::size_t(2));
    lines.foldAll(true);
    const int row = lines.reveal(found[1]);
    QVERIFY(lines.text(row).contains("a city"));
    QCOMPARE(lines.find("17").size(), std::size_t(1));
    QVERIFY(lines.find("").empty());
}

void Json::largeDocumentsStartFolded() {
    std::string text = "[";
    for (int i = 0; i < 20'000; ++i)
        text += (i > 0 ? "," : "") + std::string(R"({"id":)") + std::to_string(i) + R"(,"tags":["x","y"]})";
    auto lines = linesOf(text + "]");
    QCOMPARE(lines.count(), 20'000 * 4 + 2);  // two levels
    lines.foldAll(true);
    QCOMPARE(lines.count(), 20'002);
}

void Json::plainTextIsBrokenAtTheWidth() {
    Lines lines;
    lines.setPlain(QString(100, QLatin1Char('x')) + "\nend", 40);
    QVERIFY(!lines.isJson());
    QCOMPARE(lines.count(), 4);
    QCOMPARE(lines.copyAll(), QString(100, QLatin1Char('x')) + "\nend");
}

void Json::escapesAndShortForms() {
    QCOMPARE(unescape(R"("\ud83d\ude00\/\t")"), std::string("\xF0\x9F\x98\x80/\t"));
    QCOMPARE(unescape(R"("\ud83d")"), std::string("\xEF\xBF\xBD"));
    QCOMPARE(oneLine(R"({"a":1,"b":[]})", 90), std::string(R"({ "a": 1, "b": [] })"));
    QVERIFY(oneLine("\"" + std::string(500, 'x') + "\"", 20).size() < 30);
    QCOMPARE(indented("no json"), std::string("no json"));
}
QTEST_GUILESS_MAIN(Json)
