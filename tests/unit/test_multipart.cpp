#include "models/api/multipart.h"

#include <QTest>

#include <random>

using namespace stepwell::api;

namespace {

const std::string type = "multipart/form-data; boundary=\"b 1\"";

std::string part(const std::string& disposition, const std::string& body, const std::string& more = {}) {
    return "--b 1\r\nContent-Disposition: form-data; " + disposition + "\r\n" + more + "\r\n" + body + "\r\n";
}

}  // namespace

class MultipartTest : public QObject {
    Q_OBJECT

  private slots:
    void readsPartsWithTheirNamesAndTypes() {
        const auto body = part("name=\"metadata\"", "{}") +
                          part("name=\"a;b.js\"; filename=\"a;b.js\"", "--b\r\nx",
                               "Content-Type: application/javascript+module; charset=utf-8\r\n") +
                          part("name=empty", "") + "--b 1--\r\n";
        const auto parts = parseMultipart(type, body);
        QVERIFY(parts.has_value());
        QCOMPARE(parts->size(), 3U);
        QCOMPARE((*parts)[0].name, std::string("metadata"));
        QVERIFY((*parts)[0].filename.empty());
        QCOMPARE((*parts)[0].body, "{}");
        QCOMPARE((*parts)[1].filename, std::string("a;b.js"));
        QCOMPARE((*parts)[1].contentType, std::string("application/javascript+module"));
        QCOMPARE((*parts)[1].body, "--b\r\nx");
        QCOMPARE((*parts)[2].body, "");
    }

    void decodesEscapedNames() {
        const auto parts =
            parseMultipart(type, part("name=\"a%22b%0Ac%41\"; filename=\"x\\\"y\\z\"", "1") + "--b 1--");
        QVERIFY(parts.has_value());
        QCOMPARE((*parts)[0].name, std::string("a\"b\nc%41"));
        QCOMPARE((*parts)[0].filename, std::string("x\"y\\z"));
    }

    void skipsAPreamble() {
        const auto parts = parseMultipart(type, "preamble\r\n" + part("name=a", "1") + "--b 1--");
        QVERIFY(parts.has_value());
        QCOMPARE(parts->size(), 1U);
    }

    void refusesWhatIsMalformed_data() {
        QTest::addColumn<QByteArray>("contentType");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char* name, const std::string& contentType, const std::string& body) {
            QTest::newRow(name) << QByteArray::fromStdString(contentType) << QByteArray::fromStdString(body);
        };
        row("other type", "application/json", "{}");
        row("no boundary", "multipart/form-data", part("name=a", "1"));
        row("long boundary", "multipart/form-data; boundary=" + std::string(71, 'x'), "");
        row("empty", type, "");
        row("boundary missing in body", type, "abc");
        row("no end", type, part("name=a", "1"));
        row("cut in head", type, "--b 1\r\nContent-Disposition: form-data; name=a\r\n");
        row("no name", type, part("filename=a", "1") + "--b 1--");
        row("header without colon", type, part("name=a", "1", "nonsense\r\n") + "--b 1--");
        row("junk after boundary", type, "--b 1junk\r\n\r\n\r\n--b 1--");
        row("huge head", type, part("name=a", "1", "X: " + std::string(9'000, 'x') + "\r\n") + "--b 1--");
        std::string headers;
        for (int i = 0; i < 20; ++i)
            headers += "X: 1\r\n";
        row("many headers", type, part("name=a", "1", headers) + "--b 1--");
        std::string many;
        for (int i = 0; i < 1'001; ++i)
            many += part("name=a", "1");
        row("many parts", type, many + "--b 1--");
    }
    void refusesWhatIsMalformed() {
        QFETCH(QByteArray, contentType);
        QFETCH(QByteArray, body);
        const auto parts = parseMultipart(contentType.toStdString(), body.toStdString());
        QVERIFY(!parts.has_value());
        QVERIFY(parts.error().http == 400 || parts.error().http == 415);
        QVERIFY(!parts.error().message.empty());
    }

    /// Damaged forms must end in an answer, whatever it is.
    void survivesRandomDamage() {
        std::mt19937 random(7);
        const auto whole =
            part("name=\"metadata\"", "{}") + part("name=\"x\"; filename=\"y\"", "abc") + "--b 1--\r\n";
        for (int round = 0; round < 20'000; ++round) {
            auto body = whole;
            for (int i = 0; i < 3; ++i) {
                const auto at = random() % body.size();
                if (random() % 2 == 0)
                    body[at] = static_cast<char>(random() % 256);
                else
                    body.erase(at, 1 + random() % 5);
            }
            const auto parts = parseMultipart(type, body);
            if (!parts) continue;
            for (const auto& item : *parts)
                QVERIFY(item.body.size() <= body.size());
        }
    }
};

QTEST_APPLESS_MAIN(MultipartTest)
#include "test_multipart.moc"
