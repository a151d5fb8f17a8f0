#include "app/engine/pages/url_text.h"
#include "site_rig.h"

#include <QTest>

using namespace stepwell::engine::pages;

namespace {

const MapManifest examples = {"/index.html", "/about.html",      "/contact/index.html",
                              "/both.html",  "/both/index.html", "/dual",
                              "/dual.html",  "/data.bin",        "/a/404.html"};

}  // namespace

class AssetLookupTest : public QObject {
    Q_OBJECT

  private slots:
    void paths_data() {
        QTest::addColumn<QByteArray>("outcome");
        const auto add = [](const char* target, const char* outcome) {
            QTest::newRow(target) << QByteArray(outcome);
        };
        add("/", "200 /index.html");
        add("/index.html", "308 /");
        add("/index", "308 /");
        add("/index/", "308 /");
        add("/about", "200 /about.html");
        add("/about.html?q=1", "308 /about?q=1");
        add("/about/", "308 /about");
        add("/about/?q=1", "308 /about?q=1");
        add("/contact", "308 /contact/");
        add("/contact/", "200 /contact/index.html");
        add("/contact/index.html", "308 /contact/");
        add("/contact/index", "308 /contact/");
        add("/contact/index/", "308 /contact/");
        add("/contact/index.html?x", "308 /contact/?x");
        add("/both", "200 /both.html");
        add("/both/", "200 /both/index.html");
        add("/both.html", "308 /both");
        add("/dual", "200 /dual");
        add("/dual.html", "200 /dual.html");
        add("/data.bin", "200 /data.bin");
        add("/data.bin/", "200 /index.html");
        add("/%61bout", "200 /about.html");
        add("/about%2Ehtml", "308 /about");
        add("/About", "200 /index.html");
        add("//contact/index/", "308 /contact/");
        add("//about", "200 /index.html");
        add("/nope", "200 /index.html");
        add("/a/nope", "404 /a/404.html");
        add("/a/b/c/nope", "404 /a/404.html");
        add("/a/", "404 /a/404.html");
        add("/a/index", "308 /a/");
        add("/a/index.html", "404 /a/404.html");
        add("/x/index", "308 /x/");
        add("/x/index/", "308 /x/");
        add("/..%2fpackage.json", "200 /index.html");
        add("/other-path%2f..%2f..%2fpackage.json", "200 /index.html");
        add("/a/..%2fabout.html", "404 /a/404.html");
        add("/a/../about", "200 /about.html");
        add("/a/%2e%2E/about", "200 /about.html");
        add("/../../about", "200 /about.html");
        add("/\\about", "200 /index.html");
        add("/about%00", "200 /index.html");
        add("/about%00.html", "200 /index.html");
        add("/%2561bout", "200 /index.html");
        add("/%c0%afabout", "200 /index.html");
        add("", "200 /index.html");
        // what a 308 says
        add("/a%20b/index", "308 /a%20b/");
        add("/a+b/index", "308 /a%2Bb/");
        add("/a:b@c/index", "308 /a%3Ab%40c/");
        add("/\xE3\x81\x82/index", "308 /%E3%81%82/");
        add("/%20/x/index/", "308 /%20/x/");
        add("/%FF/index", "308 /%25FF/");
        add("/%/index", "308 /%25/");
        add("/%2Fwww.example.com/index/", "308 /www.example.com/");
        add("/%5Cwww.example.com/index/", "308 /www.example.com/");
        add("/%2fwww.example.com/index/", "308 /www.example.com/");
        add("/%5cwww.example.com/index/", "308 /www.example.com/");
        add("/%2Fwww.example.com/%2F/index/", "308 /www.example.com///");
        add("/%09/www.example.com/%09/index/", "308 /www.example.com/%09/");
        add("/%5Cwww.example.com/%5C/index/", "308 /www.example.com/%5C/");
        add("/foo/index/", "308 /foo/");
        add("/%0D%0ASet-Cookie:%20x/index", "308 /%0D%0ASet-Cookie%3A%20x/");
    }
    void paths() {
        QFETCH(QByteArray, outcome);
        QCOMPARE(SiteRig(examples).outcome(QTest::currentDataTag()), outcome.toStdString());
    }

