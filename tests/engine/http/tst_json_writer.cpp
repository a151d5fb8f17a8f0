#include "app/engine/http/envelope.h"
#include "app/engine/http/json_writer.h"
#include "app/engine/http/text.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <limits>

using namespace stepwell::engine::http;

class JsonWriterTest : public QObject {
    Q_OBJECT

  private slots:
    void separatesMembersAndElements() {
        JsonWriter json;
        json.object().text("a", "x").number("b", -5).flag("c", true).null("d").array("e");
        json.number(1).text("two").object().endObject().array().endArray().endArray();
        json.object("f").real("g", 0.5).endObject().raw("h", "[1]").endObject();
        QCOMPARE(
            json.take(),
            std::string(R"({"a":"x","b":-5,"c":true,"d":null,"e":[1,"two",{},[]],"f":{"g":0.5},"h":[1]})"));
    }

    void textThatEndsLikeAnOpeningDoesNotConfuseIt() {
        JsonWriter json;
        json.object().text("a", "{").text("b", ":").text("c", "[").endObject();
        QVERIFY(nlohmann::json::accept(json.take()));
    }

    void everyTextComesBackAsItWas() {
        std::string all;
        for (int c = 1; c < 128; ++c)
            all += static_cast<char>(c);
        all += "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
        JsonWriter json;
        json.object().text("t", all).endObject();
        QCOMPARE(nlohmann::json::parse(json.take())["t"].get<std::string>(), all);
    }

    void bytesThatAreNotUtf8AreReplaced() {
        JsonWriter json;
        json.array().text("a\xFF\xC0\xAF\xED\xA0\x80z").endArray();
        const auto parsed = nlohmann::json::parse(json.take());
        const auto text = parsed[0].get<std::string>();
        QVERIFY(text.front() == 'a' && text.back() == 'z');
    }

    void notFiniteIsNull() {
        JsonWriter json;
        json.object().real("a", std::numeric_limits<double>::infinity()).endObject();
        QCOMPARE(json.take(), std::string(R"({"a":null})"));
    }

    void cutsBetweenCharacters() {
        QCOMPARE(firstCharacters("a\xE2\x82\xAC"
                                 "b",
                                 2),
                 "a\xE2\x82\xAC");
        QCOMPARE(firstCharacters("ab", 5), "ab");
        QCOMPARE(firstCharacters("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 1), "\xF0\x9F\x98\x80");
    }

    void envelopes() {
        const auto good = success([](JsonWriter& json) { json.array().endArray(); }, {0, 10, 21, 3, "abc"});
        const auto parsed = nlohmann::json::parse(good.body);
        QVERIFY(parsed["success"].get<bool>());
        QCOMPARE(parsed["result_info"]["total_pages"].get<int>(), 3);
        QCOMPARE(parsed["result_info"]["cursor"].get<std::string>(), std::string("abc"));
        const auto bad = failure({409, 10402, "no \"way\""});
        QCOMPARE(bad.status, 409);
        const auto error = nlohmann::json::parse(bad.body);
        QVERIFY(!error["success"].get<bool>() && error["result"].is_null());
        QCOMPARE(error["errors"][0]["code"].get<int>(), 10402);
    }

    void base64Url() {
        for (const std::string text : {"", "k", "k1", "k12", "k123", "\xFF\xFE"}) {
            const auto decoded = fromBase64Url(toBase64Url(text));
            QVERIFY(decoded && *decoded == text);
        }
        QVERIFY(!fromBase64Url("a+b"));
    }
};

QTEST_APPLESS_MAIN(JsonWriterTest)
#include "tst_json_writer.moc"
