#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "models/deploy/difference_model.h"
#include "models/deploy/drop_kind.h"
#include "models/deploy/pages_project.h"
#include "models/deploy/site_names.h"
#include "models/deploy/site_reader.h"
#include "models/deploy/site_watch.h"
#include "models/deploy/text_difference.h"
#include "models/deploy/unpacking_folder.h"
#include "models/import/workers_site.h"
#include "models/site/warnings.h"
#endif
#include "tests/models/site/zip_maker.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace stepwell;

namespace {

constexpr int patience = 30'000;

QString shown(std::string_view before, std::string_view after) {
    QStringList lines;
    for (const auto& line : textDifference(before, after, 1)) {
        using Kind = DifferenceLine::Kind;
        lines << (line.kind == Kind::skipped   ? QStringLiteral("@%1").arg(line.skipped)
                  : line.kind == Kind::added   ? '+' + line.text
                  : line.kind == Kind::removed ? '-' + line.text
                                               : ' ' + line.text);
    }
    return lines.join('|');
}

void write(const QString& path, const QByteArray& bytes) {
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) >= 0);
}

}  // namespace

class DeployModelsTest : public QObject {
    Q_OBJECT

  private slots:
    void textsAreComparedLineByLine() {
        QCOMPARE(shown("a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n"), "@1| b|-c|+X| d|@1");
        QCOMPARE(shown("", "new\nfile\n"), "+new|+file");
        QCOMPARE(shown("gone\n", ""), "-gone");
        QCOMPARE(shown("same\n", "same\n"), "");
        QCOMPARE(shown("a\r\nb\r\n", "a\nb\n"), "");
        QCOMPARE(shown("1\n2\n3\n", "0\n1\n3\n4\n"), "+0| 1|-2| 3|+4");
    }

    void textsWithNothingInCommonAreOneBlock() {
        QString before;
        QString after;
        for (int i = 0; i < 3'000; ++i) {
            before += QStringLiteral("old %1\n").arg(i);
            after += QStringLiteral("new %1\n").arg(i);
        }
        const auto lines = textDifference(before.toStdString(), after.toStdString());
        QCOMPARE(lines.size(), 2'000U);
        QCOMPARE(lines.front().kind, DifferenceLine::Kind::removed);
    }

    void bytesAreNotTakenForText() {
        QVERIFY(isShownAsText("<p>grüße</p>\n"));
        QVERIFY(isShownAsText(""));
        QVERIFY(!isShownAsText(std::string_view("\x89PNG\r\n\x1a\n\0", 9)));
        QVERIFY(!isShownAsText("\xff\xfe"));
    }

    void whatAnArchiveHoldsTwiceIsSaidAndDeployed() {
        QTemporaryDir folder;
        const QString zip = folder.filePath("site.zip");
        write(zip, QByteArray::fromStdString(test::makeZip({{"site/index.html", "one"},
                                                            {"site/Index.html", "other"},
                                                            {"site/index.html", "two"},
                                                            {"site/.env", "A=1"},
                                                            {"site/.env", "A=2"}})));
        SiteReader reader({zip});
        QSignalSpy ready(&reader, &SiteReader::ready);
        reader.start();
        QVERIFY(ready.wait(patience));
        const auto warnings = site::warningsOf(reader.site()->findings, {});
        QCOMPARE(warnings.size(), 3U);  // with the secrets, which nobody is told twice
        QCOMPARE(warnings[0].concern, site::Concern::secrets);
        QCOMPARE(warnings[1].concern, site::Concern::repeated);
        QCOMPARE(warnings[1].paths, std::vector<std::string>{"index.html"});
        QCOMPARE(warnings[2].concern, site::Concern::sameButCase);
        QCOMPARE(site::chosenFiles(*reader.site(), {}).size(), 2U);
        for (const auto* file : site::chosenFiles(*reader.site(), {}))
            QCOMPARE(file->key, api::assetKey(file->path == "index.html" ? "two" : "other", "index.html"));
    }

    void foldersOfKilledProcessesAreRemoved() {
        QTemporaryDir cache;
        write(cache.filePath("site-dead01/a/index.html"), "x");  // from before there were locks
        write(cache.filePath("site-dead02/index.html"), "x");
        write(cache.filePath("site-dead02.lock"), "");
        write(cache.filePath("site-dead03.lock"), "");
        write(cache.filePath("else/index.html"), "x");
        auto used = UnpackingFolder::make(cache.path());
        QVERIFY(used.has_value());
        const QString path = (*used)->path();
        write(path + "/index.html", "x");
        removeAbandonedFolders(cache.path());
        const auto left = [&] { return QDir(cache.path()).entryList({"site-*", "else"}); };
        QCOMPARE(left(),
                 (QStringList{"else", QFileInfo(path).fileName(), QFileInfo(path).fileName() + ".lock"}));
        QVERIFY(QFile::exists(path + "/index.html"));
        used->reset();
        QCOMPARE(left(), QStringList{"else"});
    }

    void changesCanBeFiltered() {
        DifferenceModel model;
        const QAbstractItemModelTester tester(&model);
        auto difference = std::make_shared<site::Difference>();
        difference->changes = {{site::Change::added, "a.html", {}, 0, 10, {}, {}},
                               {site::Change::changed, "b.html", {}, 5, 6, {}, {}},
                               {site::Change::moved, "c.html", "old/c.html", 7, 7, {}, {}}};
        model.setDifference(difference);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(2, DifferenceModel::path).data().toString(), "old/c.html → c.html");
        QCOMPARE(model.index(1, DifferenceModel::size).data().toList().size(), 2);
        model.setShown({site::Change::changed});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(QString::fromStdString(model.at(model.index(0, 0))->path), "b.html");
        model.setShown({});
        QCOMPARE(model.rowCount(), 3);
    }