    void otherManifests_data() {
        QTest::addColumn<QByteArray>("files");
        QTest::addColumn<QByteArray>("outcome");
        const auto add = [](const char* target, const char* files, const char* outcome) {
            QTest::addRow("%s in %s", target, files) << QByteArray(files) << QByteArray(outcome);
        };
        add("/404", "/404.html", "200 /404.html");
        add("/404.html", "/404.html", "308 /404");
        add("/x.htm", "/x.htm,/index.html", "200 /x.htm");
        add("/x.HTML", "/x.HTML,/index.html", "200 /x.HTML");
        add("/foo", "/foo,/foo/index.html", "200 /foo");
        add("/foo/", "/foo,/foo/index.html", "200 /foo/index.html");
        add("/a%2Fb.txt", "/a/b.txt", "200 /a/b.txt");
        add("/..%2fpackage.json", "/404.html", "404 /404.html");
        add("/100%25.txt", "/100%.txt", "200 /100%.txt");
        add("/100%.txt", "/100%.txt", "200 /100%.txt");
        add("/.html", "/.html", "200 /.html");
        add("/foobar/.html", "/foobar/.html", "308 /foobar/");
        add("/anything", "", "404");
        add("/", "", "404");
        add("/nope", "/a.txt", "404");
        add("/nope", "/404.html,/index.html", "404 /404.html");
        add("/b/nope", "/a/404.html,/index.html", "200 /index.html");
        add("/\xC3\xA9/index.html", "/\xC3\xA9/index.html", "308 /%C3%A9/");
        add("/100%25/index.html", "/100%/index.html", "308 /100%25/");
        add("/q%3Fx.html", "/q?x.html", "308 /q%3Fx");
        add("/a%20b.html", "/a b.html", "308 /a%20b");
        add("/\xC3\xA9.txt", "/\xC3\xA9.txt", "200 /\xC3\xA9.txt");
        add("/a%5Cb.txt", "/a\\b.txt", "200 /a\\b.txt");
        add("/a.b", "/a.b.html", "200 /a.b.html");
    }
    void otherManifests() {
        QFETCH(QByteArray, files);
        QFETCH(QByteArray, outcome);
        MapManifest manifest{};
        for (const auto& path : files.split(','))
            if (!path.isEmpty()) manifest.add(path.toStdString());
        const auto target = QByteArray(QTest::currentDataTag());
        SiteRig rig(manifest);
        QCOMPARE(rig.outcome(target.left(target.indexOf(" in ")).toStdString()), outcome.toStdString());
    }

    void redirects_data() {
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<QByteArray>("outcome");
        const auto add = [](const char* target, const char* rules, const char* outcome) {
            QTest::addRow("%s by %s", target, rules) << QByteArray(rules) << QByteArray(outcome);
        };
        for (const auto* status : {"301", "302", "303", "307", "308"})
            add("/r", (std::string("/r /home ") + status).c_str(), (std::string(status) + " /home").c_str());
        add("/data.bin", "/data.bin /x 301", "301 /x");
        add("/p", "/p /about 200", "200 /about.html");
        add("/p", "/p /about.html 200", "308 /about");
        add("/p?x=1", "/p /about.html?y 200", "308 /about?x=1");
        add("/p", "/p /p2 200\n/p2 /about 200", "200 /index.html");
        add("/p/nope", "/p/* /a/:splat 200", "404 /a/404.html");
        add("/p/..%2f..%2fx", "/p/* /:splat 200", "200 /index.html");
        add("/p/a%2Fb/index", "/p/* /:splat 200", "308 /a/b/");
        add("/index.html", "/ /home 301\n/page.html /elsewhere 301", "308 /");
        add("/index", "/ /home 301\n/page.html /elsewhere 301", "308 /");
        add("/", "/ /home 301\n/page.html /elsewhere 301", "301 /home");
        add("/page.html", "/ /home 301\n/page.html /elsewhere 301", "301 /elsewhere");
        add("/about", "/ /home 301\n/page.html /elsewhere 301", "200 /about.html");
        add("/bad", "/bad https://x:99999/ 301", "500");
    }
    void redirects() {
        QFETCH(QByteArray, rules);
        QFETCH(QByteArray, outcome);
        const auto tag = QByteArray(QTest::currentDataTag());
        SiteRig rig(examples, rules.toStdString());
        QCOMPARE(rig.outcome(tag.left(tag.indexOf(" by ")).toStdString()), outcome.toStdString());
    }

