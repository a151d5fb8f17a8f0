#include "tests/models/test_config_file.h"

#include "models/import/config_file.h"

#include <nlohmann/json.hpp>

#include <QtTest>

using namespace stepwell;
using nlohmann::json;

namespace {

json read(const std::string& text) {
    json result;
    const auto errors = parseJsonc(text, "f", result);
    return errors.empty() ? result : json(toText(errors.front()).toStdString());
}

}  // namespace

void ConfigFileTest::takesCommentsAndTrailingCommas() {
    QCOMPARE(read(R"({
        // a comment, with "quotes" and a comma,
        "a": [1, 2, /* , ] */ ], /* " */
        "b": {"c": 1,  // last,
        },
    })")
                 .dump(),
             std::string(R"({"a":[1,2],"b":{"c":1}})"));
}

void ConfigFileTest::keepsStringsAsTheyAre() {
    QCOMPARE(read(R"({"a":"x,]","b":"//no \",}","c":"/*","d":"*/","e":"\\"})").dump(),
             std::string(R"({"a":"x,]","b":"//no \",}","c":"/*","d":"*/","e":"\\"})"));
    const std::string commas = R"({"a":"1,}"/**/,/**/})";
    QCOMPARE(withoutTrailingCommas(commas), std::string(R"({"a":"1,}"/**/ /**/})"));
}

void ConfigFileTest::saysWhereJsonIsWrong() {
    json result;
    const auto errors = parseJsonc("{\n  // ä\n  \"ä\": 1 \"b\": 2\n}", "wrangler.jsonc", result);
    QCOMPARE(errors.size(), std::size_t{1});
    QCOMPARE(errors[0].file, QString("wrangler.jsonc"));
    QCOMPARE(errors[0].line, 3);
    QVERIFY2(errors[0].column >= 10 && errors[0].column <= 12, qPrintable(toText(errors[0])));
    QCOMPARE(errors[0].lineText, QString("\"ä\": 1 \"b\": 2"));
    QVERIFY2(errors[0].text.contains("expected"), qPrintable(errors[0].text));
    QCOMPARE(parseJsonc("", "f", result).size(), std::size_t{1});
}

void ConfigFileTest::saysWhereTomlIsWrong() {
    json result;
    const auto errors = parseToml("name = \"a\"\nmain = = 2\n", "wrangler.toml", result);
    QCOMPARE(errors.size(), std::size_t{1});
    QCOMPARE(errors[0].line, 2);
    QVERIFY(errors[0].column > 0);
    QCOMPARE(errors[0].lineText, QString("main = = 2"));
}

void ConfigFileTest::readsToml() {
    json result;
    const auto errors = parseToml(R"(
name = "a"
n = 3
f = 1.5
b = true
d = 2026-01-31
list = ["x", "y"]
[[workflows]]
binding = "W"
)",
                                  "wrangler.toml", result);
    QVERIFY(errors.empty());
    QCOMPARE(
        result.dump(),
        std::string(
            R"({"b":true,"d":"2026-01-31","f":1.5,"list":["x","y"],"n":3,"name":"a","workflows":[{"binding":"W"}]})"));
}

void ConfigFileTest::wantsAnObject() {
    json result;
    QCOMPARE(parseJsonc("[1]", "f", result).size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(ConfigFileTest)
