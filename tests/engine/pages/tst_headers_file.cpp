#include "app/engine/pages/headers_file.h"

#include <QTest>

using namespace stepwell::engine::pages;

namespace {

/// One word a rule: "/a name=value !removed".
std::string summaryOf(const HeadersFile& file) {
    std::string out;
    for (const auto& rule : file.rules) {
        out += rule.path;
        for (const auto& [name, value] : rule.set)
            out += ' ' + name + '=' + value;
        for (const auto& name : rule.removed)
            out += " !" + name;
        out += '\n';
    }
    return out;
}

/// Applied values of the headers in the rules of `text`: "name=value" in the order of the file.
std::string matchesOf(const std::string& text, const char* host, const char* path) {
    const HeaderRules rules(parseHeadersFile(text).rules);
    std::string out;
    for (const auto& match : rules.match(host, path))
        for (const auto& [name, value] : match.set)
            out += std::string(name) + '=' + value + '\n';
    return out;
}

}  // namespace

class HeadersFileTest : public QObject {
    Q_OBJECT

  private slots:
    void rules_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("rules");
        const auto add = [](const char* name, const char* text, const char* rules) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(rules);
        };
        add("one", "/a\n  Name: Value", "/a name=Value\n");
        add("spacing", "\n   # note\n\t/a  \r\n\r\nName  :   Value  \r\n\n# end\n", "/a name=Value\n");
        add("byte-order mark", "\xEF\xBB\xBF/a\n N: v", "/a n=v\n");
        add("name with a mark", "/a\n !Name: Value", "/a !name=Value\n");
        add("joined", "/a\n Set-Cookie: a=1\n Set-Cookie: b=2", "/a set-cookie=a=1, b=2\n");
        add("removal after set", "/a\n Name: Value\n ! Place", "/a name=Value !Place\n");
        add("removal only", "/a\n ! X-Y", "/a !X-Y\n");
        add("colon in value", "/a\n Link: </x.css>; rel=\"preload\"", "/a link=</x.css>; rel=\"preload\"\n");
        add("later block wins, in place", "/a\n A: 1\n/b\n B: 1\n/a\n C: 1", "/a c=1\n/b b=1\n");
        add("host", "https://example.com\n A: 1", "https://example.com/ a=1\n");
        add("host with slash is the same", "https://example.com\n A: 1\nhttps://example.com/\n B: 2",
            "https://example.com/ b=2\n");
        add("wild host", "https://*.pages.dev/:splat\n A: 1\n/blog/:splat\n B: 1", "/blog/:splat b=1\n");
        add("spaces", "/some page with spaces\n A: 1", "/some%20page%20with%20spaces a=1\n");
        add("marks", "/nons:/&@%+~{}ense\n A: 1", "/nons:/&@%+~%7B%7Dense a=1\n");
        add("backtick", "/://so;`me\n A: 1", "/://so;%60me a=1\n");
        add("query", "/a?b#c\n A: 1", "/a a=1\n");
        add("dots", "/a/./b/../c/%2e%2E/d\n A: 1", "/a/d a=1\n");
        add("dots at the end", "/a/b/..\n A: 1", "/a/ a=1\n");
        add("kept", "//yeah.com/a\\b|^[]\n A: 1", "//yeah.com/a\\b|^[] a=1\n");
        add("escapes stay", "/%c3%a9\n A: 1\n/\xC3\xA9\n A: 2", "/%c3%a9 a=1\n/%C3%A9 a=2\n");
        add("comment is part of a path", "/a # x\n A: 1", "/a%20 a=1\n");
        add("many slashes behind the scheme", "https:////example.com/x\n A: 1",
            "https://example.com/x a=1\n");
        add("latin", "/a\n A: caf\xC3\xA9", "/a a=caf\xC3\xA9\n");
        add("nothing", "", "");
    }
    void rules() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, rules);
        QCOMPARE(summaryOf(parseHeadersFile(text.toStdString())), rules.toStdString());
    }

    void complaints_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QByteArray>("rules");
        const auto add = [](const char* name, const char* text, int line, const char* reason,
                            const char* rules = "") {
            QTest::newRow(name) << QByteArray(text) << line << QByteArray(reason) << QByteArray(rules);
        };
        add("no pair", "/a\n I'm invalid!\n A: 1", 2, "Expected a colon-separated header pair", "/a a=1\n");
        add("removal without space", "/a\n !x-content-type\n A: 1", 2,
            "Expected a colon-separated header pair", "/a a=1\n");
        add("removal with value", "/a\n ! Content-Type: application/json\n A: 1", 2,
            "Header name cannot include spaces", "/a a=1\n");
        add("removal with two spaces", "/a\n !  X\n A: 1", 2, "No header can have this name", "/a a=1\n");
        add("text before a path", "hello", 1, "Expected a path beginning with");
        add("header before a path", "A: 1", 1, "Path should come before header (a: 1)");
        add("pair missing", "nah.com", 1, "Expected a path beginning with");
        add("name missing", "/a\n :\n A: 1", 2, "No header name specified", "/a a=1\n");
        add("value missing", "/a\n test:\n A: 1", 2, "No header value specified", "/a a=1\n");
        add("http", "http://nah.com/blog\n A: 1", 1, "URLs should either be relative");
        add("port", "https://nah.com:8080\n A: 1", 1, "Specifying ports is not supported");
        add("two stars", "https://*.pages.dev/*\n A: 1", 1, "Only one wildcard is allowed");
        add("two stars in a path", "/blog/*/posts/*\n A: 1", 1, "Only one wildcard is allowed");
        add("star and splat", "/blog/*/:splat\n A: 1\n B: 2", 1, "Cannot combine a wildcard");
        add("star and splat in a host", "https://*.pages.dev/:splat\n A: 1", 1, "Cannot combine a wildcard");
        add("no headers", "/a\n/b\n A: 1", 2, "No headers specified", "/b a=1\n");
        add("no headers at the end", "/a", 0, "No headers specified");
        add("bad name", "/a\n na(me: x\n A: 1", 2, "No header can have this name", "/a a=1\n");
        add("wide value", "/a\n X: \xE2\x82\xAC\n A: 1", 2, "up to U+00FF", "/a a=1\n");
        add("return in a value", "/a\n X: a\rb: c\n A: 1", 2, "control characters", "/a a=1\n");
        add("framing", "/a\n Content-Length: 5\n A: 1", 2, "set by the server", "/a a=1\n");
    }
    void complaints() {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(QByteArray, reason);
        QFETCH(QByteArray, rules);
        const auto file = parseHeadersFile(text.toStdString());
        QCOMPARE(file.invalid.size(), 1U);
        const auto& message = file.invalid.front();
        QCOMPARE(message.lineNumber.value_or(0), static_cast<std::size_t>(line));
        QVERIFY2(message.reason.find(reason.toStdString()) != std::string::npos, message.reason.c_str());
        QCOMPARE(summaryOf(file), rules.toStdString());
    }

    void aRuleWithoutHeadersIsNamedWithTheLineOfTheNext() {
        const auto file = parseHeadersFile("/a\n\n/b\n A: 1");
        QCOMPARE(file.invalid.front(), (RuleMessage{3, "/a", file.invalid.front().reason}));
    }

    void longLinesAreToldByNumber() {
        const auto file = parseHeadersFile("/a\n A: " + std::string(2000, 'x') +
                                           "\n B: 1\n C: " + std::string(1997, 'x') + '\n');
        QCOMPARE(file.invalid.size(), 1U);
        QCOMPARE(*file.invalid[0].lineNumber, 2U);
        QVERIFY(file.invalid[0].line.empty());
        QVERIFY(file.invalid[0].reason.starts_with("Ignoring line 2 as it exceeds"));
        QCOMPARE(file.rules[0].set.size(), 2U);
    }

    void lengthIsCountedInUnits() {
        std::string wide = "/a\n A: ";
        for (int i = 0; i < 1990; ++i)
            wide += "\xC3\xA9";
        QVERIFY(parseHeadersFile(wide).invalid.empty());
    }

    void theHundredAndFirstRuleStays() {
        std::string text;
        for (int i = 0; i < 150; ++i)
            text += "/a/" + std::to_string(i) + "\n N: " + std::to_string(i) + '\n';
        text += "# the end\n";
        const auto file = parseHeadersFile(text);
        QCOMPARE(file.rules.size(), 101U);
        QCOMPARE(file.rules.back().path, std::string("/a/100"));
        QCOMPARE(file.invalid.size(), 1U);
        QVERIFY(file.invalid[0].reason.find("Maximum number of rules supported is 100") != std::string::npos);
        QVERIFY(file.invalid[0].reason.find("remaining 100 lines") != std::string::npos);
    }

    void complaintsAreBounded() {
        std::string text;
        for (int i = 0; i < 5000; ++i)
            text += "nothing\n";
        QCOMPARE(parseHeadersFile(text).invalid.size(), 1001U);
    }

    void matching_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("values");
        int row = 0;
        const auto add = [&](const char* text, const char* host, const char* path, const char* values) {
            QTest::addRow("%d %s", ++row, path)
                << QByteArray(text) << QByteArray(host) << QByteArray(path) << QByteArray(values);
        };
        const char* nested = "/foo/test/*\n A: 1\n/foo/*\n B: :splat";
        add(nested, "h", "/foo/test/yes", "a=1\nb=test/yes\n");
        add(nested, "h", "/foo/test/", "a=1\nb=test/\n");
        add(nested, "h", "/foo/test", "b=test\n");
        add(nested, "h", "/foo/", "b=\n");
        add(nested, "h", "/foo", "");
        const char* hosts = "https://custom.domain/test\n A: 1\n/test\n B: 1";
        add(hosts, "custom.domain:123", "/test", "a=1\nb=1\n");
        add(hosts, "Custom.Domain", "/test", "a=1\nb=1\n");
        add(hosts, "other.domain", "/test", "b=1\n");
        add("//fake.host/actually-a-path\n A: 1", "any.host", "//fake.host/actually-a-path", "a=1\n");
        const char* parts = "https://:subdomain.pages.:tld/*\n A: :subdomain :tld :splat";
        add(parts, "my.pages.dev", "/magic", "a=my dev magic\n");
        add(parts, "next.my.pages.dev", "/magic", "");
        add("/m/:value\n Link: </:value.css>; rel=:value", "h", "/m/a", "link=</a.css>; rel=a\n");
        add("/m/:value\n X: :other :values", "h", "/m/a", "x=:other as\n");
        add("/a\n X: 1\n/a*\n Y: 1", "h", "/A", "");
        add("/:id/:id\n X: 1", "h", "/a/a", "");
        add("/:id/:idx\n X: 1", "h", "/a/b", "");
        add("/:a-:b\n X: :a+:b", "h", "/1-2-3", "x=1-2+3\n");
        add("/:a/*/end\n X: :a+:splat", "h", "/1/2/end/3/end", "x=1+2/end/3\n");
        add("/:a\n X: 1", "h", "/", "");
        add("/:a\n X: 1", "h", "/1/2", "");
        add("/p/:a\n X: :a", "h", "/p/%C3%A9", "x=%C3%A9\n");
        add("/static/*\n X-Robots-Tag: nosnippet\nhttps://myproject.pages.dev/*\n X-Robots-Tag: noindex",
            "myproject.pages.dev", "/static/styles.css", "x-robots-tag=nosnippet\nx-robots-tag=noindex\n");
    }
    void matching() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, values);
        QCOMPARE(matchesOf(text.toStdString(), host.constData(), path.constData()), values.toStdString());
    }

    void manyPlaceholdersTakeNoTimeToFail() {
        // A matcher that tries one division after the other would not come back.
        std::string path = "/", text = "/";
        for (int i = 0; i < 26; ++i)
            path += std::string(":") + static_cast<char>('a' + i) + "x";
        for (int i = 0; i < 8000; ++i)
            text += 'x';
        QCOMPARE(matchesOf(path + "Z\n A: 1", "h", (text + "Z").c_str()), std::string("a=1\n"));
        QCOMPARE(matchesOf(path + "Z\n A: 1", "h", (text + "/Z").c_str()), std::string());
    }

    void fillingIsBounded() {
        std::string text = "/:a/:b\n X: ";
        for (int i = 0; i < 500; ++i)
            text += ":a";
        std::string path = "/";
        for (int i = 0; i < 2000; ++i)
            path += ":b";
        QCOMPARE(matchesOf(text + "\n Y: 1", "h", (path + "/" + std::string(2000, 'x')).c_str()),
                 std::string("y=1\n"));
    }
};

QTEST_APPLESS_MAIN(HeadersFileTest)
#include "tst_headers_file.moc"