    void aRedirectLooksForNoFile() {
        SiteRig rig(examples, "/some%20page /home");
        QCOMPARE(rig.outcome("/some%20page"), std::string("302 /home"));
        QCOMPARE(rig.manifest.probes, 0);
    }

    void placeholdersBesideFiles() {
        SiteRig rig({"/a.b.html", "/users/[id].html"}, "/users/* /users/[id] 200");
        QCOMPARE(rig.outcome("/a.b"), std::string("200 /a.b.html"));
        QCOMPARE(rig.outcome("/users/123"), std::string("200 /users/[id].html"));
    }

    void methods() {
        SiteRig rig(examples, "/r /home 301\n/p /about 200", "/*\n X: 1");
        for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            rig.request.method = method;
            QCOMPARE(rig.headers("/about"), std::string("access-control-allow-origin: *\nreferrer-policy: "
                                                        "strict-origin-when-cross-origin\nx: 1\n"));
            QCOMPARE(rig.outcome("/about"), std::string("405"));
            QCOMPARE(rig.outcome("/nope"), std::string("405"));
            QCOMPARE(rig.outcome("/r"), std::string("301 /home"));
            QCOMPARE(rig.outcome("/p"), std::string("405"));
        }
        for (const auto* method : {"HEAD", "head", "get"}) {
            rig.request.method = method;
            QCOMPARE(rig.outcome("/about"), std::string("200 /about.html"));
        }
    }

    void longPathsAreCheap() {
        SiteRig rig(examples);
        std::string path;
        for (int i = 0; i < 100000; ++i)
            path += "/";
        QCOMPARE(rig.outcome(path), std::string("200 /index.html"));
        QVERIFY(rig.manifest.probes < 5000);
        QCOMPARE(rig.outcome("/" + std::string(100000, 'x')), std::string("200 /index.html"));
    }

    void slashesInFront() {
        QCOMPARE(collapsedFront("/"), std::string("/"));
        for (const auto* path :
             {"/%2Ffoo", "/%2F%2f/foo", "/%5C%5c/foo", "/\\/foo", "%2ffoo", "/%09/foo", "/ /foo", "/foo"})
            QCOMPARE(collapsedFront(path), std::string("/foo"));
        for (const auto* path : {"/foo/%2f", "/foo//bar", "/foo/\\/bar"})
            QCOMPARE(collapsedFront(path), std::string(path));
    }

    void theTraceSaysWhy() {
        SiteRig rig(examples, "/old/* /contact/:splat 200", "/old/*\n X: 1");
        rig.request.target = "/old/index.html";
        Trace trace;
        QCOMPARE(lookUp(rig.site, rig.request, &trace).status, 308);
        QCOMPARE(trace.size(), 4U);
        QCOMPARE(trace[0], std::string("Line 1 of _redirects matches: /old/* /contact/:splat 200"));
        QVERIFY(trace[1].find("/contact/index.html is a file") != std::string::npos);
        QVERIFY(trace[2].find("/contact/") != std::string::npos);
        QVERIFY(trace[3].find("_headers") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(AssetLookupTest)
#include "tst_asset_lookup.moc"
