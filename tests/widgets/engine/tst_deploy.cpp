#include "models/import/tools.h"
#include "tests/models/site/zip_maker.h"
#include "tests/support/api_client.h"
#include "tests/widgets/engine/deploy_steps.h"
#include "widgets/deploy/deploy_form.h"
#include "widgets/deploy/difference_view.h"
#include "widgets/deploy/done_page.h"
#include "widgets/deploy/preview_pane.h"
#include "widgets/deploy/warning_card.h"
#include "widgets/sites/site_page.h"
#include "widgets/table_view.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QTest>
#include <QUrl>

using namespace stepwell;
using namespace stepwell::test;

/// From a drop to a site that is served, on the real engine.
class DeployTest : public QObject {
    Q_OBJECT
  private slots:
    void aDroppedFolderIsServed() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString folder = files.filePath("my-shop/dist");
        write(folder + "/index.html", "<h1>one</h1>\n<p>same</p>\n");
        write(folder + "/img/logo.svg", "<svg/>");
        write(folder + "/.env", "SECRET=1");
        write(folder + "/_headers", "/*\n  X-Shop: yes\n");
        auto* dialog = dropped(real, folder);
        QCOMPARE(dialog->windowTitle(), "Deploy “dist”");
        QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patience);
        QCOMPARE(dialog->findChild<QComboBox*>("deployProject")->currentText(), "my-shop");
        QTRY_COMPARE_WITH_TIMEOUT(dialog->difference().model().rowCount(), 3, patience);  // and its headers
        QCOMPARE(dialog->findChildren<WarningCard*>().size(), 1);
        const QString address = deployed(dialog);
        QVERIFY2(address.contains("my-shop.localhost"), qPrintable(address));
        QCOMPARE(visit(address, "/"), "<h1>one</h1>\n<p>same</p>\n");
        QVERIFY(!visit(address, "/.env").contains("SECRET"));
        closeDialog(dialog);

        // The second time only what is new goes up, and the dialog says what that is.
        write(folder + "/index.html", "<h1>two</h1>\n<p>same</p>\n");
        QDir().rename(folder + "/img", folder + "/pictures");
        dialog = dropped(real, folder);
        QTRY_COMPARE_WITH_TIMEOUT(dialog->difference().model().rowCount(), 2, patience);
        auto& table = dialog->difference().table();
        table.setCurrentIndex(table.model()->index(0, 0));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->difference().preview().text().contains("+  <h1>two</h1>"), patience);
        QVERIFY(dialog->difference().preview().text().contains("−  <h1>one</h1>"));
        QVERIFY(table.model()->index(1, 1).data().toString() == "img/logo.svg → pictures/logo.svg");
        const QString second = deployed(dialog);
        QVERIFY(second != address);
        QCOMPARE(dialog->session().outcome().uploaded, 1);
        QCOMPARE(dialog->session().outcome().alreadyThere, 1);
        QCOMPARE(visit(second, "/pictures/logo.svg"), "<svg/>");
        QCOMPARE(visit(address, "/"), "<h1>one</h1>\n<p>same</p>\n");
        closeDialog(dialog);
    }

    void aChangeOfRulesOrCodeAloneIsTold() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString project = files.filePath("my-shop");
        writeFunctions(project);
        write(project + "/dist/_headers", "/*\n  X-Shop: yes\n");
        auto* dialog = dropped(real, project);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patience);
        const QString address = deployed(dialog);
        closeDialog(dialog);

        dialog = dropped(real, project);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->session().comparison().state == Comparison::State::known, patience);
        QCOMPARE(changesOf(dialog), QString());
        QVERIFY(saysSomewhere(dialog, "Nothing would change"));
        closeDialog(dialog);

        write(project + "/dist/_headers", "/*\n  X-Shop: no\n");
        write(project + "/functions/api/users/me.js", "export const onRequest = () => new Response('you');");
        dialog = dropped(real, project);
        auto& difference = dialog->difference();
        QTRY_COMPARE_WITH_TIMEOUT(difference.model().rowCount(), 2, patience);
        QCOMPARE(difference.model().index(0, 1).data().toString(), "_headers");
        QCOMPARE(difference.model().index(1, 1).data().toString(), "functions");
        difference.table().setCurrentIndex(difference.model().index(0, 1));
        QTRY_VERIFY_WITH_TIMEOUT(difference.preview().text().contains("−    X-Shop: yes"), patience);
        difference.table().setCurrentIndex(difference.model().index(1, 1));
        QTRY_VERIFY_WITH_TIMEOUT(difference.preview().text().contains("you"), patience);
        closeDialog(dialog);
    }

    void aDroppedZipIsServed() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString zip = files.filePath("holiday.zip");
        write(zip, QByteArray::fromStdString(makeZip({{"holiday/index.html", "sea"},
                                                      {"holiday/caf\x82.txt", "coffee"},
                                                      {"__MACOSX/holiday/._index.html", "?"}})));
        auto* dialog = dropped(real, zip);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patience);
        const QString address = deployed(dialog);
        QVERIFY2(address.contains(".holiday.localhost"), qPrintable(address));
        QCOMPARE(visit(address, "/"), "sea");
        QCOMPARE(visit(address, "/caf%C3%A9.txt"), "coffee");
        closeDialog(dialog);
    }

    void aHostileZipIsRefusedWithItsEntry() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString zip = files.filePath("evil.zip");
        write(zip, QByteArray::fromStdString(makeZip({{"index.html", "x"}, {"../../escape.html", "y"}})));
        auto* dialog = dropped(real, zip);
        QTRY_COMPARE_WITH_TIMEOUT(dialog->session().state(), State::unreadable, patience);
        QVERIFY2(dialog->session().readError().contains("../../escape.html"),
                 qPrintable(dialog->session().readError()));
        QVERIFY(!dialog->verbButton()->isEnabled());
        closeDialog(dialog);
    }

    void anExistingProjectAndABranchAreOffered() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        ApiClient client(real.engine());
        QVERIFY(client.post("/pages/projects", QJsonObject{{"name", "blog"}, {"production_branch", "trunk"}})
                    .success);
        QTemporaryDir files;
        write(files.filePath("blog/index.html"), "post");
        auto* dialog = dropped(real, files.filePath("blog"));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patience);
        auto* project = dialog->findChild<QComboBox*>("deployProject");
        auto* branch = dialog->findChild<QComboBox*>("deployBranch");
        QCOMPARE(branch->currentText(), "trunk");
        project->setEditText("Not A Name");
        QVERIFY(!dialog->verbButton()->isEnabled());
        project->setEditText("blog");
        branch->setEditText("feature/x");
        const QString address = deployed(dialog);
        QVERIFY(dialog->session().outcome().deployment.environment == api::SiteEnvironment::preview);
        QVERIFY(dialog->session().outcome().deployment.aliases.at(0).find("feature-x.blog") !=
                std::string::npos);
        QCOMPARE(visit(address, "/"), "post");
        closeDialog(dialog);
    }

    void aKeptFolderDeploysOnSave() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString folder = files.filePath("notes");
        write(folder + "/index.html", "first");
        auto* dialog = dropped(real, folder);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patience);
        const QString address = deployed(dialog);
        for (const char* name : {"watchFolder", "deployOnSave"})
            dialog->findChild<QCheckBox*>(name)->setChecked(true);
        write(folder + "/second.html", "second");
        QTRY_VERIFY_WITH_TIMEOUT(
            dialog->donePage().address() != address && dialog->session().state() == State::over, patience);
        QCOMPARE(visit(dialog->donePage().address(), "/second"), "second");

        // What was saved a moment ago is what "Deploy again" means, whether it was noticed or not.
        dialog->findChild<QCheckBox*>("deployOnSave")->setChecked(false);
        write(folder + "/index.html", "third");
        const QString before = dialog->donePage().address();
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(
            dialog->donePage().address() != before && dialog->session().state() == State::over, patience);
        QCOMPARE(visit(dialog->donePage().address(), "/"), "third");

        // A save of code alone deploys; a folder that is empty for a while, as builds leave it, does not.
        dialog->findChild<QCheckBox*>("deployOnSave")->setChecked(true);
        const QString third = dialog->donePage().address();
        write(folder + "/_worker.js", "export default { fetch: () => new Response('code') };");
        QTRY_VERIFY_WITH_TIMEOUT(
            dialog->donePage().address() != third && dialog->session().state() == State::over, patience);
        QCOMPARE(visit(dialog->donePage().address(), "/"), "code");
        const QString fourth = dialog->donePage().address();
        for (const char* name : {"/index.html", "/second.html", "/_worker.js"})
            QFile::remove(folder + name);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->session().state() == State::ready, patience);
        QVERIFY(!dialog->session().hasSomething() && !dialog->verbButton()->isEnabled());
        write(folder + "/index.html", "built");
        QTRY_VERIFY_WITH_TIMEOUT(
            dialog->donePage().address() != fourth && dialog->session().state() == State::over, patience);
        QCOMPARE(visit(dialog->donePage().address(), "/"), "built");
        closeDialog(dialog);
    }

    void functionsOfAProjectAreCompiledAndRun() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString project = files.filePath("guestbook");
        writeFunctions(project);
        auto* dialog = dropped(real, project);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patience);
        QCOMPARE(dialog->findChildren<WarningCard*>().size(), 0);
        QVERIFY(saysSomewhere(dialog, "With 5 functions"));
        const QString address = deployed(dialog);
        QVERIFY(dialog->session().outcome().deployment.usesFunctions);
        QCOMPARE(visit(address, "/api/users/7"), "user 7 as seen by root,api in blue");
        QCOMPARE(visit(address, "/api/users/me"), "me");
        QCOMPARE(visit(address, "/files/a/b.txt"), "[\"a\",\"b.txt\"]");
        QCOMPARE(visit(address, "/"), "<h1>guests</h1>");
        QCOMPARE(visit(address, "/about"), "about us, from the files");
        QVERIFY(visit(address, "/broken").contains("TypeError: broken on purpose"));
        QCOMPARE(visit(address, "/nothing"), "not here");
        closeDialog(dialog);
    }

    void aFunctionThatDoesNotCompileIsNamed() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString folder = files.filePath("wrong");
        write(folder + "/index.html", "x");
        write(folder + "/functions/api.js", "export const onRequest = () => {\n  return new (;\n};");
        auto* dialog = dropped(real, folder);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patience);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->errorText().contains("functions/api.js:2:"), patience);
        // Repaired, it goes up with the next press.
        write(folder + "/functions/api.js", "export const onRequest = () => new Response('repaired');");
        QCOMPARE(visit(deployed(dialog), "/api"), "repaired");
        closeDialog(dialog);
    }

    void aModuleBesideTheFunctionsIsWatchedToo() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        const QString site = files.filePath("shop");
        write(site + "/index.html", "x");
        write(
            site + "/functions/api.js",
            "import { word } from '../../lib/word.js';\nexport const onRequest = () => new Response(word);");
        write(files.filePath("lib/word.js"), "export const word = 'before';");
        auto* dialog = dropped(real, site);
        const QString address = deployed(dialog);
        QCOMPARE(visit(address, "/api"), "before");
        for (const char* name : {"watchFolder", "deployOnSave"})
            dialog->findChild<QCheckBox*>(name)->setChecked(true);
        write(files.filePath("lib/word.js"), "export const word = 'afterwards';");
        const auto isNew = [&] {
            const auto now = dialog->donePage().address();
            return !now.isEmpty() && now != address && visit(now, "/api") == "afterwards";
        };
        QTRY_VERIFY_WITH_TIMEOUT(isNew(), patience);
        closeDialog(dialog);
    }

    void workersSitesAreDeployedFromTheirBucket() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        write(files.filePath("folder/wrangler.toml"),
              "name = \"old-shop\"\nmain = \"workers-site/index.js\"\n"
              "[site]\nbucket = \"public\"\nexclude = [\"drafts\"]\n");
        write(files.filePath("folder/public/index.html"), "shop");
        write(files.filePath("folder/public/drafts/new.html"), "not yet");
        auto* dialog = dropped(real, files.filePath("folder"));
        QTRY_COMPARE_WITH_TIMEOUT(dialog->findChild<QComboBox*>("deployProject")->currentText(), "old-shop",
                                  patience);
        QCOMPARE(dialog->findChildren<WarningCard*>().size(), 1);
        const QString address = deployed(dialog);
        QVERIFY2(address.contains("old-shop.localhost"), qPrintable(address));
        QCOMPARE(visit(address, "/"), "shop");
        QVERIFY(!visit(address, "/drafts/new").contains("not yet"));
        closeDialog(dialog);
    }

    void aSiteIsExportedAndComesBackUnderAnotherName() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        write(files.filePath("shop/index.html"), "shop");
        auto* deploy = dropped(real, files.filePath("shop"));
        const QUrl address(deployed(deploy));
        closeDialog(deploy);
        const QString archive = files.filePath("shop.tar");
        auto& window = real.window();
        window.navigator().go(placeOfSite("shop"));
        QAction* verb = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((verb = actionOfSite(window, "Export site…")) && verb->isVisible(),
                                 patience);
        verb->trigger();
        choose("exportChooser", archive);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(archive) && openDialog("siteExportDialog") == nullptr,
                                 patience);
        QVERIFY(!QFile::exists(archive + ".part"));

        // A name that is taken is said in place; another one goes.
        window.navigator().go(placeOfSite());
        QTRY_VERIFY(real.button("Import an archive…") != nullptr);
        QTest::mouseClick(real.button("Import an archive…"), Qt::LeftButton);
        choose("importChooser", archive);
        ActionDialog* import = nullptr;
        QTRY_VERIFY((import = qobject_cast<ActionDialog*>(openDialog("siteImportDialog"))) != nullptr);
        auto* name = import->findChild<QLineEdit*>("importName");
        QTRY_COMPARE_WITH_TIMEOUT(name->text(), "shop", patience);
        QTest::mouseClick(import->verbButton(), Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(import->errorText().contains("exists already"),
                                  qPrintable(import->errorText()), patience);
        name->setText("copy");
        QVERIFY(import->errorText().isEmpty());
        QTest::mouseClick(import->verbButton(), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(window.navigator().current(), placeOfSite("copy"), patience);
        QVERIFY(openDialog("siteImportDialog") == nullptr);
        QCOMPARE(visit(QStringLiteral("http://copy.localhost:%1").arg(address.port()), "/"), "shop");
    }

    void aDamagedArchiveIsRefusedInPlace() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        QByteArray head(512, '\0');
        head.replace(0, 12, "project.json");
        head.replace(257, 5, "ustar");
        write(files.filePath("shop.tar"), head);
        real.drop(files.filePath("shop.tar"));
        ActionDialog* import = nullptr;
        QTRY_VERIFY((import = qobject_cast<ActionDialog*>(openDialog("siteImportDialog"))) != nullptr);
        QTest::mouseClick(import->verbButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(import->errorText().contains("Nothing was changed"), patience);
        QVERIFY(import->verbButton()->isEnabled());
        import->close();
        QTRY_VERIFY(openDialog("siteImportDialog") == nullptr);
    }

  private:
    /// A route with a parameter, one that is more exact, a catch-all, middleware of two folders, files behind
    /// a function and a function that fails.
    static void writeFunctions(const QString& project) {
        write(project + "/wrangler.jsonc", R"({"name":"guestbook","pages_build_output_dir":"dist",
            "vars":{"COLOUR":"blue"}})");
        write(project + "/dist/index.html", "<h1>guests</h1>");
        write(project + "/dist/about.html", "about us");
        write(project + "/dist/404.html", "not here");
        write(project + "/functions/_middleware.js",
              "export const onRequest = ({ data, next }) => { data.seen = ['root']; return next(); };");
        write(project + "/functions/api/_middleware.ts",
              "const note: PagesFunction = ({ data, next }) => { data.seen.push('api'); return next(); };\n"
              "export const onRequest = [note];");
        write(project + "/functions/api/users/[id].ts",
              "export const onRequestGet: PagesFunction = ({ params, data, env }) => new "
              "Response(`user ${params.id} as seen by ${data.seen} in ${env.COLOUR}`);");
        write(project + "/functions/api/users/me.js", "export const onRequest = () => new Response('me');");
        write(project + "/functions/files/[[path]].js",
              "export const onRequest = ({ params }) => Response.json(params.path);");
        write(project + "/functions/about.js",
              "export const onRequest = async ({ next }) => new Response(await (await next()).text() + ', "
              "from the files');");
        write(project + "/functions/broken.js",
              "export const onRequest = () => { throw new TypeError('broken on purpose'); };");
    }
    static QString changesOf(DeployDialog* dialog) {
        QStringList changes;
        for (const auto& change : dialog->session().comparison().difference->changes)
            changes << changeSign(change.change) + QString::fromStdString(change.path);
        return changes.join(' ');
    }
    static bool saysSomewhere(DeployDialog* dialog, const QString& text) {
        const auto labels = dialog->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const auto* label) { return label->text().contains(text); });
    }
    static QAction* actionOfSite(MainWindow& window, const QString& text) {
        for (auto* page : window.findChildren<SitePage*>())
            for (auto* action : page->pageActions())
                if (action->text() == text) return action;
        return nullptr;
    }
    /// What a person does in the file dialog of this name.
    static void choose(const QString& name, const QString& file) {
        QFileDialog* chooser = nullptr;
        QTRY_VERIFY((chooser = qobject_cast<QFileDialog*>(openDialog(name))) != nullptr);
        chooser->selectFile(file);
        QMetaObject::invokeMethod(chooser, "accept");
        QTRY_VERIFY(openDialog(name) == nullptr);
    }
};

QTEST_MAIN(DeployTest)
#include "tst_deploy.moc"
