#include "app/engine/pages/routes_file.h"

#include <QTest>

using namespace stepwell::engine::pages;

namespace {

std::string fileWith(const std::string& include, const std::string& exclude = "[]") {
    return "{\"version\":1,\"include\":" + include + ",\"exclude\":" + exclude + "}";
}

std::string rules(int count, const std::string& prefix) {
    std::string list;
    for (int i = 0; i < count; ++i)
        list += ",\"/" + prefix + std::to_string(i) + "\"";
    return "[" + list.substr(1) + "]";
}

}  // namespace

class RoutesFileTest : public QObject {
    Q_OBJECT

  private slots:
    void matches_data() {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("matches");
        const auto add = [](const char* rule, std::initializer_list<const char*> yes,
                            std::initializer_list<const char*> no) {
            for (const auto* path : yes)
                QTest::addRow("%s %s", rule, path) << QByteArray(rule) << QByteArray(path) << true;
            for (const auto* path : no)
                QTest::addRow("%s not %s", rule, path) << QByteArray(rule) << QByteArray(path) << false;
        };
        add("/", {"/"}, {"/foo", "//", ""});
        add("/*", {"/", "/foo", "/foo/bar"}, {""});
        add("/foo/*", {"/foo", "/foo/", "/foo/bar", "/foo/bar/baz"}, {"/foobar", "/bar/foo"});
        add("/foo/", {"/foo", "/foo/"}, {"/foo/bar", "/foobar"});
        add("/foo*", {"/foo", "/foo/", "/foobar", "/foo/bar"}, {"/bar/foo"});
        add("/foo", {"/foo", "/foo/"}, {"/foo/bar", "/foobar", "/foo//"});
        add("/a.b", {"/a.b"}, {"/axb"});
        add("/a*c/d*", {"/abc/d", "/ac/de", "/axc/yc/d"}, {"/a/d"});
        add("/a*/b*/c", {"/a1/b2/c", "/a/x/b/y/c"}, {"/a/c", "/a/b/cc"});
        add("", {}, {"/"});
    }
    void matches() {
        QFETCH(QByteArray, rule);
        QFETCH(QByteArray, path);
        QFETCH(bool, matches);
        QCOMPARE(matchesRoute(rule.constData(), path.constData()), matches);
    }

    void excludedFirst() {
        const auto party = parseRoutesFile(fileWith("[\"/party*\"]", "[\"/party\"]"));
        QVERIFY(party && !runsWorker(*party, "/party") && runsWorker(*party, "/party-disco"));
        const auto greeting = parseRoutesFile(fileWith("[\"/greeting/*\"]"));
        QVERIFY(greeting && runsWorker(*greeting, "/greeting") && !runsWorker(*greeting, "/greetings"));
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("reason");
        const auto add = [](const char* name, const std::string& text, const char* reason) {
            QTest::newRow(name) << QByteArray(text.c_str()) << QByteArray(reason);
        };
        add("no JSON", "{", "not a JSON object");
        add("no object", "[]", "not a JSON object");
        add("deep", std::string(5000, '['), "not a JSON object");
        add("no version", "{\"include\":[\"/\"],\"exclude\":[]}", "version");
        add("version 1000", "{\"version\":1000,\"include\":[\"/\"],\"exclude\":[]}", "version");
        add("version as text", "{\"version\":\"1000\",\"include\":[\"/\"],\"exclude\":[]}", "version");
        add("include is no list", fileWith("\"/\""), "lists");
        add("include of numbers", fileWith("[1]"), "lists");
        add("no exclude", "{\"version\":1,\"include\":[\"/\"]}", "lists");
        add("nothing included", fileWith("[]"), "at least one");
        add("101 rules", fileWith(rules(101, "a")), "more than 100");
        add("51 + 50 rules", fileWith(rules(51, "a"), rules(50, "b")), "more than 100");
        add("long rule", fileWith("[\"/" + std::string(100, 'a') + "\"]"), "100 characters");
        add("no slash", fileWith("[\"hello\"]"), "does not begin with /");
        add("overlap", fileWith("[\"/api/*\",\"/api/foo\"]"), "overlapping");
        add("overlap of excluded", fileWith("[\"/\"]", "[\"/api/foo\",\"/api/*\"]"), "overlapping");
        add("the same twice", fileWith("[\"/api/*\",\"/api/*\"]"), "overlapping");
        add("too large", fileWith("[\"/" + std::string(300000, 'a') + "\"]"), "too large");
    }
    void refused() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, reason);
        const auto file = parseRoutesFile(text.toStdString());
        QVERIFY(!file);
        QVERIFY2(file.error().find(reason.toStdString()) != std::string::npos, file.error().c_str());
    }

    void accepted() {
        QVERIFY(parseRoutesFile(fileWith(rules(50, "a"), rules(50, "b"))));
        QVERIFY(parseRoutesFile(fileWith("[\"/" + std::string(99, 'a') + "\"]")));
        QVERIFY(parseRoutesFile(fileWith("[\"/api/*\"]", "[\"/api/static/*\"]")));
        const auto hello =
            parseRoutesFile("{\"version\":1,\"description\":\"x\",\"include\":[\"/hello\"],\"exclude\":[]}");
        QVERIFY(hello && *hello == (RoutesFile{{"/hello"}, {}}));
    }
};

QTEST_APPLESS_MAIN(RoutesFileTest)
#include "tst_routes_file.moc"
