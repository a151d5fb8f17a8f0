#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/pages/project_archive.h"
#include "app/engine/pages/tar_format.h"
#include "models/api/asset_key.h"
#endif

#include <QTemporaryDir>
#include <QTemporaryFile>
#include <QTest>

using namespace stepwell;
using namespace stepwell::engine::pages;

namespace {

const std::string key = api::assetKey("one", "index.html").hex();
const std::string project = R"({"format":1,"name":"site","production_branch":"main"})";
const std::string deployment = R"({"branch":"main","manifest":{"/index.html":")" + key + R"("},"types":{}})";
const std::string later = R"({"branch":"later","manifest":{"/index.html":")" + key + R"("},"types":{}})";

std::string entry(const std::string& name, const std::string& bytes) {
    return tarHead(name, bytes.size()) + bytes + tarPadding(bytes.size());
}

/// An entry without bytes of a kind that archives of projects do not have.
std::string special(const std::string& name, char kind) {
    auto head = tarHead(name, 0);
    head[156] = kind;
    // Its sum, as for a plain file, and what the kind adds to it.
    auto sum = std::stoul(head.substr(148, 6), nullptr, 8) + static_cast<unsigned long>(kind) - '0';
    for (std::size_t digit = 6; digit-- > 0; sum /= 8)
        head[148 + digit] = static_cast<char>('0' + sum % 8);
    return head;
}

}  // namespace

