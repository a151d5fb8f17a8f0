#include "app/engine/api/body.h"
#include "app/engine/api/pages_body.h"
#include "app/engine/api/pages_lists.h"
#include "app/engine/api/query.h"
#include "app/engine/api/unique.h"
#include "app/engine/api/values.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <set>

using namespace stepwell::engine;
using namespace stepwell::engine::rest;

class BodyTest : public QObject {
    Q_OBJECT

  private slots:
    void minifiedKeepsOrderNumbersAndStrings() {
        QCOMPARE(minified(" { \"b\" : 1.50 ,\n\"a\" : \" x \\\" y \" , \"n\":123456789012345678901 }\r\n"),
                 std::string("{\"b\":1.50,\"a\":\" x \\\" y \",\"n\":123456789012345678901}"));
    }

    void membersAreSlices() {
        const std::string text =
            " {\"a\" : [1, {\"b\": \"]}\"}] , \"c\\u0064\":\"x\\\"}\" , \"n\": -1.5e3 , \"e\":{} } ";
        const auto members = membersOf(text, "it");
        QVERIFY(members.has_value());
        QCOMPARE(members->size(), 4U);
        QCOMPARE(member(*members, "a").value_or(""), "[1, {\"b\": \"]}\"}]");
        QCOMPARE(member(*members, "cd").value_or(""), "\"x\\\"}\"");
        QCOMPARE(member(*members, "n").value_or(""), "-1.5e3");
        QCOMPARE(member(*members, "e").value_or(""), "{}");
        QVERIFY(membersOf("{}", "it")->empty());
    }

    void whatIsNotJsonIsRefusedWithAPlace() {
        for (const auto* text : {"", "{", "{\"a\":}", "[1,]", "nul", "{\"a\":1}x", "\"\xFF\""}) {
            const auto checked = checkJson(text, "The body");
            QVERIFY2(!checked.has_value(), text);
            QCOMPARE(checked.error().http, 400);
            QCOMPARE(checked.error().code, 10002);
            QVERIFY(checked.error().message.find("The body") == 0);
        }
        QVERIFY(checkJson("{\"a\":\n  x}", "it").error().message.find("line 2") != std::string::npos);
    }

    void depthIsBounded() {
        const std::string fine = std::string(500, '[') + std::string(500, ']');
        const std::string deep = std::string(500000, '[') + std::string(500000, ']');
        QVERIFY(checkJson(fine, "it").has_value());
        QVERIFY(!checkJson(deep, "it").has_value());
        QVERIFY(checkJson('"' + std::string(1000, '[') + '"', "it").has_value());
    }

    void cursorsComeBack() {
        http::Request request;
        request.query = {{"cursor", cursorOf(1234567890123)}};
        QCOMPARE(cursorQuery(request)->value_or(0), 1234567890123);
        for (const auto* bad : {"x", "a+b", "MTIz", "!!!"}) {
            request.query = {{"cursor", bad}};
            QVERIFY(!cursorQuery(request).has_value());
        }
    }

    void valuesOfTheDriver() {
        QCOMPARE(shownJson("", "j{\"a\":1}").value_or(""), R"({"a":1})");
        QCOMPARE(shownJson("\"[Uint8Array(3 bytes)]\"", "d[1]").value_or(""), "\"[Uint8Array(3 bytes)]\"");
        QVERIFY(!shownJson("", "u").has_value());
        QVERIFY(!shownJson("", "").has_value());
    }

    void longOutputsAreCutBetweenCharacters() {
        std::string value = "j\"";
        for (int i = 0; i < 2000; ++i)
            value += "\xE2\x82\xAC";
        value += '"';
        http::JsonWriter json;
        json.object();
        QVERIFY(writeCutOutput(json, {}, value));
        json.endObject();
        const auto output = nlohmann::json::parse(json.take())["output"].get<std::string>();
        QCOMPARE(output.size(), 1 + 1023 * 3 + std::string("[truncated output]").size());
        QVERIFY(output.rfind("[truncated output]") != std::string::npos);
    }

    void listsOfEveryFormMeanTheSame() {
        const std::string one(32, 'a'), two(32, 'b');
        const auto plain = "{\"hashes\":[\"" + one + "\", \"" + two + "\"]}\n";
        QVERIFY(plainHashes(plain) == std::vector({one, two}));
        for (const auto& text : {"{\"more\":1,\"hashes\":[\"" + one + "\",\"" + two + "\"]}",
                                 "{\"\\u0068ashes\":[\"" + one + "\",\"" + two + "\"]}"}) {
            QVERIFY(!plainHashes(text));
            QVERIFY(readHashes(text).value() == std::vector({one, two}));
        }
        for (const auto* text :
             {"{\"hashes\":[]}x", "{\"hashes\":[\"short\"]}", "{\"hashes\":[\"", "{\"hashes\":[1]}"}) {
            QVERIFY2(!plainHashes(text), text);
            QVERIFY2(!readHashes(text).has_value(), text);
        }
        QVERIFY(readHashes("{\"hashes\":[]}").value().empty());
    }

    void manifestsAreSortedAndTheLastOfAPathCounts() {
        const std::string one(32, 'a'), two(32, 'b');
        const auto manifestOf = [](const std::string& manifest, std::int64_t most) {
            http::Request request;
            request.contentType = "multipart/form-data; boundary=x";
            request.body = "--x\r\nContent-Disposition: form-data; name=\"manifest\"\r\n\r\n" + manifest +
                           "\r\n--x--\r\n";
            return readNewDeployment(request, most);
        };
        const std::vector<pages::ManifestEntry> wanted{{"/a", two}, {"/b", one}};
        const auto entry = [](const char* path, const std::string& key) {
            return '"' + std::string(path) + "\":\"" + key + '"';
        };
        const auto plain = '{' + entry("/b", one) + ',' + entry("/a", one) + ',' + entry("/a", two) + '}';
        QVERIFY(plainManifest(plain));
        const auto loose = '{' + entry("b", one) + ',' + entry("/\\u0061", two) + '}';
        QVERIFY(!plainManifest(loose));
        for (const auto& text : {plain, loose}) {
            QVERIFY(manifestOf(text, 2).value().manifest == wanted);
            QVERIFY(manifestOf(text, 1).error().message.find("at most 1") != std::string::npos);
        }
        QVERIFY(manifestOf("{}", 1).value().manifest.empty());
        QVERIFY(!manifestOf('{' + entry("/a", "x") + '}', 1).has_value());
        QVERIFY(!manifestOf('{' + entry(("/" + std::string(5'000, 'x')).c_str(), one) + '}', 1).has_value());
    }

    void uuidsAreOfVersion4AndDiffer() {
        std::set<std::string> seen;
        for (int i = 0; i < 100; ++i) {
            const auto uuid = newUuid();
            QCOMPARE(uuid.size(), 36U);
            QCOMPARE(uuid[14], '4');
            QVERIFY(seen.insert(uuid).second);
        }
        QCOMPARE(sha256("abc"),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }
};

QTEST_APPLESS_MAIN(BodyTest)
#include "tst_body.moc"