    void bindingsThatAreNotSentAreNamed() {
        const std::string config = R"({"kv_namespaces":[{"binding":"A"}],"d1_databases":[],
            "env":{"preview":{"r2_buckets":[{"binding":"B"}]}}})";
        QCOMPARE(bindingsNotSent(config, true), QStringList{"kv_namespaces"});
        QCOMPARE(bindingsNotSent(config, false), QStringList{"r2_buckets"});
        QVERIFY(bindingsNotSent("", true).isEmpty());
    }

    void namesOfProjectsAreChecked() {
        QVERIFY(projectNameProblem("my-shop-2").isEmpty());
        for (const char* bad : {"", "-a", "a-", "My-Shop", "a_b", "a.b", "ä"})
            QVERIFY2(!projectNameProblem(bad).isEmpty(), bad);
        QVERIFY(projectNameProblem(QString(58, 'a')).isEmpty());
        QVERIFY(!projectNameProblem(QString(59, 'a')).isEmpty());
        QCOMPARE(labelOfBranch("feature/Big_Thing"), "feature-big-thing");
        QCOMPARE(labelOfBranch(QString::fromUtf8("/feature/ünï code!")), "feature--n--code");
    }

    void aNameIsProposed() {
        QTemporaryDir files;
        QDir(files.path()).mkpath("My Shop/dist");
        QCOMPARE(proposedProjectName(files.filePath("My Shop/dist")), "my-shop");
        QCOMPARE(proposedProjectName(files.filePath("My Shop")), "my-shop");
        QCOMPARE(proposedProjectName(files.filePath("Blog 2026.zip")), "blog-2026");
    }

    void workersAreToldFromSites() {
        QTemporaryDir files;
        const auto at = [&](const char* name) { return files.filePath(name); };
        write(at("worker/wrangler.toml"), "name = \"w\"\nmain = \"src/index.ts\"\n");
        write(at("pages/wrangler.jsonc"), "{ // a site\n \"pages_build_output_dir\": \"./dist\" }");
        write(at("pages/dist/index.html"), "x");
        write(at("plain/index.html"), "x");
        write(at("sources/src/index.ts"), "x");
        write(at("lone.ts"), "x");
        write(at("site.zip"), "x");
        using Kind = DropChoice::Kind;
        const auto kindOf = [&](const char* name) { return choiceFor({at(name)}).kind; };
        QCOMPARE(kindOf("worker"), Kind::worker);
        QCOMPARE(kindOf("sources"), Kind::worker);
        QCOMPARE(kindOf("lone.ts"), Kind::worker);
        QCOMPARE(kindOf("plain"), Kind::site);
        QCOMPARE(kindOf("site.zip"), Kind::site);
        const auto pages = choiceFor({at("pages")});
        QCOMPARE(pages.kind, Kind::site);
        QCOMPARE(pages.paths, QStringList{at("pages/dist")});
        QCOMPARE(choiceFor({at("lone.ts"), at("site.zip")}).kind, Kind::site);
    }

    void workersSitesAreSitesUnlessTheyHaveWorkflows() {
        QTemporaryDir files;
        const auto at = [&](const char* name) { return files.filePath(name); };
        write(at("old/wrangler.toml"), "name = \"old\"\n[site]\nbucket = \"./public\"\n");
        write(at("flows/wrangler.jsonc"),
              R"({"main": "a.ts", "site": {"bucket": "p"}, "workflows": [{"name": "w"}]})");
        QCOMPARE(choiceFor({at("old")}).kind, DropChoice::Kind::site);
        QCOMPARE(choiceFor({at("old")}).paths, QStringList{at("old")});
        QCOMPARE(choiceFor({at("flows")}).kind, DropChoice::Kind::worker);
    }

    void theBucketOfWorkersSitesIsRead() {
        QTemporaryDir files;
        const auto at = [&](const char* name) { return files.filePath(name); };
        write(at("old/wrangler.toml"), "name = \"Old Shop\"\n[site]\nbucket = \"./public\"\n"
                                       "exclude = [\"drafts\", \"*.map\"]\n");
        for (const char* name : {"index.html", "drafts/new.html", "app.js", "app.js.map", ".secret"})
            write(at("old/public/") + QLatin1String(name), "x");
        write(at("old/outside.html"), "x");
        SiteReader reader({at("old")});
        QSignalSpy ready(&reader, &SiteReader::ready), failed(&reader, &SiteReader::failed);
        reader.start();
        QVERIFY(ready.wait(patience));
        QStringList paths;
        for (const auto& file : reader.site()->files)
            paths << QString::fromStdString(file.path);
        QCOMPARE(paths, QStringList({"app.js", "index.html"}));
        QCOMPARE(reader.site()->bytes, 2);
        QVERIFY(reader.site()->findings.empty());
        QCOMPARE(reader.folder(), at("old/public"));
        QCOMPARE(reader.workersSite()->project, std::string("old-shop"));

        QVERIFY(QDir(at("old/public")).removeRecursively());
        reader.start();
        QVERIFY(failed.wait(patience));
        QVERIFY2(failed[0][0].toString().contains("public"), qPrintable(failed[0][0].toString()));
    }

    void anArchiveOfASiteIsToldFromATarOfFiles() {
        QTemporaryDir files;
        QByteArray head(512, '\0');
        head.replace(257, 5, "ustar");
        head.replace(0, 12, "project.json");
        write(files.filePath("shop.tar"), head);
        head.replace(0, 12, "index.html\0\0");
        write(files.filePath("files.tar"), head);
        QCOMPARE(choiceFor({files.filePath("shop.tar")}).kind, DropChoice::Kind::siteArchive);
        QCOMPARE(choiceFor({files.filePath("files.tar")}).kind, DropChoice::Kind::site);
    }

    void aWatchedFolderTellsOfNewFilesEverywhere() {
        QTemporaryDir files;
        write(files.filePath("a/b/x.html"), "x");
        SiteWatch watch;
        QSignalSpy changed(&watch, &SiteWatch::changed);
        watch.setFolder(files.path());
        QVERIFY(changed.wait(patience));  // looking now and then
        write(files.filePath("a/b/new.html"), "y");
        QVERIFY(changed.wait(patience));
        watch.setFolder({});
    }
};

QTEST_GUILESS_MAIN(DeployModelsTest)
#include "test_deploy_models.moc"