/// Archives of projects that others made.
class ArchiveTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        open();
    }
    void cleanup() { m_service.reset(); }

    void aPlainOneIsTaken() {
        const auto made = taken(entry("project.json", project) + entry("deployment.json", deployment) +
                                entry("assets/" + key, "one") + tarEnd());
        QVERIFY2(made.has_value(), made ? "" : made.error().message.c_str());
        QVERIFY(m_service->route("site.localhost").has_value());
    }

    void whatIsHostileIsRefusedByName_data() {
        QTest::addColumn<QByteArray>("entries");
        QTest::addColumn<QByteArray>("named");
        const auto row = [](const char* title, const std::string& entries, const char* named) {
            QTest::newRow(title) << QByteArray::fromStdString(entries) << QByteArray(named);
        };
        row("up", entry("assets/../../evil", "x"), "assets/../../evil");
        row("absolute", entry("/etc/passwd", "x"), "/etc/passwd");
        row("backslash", entry("assets\\evil", "x"), "assets\\evil");
        row("symbolic link", special("assets/link", '2'), "assets/link");
        row("hard link", special("assets/hard", '1'), "assets/hard");
        row("device", special("assets/null", '3'), "assets/null");
        row("no key", entry("assets/evil.html", "x"), "assets/evil.html");
        row("cut off", tarHead("assets/" + key, 4096) + "x", ("assets/" + key).c_str());
        row("huge", tarHead("assets/" + key, 1ULL << 32U), ("assets/" + key).c_str());
        row("too large", entry("assets/" + key, std::string(25 * 1024 * 1024 + 1, 'x')),
            ("assets/" + key).c_str());
        row("other bytes", entry("deployment.json", deployment) + entry("assets/" + key, "two"),
            ("assets/" + key).c_str());
        row("of no file", entry("assets/" + key, "one"), ("assets/" + key).c_str());
        row("a second project", entry("project.json", project), "project.json");
        row("no manifest", entry("deployment.json", "{}"), "deployment.json");
        row("a file that is missing", entry("deployment.json", deployment), "/index.html");
        row("deep", entry("deployment.json", std::string(1'000'000, '[')), "deployment.json");
    }
    void whatIsHostileIsRefusedByName() {
        QFETCH(QByteArray, entries);
        QFETCH(QByteArray, named);
        const auto made = taken(entry("project.json", project) + entries.toStdString() + tarEnd());
        QVERIFY(!made);
        QVERIFY2(made.error().message.find(named.toStdString()) != std::string::npos,
                 made.error().message.c_str());
        QVERIFY(!m_service->project("site"));
        QVERIFY(!m_service->route("site.localhost"));
    }

    void whatAFailedImportBroughtIsNotKept() {
        m_now += std::chrono::hours(24 * 365);
        const auto other = api::assetKey("two", "other.html").hex();
        const auto needsBoth = "{\"branch\":\"main\",\"manifest\":{\"/index.html\":\"" + key +
                               "\",\"/other.html\":\"" + other + "\"},\"types\":{}}";
        const auto archive = entry("project.json", project) + entry("deployment.json", needsBoth) +
                             entry("assets/" + key, "one") + tarEnd();
        QVERIFY(!taken(archive));
        QCOMPARE(m_service->collect()->assets, 1);
        QCOMPARE(m_service->missing({key})->size(), 1U);
        // Unless somebody else brought it: then it was promised to them.
        auto upload = m_service->beginUpload();
        QVERIFY(upload->add({key, "text/html", "one"}));
        QVERIFY(upload->commit());
        upload.reset();
        QVERIFY(!taken(archive));
        QCOMPARE(m_service->collect()->assets, 0);
        QVERIFY(m_service->missing({key})->empty());
    }

    void keysThatClientsChoseDoNotBringBytesUnderThoseOfOthers() {
        // Uploaded under the key of "one", as the client wanted it.
        QVERIFY(taken(entry("project.json", project) + entry("deployment.json", deployment) +
                      entry("foreign/" + key, "two") + entry("deployment.json", later) + tarEnd()));
        QCOMPARE(m_service->missing({key})->size(), 1U);
        const auto own = api::assetKey("two", "index.html").hex();
        QVERIFY(m_service->missing({own})->empty());
        for (const char* host : {"site.localhost", "later.site.localhost"}) {
            const auto site = m_service->loadSite(m_service->route(host)->deployment);
            QCOMPARE((*site)->find("/index.html")->key.hex(), own);
        }
    }

    void anExportComesBackAsItWas() {
        QVERIFY(taken(entry("project.json", project) + entry("deployment.json", deployment) +
                      entry("assets/" + key, "one") + tarEnd()));
        const std::string chosen(32, 'a');
        auto upload = m_service->beginUpload();
        QVERIFY(upload->add({chosen, "text/plain", "by another client"}));
        QVERIFY(upload->commit());
        upload.reset();
        NewDeployment next;
        next.branch = "main";
        next.manifest = {{"/a.txt", chosen}, {"/index.html", key}};
        QVERIFY(m_service->deploy("site", next));
        std::string archive;
        QVERIFY(exportProject(*m_service, "site", [&](std::string_view part) -> api::Result<void> {
            archive += part;
            return {};
        }));
        QVERIFY(archive.find("foreign/" + chosen) != std::string::npos);
        QVERIFY(archive.find("assets/" + key) != std::string::npos);
        const auto copy = importProject(*m_service, archive, "copy");
        QVERIFY2(copy.has_value(), copy ? "" : copy.error().message.c_str());
        const auto site = m_service->loadSite(m_service->route("copy.localhost")->deployment);
        QCOMPARE((*site)->find("/a.txt")->key, api::assetKey("by another client", "a.txt"));
        QCOMPARE((*site)->find("/index.html")->key.hex(), key);
        // A bit that fell over on the way.
        archive[archive.find("assets/" + key) + tarHead("x", 1).size()] = 'O';
        const auto broken = importProject(*m_service, archive, "other");
        QVERIFY(!broken && broken.error().message.find("assets/" + key) != std::string::npos);
    }

    void oneInAFileIsReadAsOneInMemoryIs() {
        const auto archive = entry("project.json", project) + entry("deployment.json", deployment) +
                             entry("assets/" + key, "one") + entry("later/other", std::string(200'000, 'x')) +
                             entry("deployment.json", later) + tarEnd();
        QTemporaryFile file;
        QVERIFY(file.open() && file.write(QByteArray::fromStdString(archive)) > 0 && file.flush());
        ArchiveFile whole(file.handle(), archive.size());
        const auto made = importProject(*m_service, whole, "");
        QVERIFY2(made.has_value(), made ? "" : made.error().message.c_str());
        for (const char* host : {"site.localhost", "later.site.localhost"})
            QCOMPARE(
                (*m_service->loadSite(m_service->route(host)->deployment))->find("/index.html")->key.hex(),
                key);
        // The disk has less than was written to it.
        ArchiveFile lost(file.handle(), archive.size() + 1'000'000);
        const auto failed = importProject(*m_service, lost, "other");
        QVERIFY(!failed);
        QCOMPARE(failed.error().http, 500);
        QVERIFY(!m_service->project("other"));
    }

    void settingsThatAreNestedTooDeepAreRefused() {
        const auto deep = R"({"format":1,"name":"site","build_config":{"a":)" + std::string(500'000, '[') +
                          std::string(500'000, ']') + "}}";
        QVERIFY(!taken(entry("project.json", deep) + tarEnd()));
        QVERIFY(!m_service->project("site"));
    }

    void anImportThatNeverEndedIsGoneAtTheNextStart() {
        NewProject half{.name = "half", .productionBranch = "main"};
        half.stage = ProjectStage::unfinished;
        const auto made = m_service->createProject(half);
        NewDeployment page;
        auto upload = m_service->beginUpload();
        QVERIFY(upload->add({key, "text/html", "one"}));
        QVERIFY(upload->commit());
        upload.reset();
        page.manifest = {{"/index.html", key}};
        QVERIFY(m_service->deploy("half", page));
        QVERIFY(m_service->createProject({.name = "whole", .productionBranch = "main"}));
        open();
        QVERIFY(!m_service->project("half"));
        QVERIFY(!m_service->route("half.localhost"));
        QVERIFY(m_service->project("whole"));
    }

    void whatAnImportThatNeverEndedBroughtIsNotKept() {
        m_now += std::chrono::hours(24 * 365);
        NewProject half{.name = "half", .productionBranch = "main"};
        half.stage = ProjectStage::unfinished;
        const auto made = m_service->createProject(half);
        const auto other = api::assetKey("two", "other.html").hex();
        auto upload = m_service->beginUpload(made->row.key);
        QVERIFY(upload->add({key, "text/html", "one"}));
        QVERIFY(upload->add({other, "text/html", "two"}));
        QVERIFY(upload->commit());
        upload.reset();
        QCOMPARE(m_service->collect()->assets, 0);
        // Somebody else was told that it is here.
        m_now += std::chrono::seconds(1);
        QVERIFY(m_service->missing({other})->empty());
        open();
        QCOMPARE(m_service->collect()->assets, 1);
        QCOMPARE(m_service->missing({key, other}).value(), std::vector<std::string>{key});
        // Once it is finished, nothing is taken back.
        QVERIFY(taken(entry("project.json", project) + entry("deployment.json", deployment) +
                      entry("assets/" + key, "one") + tarEnd()));
        QVERIFY(m_service->removeProject("site"));
        open();
        QCOMPARE(m_service->collect()->assets, 0);
        QVERIFY(m_service->missing({key})->empty());
    }

    void anImportThatEndedStays() {
        QVERIFY(taken(entry("project.json", project) + tarEnd()));
        open();
        QVERIFY(m_service->project("site"));
    }

  private:
    api::Result<ProjectView> taken(const std::string& archive) {
        return importProject(*m_service, archive, "");
    }
    void open() {
        m_service.reset();
        ServiceOptions options;
        options.dataDir = m_dir->path().toStdString();
        options.newUuid = [this] {
            auto text =
                QStringLiteral("%1-0000-4000-8000-000000000000").arg(++m_uuids, 8, 16, QLatin1Char('0'));
            return text.toStdString();
        };
        options.now = [this] { return m_now; };
        options.collecting = Collecting::onDemand;
        auto service = Service::open(options);
        QVERIFY(service.has_value());
        m_service = std::move(*service);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Service> m_service;
    api::Time m_now{};
    int m_uuids = 0;
};

QTEST_APPLESS_MAIN(ArchiveTest)
#include "tst_archive.moc"
