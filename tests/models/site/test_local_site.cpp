#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "models/site/difference.h"
#include "models/site/site_hashing.h"
#include "models/site/upload_bucket.h"
#include "models/site/warnings.h"
#endif

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace stepwell;
using namespace stepwell::site;

namespace {

QStringList pathsOf(const std::vector<const LocalFile*>& files) {
    QStringList paths;
    for (const auto* file : files)
        paths << QString::fromStdString(file->path);
    return paths;
}

api::SiteFile live(const char* path, std::string_view bytes) {
    return {path, static_cast<std::int64_t>(bytes.size()), "text/plain", api::assetKey(bytes, path).hex()};
}

constexpr auto atOnce = std::chrono::nanoseconds(0);  ///< whatever is on the disk may be kept

}  // namespace

class LocalSiteTest : public QObject {
    Q_OBJECT

  private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void whatWranglerIgnoresIsIgnored() {
        for (const char* path : {"index.html", "sub/_headers", "functions.html", ".well-known/x",
                                 ".hidden/.DS_Store", "sub/functions/a.js"})
            write(path, "x");
        for (const char* path :
             {"_headers", "_redirects", "_routes.json", "_worker.js", "functions/api.js", ".DS_Store",
              "a/.DS_Store", "node_modules/x/y.js", "a/node_modules/z", ".git/config", ".wrangler/state"})
            write(path, "ignored");
        const auto site = scan();
        QCOMPARE(pathsOf(chosenFiles(site, {})),
                 QStringList({".hidden/.DS_Store", ".well-known/x", "functions.html", "index.html",
                              "sub/_headers", "sub/functions/a.js"}));
        QCOMPARE(site.rules.headers, std::string("ignored"));
        QVERIFY(site.rules.workerFile.ends_with("/_worker.js"));
        QVERIFY(!site.rules.functionsFolder.empty());
    }

    void mistakesAreLeftOutUntilSomeoneSaysOtherwise() {
        write("index.html", "x");
        write(".env", "KEY=1");
        write(".env.example", "KEY=");
        write(".dev.vars", "KEY=2");
        write("app.js.map", "{}");
        write("keys/server.txt", "-----BEGIN RSA PRIVATE KEY-----\nabc\n");
        write("keys/public.txt", "-----BEGIN PUBLIC KEY-----\nabc\n");
        const auto site = scan();
        QCOMPARE(pathsOf(chosenFiles(site, {})),
                 QStringList({".env.example", "app.js.map", "index.html", "keys/public.txt"}));
        const auto warnings = warningsOf(site.findings, {});
        QCOMPARE(warnings.size(), 3U);
        QCOMPARE(warnings[0].concern, Concern::secrets);
        QCOMPARE(warnings[0].paths, (std::vector<std::string>{".dev.vars", ".env"}));
        QVERIFY(!warnings[0].included);
        QCOMPARE(warnings[1].concern, Concern::privateKey);
        QVERIFY(warnings[2].included);
        QVERIFY(pathsOf(chosenFiles(site, {Concern::secrets})).contains(".env"));
        QVERIFY(!pathsOf(chosenFiles(site, {Concern::sourceMap})).contains("app.js.map"));
    }

    void linksAreFollowedOnlyInside() {
        QTemporaryDir outside;
        QFile secret(outside.filePath("secret"));
        QVERIFY(secret.open(QIODevice::WriteOnly) && secret.write("s") == 1);
        secret.close();
        write("real/a.txt", "a");
        link("real", "alias");
        link("missing", "broken");
        link(outside.path(), "away");
        link(".", "real/loop");
        link("/dev/null", "device");
        const auto site = scan();
        QCOMPARE(pathsOf(chosenFiles(site, {})), QStringList({"alias/a.txt", "real/a.txt"}));
        QMap<int, QString> byConcern;
        for (const auto& warning : warningsOf(site.findings, {}))
            byConcern[static_cast<int>(warning.concern)] = QString::fromStdString(warning.paths.front());
        QCOMPARE(byConcern.value(static_cast<int>(Concern::brokenLink)), "broken");
        QCOMPARE(byConcern.value(static_cast<int>(Concern::outsideLink)), "away/secret");
        QCOMPARE(byConcern.value(static_cast<int>(Concern::special)), "device");
        QVERIFY(byConcern.contains(static_cast<int>(Concern::linkLoop)));
        QVERIFY(pathsOf(chosenFiles(site, {Concern::outsideLink})).contains("away/secret"));
    }

    void filesOverTheLimitStayOut() {
        QFile exact(path("exact.bin"));
        QVERIFY(exact.open(QIODevice::WriteOnly) && exact.resize(api::largestSiteFile));
        QFile over(path("over.bin"));
        QVERIFY(over.open(QIODevice::WriteOnly) && over.resize(api::largestSiteFile + 1));
        const auto site = scan();
        QCOMPARE(pathsOf(chosenFiles(site, {})), QStringList{"exact.bin"});
        QCOMPARE(site.findings.front().concern, Concern::tooLarge);
    }

