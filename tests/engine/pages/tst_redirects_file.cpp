#include "app/engine/pages/location.h"
#include "app/engine/pages/redirects_file.h"

#include <QTest>

using namespace stepwell::engine::pages;

namespace {

std::string linesOf(const std::vector<RedirectRule>& rules) {
    std::string out;
    for (const auto& rule : rules)
        out += std::to_string(rule.lineNumber) + ' ' + rule.from + ' ' + rule.to + ' ' +
               std::to_string(rule.status) + '\n';
    return out;
}

std::string summaryOf(const RedirectsFile& file) {
    return linesOf(file.staticRules) + "--\n" + linesOf(file.dynamicRules);
}

std::string numbered(const char* prefix, int from, int count, const char* target) {
    std::string text;
    for (int i = from; i < from + count; ++i)
        text += prefix + std::to_string(i) + target;
    return text;
}

/// Location that a file of rules gives a request; empty when no rule matches.
std::string locationOf(const std::string& rules, const char* scheme, const char* host, const char* target) {
    const RedirectRules compiled(parseRedirectsFile(rules));
    const auto url = requestUrl(scheme, host, target);
    const auto match = compiled.match(host, url.path);
    if (!match) return {};
    const auto destination = destinationOf(*match, url);
    return destination ? destination->location : "broken";
}

}  // namespace

class RedirectsFileTest : public QObject {
    Q_OBJECT

