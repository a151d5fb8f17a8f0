#include "app/engine/http/router.h"

#include <QTest>

using namespace stepwell::engine::http;

namespace {

Request parsed(std::string_view target) {
    Request request;
    parseTarget(target, request);
    return request;
}

}  // namespace

class RouterTest : public QObject {
    Q_OBJECT

    Router router_;

  private slots:
    void initTestCase() {
        router_.add(Method::post, "/w/{name}/instances/batch", stepwell::engine::access::need::anyone, 1, {});
        router_.add(Method::get, "/w/{name}/instances", stepwell::engine::access::need::anyone, 2, {});
        router_.add(Method::post, "/w/{name}/instances", stepwell::engine::access::need::anyone, 3, {});
        router_.add(Method::get, "/w/{name}/instances/{id}", stepwell::engine::access::need::anyone, 4, {});
    }

    void findsByPathAndMethod() {
        const auto match = router_.find(Method::get, parsed("/w/orders/instances/a%2Fb%20c").path);
        QVERIFY(match.route != nullptr);
        QCOMPARE(match.route->bodyLimit, 4U);
        QCOMPARE(match.params, (std::vector<std::string>{"orders", "a/b c"}));
        QCOMPARE(router_.find(Method::post, parsed("/w/x/instances").path).route->bodyLimit, 3U);
        QVERIFY(router_.find(Method::put, parsed("/w/x/instances").path).route == nullptr);
        QVERIFY(router_.find(Method::get, parsed("/w/x").path).route == nullptr);
    }

    void aTrailingSlashChangesNothing() {
        QCOMPARE(router_.find(Method::get, parsed("/w/x/instances/").path).route->bodyLimit, 2U);
        QVERIFY(router_.find(Method::get, parsed("/w//instances").path).params ==
                std::vector<std::string>{""});
    }

    void headIsGet() {
        QCOMPARE(router_.find(Method::head, parsed("/w/x/instances").path).route->bodyLimit, 2U);
    }

    void namesTheMethodsOfAPath() {
        QCOMPARE(router_.allowed(parsed("/w/x/instances").path), std::string("GET, HEAD, POST, OPTIONS"));
        QCOMPARE(router_.allowed(parsed("/nowhere").path), std::string());
    }

    void readsTheQuery() {
        const auto request = parsed("/a?x=1+2&y=%C3%A9&flag&x=3");
        QCOMPARE(request.queryValue("x").value_or(""), "1 2");
        QCOMPARE(request.queryValue("y").value_or(""), "\xC3\xA9");
        QVERIFY(request.queryValue("flag").has_value());
        QVERIFY(!request.queryValue("z").has_value());
    }

    void refusesWhatIsNoUrl() {
        for (const auto* target :
             {"", "*", "a/b", "http://127.0.0.1/a", "/a%", "/a%0", "/a%zz", "/a%00b", "/a?b=%00"})
            QVERIFY2(!parsed(target).wellFormed, target);
        std::string deep;
        for (int i = 0; i < 100; ++i)
            deep += "/a";
        QVERIFY(!parsed(deep).wellFormed);
        std::string wide = "/a?";
        for (int i = 0; i < 100; ++i)
            wide += "a=1&";
        QVERIFY(!parsed(wide).wellFormed);
    }
};

QTEST_APPLESS_MAIN(RouterTest)
#include "tst_router.moc"
