#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/pages/project_archive.h"
#include "app/engine/pages/service.h"
#endif

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <thread>

using namespace stepwell;
using namespace stepwell::engine::pages;

namespace {

const std::string oneKey = "00000000000000000000000000000001";
const std::string otherKey = "00000000000000000000000000000002";

/// A site of one page.
NewDeployment pageOf(const std::string& key, const std::string& branch) {
    NewDeployment deployment;
    deployment.manifest = {{"/index.html", key}};
    deployment.branch = branch;
    return deployment;
}

}  // namespace

class ServiceTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        m_uuids.clear();
        open();
        QVERIFY(m_service->createProject({.name = "site", .productionBranch = "main"}));
        put(oneKey, "one");
    }

    void anUploadThatIsNotCommittedLeavesNothing() {
        const auto upload = m_service->beginUpload();
        QVERIFY(upload->add({otherKey, "text/plain", "bytes"}));
        QCOMPARE(m_service->missing({oneKey, otherKey}), std::vector{otherKey});
        QVERIFY(upload->commit());
        QVERIFY(m_service->missing({oneKey, otherKey})->empty());
    }

    void theFirstBytesOfAKeyStay() {
        put(oneKey, "other");
        deploy("main");
        QCOMPARE(textAt("site.localhost", "/index.html"), "one");
    }

    void aManifestWithAnUnknownKeyChangesNothing() {
        const auto refused = m_service->deploy("site", pageOf(otherKey, "main"));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, code::badManifest);
        QCOMPARE(m_service->deployments("site", {}, {})->total, 0);
        QVERIFY(!m_service->route("site.localhost"));
    }

    void branchesOfOneLabelGetHostsOfTheirOwn() {
        const auto first = deploy("fix/api");
        const auto second = deploy("fix-api");
        QCOMPARE(first.aliases, std::vector<std::string>{"fix-api.site.localhost"});
        QCOMPARE(second.aliases.size(), 1U);
        QVERIFY(second.aliases != first.aliases);
        QCOMPARE(m_service->route(first.aliases[0])->deployment, first.row.key);
        QCOMPARE(m_service->route(second.aliases[0])->deployment, second.row.key);
    }

    void aLabelDoesNotHideADeployment() {
        m_uuids = {"deadbeef-0000-4000-8000-000000000000"};
        const auto first = deploy("main");
        const auto second = deploy("deadbeef");
        QCOMPARE(m_service->route("deadbeef.site.localhost")->deployment, first.row.key);
        QVERIFY(second.aliases[0] != "deadbeef.site.localhost");
        deploy("cafecafe");
        m_uuids = {"cafecafe-0000-4000-8000-000000000000"};
        QVERIFY(deploy("main").row.shortId != "cafecafe");
    }

    void aBranchOfNothingButSignsGetsALabel() { QVERIFY(deploy("::").aliases[0].starts_with("branch-")); }

    void aProjectCannotTakeTheHostsOfWorkers() {
        const auto project = m_service->createProject({.name = "workers", .productionBranch = "main"});
        QVERIFY(project && project->row.subdomain != "workers");
    }

    void hostsAndSitesAreThereAfterAnotherStart() {
        const auto live = deploy("main");
        const auto preview = deploy("dev");
        QVERIFY(m_service->addDomain("site", "www.example.com"));
        open();
        QCOMPARE(m_service->route("site.localhost")->deployment, live.row.key);
        QCOMPARE(m_service->route("www.example.com")->deployment, live.row.key);
        QCOMPARE(m_service->route("dev.site.localhost")->deployment, preview.row.key);
        QCOMPARE(m_service->route(preview.row.shortId + ".site.localhost")->deployment, preview.row.key);
        QVERIFY(m_service->route("dev.site.localhost")->preview);
        QVERIFY(!m_service->route("www.example.com")->preview);
        QCOMPARE(textAt("dev.site.localhost", "/index.html"), "one");
    }

    void hostsAreFoundBelowTheDomainOfSitesToo() {
        const auto live = deploy("main");
        QVERIFY(m_service->addDomain("site", "www.example.org"));
        m_sitesDomain = "example.org";
        open();
        m_sitesDomain.clear();
        QCOMPARE(m_service->route("site.example.org")->deployment, live.row.key);
        QCOMPARE(m_service->route("site.localhost")->deployment, live.row.key);
        QCOMPARE(m_service->route(live.row.shortId + ".site.example.org")->deployment, live.row.key);
        QVERIFY(m_service->route(live.row.shortId + ".site.example.org")->preview);
        // It was there before the domain was said to be that of sites.
        QCOMPARE(m_service->route("www.example.org")->deployment, live.row.key);
        QVERIFY(m_service->isBelowOurs("other.example.org") && !m_service->isBelowOurs("example.org"));
        const auto refused = m_service->addDomain("site", "shop.example.org");
        QVERIFY(!refused && refused.error().message.find("below example.org") != std::string::npos);
    }

    void aDeletedBranchFallsBackAndThenGoes() {
        const auto first = deploy("dev");
        const auto second = deploy("dev");
        QVERIFY(!m_service->removeDeployment("site", second.row.uuid, Force::no));
        QVERIFY(m_service->removeDeployment("site", second.row.uuid, Force::yes));
        QCOMPARE(m_service->route("dev.site.localhost")->deployment, first.row.key);
        QVERIFY(m_service->removeDeployment("site", first.row.shortId, Force::yes));
        QVERIFY(!m_service->route("dev.site.localhost"));
        QCOMPARE(m_service->project("site")->row.previewCount, 0);
    }

    void whatTheRulesSayWrongStandsInTheLog() {
        auto deployment = pageOf(oneKey, "main");
        deployment.redirects = "/a /b 999\n";
        const auto view = m_service->deploy("site", deployment);
        QVERIFY(view && view->row.log.find("_redirects line 1") != std::string::npos);
    }

    // --- the collector
    void anAssetStaysWhileAnUploadMayUseIt() {
        const auto day = std::chrono::hours(24);
        m_now += day / 2;
        QVERIFY(m_service->missing({oneKey})->empty());
        m_now += day - std::chrono::minutes(1);
        QCOMPARE(m_service->collect()->assets, 0);
        QVERIFY(m_service->missing({oneKey})->empty());
        m_now += day + std::chrono::minutes(1);
        QCOMPARE(m_service->collect()->assets, 1);
        QCOMPARE(packs(), 0U);
        QCOMPARE(m_service->missing({oneKey}), std::vector{oneKey});
        put(oneKey, "again");
        deploy("main");
        QCOMPARE(textAt("site.localhost", "/index.html"), "again");
    }

    void noAssetGoesBeforeTwoLivesOfAToken() {
        const auto settings = m_service->changeSettings([](SiteSettings& changed) -> api::Result<void> {
            changed.keepUnused = std::chrono::seconds(1);
            return {};
        });
        QVERIFY(settings);
        m_now += 2 * settings->uploadToken;
        QCOMPARE(m_service->collect()->assets, 0);
        m_now += std::chrono::seconds(1);
        QCOMPARE(m_service->collect()->assets, 1);
    }

    void settingsAreThereAfterAnotherStart() {
        QCOMPARE(m_service->settings().mostFiles, 20'000);
        QVERIFY(m_service->changeSettings([](SiteSettings& changed) -> api::Result<void> {
            changed = {100'000, true, std::chrono::seconds(60), std::chrono::seconds(7)};
            return {};
        }));
        open();
        QCOMPARE(m_service->settings().mostFiles, 100'000);
        QVERIFY(m_service->settings().strict);
        QCOMPARE(m_service->settings().uploadToken, std::chrono::seconds(60));
        QCOMPARE(m_service->settings().keepUnused, std::chrono::seconds(7));
    }

    void noChangeOfSettingsIsLost() {
        const auto before = m_service->settings().mostFiles;
        const auto count = [this] {
            for (int i = 0; i < 20; ++i)
                static_cast<void>(m_service->changeSettings([](SiteSettings& changed) -> api::Result<void> {
                    ++changed.mostFiles;
                    return {};
                }));
        };
        std::thread other(count);
        count();
        other.join();
        QCOMPARE(m_service->settings().mostFiles, before + 40);
        QVERIFY(!m_service->changeSettings([](SiteSettings& changed) -> api::Result<void> {
            changed.mostFiles = 1;
            return api::fail(400, 0, "no");
        }));
        open();
        QCOMPARE(m_service->settings().mostFiles, before + 40);
    }

    void collectingGivesUpWhenTheEngineEnds() {
        auto upload = m_service->beginUpload();
        for (int i = 0; i < 1'200; ++i) {
            auto digits = std::to_string(i);
            QVERIFY(upload->add({std::string(32 - digits.size(), 'a') + digits, "text/plain", digits}));
        }
        QVERIFY(upload->commit());
        upload.reset();  // before the service it writes to
        m_now += std::chrono::hours(25);
        m_service->end();
        const auto first = m_service->collect();
        QVERIFY(first->more);
        QVERIFY(first->assets < 1'200);
        open();
        QCOMPARE(m_service->collect()->assets, 1'201 - first->assets);
    }

    void whatADeploymentAloneUsedGoesWithIt() {
        put(otherKey, "other");
        deploy("main");
        auto deployment = pageOf(otherKey, "main");
        deployment.headers = "/*\n  X-A: b\n";
        const auto second = m_service->deploy("site", deployment);
        QVERIFY(second &&
                m_service->rollback("site", m_service->deployments("site", {}, {})->rows[1].row.uuid));
        QCOMPARE(packs(), 3U);
        QVERIFY(m_service->removeDeployment("site", second->row.uuid, Force::yes));
        QCOMPARE(m_service->collect()->files, 1);
        m_now += std::chrono::hours(25);
        const auto collected = m_service->collect();
        QCOMPARE(collected->assets, 1);
        QCOMPARE(packs(), 1U);
        QCOMPARE(textAt("site.localhost", "/index.html"), "one");
        QVERIFY(m_service->removeProject("site"));
        QVERIFY(m_service->collect());
        m_now += std::chrono::hours(25);
        QVERIFY(m_service->collect());
        QCOMPARE(packs(), 0U);
    }

    void onlyAProjectWithoutDeploymentsGoesAsEmpty() {
        QVERIFY(m_service->createProject({.name = "empty", .productionBranch = "main"}));
        deploy("dev");
        const auto refused = m_service->removeProject("site", Projects::onlyEmpty);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, code::projectNotEmpty);
        QVERIFY(m_service->project("site"));
        QVERIFY(m_service->removeProject("empty", Projects::onlyEmpty));
        QVERIFY(!m_service->project("empty"));
    }

    void aRetryKeepsWhatItShares() {
        auto deployment = pageOf(oneKey, "dev");
        deployment.redirects = "/a /b 301\n";
        const auto first = m_service->deploy("site", deployment);
        QVERIFY(first && m_service->retry("site", first->row.uuid));
        QVERIFY(m_service->removeDeployment("site", first->row.uuid, Force::yes));
        m_now += std::chrono::hours(25);
        QCOMPARE(m_service->collect()->assets, 0);
        QCOMPARE(textAt("dev.site.localhost", "/index.html"), "one");
        const auto route = m_service->route("dev.site.localhost");
        QCOMPARE((*m_service->loadSite(route->deployment))->row().redirects, first->row.redirects);
        QCOMPARE(*m_service->readBlob(first->row.redirects), "/a /b 301\n");
    }

    void aMostlyUnusedPackIsWrittenAnew() {
        const std::string small(1'000, 's');
        auto upload = m_service->beginUpload();
        QVERIFY(upload->add({otherKey, "text/plain", std::string(200'000, 'x')}));
        QVERIFY(upload->add({"00000000000000000000000000000003", "text/plain", small}));
        QVERIFY(upload->commit());
        upload.reset();
        auto deployment = pageOf("00000000000000000000000000000003", "main");
        QVERIFY(m_service->deploy("site", deployment));
        QCOMPARE(textAt("site.localhost", "/index.html"), small);
        auto site = m_service->loadSite(m_service->route("site.localhost")->deployment);
        const auto before = m_service->fileOf((*site)->assetOf((*site)->find("/index.html")->key));
        const auto apart = deploy("dev");  // its files are in another pack
        QVERIFY(m_service->loadSite(apart.row.key));
        m_now += std::chrono::hours(25);
        QCOMPARE(m_service->collect()->assets, 1);
        QVERIFY(m_service->cachedSite(apart.row.key));
        QVERIFY(std::filesystem::exists(before));  // for the one who still has the site in its hands
        QCOMPARE(textAt("site.localhost", "/index.html"), small);
        site->reset();
        QVERIFY(m_service->collect());
        QVERIFY(!std::filesystem::exists(before));
        QCOMPARE(textAt("site.localhost", "/index.html"), small);
        QCOMPARE(textAt("dev.site.localhost", "/index.html"), "one");
        QCOMPARE(packs(), 2U);
        open();
        QVERIFY(m_service->collect());
        QCOMPARE(textAt("site.localhost", "/index.html"), small);
    }

    void filesThatNoRowKnowsGoAtTheNextStart() {
        const auto folder = std::filesystem::path(m_dir->path().toStdString()) / "packs";
        std::ofstream(folder / "0123456789abcdef") << "half an upload";
        std::ofstream(folder / "readme") << "not ours";
        const auto upload = m_service->beginUpload();
        QVERIFY(upload->add({otherKey, "text/plain", "bytes"}));
        QVERIFY(m_service->collect());
        QVERIFY(!std::filesystem::exists(folder / "0123456789abcdef"));
        QVERIFY(std::filesystem::exists(folder / "readme"));
        QVERIFY(upload->commit());
        QVERIFY(m_service->missing({otherKey})->empty());
        std::filesystem::remove(folder / "readme");
        QCOMPARE(packs(), 2U);
    }

    void whatIsThereAlreadyTakesNoFile() {
        put(oneKey, "another text");
        QCOMPARE(packs(), 1U);
        put(otherKey, "one");
        QCOMPARE(packs(), 1U);
    }

    void aDomainOfABranchFollowsIt() {
        const auto live = deploy("main");
        QVERIFY(m_service->addDomain("site", "next.example.com", "next"));
        QVERIFY(!m_service->route("next.example.com"));
        const auto first = deploy("next");
        QCOMPARE(m_service->route("next.example.com")->deployment, first.row.key);
        QVERIFY(!m_service->route("next.example.com")->preview);
        const auto second = deploy("next");
        deploy("main");
        QCOMPARE(m_service->route("next.example.com")->deployment, second.row.key);
        open();
        QCOMPARE(m_service->route("next.example.com")->deployment, second.row.key);
        QVERIFY(m_service->removeDeployment("site", second.row.uuid, Force::yes));
        QCOMPARE(m_service->route("next.example.com")->deployment, first.row.key);
        QVERIFY(m_service->removeDeployment("site", first.row.uuid, Force::yes));
        QVERIFY(!m_service->route("next.example.com"));
        QVERIFY(m_service->addDomain("site", "www.example.com", "main"));
        QVERIFY(m_service->route("www.example.com").has_value());
    }

    // --- archives
    void aProjectGoesThroughAnArchive() {
        put(otherKey, std::string(100'000, 'y'));
        auto first = pageOf(oneKey, "main");
        first.headers = "/*\n  X-A: b\n";
        first.commitMessage = "the first";
        const auto live = m_service->deploy("site", first);
        deploy("dev");
        QVERIFY(m_service->deploy("site", pageOf(otherKey, "main")));
        QVERIFY(m_service->rollback("site", live->row.uuid));
        QVERIFY(m_service->addDomain("site", "www.example.com"));
        const auto archive = exported("site");
        QVERIFY(!importProject(*m_service, archive, ""));
        const auto copy = importProject(*m_service, archive, "copy");
        QVERIFY2(copy.has_value(), copy ? "" : copy.error().message.c_str());
        QCOMPARE(copy->row.productionCount, 2);
        QCOMPARE(textAt("copy.localhost", "/index.html"), "one");
        QVERIFY(copy->canonical->row.uuid != live->row.uuid);

        QVERIFY(m_service->removeProject("site"));
        m_now += std::chrono::hours(30);
        const auto again = importProject(*m_service, archive, "");
        QVERIFY(again.has_value());
        QCOMPARE(again->row.name, "site");
        QCOMPARE(again->canonical->row.uuid, live->row.uuid);
        QCOMPARE(again->canonical->row.created, live->row.created);
        QCOMPARE(again->canonical->row.commitMessage, "the first");
        QCOMPARE(*m_service->readBlob(again->canonical->row.headers), first.headers);
        QCOMPARE(textAt("www.example.com", "/index.html"), "one");
        QCOMPARE(textAt("dev.site.localhost", "/index.html"), "one");
        // Keys that this client chose have become those of the bytes; from there on nothing changes.
        const auto settled = exported("site");
        QCOMPARE(settled.size(), archive.size());
        QVERIFY(m_service->removeProject("site"));
        QVERIFY(importProject(*m_service, settled, ""));
        QCOMPARE(exported("site"), settled);
    }

    void aDamagedArchiveLeavesNoProject() {
        deploy("main");
        const auto archive = exported("site");
        for (std::size_t length = 0; length + 1024 < archive.size(); length += 256)
            QVERIFY(!importProject(*m_service, std::string_view(archive).substr(0, length), "copy"));
        for (std::size_t at = 0; at < archive.size(); at += 37) {
            auto damaged = archive;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
            if (importProject(*m_service, damaged, "copy")) QVERIFY(m_service->removeProject("copy"));
        }
        QVERIFY(!m_service->project("copy"));
        QCOMPARE(textAt("site.localhost", "/index.html"), "one");
    }

  private:
    std::string exported(const std::string& name) {
        std::string archive;
        const auto written = exportProject(*m_service, name, [&](std::string_view part) -> api::Result<void> {
            archive += part;
            return {};
        });
        return written ? archive : "";
    }
    std::size_t packs() const {
        std::size_t count = 0;
        const auto folder = std::filesystem::path(m_dir->path().toStdString()) / "packs";
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder))
            ++count;
        return count;
    }
    void open() {
        m_service.reset();
        ServiceOptions options;
        options.dataDir = m_dir->path().toStdString();
        options.newUuid = [this] { return nextUuid(); };
        options.now = [this] { return m_now; };
        options.collecting = Collecting::onDemand;
        options.sitesDomain = m_sitesDomain;
        auto service = Service::open(std::move(options));
        QVERIFY2(service.has_value(), service ? "" : service.error().message.c_str());
        m_service = std::move(*service);
    }

    /// Those that a test wants first, then as many as are asked for.
    std::string nextUuid() {
        if (!m_uuids.empty()) {
            auto uuid = m_uuids.front();
            m_uuids.erase(m_uuids.begin());
            return uuid;
        }
        const auto digits = QByteArray::number(++m_count, 16).rightJustified(8, '0');
        // The front is what short ids and suffixes are made of.
        return std::string(digits.rbegin(), digits.rend()) + "-0000-4000-8000-000000000000";
    }

    void put(const std::string& key, const std::string& bytes) {
        const auto upload = m_service->beginUpload();
        QVERIFY(upload->add({key, "text/plain", bytes}));
        QVERIFY(upload->commit());
    }

    DeploymentView deploy(const std::string& branch) {
        auto view = m_service->deploy("site", pageOf(oneKey, branch));
        return view ? std::move(*view) : DeploymentView{};
    }

    std::string textAt(const std::string& host, const std::string& path) {
        const auto route = m_service->route(host);
        const auto site = route ? m_service->loadSite(route->deployment)
                                : api::Result<std::shared_ptr<const SiteContent>>(nullptr);
        const auto asset = site && *site ? (*site)->find(path) : std::nullopt;
        if (!asset) return "nothing";
        const auto& row = (*site)->assetOf(asset->key);
        std::ifstream file(m_service->fileOf(row));
        file.seekg(row.place.start);
        std::string text(static_cast<std::size_t>(row.place.bytes), '\0');
        return file.read(text.data(), row.place.bytes) ? text : "unreadable";
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::vector<std::string> m_uuids;
    std::string m_sitesDomain;
    std::uint64_t m_count = 0;
    api::Time m_now{};
    std::unique_ptr<Service> m_service;
};

QTEST_APPLESS_MAIN(ServiceTest)
#include "tst_service.moc"