  private slots:
    void rules_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("rules");
        const auto add = [](const char* text, const char* rules) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(rules);
        };
        add("", "--\n");
        add("/a /b", "1 /a /b 302\n--\n");
        add("# note\n\n  /a\t/b   301  \r\n", "3 /a /b 301\n--\n");
        add("\xEF\xBB\xBF/a\xC2\xA0/b", "1 /a /b 302\n--\n");
        add("/a /b?query=string\n/c?this=rejected /d 301\n/ext "
            "https://some.domain:1234/route?q=string#anchor",
            "1 /a /b?query=string 302\n2 /c /d 301\n3 /ext https://some.domain:1234/route?q=string#anchor "
            "302\n--\n");
        add("/a /b##blah-1\n/b https://example.com/b##blah-1",
            "1 /a /b##blah-1 302\n2 /b https://example.com/b##blah-1 302\n--\n");
        add("/a /b 301 # note\n/b /b#section 301 # note\n/c /b 301 #x\n/d /b #",
            "1 /a /b 301\n2 /b /b#section 301\n3 /c /b 301\n4 /d /b 302\n--\n");
        add("yeah.com https://nah.com", "1 /yeah.com https://nah.com/ 302\n--\n");
        add("/a /b 200", "1 /a /b 200\n--\n");
        add("/a /a", "1 /a /a 302\n--\n");
        add("/1 /b 301.0\n/2 /b +301\n/3 /b 0x12d\n/4 /b 3.01e2\n/5 /b 0307\n/6 /b 0b100101101",
            "1 /1 /b 301\n2 /2 /b 301\n3 /3 /b 301\n4 /4 /b 301\n5 /5 /b 307\n6 /6 /b 301\n--\n");
        add("/home /\n/blog/* /:splat\n/blog/:year/:month /x\n/foo /bar",
            "1 /home / 302\n--\n2 /blog/* /:splat 302\n3 /blog/:year/:month /x 302\n4 /foo /bar 302\n");
        add("/x /index.html\n/* https://other/index.html\n/y/* /foo 200",
            "1 /x /index.html 302\n--\n2 /* https://other/index.html 302\n3 /y/* /foo 200\n");
        add("/\xC3\xA9 /\xC3\xBC?\xC3\xBC#\xC3\xBC", "1 /%C3%A9 /%C3%BC?%C3%BC#%C3%BC 302\n--\n");
        add("/a //b", "1 /a //b 302\n--\n");
        add("/a https://b.example//c//d", "1 /a https://b.example/c//d 302\n--\n");
        add("/a https://Example.com#x", "1 /a https://Example.com#x/ 302\n--\n");
    }
    void rules() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, rules);
        const auto file = parseRedirectsFile(text.toStdString());
        QCOMPARE(summaryOf(file), rules.toStdString());
        QVERIFY(file.invalid.empty());
    }

    void complaints_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<QByteArray>("reason");
        const auto add = [](const char* text, int line, const char* reason) {
            QTest::newRow(text) << QByteArray(text) << line << QByteArray(reason);
        };
        add("/c", 1, "Expected exactly 2 or 3 whitespace-separated tokens. Got 1.");
        add("/d /e 302 !important", 1, "Expected exactly 2 or 3 whitespace-separated tokens. Got 4.");
        add("/c /d 418", 1, "Valid status codes are");
        add("/c /d 301x", 1, "Valid status codes are");
        add("/c /d 301.5", 1, "Valid status codes are");
        add("/c /d -301", 1, "Valid status codes are");
        add("/c /d +-301", 1, "Valid status codes are");
        add("/c /d +0x12d", 1, "Valid status codes are");
        add("/c /d NaN", 1, "Valid status codes are");
        add("/c /d Infinity", 1, "Valid status codes are");
        add("/c /d inf", 1, "Valid status codes are");
        add("/a /b\n/b /a\n/a /c", 3, "Ignoring duplicate rule for path /a");
        add("https://yeah.com https://nah.com", 1, "Only relative URLs are allowed");
        add("/a http://nah.com", 1, "URLs should either be relative");
        add("/a mailto:me@nah.com", 1, "URLs should either be relative");
        add("/a https://example.com/b 200", 1, "Proxy (200) redirects can only point to relative paths");
        add("/* /index.html 200", 1, "Infinite loop detected");
        add("/* /index 200", 1, "Infinite loop detected");
        add("/ /index.html", 1, "Infinite loop detected");
        add("/ /index", 1, "Infinite loop detected");
        add("/app/* /app/index.html 200", 1, "Infinite loop detected");
    }
    void complaints() {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(QByteArray, reason);
        const auto file = parseRedirectsFile(text.toStdString());
        QCOMPARE(file.invalid.size(), 1U);
        QCOMPARE(*file.invalid[0].lineNumber, static_cast<std::size_t>(line));
        QVERIFY2(file.invalid[0].reason.starts_with(reason.toStdString()), file.invalid[0].reason.c_str());
        QCOMPARE(file.staticRules.size() + file.dynamicRules.size(), static_cast<std::size_t>(line - 1));
    }

    void aRefusedProxyTakesItsPathWithIt() {
        auto file = parseRedirectsFile("/a https://x.example/ 200\n/a /b");
        QCOMPARE(file.invalid.size(), 2U);
        QVERIFY(file.staticRules.empty());
        file = parseRedirectsFile("/a /b 418\n/a /b\n/x/ /index\n/x/ /b");
        QCOMPARE(file.invalid.size(), 2U);
        QCOMPARE(file.staticRules.size(), 2U);
    }

    void longLinesAreToldByNumber() {
        const auto file =
            parseRedirectsFile("/a /" + std::string(2000, 'b') + "\n/c /" + std::string(1996, 'd'));
        QCOMPARE(file.invalid.size(), 1U);
        QVERIFY(file.invalid[0].reason.starts_with("Ignoring line 1 as it exceeds"));
        QCOMPARE(file.staticRules.size(), 1U);
    }

    void limits() {
        auto file = parseRedirectsFile(numbered("/a/*/", 0, 150, " /b\n"));
        QCOMPARE(file.dynamicRules.size(), 100U);
        QCOMPARE(file.invalid.size(), 1U);
        QVERIFY(file.invalid[0].reason.starts_with("Maximum number of dynamic rules supported is 100"));
        QVERIFY(file.invalid[0].reason.find("remaining 51 lines") != std::string::npos);

        file = parseRedirectsFile(numbered("/a/", 0, 2050, " /b\n"));
        QCOMPARE(file.staticRules.size(), 2000U);
        QCOMPARE(file.invalid.size(), 50U);
        QVERIFY(file.invalid[0].reason.starts_with("Maximum number of static rules"));

        file = parseRedirectsFile(numbered("/a/", 0, 2050, " /b\n") + numbered("/a/*/", 0, 150, " /b\n"));
        QCOMPARE(file.staticRules.size(), 2000U);
        QCOMPARE(file.dynamicRules.size(), 100U);
        QCOMPARE(file.invalid.size(), 51U);
    }

    void wrongLinesCount() {
        const auto file = parseRedirectsFile(numbered("/a/*/", 0, 100, " /b 418\n") + "/b/* /c\n");
        QVERIFY(file.dynamicRules.empty());
        QCOMPARE(file.invalid.size(), 101U);
    }

    void aDynamicLineThatIsRefusedLeavesTheNextStatic() {
        const auto file = parseRedirectsFile("/* /index.html 200\n/c /d");
        QCOMPARE(file.staticRules.size(), 1U);
        QVERIFY(file.dynamicRules.empty() && file.notes.empty());
    }

    void aStaticRuleBehindADynamicOneIsNoted() {
        const auto file = parseRedirectsFile("/a/* /b\n/c /d");
        QVERIFY(file.invalid.empty());
        QCOMPARE(file.notes.size(), 1U);
        QCOMPARE(*file.notes[0].lineNumber, 2U);
    }

    void locations_data() {
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("location");
        QTest::addColumn<QByteArray>("host");
        int row = 0;
        const auto add = [&](const char* rules, const char* target, const char* location,
                             const char* host = "h.example") {
            QTest::addRow("%d %s", ++row, target)
                << QByteArray(rules) << QByteArray(target) << QByteArray(location) << QByteArray(host);
        };
        add("/ /home 301", "/?sort=price", "/home?sort=price");
        add("/recent /home?sort=updated_at 301", "/recent?other=query", "/home?sort=updated_at");
        add("/blog/* https://blog.example.com/:splat 301", "/blog/a-blog-posting",
            "https://blog.example.com/a-blog-posting");
        add("/products/:code/:name/* /products?junk=:splat&name=:name&code=:code 301",
            "/products/abba_562/tricycle/123abc@~!", "/products?junk=123abc@~!&name=tricycle&code=abba_562");
        add("/bar https://foo.com/##heading-7 301", "/bar", "/##heading-7", "foo.com");
        add("/bar https://foo.com/##heading-7 301", "/bar", "https://foo.com/##heading-7");
        add("/bar https://foobar.com/#heading 301", "/bar?test=abc", "https://foobar.com/?test=abc#heading");
        add("/r /about 308", "/r?x=1", "/about?x=1");
        add("/p /%2fwww.example.com/ 308", "/p", "/%2fwww.example.com/");
        add("/some%20page /home", "/some%20page", "/home");
        add("/some%20page /home", "/some page", "/home");
        // where query and fragment go
        add("/a /b?x=1", "/a", "/b?x=1");
        add("/a /b#f", "/a?x=1", "/b?x=1#f");
        add("/a /b?y=2#f", "/a?x=1", "/b?y=2#f");
        add("/a /b#f?y=2", "/a?x=1", "/b?x=1#f?y=2");
        add("/a https://foobar.com/#def?test=abc", "/a", "https://foobar.com/#def?test=abc");
        add("/a https://foobar.com/b?y=2", "/a?x=1", "https://foobar.com/b?y=2");
        add("/a https://foobar.com/b?y=2#f", "/a?x=1", "https://foobar.com/b?y=2#f");
        add("/a https://h.example/b", "/a?x=1", "/b?x=1");
        add("/a https://h.example:443/b", "/a", "/b");
        add("/a https://h.example:8443/b", "/a", "https://h.example:8443/b");
        add("/a https://me:pw@other.example/b", "/a", "https://me:pw@other.example/b");
        add("/a https://Other.Example/B", "/a", "https://other.example/B");
        // slashes
        add("/go/* /:splat", "/go//evil.example/x", "/evil.example/x");
        add("/go/* /:splat", "/go/%2Fevil.example", "/%2Fevil.example");
        add("/go/* /:splat", "/go/\\evil.example/x", "/evil.example/x");
        add("/go/* /x/:splat?u=//a", "/go//b", "/x/b?u=//a");
        add("/go/* https://h.example/:splat", "/go//evil.example/x", "https://h.example//evil.example/x");
        add("/s /a//b", "/s", "/a//b");
        add("/s //other.example/b", "/s", "https://other.example/b");
        add("/go/* //other.example/:splat", "/go//b", "https://other.example//b");
        // matching
        add("/a /b", "/a/", "");
        add("/a /b", "/A", "");
        add("/blog/* /x", "/blog", "");
        add("/blog/* /x", "/blog/", "/x");
        add("/*/a/* /x", "/1/a/2", "");
        add("/a/* /first\n/a/b /second", "/a/b", "/first");
        add("/a/b /first\n/a/* /second", "/a/b", "/first");
        add("/a /../b/./c", "/a", "/b/c");
        add("/d/* /:splat", "/d/$$x", "/$x");
        add("/u/:a/:b /:b/:a/:c", "/u/1/2", "/2/1/:c");
        add("/\xC3\xA9 /e", "/%C3%A9", "/e");
        add("/\xC3\xA9 /e", "/\xC3\xA9", "/e");
        add("/\xC3\xA9 /e", "/%c3%a9", "");
        add("/a https://exa<mple/", "/a", "broken");
        add("/a https://example.com:99999/", "/a", "broken");
    }
    void locations() {
        QFETCH(QByteArray, rules);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, location);
        QFETCH(QByteArray, host);
        QCOMPARE(locationOf(rules.toStdString(), "https", host.constData(), target.constData()),
                 location.toStdString());
    }

    void theSchemeCounts() {
        QCOMPARE(locationOf("/a https://h.example/b", "http", "h.example", "/a"),
                 std::string("https://h.example/b"));
        QCOMPARE(locationOf("/a //other.example/b", "http", "h.example:8790", "/a"),
                 std::string("http://other.example/b"));
    }

    void rulesOfOneHost() {
        // The parser makes none of these, yet a deployment may bring them.
        const RedirectRules rules(
            {{"https://fakehost/home", "/here", 302, 1}, {"/home", "/anywhere", 302, 2}}, {});
        QCOMPARE(rules.match("fakehost", "/home")->target, std::string("/here"));
        QCOMPARE(rules.match("other", "/home")->target, std::string("/anywhere"));
        const RedirectRules later(
            {{"/home", "/anywhere", 302, 1}, {"https://fakehost/home", "/here", 302, 2}}, {});
        QCOMPARE(later.match("fakehost", "/home")->target, std::string("/anywhere"));
        const RedirectRules dynamic({}, {{"https://:name.example/*", "/:name/:splat", 302, 1}});
        QCOMPARE(dynamic.match("a.example:80", "/b")->target, std::string("/a/b"));
    }

    void urlsSeenFromAPage() {
        QCOMPARE(*absoluteUrl("../other.js", "http://h/subdir/"), std::string("http://h/other.js"));
        QCOMPARE(*absoluteUrl("module.js", "http://h/subdir/page"), std::string("http://h/subdir/module.js"));
        QCOMPARE(*absoluteUrl("//x.example/a", "https://h/"), std::string("https://x.example/a"));
        QCOMPARE(*absoluteUrl("http://x.example", "https://h/"), std::string("http://x.example/"));
        QCOMPARE(*absoluteUrl("?q", "https://h/a?b"), std::string("https://h/a?q"));
        QVERIFY(!absoluteUrl("javascript:alert(1)", "https://h/"));
        QVERIFY(!absoluteUrl("a", "nowhere"));
    }
};

QTEST_APPLESS_MAIN(RedirectsFileTest)
#include "tst_redirects_file.moc"
