#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "models/site/site_hashing.h"
#include "models/site/uploader.h"
#include "models/site/warnings.h"
#endif
#include "tests/models/fake_server.h"
#include "tests/models/site/cutting_proxy.h"
#include "tests/support/api_client.h"
#include "tests/support/small_disk.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <future>

using namespace stepwell;
using namespace stepwell::site;
using namespace stepwell::test;

namespace {

constexpr int patience = 60'000;
constexpr RetryPlan quick{6, std::chrono::milliseconds{1}, std::chrono::milliseconds{5}, 5};
/// Nobody waits for a second try of this one.
constexpr RetryPlan patient{6, std::chrono::hours{1}, std::chrono::hours{1}, 5};
using Kind = DeployOutcome::Kind;

}  // namespace

class UploaderTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        m_server = std::make_unique<FakeServer>();
        m_missing.reset();
        m_onUpload = {};
        m_onDeploy = {};
        m_onProject = {};
        m_deployments = "[]";
        m_server->handler = [this](const SeenRequest& request) { return reply(request); };
    }

    void onlyWhatIsMissingGoesUp() {
        write("index.html", "hello");
        write("known.txt", "known");
        m_missing = "[\"" + QByteArray::fromStdString(api::assetKey("hello", "index.html").hex()) + "\"]";
        const auto outcome = run(order());
        QCOMPARE(outcome.kind, Kind::published);
        QCOMPARE(outcome.uploaded, 1);
        QCOMPARE(outcome.alreadyThere, 1);
        QCOMPARE(outcome.deployment.url, std::string("http://abc.site.localhost"));
        const auto uploads = m_server->to("/pages/assets/upload");
        QCOMPARE(uploads.size(), 1);
        QVERIFY(uploads[0].body.contains("\"value\":\"aGVsbG8=\""));
        QVERIFY(uploads[0].body.contains("\"contentType\":\"text/html\""));
        QCOMPARE(uploads[0].headers.value("authorization"), "Bearer token.e30.1");
        const auto made = posted("/deployments");
        QVERIFY(made[0].body.contains("\"/known.txt\":\""));
        QVERIFY(made[0].body.contains("name=\"branch\"\r\n\r\ndev"));
        QCOMPARE(made[0].headers.value("authorization"), "Bearer api-token");
    }

    void rulesGoBesideTheFiles() {
        write("index.html", "x");
        write("_headers", "/*\n  X-A: b\n");
        write("_redirects", "/a /b\n");
        QCOMPARE(run(order()).kind, Kind::published);
        const auto body = posted("/deployments")[0].body;
        QVERIFY(body.contains("name=\"_headers\"; filename=\"_headers\""));
        QVERIFY(body.contains("name=\"_redirects\"; filename=\"_redirects\""));
        QVERIFY(!body.contains("\"/_headers\""));
    }

    void aNewProjectIsMadeOnce() {
        write("index.html", "x");
        auto wanted = order();
        wanted.isNew = true;
        wanted.productionBranch = "main";
        QCOMPARE(run(wanted).kind, Kind::published);
        const auto made = m_server->to("/pages/projects");
        QVERIFY(made[0].method == "POST" && made[0].body.contains("\"production_branch\":\"main\""));
    }

    void anExpiredTokenIsReplaced() {
        write("index.html", "x");
        int uploads = 0;
        m_onUpload = [&](const SeenRequest&) {
            FakeServer::Answer answer;
            if (uploads++ > 0) return answer.body = FakeServer::success("null"), answer;
            answer.status = 401;
            answer.body = FakeServer::failure(8000013, "expired");
            return answer;
        };
        QCOMPARE(run(order()).kind, Kind::published);
        QCOMPARE(uploads, 2);
        QCOMPARE(m_server->to("/upload-token").size(), 2);
    }

    void brokenConnectionsAndServerErrorsAreTriedAgain() {
        write("index.html", "x");
        int uploads = 0;
        m_onUpload = [&](const SeenRequest&) {
            FakeServer::Answer answer;
            answer.breakOff = uploads == 0;
            answer.status = uploads == 1 ? 524 : 200;
            answer.body = uploads++ == 1 ? "<html>" : FakeServer::success("null");
            return answer;
        };
        QCOMPARE(run(order()).kind, Kind::published);
        QCOMPARE(uploads, 3);
    }

    void aLostAnswerPublishesNothingTwice_data() {
        QTest::addColumn<bool>("arrives");
        QTest::newRow("it had arrived") << true;
        QTest::newRow("it had not") << false;
    }
    void aLostAnswerPublishesNothingTwice() {
        QFETCH(bool, arrives);
        write("index.html", "x");
        const QByteArray older = R"({"id":"old","deployment_trigger":{"metadata":{"branch":"dev"}}})";
        m_deployments = '[' + older + ']';
        m_onDeploy = [&](const SeenRequest&) -> std::optional<FakeServer::Answer> {
            if (posted("/deployments").size() > 1) return std::nullopt;
            FakeServer::Answer answer;
            answer.breakOff = true;
            if (arrives)
                m_deployments = R"([{"id":"theirs","deployment_trigger":{"metadata":{"branch":"main"}}},)"
                                R"({"id":"mine","deployment_trigger":{"metadata":{"branch":"dev"}}},)" +
                                older + ']';
            return answer;
        };
        const auto outcome = run(order());
        QVERIFY2(outcome.kind == Kind::published, outcome.reason.c_str());
        QCOMPARE(outcome.deployment.id, std::string(arrives ? "mine" : "abc"));
        QCOMPARE(posted("/deployments").size(), arrives ? 1 : 2);
    }

    void whetherItWasPublishedIsNotGuessed() {
        write("index.html", "x");
        m_onDeploy = [&](const SeenRequest&) -> std::optional<FakeServer::Answer> {
            m_deployments.clear();  // no list any more
            FakeServer::Answer answer;
            answer.status = 502;
            return answer;
        };
        const auto outcome = run(order());
        QCOMPARE(outcome.kind, Kind::failed);
        QVERIFY2(outcome.reason.find("is not known") != std::string::npos, outcome.reason.c_str());
        QCOMPARE(posted("/deployments").size(), 1);
    }

    void aProjectWhoseAnswerWasLostIsGoneOnWith() {
        write("index.html", "x");
        int tries = 0;
        m_onProject = [&](const SeenRequest&) {
            FakeServer::Answer answer;
            answer.breakOff = ++tries == 1;
            answer.status = 409;
            answer.body = FakeServer::failure(8000002, "exists already");
            return answer;
        };
        const auto outcome = run(newProject());
        QVERIFY2(outcome.kind == Kind::published, outcome.reason.c_str());
        QCOMPARE(tries, 1);
        // It is this deploy's, and goes with it.
        tries = 0;
        m_onUpload = [](const SeenRequest&) {
            FakeServer::Answer answer;
            answer.status = 400;
            answer.body = FakeServer::failure(10002, "not wanted");
            return answer;
        };
        QCOMPARE(run(newProject()).kind, Kind::failedFiles);
        QCOMPARE(m_server->to("/pages/projects/site?only_empty=true").size(), 1);
    }

    void oneRefusedFileDoesNotTakeTheOthersAlong() {
        for (int i = 0; i < 9; ++i)
            write(QString("f%1.txt").arg(i), QByteArray::number(i));
        const auto bad = QByteArray::fromStdString(api::assetKey("4", "f4.txt").hex());
        m_onUpload = [&](const SeenRequest& request) {
            FakeServer::Answer answer;
            answer.body = FakeServer::success("null");
            if (!request.body.contains(bad)) return answer;
            answer.status = 400;
            answer.body = FakeServer::failure(10002, "this one is not wanted");
            return answer;
        };
        auto outcome = run(order());
        QCOMPARE(outcome.kind, Kind::failedFiles);
        QCOMPARE(outcome.failed.size(), 1U);
        QCOMPARE(outcome.failed[0].path, std::string("f4.txt"));
        QVERIFY(outcome.failed[0].reason.find("not wanted") != std::string::npos);
        QCOMPARE(outcome.uploaded, 8);
        QVERIFY(m_server->to("/deployments").isEmpty());
    }

    void itGivesUpWithTheReason() {
        write("index.html", "x");
        m_onUpload = [](const SeenRequest&) {
            FakeServer::Answer answer;
            answer.status = 500;
            answer.body = FakeServer::failure(8000000, "the disk is full");
            return answer;
        };
        const auto outcome = run(order());
        QCOMPARE(outcome.kind, Kind::failed);
        QVERIFY(outcome.reason.find("the disk is full") != std::string::npos);
    }

    void aFullDiskIsNoReasonToWait() {
        for (int i = 0; i < 3; ++i)
            write(QString("f%1.txt").arg(i), QByteArray::number(i));
        m_onUpload = [](const SeenRequest&) {
            FakeServer::Answer answer;
            answer.status = 507;
            answer.body = FakeServer::failure(10050, "the disk is full");
            return answer;
        };
        const auto outcome = run(order(), patient);
        QCOMPARE(outcome.kind, Kind::failed);
        QVERIFY(outcome.reason.find("the disk is full") != std::string::npos);
        QCOMPARE(m_server->to("/pages/assets/upload").size(), 1);
    }

    void aFullDiskOfTheEngineLosesNothing() {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir("data"));
        SmallDisk disk(folder.filePath("data"), 16'000'000);
        if (!disk.isMounted()) QSKIP("This account may not mount a small disk");
        EngineProcess engine(folder.filePath("data"));
        QVERIFY2(engine.start(), engine.logTail().constData());
        write("index.html", "<h1>hello</h1>");
        QRandomGenerator random(1);
        for (int i = 0; i < 6; ++i) {
            QByteArray bytes(4'000'000, '\0');
            random.fillRange(reinterpret_cast<quint32*>(bytes.data()), bytes.size() / 4);
            write(QString("img/%1.bin").arg(i), bytes);
        }
        auto wanted = order();
        wanted.isNew = true;
        wanted.productionBranch = wanted.branch = "main";
        const SiteAddress where{engine.api().toStdString(), engine.account().toStdString(),
                                engine.token().toStdString()};
        Uploader uploader(where, wanted, patient, {5'000'000, 2});
        const auto refused = uploader.run();
        QCOMPARE(refused.kind, Kind::failed);
        const QString reason = QString::fromStdString(refused.reason);
        QVERIFY2(reason.contains("is full") && reason.contains(engine.dataDir()), qPrintable(reason));
        ApiClient client(engine);
        const auto trouble = [&] {
            return client.get("/stepwell/health").result.toObject().value("storage_error").toString();
        };
        QVERIFY2(trouble().contains("is full"), qPrintable(trouble()));

        QVERIFY(disk.resize(200'000'000));
        const auto made = uploader.run();
        QVERIFY2(made.kind == Kind::published, made.reason.c_str());
        QCOMPARE(made.alreadyThere + made.uploaded, 7);
        QCOMPARE(trouble(), QString());
        QCOMPARE(engine.stop(), 0);
    }

    void itCanBeCancelledAtAnyMoment() {
        write("index.html", "x");
        m_onUpload = [](const SeenRequest&) {
            FakeServer::Answer answer;
            answer.silent = true;
            return answer;
        };
        Uploader uploader(address(), order(), quick);
        auto outcome = std::async(std::launch::async, [&] { return uploader.run(); });
        QTRY_VERIFY_WITH_TIMEOUT(!m_server->to("/pages/assets/upload").isEmpty(), patience);
        uploader.stop();
        QTRY_VERIFY_WITH_TIMEOUT(outcome.wait_for(std::chrono::seconds{0}) == std::future_status::ready,
                                 patience);
        QCOMPARE(outcome.get().kind, Kind::cancelled);
        QVERIFY(m_server->to("/deployments").isEmpty());
    }

    void aProjectMadeForACancelledDeploymentGoes() {
        write("index.html", "x");
        m_onUpload = [](const SeenRequest&) {
            FakeServer::Answer answer;
            answer.silent = true;
            return answer;
        };
        for (const bool isUsed : {false, true}) {
            m_deployments = isUsed ? R"([{"id":"abc","project_name":"site"}])" : "[]";
            m_server->seen.clear();
            Uploader uploader(address(), newProject(), quick);
            auto outcome = std::async(std::launch::async, [&] { return uploader.run(); });
            QTRY_VERIFY_WITH_TIMEOUT(!m_server->to("/pages/assets/upload").isEmpty(), patience);
            uploader.stop();
            QTRY_VERIFY_WITH_TIMEOUT(outcome.wait_for(std::chrono::seconds{0}) == std::future_status::ready,
                                     patience);
            const auto over = outcome.get();
            QCOMPARE(over.kind, Kind::cancelled);
            QCOMPARE(over.isProjectThere, isUsed);
            const auto removed = m_server->to("/pages/projects/site?only_empty=true");
            QCOMPARE(removed.size(), isUsed ? 0 : 1);
            QVERIFY(isUsed || removed[0].method == "DELETE");
        }
    }

    void aProjectMadeForNothingIsGoneFromTheRealEngine() {
        QTemporaryDir data;
        EngineProcess engine(data.path());
        QVERIFY2(engine.start(), engine.logTail().constData());
        write("index.html", "before");
        const auto wanted = newProject();
        write("index.html", "after!");  // which is noticed while it is read to go up
        const SiteAddress where{engine.api().toStdString(), engine.account().toStdString(),
                                engine.token().toStdString()};
        const auto failed = Uploader(where, wanted, quick).run();
        QCOMPARE(failed.kind, Kind::failedFiles);
        QVERIFY(!failed.isProjectThere);
        ApiClient client(engine);
        QCOMPARE(client.get("/pages/projects/site").http, 404);
        const auto made = Uploader(where, newProject(), quick).run();
        QVERIFY2(made.kind == Kind::published, made.reason.c_str());
        QVERIFY(made.isProjectThere);
        QCOMPARE(engine.stop(), 0);
    }

    void tooManyFilesAreRefusedBeforeAnythingGoesUp() {
        for (int i = 0; i < 4; ++i)
            write(QString("f%1.txt").arg(i), "x");
        m_mostFiles = 3;
        const auto outcome = run(order());
        m_mostFiles = 20'000;
        QCOMPARE(outcome.kind, Kind::failed);
        QVERIFY2(outcome.reason.find("at most 3") != std::string::npos, outcome.reason.c_str());
        QVERIFY(m_server->to("/pages/assets").isEmpty());
    }

    void cutLinesToTheRealEngineLoseNothing() {
        QTemporaryDir data;
        EngineProcess engine(data.path());
        QVERIFY2(engine.start(), engine.logTail().constData());
        CuttingProxy proxy(static_cast<quint16>(QUrl(engine.url()).port()));
        proxy.bytesUntilCut = 40'000;
        proxy.cutsLeft = 4;
        write("index.html", "<h1>hello</h1>");
        for (int i = 0; i < 60; ++i)
            write(QString("img/%1.bin").arg(i), QByteArray(20'000, 'x') + QByteArray::number(i));
        auto wanted = order();
        wanted.isNew = true;
        wanted.productionBranch = wanted.branch = "main";
        const SiteAddress where{"http://127.0.0.1:" + std::to_string(proxy.port()) + "/client/v4",
                                engine.account().toStdString(), engine.token().toStdString()};
        Uploader uploader(where, wanted, quick, {200'000, 10});
        auto outcome = std::async(std::launch::async, [&] { return uploader.run(); });
        QTRY_VERIFY_WITH_TIMEOUT(outcome.wait_for(std::chrono::seconds{0}) == std::future_status::ready,
                                 patience);
        const auto result = outcome.get();
        QVERIFY2(result.kind == Kind::published, result.reason.c_str());
        QVERIFY(proxy.cuts > 0);
        ApiClient client(engine);
        const auto files = client.get("/stepwell/pages/projects/site/deployments/" +
                                      QString::fromStdString(result.deployment.id) + "/files");
        QCOMPARE(files.resultInfo.value("total_count").toInt(), 61);
        QCOMPARE(engine.stop(), 0);
    }

  private:
    FakeServer::Answer reply(const SeenRequest& request) const {
        FakeServer::Answer answer;
        const auto& target = request.target;
        if (target.endsWith("/upload-token")) {
            const auto claims = "{\"max_file_count_allowed\":" + QByteArray::number(m_mostFiles) + "}";
            const auto part = m_mostFiles == 20'000 ? QByteArray("e30") : claims.toBase64();
            answer.body = FakeServer::success("{\"jwt\":\"token." + part + ".1\"}");
        } else if (target.endsWith("/check-missing")) {
            answer.body = FakeServer::success(m_missing ? *m_missing : allOf(request.body));
        } else if (target.endsWith("/pages/assets/upload")) {
            if (m_onUpload) return m_onUpload(request);
            answer.body = FakeServer::success("null");
        } else if (target.endsWith("/deployments") && request.method == "GET") {
            if (m_deployments.isEmpty()) return answer.status = 403, answer;
            answer.body = FakeServer::success(m_deployments);
        } else if (target.endsWith("/deployments")) {
            if (auto other = m_onDeploy ? m_onDeploy(request) : std::nullopt) return *other;
            answer.body = FakeServer::success(
                R"({"id":"abc","url":"http://abc.site.localhost","project_name":"site","environment":"preview",)"
                R"("latest_stage":{"name":"deploy","status":"success"}})");
        } else if (target.endsWith("/pages/projects") && m_onProject) {
            return m_onProject(request);
        } else {
            answer.body = FakeServer::success(R"({"name":"site","production_branch":"main"})");
        }
        return answer;
    }
    QList<SeenRequest> posted(const QByteArray& part) const {
        auto posts = m_server->to(part);
        posts.removeIf([](const SeenRequest& request) { return request.method != "POST"; });
        return posts;
    }
    /// The array of keys in the body of a question.
    static QByteArray allOf(const QByteArray& body) { return body.mid(body.indexOf('[')).chopped(1); }

    SiteAddress address() const { return {m_server->apiBase(), "me", "api-token"}; }
    void write(const QString& name, const QByteArray& bytes) {
        const QString path = m_dir->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) >= 0);
    }
    DeployOrder order() const {
        Stop stop = false;
        auto scanned = scanSite({m_dir->path().toStdString()}, stop);
        auto site = std::make_shared<LocalSite>(std::move(*scanned));
        KeyCache cache;
        HashProgress progress;
        hashFiles(*site, cache, progress, stop);
        DeployOrder result;
        result.files = chosenFiles(*site, {});
        result.site = site;
        result.project = "site";
        result.branch = "dev";
        return result;
    }
    DeployOrder newProject() const {
        auto wanted = order();
        wanted.isNew = true;
        wanted.productionBranch = wanted.branch = "main";
        return wanted;
    }
    DeployOutcome run(const DeployOrder& wanted, const RetryPlan& retry = quick) {
        Uploader uploader(address(), wanted, retry);
        auto outcome = std::async(std::launch::async, [&] { return uploader.run(); });
        while (outcome.wait_for(std::chrono::milliseconds{0}) != std::future_status::ready)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
        return outcome.get();
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<FakeServer> m_server;
    std::optional<QByteArray> m_missing;
    std::function<FakeServer::Answer(const SeenRequest&)> m_onUpload;
    std::function<std::optional<FakeServer::Answer>(const SeenRequest&)> m_onDeploy;
    std::function<FakeServer::Answer(const SeenRequest&)> m_onProject;
    QByteArray m_deployments = "[]";  ///< empty: refused
    int m_mostFiles = 20'000;
};

QTEST_GUILESS_MAIN(UploaderTest)
#include "test_uploader.moc"