    void whatChangedIsToldFromWhatMoved() {
        write("index.html", "new");
        write("same.css", "same");
        write("assets/logo.svg", "logo");
        write("blog/post.html", "post");
        const auto site = scan();
        const auto difference =
            differenceOf(itemsOf({live("/index.html", "old!"), live("/same.css", "same"),
                                  live("/img/logo.svg", "logo"), live("/gone.js", "gone")}),
                         itemsOf(chosenFiles(site, {})));
        QCOMPARE(difference.same, 1);
        QCOMPARE(difference.changes.size(), 4U);
        QCOMPARE(difference.changes[0].path, std::string("blog/post.html"));
        QCOMPARE(difference.changes[1].path, std::string("index.html"));
        QCOMPARE(difference.changes[1].sizeBefore, 4);
        QCOMPARE(difference.changes[1].sizeAfter, 3);
        QCOMPARE(difference.changes[2].from, std::string("img/logo.svg"));
        QCOMPARE(difference.changes[2].path, std::string("assets/logo.svg"));
        QCOMPARE(difference.changes[3].path, std::string("gone.js"));
        QCOMPARE(difference.changes[3].change, Change::removed);
    }

    void ofSeveralCopiesEachMovesOnce() {
        write("b/x.txt", "x");
        write("c/x.txt", "x");
        const auto site = scan();
        const auto difference =
            differenceOf(itemsOf({live("/a/x.txt", "x")}), itemsOf(chosenFiles(site, {})));
        QCOMPARE(difference.moved, 1);
        QCOMPARE(difference.added, 1);
        QCOMPARE(difference.removed, 0);
    }

    void rulesAndCodeAreToldFromFiles() {
        const auto part = [](const char* name, const char* text) {
            return Part{name, std::make_shared<const std::string>(text)};
        };
        const std::string rule = "/a /b 301\n";
        api::SiteFile headers{"_headers", 4, {}, api::assetKey("/*\n ", {}).hex()};
        api::SiteFile redirects{"_redirects", 10, {}, api::assetKey(rule, {}).hex()};
        const auto difference =
            differenceOf(itemsOf({headers, redirects, live("/_headers", "a file that is called so")}),
                         itemsOf({part("_redirects", rule.c_str()), part("_worker.js", rule.c_str()),
                                  part("_routes.json", "")}));
        QCOMPARE(difference.same, 1);
        QCOMPARE(difference.changes.size(), 3U);
        // The same text elsewhere is no rule that moved.
        QCOMPARE(difference.changes[0].path, std::string("_worker.js"));
        QCOMPARE(difference.changes[0].change, Change::added);
        QVERIFY(difference.changes[0].after.bytes);
        QCOMPARE(difference.changes[1].before.kind, Content::Kind::asset);
        QCOMPARE(difference.changes[2].before.kind, Content::Kind::part);
    }

    void anUnchangedFolderIsNotReadAgain() {
        write("a.txt", "one");
        KeyCache cache(atOnce);
        auto site = scan(&cache);
        const auto key = site.files.front().key;
        HashProgress progress;
        Stop stop = false;
        write("a.txt", "two");  // the scan is from before, and so is what it is known by
        QVERIFY(hashFiles(site, cache, progress, stop));
        QCOMPARE(site.files.size(), 1U);
        QVERIFY(site.files.front().key == key);
    }

    void aFileThatChangedJustBeforeIsReadAgain() {
        write("a.txt", "one");
        KeyCache cache;  // of a clock that ticks slowly, as far as it knows
        scan(&cache);
        write("a.txt", "two");
        const auto site = scan(&cache);
        QVERIFY(site.files.front().key == api::assetKey("two", "a.txt"));
    }

    void bucketsHoldEachKeyOnceTheLargestFirst() {
        write("a.txt", "same");
        write("b.txt", "same");
        write("large.bin", std::string(100, 'x').c_str());
        const auto site = scan();
        const auto buckets = packBuckets(chosenFiles(site, {}), {50, 10});
        QCOMPARE(buckets.size(), 2U);
        QCOMPARE(buckets[0].files.front()->path, std::string("large.bin"));
        QCOMPARE(buckets[1].files.size(), 1U);
    }

    void aFileThatChangedMeanwhileIsNoticed() {
        write("a.txt", "before");
        write("b.txt", "stays");
        const auto site = scan();
        write("a.txt", "after!");
        auto buckets = packBuckets(chosenFiles(site, {}), {});
        std::vector<FailedFile> failed;
        const auto body = bucketBody(buckets.front(), failed);
        QCOMPARE(failed.size(), 1U);
        QCOMPARE(failed.front().path, std::string("a.txt"));
        QVERIFY(body.find(api::assetKey("stays", "b.txt").hex()) != std::string::npos);
        QVERIFY(body.find(site.files.front().key.hex()) == std::string::npos);
    }

    void looseFilesKeepTheirNames() {
        write("x/page.html", "1");
        write("x/deep/style.css", "2");
        Stop stop = false;
        const auto site = scanSite({path("x/page.html").toStdString(), path("x/deep").toStdString()}, stop);
        QVERIFY(site);
        QCOMPARE(pathsOf(chosenFiles(*site, {})), QStringList({"deep/style.css", "page.html"}));
    }

  private:
    QString path(const QString& name) const { return m_dir->filePath(name); }
    void write(const char* name, const char* bytes) {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) >= 0);
    }
    void link(const QString& target, const QString& name) const {
        QCOMPARE(::symlink(target.toUtf8().constData(), path(name).toUtf8().constData()), 0);
    }
    LocalSite scan(KeyCache* cache = nullptr) const {
        Stop stop = false;
        auto site = scanSite({m_dir->path().toStdString()}, stop);
        if (!site) return {};
        KeyCache own;
        HashProgress progress;
        hashFiles(*site, cache != nullptr ? *cache : own, progress, stop);
        return std::move(*site);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_APPLESS_MAIN(LocalSiteTest)
#include "test_local_site.moc"
