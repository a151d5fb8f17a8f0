#include "app/engine/pages/early_hints.h"
#include "site_rig.h"

#include <QTest>

using namespace stepwell::engine::pages;

namespace {

const std::string common =
    "access-control-allow-origin: *\nreferrer-policy: strict-origin-when-cross-origin\n";

std::string tagOf(const MapManifest& manifest, const char* path) {
    return '"' + manifest.find(path)->key.hex() + '"';
}

/// What is known of each page's links, by hand.
class Links : public KnownLinks {
  public:
    std::optional<std::string> linkOf(const stepwell::api::AssetKey& key) const override {
        const auto found = known.find(key.hex());
        return found == known.end() ? std::nullopt : std::optional(found->second);
    }
    std::map<std::string, std::string> known;
};

}  // namespace

class AssetHeadersTest : public QObject {
    Q_OBJECT

  private slots:
    void ofAnAsset() {
        SiteRig rig({"/a.html", "/404.html"});
        rig.site.strict = true;
        const auto tag = tagOf(rig.manifest, "/a.html");
        QCOMPARE(rig.headers("/a"),
                 "access-control-allow-origin: *\ncache-control: public, max-age=0, must-revalidate\n"
                 "content-type: text/html; charset=utf-8\netag: " +
                     tag +
                     "\nreferrer-policy: strict-origin-when-cross-origin\nx-content-type-options: nosniff\n");
        rig.request.authorized = true;
        QVERIFY(!headerOf(rig.get("/a").headers, "Cache-Control"));
        rig.request.authorized = false;
        rig.request.range = "bytes=0-1";
        const auto answer = rig.get("/a");
        QVERIFY(!headerOf(answer.headers, "Cache-Control"));
        QVERIFY(!headerOf(answer.headers, "Accept-Ranges"));
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.length, answer.asset->size);
    }

    void ofAnUploadedTypeThatWouldBreakThem() {
        SiteRig rig({"/a"});
        for (const auto* type : {"text/html\r\nSet-Cookie: a=1", ""}) {
            rig.manifest.add("/a").contentType = type;
            QCOMPARE(*headerOf(rig.get("/a").headers, "Content-Type"),
                     std::string_view("application/octet-stream"));
        }
    }

    void onAPreviewHost() {
        SiteRig rig({"/a.html", "/404.html"}, "/r /a",
                    "/open/*\n ! X-Robots-Tag\n/other\n X-Robots-Tag: none");
        rig.site.preview = true;
        rig.manifest.add("/open/a.txt");
        rig.manifest.add("/other");
        QCOMPARE(*headerOf(rig.get("/a").headers, "X-Robots-Tag"), std::string_view("noindex"));
        QVERIFY(!headerOf(rig.get("/open/a.txt").headers, "X-Robots-Tag"));
        QCOMPARE(*headerOf(rig.get("/other").headers, "X-Robots-Tag"), std::string_view("none"));
        QVERIFY(!headerOf(rig.get("/nope").headers, "X-Robots-Tag"));
        QVERIFY(!headerOf(rig.get("/r").headers, "X-Robots-Tag"));
        rig.request.ifNoneMatch = rig.manifest.find("/a.html")->key.hex();
        const auto tag = tagOf(rig.manifest, "/a.html");
        rig.request.ifNoneMatch = tag;
        QVERIFY(!headerOf(rig.get("/a").headers, "X-Robots-Tag"));
    }

    void ofOtherAnswers() {
        SiteRig rig({"/404.html"}, "/temporary /x 302\n/permanent /x 308\n/broken https://a:b/");
        QCOMPARE(rig.headers("/nope"), "access-control-allow-origin: *\ncache-control: "
                                       "no-store\ncontent-type: text/html; charset=utf-8\n"
                                       "referrer-policy: strict-origin-when-cross-origin\n"
                                       "x-content-type-options: nosniff\n");
        QCOMPARE(rig.headers("/temporary"),
                 "access-control-allow-origin: *\ncontent-type: text/plain;charset=UTF-8\n"
                 "location: /x\nreferrer-policy: strict-origin-when-cross-origin\n"
                 "x-content-type-options: nosniff\n");
        QCOMPARE(rig.get("/temporary").text, std::string("Redirecting to /x"));
        QCOMPARE(rig.headers("/permanent"), "access-control-allow-origin: *\nlocation: /x\n"
                                            "referrer-policy: strict-origin-when-cross-origin\n");
        QCOMPARE(rig.get("/permanent").text, std::string());
        QCOMPARE(rig.headers("/404.html"), "access-control-allow-origin: *\nlocation: /404\n"
                                           "referrer-policy: strict-origin-when-cross-origin\n");
        QCOMPARE(rig.headers("/broken"), std::string());
        SiteRig empty(MapManifest{});
        QCOMPARE(empty.headers("/"), "access-control-allow-origin: *\ncache-control: no-store\n"
                                     "referrer-policy: strict-origin-when-cross-origin\n");
    }

    void conditions_data() {
        QTest::addColumn<QByteArray>("pattern");  // K stands for the key
        QTest::addColumn<int>("status");
        const auto add = [](const char* pattern, int status) {
            QTest::newRow(pattern) << QByteArray(pattern) << status;
        };
        add("\"K\"", 304);
        add("W/\"K\"", 304);
        add("K", 200);
        add("*", 200);
        add("\"K\", \"x\"", 200);
        add(" \"K\"", 200);
        add("w/\"K\"", 200);
        add("W/W/\"K\"", 200);
        add("\"x\"", 200);
        add("", 200);
    }
    void conditions() {
        QFETCH(QByteArray, pattern);
        QFETCH(int, status);
        SiteRig rig({"/index.html", "/a.html", "/n/404.html"}, {}, "/*\n X: 1");
        auto value = pattern.toStdString();
        for (const auto* path : {"/a.html", "/index.html"}) {
            const auto header = QByteArray(value.c_str())
                                    .replace("K", rig.manifest.find(path)->key.hex().c_str())
                                    .toStdString();
            rig.request.ifNoneMatch = header;
            // The second by way of the single-page fallback.
            const auto* target = std::string_view(path) == "/a.html" ? "/a" : "/nope";
            QCOMPARE(rig.get(target).status, status);
            if (status == 304) QCOMPARE(rig.headers(target), common + "x: 1\n");
        }
        const auto page =
            QByteArray(value.c_str()).replace("K", rig.manifest.find("/n/404.html")->key.hex().c_str());
        const auto pageTag = page.toStdString();
        rig.request.ifNoneMatch = pageTag;
        QCOMPARE(rig.get("/n/nope").status, 404);
    }

    void ranges_data() {
        QTest::addColumn<QByteArray>("range");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("contentRange");
        const auto add = [](const char* range, int status, const char* contentRange = "") {
            QTest::newRow(range) << QByteArray(range) << status << QByteArray(contentRange);
        };
        add("bytes=0-0", 206, "bytes 0-0/10");
        add("bytes=2-5", 206, "bytes 2-5/10");
        add("bytes=5-", 206, "bytes 5-9/10");
        add("bytes=5-99999999999999999999999", 206, "bytes 5-9/10");
        add("bytes=-3", 206, "bytes 7-9/10");
        add("bytes=-30", 206, "bytes 0-9/10");
        add("Bytes=0-", 206, "bytes 0-9/10");
        add("bytes=9-9", 206, "bytes 9-9/10");
        add("bytes=10-", 416, "bytes */10");
        add("bytes=99999999999999999999999-", 416, "bytes */10");
        add("bytes=-0", 416, "bytes */10");
        add("bytes=0-1,3-4", 200);
        add("bytes=5-2", 200);
        add("bytes=-", 200);
        add("bytes=", 200);
        add("bytes=a-b", 200);
        add("bytes=1--2", 200);
        add("items=0-1", 200);
        add("0-1", 200);
        add("", 200);
    }
    void ranges() {
        QFETCH(QByteArray, range);
        QFETCH(int, status);
        QFETCH(QByteArray, contentRange);
        SiteRig rig({"/file.mp4x", "/404.html"});
        QCOMPARE(rig.manifest.find("/file.mp4x")->size, 10U);
        const auto text = range.toStdString();
        rig.request.range = text;
        const auto answer = rig.get("/file.mp4x");
        QCOMPARE(answer.status, status);
        QCOMPARE(headerOf(answer.headers, "Content-Range").value_or(""),
                 std::string_view(contentRange.constData()));
        if (status == 206) {
            QVERIFY(answer.from + answer.length <= 10 && answer.length > 0);
            QCOMPARE(*headerOf(answer.headers, "ETag"), tagOf(rig.manifest, "/file.mp4x"));
        }
        if (status == 416) QVERIFY(!answer.asset && !headerOf(answer.headers, "ETag"));
        if (status != 416) QCOMPARE(*headerOf(answer.headers, "Accept-Ranges"), std::string_view("bytes"));
        rig.request.method = "HEAD";
        QCOMPARE(rig.get("/file.mp4x").status, 200);
        rig.request.method = "GET";
        rig.site.strict = true;
        QCOMPARE(rig.get("/file.mp4x").status, 200);
        rig.site.strict = false;
        QCOMPARE(rig.get("/nope").status, 404);
    }

    void aRangeOfAnotherFileIsTheWhole() {
        SiteRig rig({"/a.bin"});
        const auto tag = tagOf(rig.manifest, "/a.bin");
        rig.request.range = "bytes=0-1";
        rig.request.ifRange = tag;
        QCOMPARE(rig.get("/a.bin").status, 206);
        const auto weak = "W/" + tag;
        rig.request.ifRange = weak;
        QCOMPARE(rig.get("/a.bin").status, 200);
        rig.request.ifRange = "Wed, 21 Oct 2015 07:28:00 GMT";
        QCOMPARE(rig.get("/a.bin").status, 200);
        rig.request.ifRange.reset();
        rig.request.ifNoneMatch = tag;
        QCOMPARE(rig.get("/a.bin").status, 304);
    }

    void nothingOfAnEmptyFile() {
        SiteRig rig(MapManifest{});
        rig.manifest.add("/empty").size = 0;
        rig.request.range = "bytes=0-";
        QCOMPARE(rig.get("/empty").status, 416);
        rig.request.range = "bytes=-5";
        QCOMPARE(*headerOf(rig.get("/empty").headers, "Content-Range"), std::string_view("bytes */0"));
    }

    void encodings_data() {
        QTest::addColumn<QByteArray>("accept");
        QTest::addColumn<QByteArray>("encoding");  // of a file kept in all forms; "406"
        QTest::addColumn<int>("plain");            // status for a file kept as it is
        const auto add = [](const char* accept, const char* encoding, int plain = 200) {
            QTest::newRow(accept) << QByteArray(accept) << QByteArray(encoding) << plain;
        };
        add("gzip, deflate, br", "br");
        add("gzip", "gzip");
        add("GZIP", "gzip");
        add("br;q=0.5, gzip;q=0.9", "gzip");
        add("br ; q = 0.5 , gzip;q=0.5", "br");
        add("*", "br");
        add("br;q=0, *", "gzip");
        add("br;q=0, gzip;q=0", "");
        add("deflate", "");
        add("", "");
        add("identity", "");
        add("identity;q=0.8, gzip;q=0.5", "");
        add("identity;q=0.5, gzip;q=0.8", "gzip");
        add("gzip;q=0.001", "gzip");
        add("x-gzip", "gzip");
        add("identity;q=0", "406", 406);
        add("identity;q=0, gzip", "gzip", 406);
        add("*;q=0", "406", 406);
        add("*;q=0, identity", "");
        add("*;q=0, br", "br", 406);
        add("identity;q=nan", "406", 406);
        add("identity;q=x", "");
    }
    void encodings() {
        QFETCH(QByteArray, accept);
        QFETCH(QByteArray, encoding);
        QFETCH(int, plain);
        SiteRig rig({"/plain.css", "/n/404.html"});
        auto& all = rig.manifest.add("/all.css");
        all.gzip = 5;
        all.brotli = 4;
        const auto header = accept.toStdString();
        rig.request.acceptEncoding = header;
        QCOMPARE(rig.get("/plain.css").status, plain);
        QCOMPARE(rig.get("/n/nope").status, plain == 406 ? 406 : 404);
        const auto answer = rig.get("/all.css");
        const auto tag = tagOf(rig.manifest, "/all.css");
        if (encoding == "406") {
            QCOMPARE(answer.status, 406);
            QCOMPARE(rig.headers("/all.css"), common);
            return;
        }
        QCOMPARE(answer.status, 200);
        QCOMPARE(headerOf(answer.headers, "Content-Encoding").value_or(""),
                 std::string_view(encoding.constData()));
        QCOMPARE(answer.length, encoding == "br" ? 4U : encoding == "gzip" ? 5U : 8U);
        QCOMPARE(*headerOf(answer.headers, "Vary"), std::string_view("Accept-Encoding"));
        QCOMPARE(*headerOf(answer.headers, "ETag"), encoding.isEmpty() ? tag : "W/" + tag);
        QCOMPARE(*headerOf(answer.headers, "Cache-Control"),
                 std::string(encoding.isEmpty() ? "" : "no-transform, ") +
                     "public, max-age=0, must-revalidate");
        rig.request.authorized = true;
        QCOMPARE(headerOf(rig.get("/all.css").headers, "Cache-Control").value_or(""),
                 std::string_view(encoding.isEmpty() ? "" : "no-transform"));
        rig.request.range = "bytes=0-0";
        const auto part = rig.get("/all.css");
        const bool whole = plain == 406;  // the plain form is refused, and only that has parts
        QCOMPARE(part.status, whole ? 200 : 206);
        QCOMPARE(part.encoding != Encoding::identity, whole);
    }

    void rulesOfHeaders() {
        SiteRig rig(
            {"/a.html", "/b.html", "/404.html"}, "/r /x 301",
            "/*\n Cache-Control: max-age=60\n X-All: :splat\n/a\n X-All: second\n Set-Cookie: a=1\n ! ETag\n"
            "/*a\n Set-Cookie: b=2\n ! X-All\n X-Content-Type-Options: other\n/b\n X-All: again\n");
        const auto answer = rig.get("/a");
        QVERIFY(!headerOf(answer.headers, "ETag"));
        QVERIFY(!headerOf(answer.headers, "X-All"));
        QCOMPARE(*headerOf(answer.headers, "Cache-Control"), std::string_view("max-age=60"));
        QCOMPARE(*headerOf(answer.headers, "X-Content-Type-Options"), std::string_view("other"));
        std::vector<std::string> cookies;
        for (const auto& [name, value] : answer.headers)
            if (name == "set-cookie") cookies.push_back(value);
        QCOMPARE(cookies, (std::vector<std::string>{"a=1", "b=2"}));
        QCOMPARE(*headerOf(rig.get("/b").headers, "X-All"), std::string_view("b, again"));
        QCOMPARE(*headerOf(rig.get("/b").headers, "Cache-Control"), std::string_view("max-age=60"));
        QCOMPARE(*headerOf(rig.get("/nope").headers, "Cache-Control"), std::string_view("no-store"));
        QCOMPARE(*headerOf(rig.get("/nope").headers, "X-All"), std::string_view("nope"));
        QCOMPARE(*headerOf(rig.get("/r").headers, "X-All"), std::string_view("r"));
    }

    void formsThatAreNotKnownYet() {
        SiteRig rig({"/index.html", "/404.html"});
        for (const auto* path : {"/index.html", "/404.html"})
            rig.manifest.add(path).formsKnown = false;
        QVERIFY(!rig.get("/").findForms);
        rig.request.acceptEncoding = "identity, br;q=0";
        QVERIFY(!rig.get("/").findForms);
        rig.request.acceptEncoding = "br";
        QCOMPARE(rig.get("/").findForms, rig.get("/").asset->key);
        QCOMPARE(rig.get("/").encoding, Encoding::identity);
        QVERIFY(rig.get("/nope").findForms);
        rig.request.range = "bytes=0-1";
        QVERIFY(!rig.get("/").findForms);
        rig.request.range.reset();
        rig.request.acceptEncoding = "br, identity;q=0";
        QCOMPARE(rig.get("/").status, 406);
        QVERIFY(rig.get("/").findForms);
    }

    /// Files that are compressed already, or are not to be changed, go as they are.
    void rulesThatKeepFilesPlain_data() {
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<bool>("plain");
        const auto add = [](const char* rules, bool plain) {
            QTest::newRow(rules) << QByteArray(rules) << plain;
        };
        add("/a.css\n Content-Encoding: br\n", true);
        add("/*\n ! Content-Encoding\n", true);
        add("/*\n Cache-Control: No-Transform, max-age=60\n", true);
        add("/*\n Cache-Control: max-age=60\n", false);
        add("/b.css\n Content-Encoding: br\n", false);
    }
    void rulesThatKeepFilesPlain() {
        QFETCH(QByteArray, rules);
        QFETCH(bool, plain);
        SiteRig rig({"/a.css"}, {}, rules.toStdString());
        auto& file = rig.manifest.add("/a.css");
        file.gzip = file.brotli = 3;
        rig.request.acceptEncoding = "br";
        const auto answer = rig.get("/a.css");
        QCOMPARE(answer.encoding == Encoding::identity, plain);
        QCOMPARE(answer.length, plain ? file.size : 3U);
        QCOMPARE(headerOf(answer.headers, "Vary").has_value(), !plain);
        file.formsKnown = false;
        QCOMPARE(rig.get("/a.css").findForms.has_value(), !plain);
    }

    void rulesDoNotHideThatFormsVary() {
        SiteRig rig({"/a", "/b", "/c"}, {}, "/a\n Vary: Cookie\n/b\n ! Vary\n/c\n Vary: *\n");
        const auto varyOf = [&](const char* path) {
            rig.manifest.add(path).gzip = 1;
            return std::string(headerOf(rig.get(path).headers, "Vary").value_or(""));
        };
        QCOMPARE(varyOf("/a"), "Cookie, Accept-Encoding");
        QCOMPARE(varyOf("/b"), "Accept-Encoding");
        QCOMPARE(varyOf("/c"), "*");
    }

    void aRuleRemovedAndSetAgain() {
        SiteRig rig({"/a.txt"}, {}, "/a.txt\n A: 1\n/*\n ! A\n A: 2\n");
        QCOMPARE(*headerOf(rig.get("/a.txt").headers, "A"), std::string_view("2"));
    }

    void headerRulesGoByTheOriginalPath() {
        SiteRig rig({"/to.html"}, "/from /to 200", "/from\n X: from\n/to\n X: to");
        QCOMPARE(*headerOf(rig.get("/from").headers, "X"), std::string_view("from"));
    }

    void linksOnTheSecondAnswer() {
        SiteRig rig({"/index.html", "/a.css"}, {}, "/set\n Link: </x>\n/removed\n ! Link");
        Links links;
        rig.site.links = &links;
        auto answer = rig.get("/");
        QVERIFY(answer.scanForLinks && !headerOf(answer.headers, "Link"));
        QVERIFY(!rig.get("/a.css").scanForLinks);
        links.known[answer.asset->key.hex()] = "</a.png>; rel=\"preload\"";
        for (const auto* path : {"/", "/of/the/app"}) {
            answer = rig.get(path);
            QCOMPARE(*headerOf(answer.headers, "Link"), std::string_view("</a.png>; rel=\"preload\""));
            QVERIFY(!answer.scanForLinks);
        }
        QCOMPARE(*headerOf(rig.get("/set").headers, "Link"), std::string_view("</x>"));
        QVERIFY(!headerOf(rig.get("/removed").headers, "Link"));
        links.known[answer.asset->key.hex()] = "";
        answer = rig.get("/");
        QVERIFY(!answer.scanForLinks && !headerOf(answer.headers, "Link"));
    }

    void linksOfAPage_data() {
        QTest::addColumn<QByteArray>("html");
        QTest::addColumn<QByteArray>("header");
        const auto add = [](const char* html, const char* header) {
            QTest::newRow(html) << QByteArray(html) << QByteArray(header);
        };
        add("<head><link rel=\"preload\" as=\"image\" href=\"/a.png\" /><link rel=preload as=image "
            "href='/b.png'>"
            "<LINK REL=\"modulepreload\" HREF=\"lib.js\"/><link rel=\"preconnect\" href=\"cloudflare.com\" "
            "/></head>",
            "</a.png>; rel=\"preload\"; as=image, </b.png>; rel=\"preload\"; as=image, "
            "<lib.js>; rel=\"modulepreload\", <cloudflare.com>; rel=\"preconnect\"");
        add("<p>nothing</p>", "");
        add("<base href=\"/\"><link rel=modulepreload href=module.js>",
            "<http://h.example/module.js>; rel=\"modulepreload\"");
        add("<base href=\"/subdir/\"><link rel=modulepreload href=module.js><link rel=modulepreload "
            "href=../other.js>",
            "<http://h.example/subdir/module.js>; rel=\"modulepreload\", <http://h.example/other.js>; "
            "rel=\"modulepreload\"");
        add("<link rel=preload href=a><base href=\"/one/\"><base href=\"/two/\">",
            "<http://h.example/one/a>; rel=\"preload\"");
        add("<link rel=\"stylesheet preload\" href=a>", "<a>; rel=\"stylesheet preload\"");
        add("<link rel=stylesheet href=a><link rel=preload><link href=a><link rel=preload href=\"\">", "");
        add("<link rel=preload href=a crossorigin><link rel=preload href=b media=x>", "");
        add("<link rel=preload href=\"data:text/css,x\">", "");
        add("<!-- <link rel=preload href=a> --><script>'<link rel=preload href=b>'</script><title><link "
            "rel=preload "
            "href=c></title><link rel=preload href=d>",
            "<d>; rel=\"preload\"");
        add("<link rel=preload href=\"a\nSet-Cookie: x\"><link rel=preload href=\"a>; rel=x\"><link "
            "rel=preload href=a",
            "<a>; rel=\"preload\"");
        add("<", "");
        add("<!--", "");
        add("<link", "");
        add("<link rel", "");
        add("<link rel=\"", "");
    }
    void linksOfAPage() {
        QFETCH(QByteArray, html);
        QFETCH(QByteArray, header);
        QCOMPARE(linkHeaderOf(html.toStdString(), "http://h.example/page"), header.toStdString());
    }

    void linksAreBounded() {
        std::string html;
        for (int i = 0; i < 10000; ++i)
            html += "<link rel=preload href=/a" + std::to_string(i) + ">";
        QVERIFY(linkHeaderOf(html, "http://h/").size() < 9000);
    }
};

QTEST_APPLESS_MAIN(AssetHeadersTest)
#include "tst_asset_headers.moc"
