#include "models/import/workers_site.h"
#include "project_files.h"

#include <QTest>

using namespace stepwell;

class WorkersSiteTest : public QObject {
    Q_OBJECT

  private slots:
    void readsTheSiteOfAConfiguration() {
        const test::ProjectFiles files;
        files.write("public/index.html", "home");
        files.write("wrangler.toml",
                    "name = \"My_Shop\"\nmain = \"index.js\"\n[site]\nbucket = \"./public\"\n"
                    "include = [\"*.html\", \"img/\"]\nexclude = [\"img/raw\"]\n");
        const auto read = readWorkersSite(files.path());
        QVERIFY(read.errors.empty());
        QVERIFY(read.site.has_value());
        QCOMPARE(read.site->project, "my-shop");
        QCOMPARE(read.site->bucket, QDir::cleanPath(files.folder.filePath("public")));
        QCOMPARE(read.site->warnings.size(), 1U);
        QVERIFY(read.site->takes("index.html"));
        QVERIFY(read.site->takes("docs/about.html"));
        QVERIFY(read.site->takes("img/a/b.png"));
        QVERIFY(!read.site->takes("img/raw/b.png"));
        QVERIFY(!read.site->takes("app.js"));
        QVERIFY(!read.site->takes("node_modules/x/index.html"));
        QVERIFY(!read.site->takes(".git/index.html"));
        QVERIFY(read.site->takes(".well-known/index.html"));
    }

    void takesAllWithoutPatterns() {
        const test::ProjectFiles files;
        files.write("dist/a.js", "1");
        const auto config = files.write("wrangler.jsonc", "{ // site\n \"site\": {\"bucket\": \"dist\",}, }");
        const auto read = readWorkersSite(config);
        QVERIFY(read.site && read.site->takes("a.js") && read.site->takes("deep/er/b.css"));
    }

    void saysWhatIsWrong() {
        const test::ProjectFiles files;
        QCOMPARE(readWorkersSite(files.path()).errors.size(), 1U);
        files.write("wrangler.toml", "name = \"a\"\n");
        const auto none = readWorkersSite(files.path());
        QVERIFY(none.errors.empty() && !none.site);
        for (const auto* site : {"bucket = \"gone\"", "bucket = 7", "include = []",
                                 "bucket = \".\"\nexclude = \"*.js\"", "bucket = \".\"\ninclude = [1]"}) {
            files.write("wrangler.toml", QByteArray("[site]\n") + site + "\n");
            const auto read = readWorkersSite(files.path());
            QCOMPARE(read.errors.size(), 1U);
            QCOMPARE(read.errors[0].file, "wrangler.toml");
        }
        files.write("wrangler.toml", "[site\n");
        QCOMPARE(readWorkersSite(files.path()).errors.size(), 1U);
    }

    void patterns_data() {
        QTest::addColumn<QStringList>("lines");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* name, const QStringList& lines, const char* path, bool matches) {
            QTest::newRow(name) << lines << QString::fromLatin1(path) << matches;
        };
        row("name anywhere", {"a.txt"}, "x/y/a.txt", true);
        row("rooted", {"/a.txt"}, "x/a.txt", false);
        row("rooted by a slash within", {"x/a.txt"}, "y/x/a.txt", false);
        row("star in a part", {"x/*.js"}, "x/y/a.js", false);
        row("stars across parts", {"x/**/a.js"}, "x/y/z/a.js", true);
        row("stars for nothing", {"x/**/a.js"}, "x/a.js", true);
        row("stars at the front", {"**/b/*.js"}, "a/b/c.js", true);
        row("all below", {"x/**"}, "x/y/z", true);
        row("folders only", {"x/"}, "x", false);
        row("in a folder", {"x/"}, "a/x/b", true);
        row("question mark", {"a?c"}, "abc", true);
        row("no slash for it", {"a?c"}, "a/c", false);
        row("set", {"[a-c].js"}, "b.js", true);
        row("not in the set", {"[!a-c].js"}, "b.js", false);
        row("taken back", {"*.js", "!keep.js"}, "keep.js", false);
        row("not out of a folder", {"x/", "!x/keep.js"}, "x/keep.js", true);
        row("comment", {"# a", "\\#b"}, "#b", true);
        row("many stars", {"a*a*a*a*a*a*a*a*a*b"}, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            false);
        row("no end of a set", {"[a"}, "[a", true);
    }
    void patterns() {
        QFETCH(QStringList, lines);
        QFETCH(QString, path);
        QFETCH(bool, matches);
        std::vector<std::string> texts;
        for (const auto& line : lines)
            texts.push_back(line.toStdString());
        QCOMPARE(IgnorePatterns(texts).matches(path.toStdString()), matches);
    }
};

QTEST_GUILESS_MAIN(WorkersSiteTest)
#include "test_workers_site.moc"
