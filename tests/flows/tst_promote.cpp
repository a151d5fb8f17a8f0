// Scripts and sites from one engine to another, both of them the real program.
#include "models/api/asset_key.h"
#include "models/between/promotion.h"
#include "models/between/site_promotion.h"
#include "models/http_backend.h"
#include "tests/support/api_client.h"
#include "tests/support/multipart_form.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkReply>
#include <QTemporaryDir>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::between;
using namespace stepwell::test;

namespace {

using State = Promotion::State;

/// One engine, and the window's view of it.
struct Engine {
    QTemporaryDir folder;
    EngineProcess process{folder.filePath("data")};
    ApiClient api;
    std::unique_ptr<HttpBackend> backend;

    QString start(const QString& name) {
        QDir().mkpath(process.dataDir());
        if (!process.start()) return process.logTail();
        api.connectTo(process);
        BackendAddress address;
        address.name = name;
        address.apiBase = process.api().toStdString();
        address.account = process.account().toStdString();
        address.token = process.token().toStdString();
        address.live = false;
        backend = std::make_unique<HttpBackend>(std::move(address));
        return {};
    }
};

QString linesOf(const Promotion& promotion) {
    QString lines = promotion.problem() + promotion.outcome();
    for (const auto& step : promotion.steps())
        lines += QStringLiteral("\n%1 %2: %3")
                     .arg(static_cast<int>(step.state))
                     .arg(QString::fromStdString(step.title), QString::fromStdString(step.detail));
    return lines;
}

}  // namespace

class TestPromote : public QObject {
    Q_OBJECT

    Engine here_, there_;

    QString deployScript(const QByteArray& word) {
        QFile source(QStringLiteral(FLOW_FOLDER "/promote.js"));
        if (!source.open(QIODevice::ReadOnly)) return "promote.js cannot be read";
        const QJsonObject workflow{
            {"type", "workflow"}, {"name", "W"}, {"workflow_name", "orders"}, {"class_name", "Orders"}};
        const QJsonObject mode{{"type", "plain_text"}, {"name", "MODE"}, {"text", "live"}};
        const QJsonObject key{{"type", "secret_text"}, {"name", "API_KEY"}, {"text", "the source's"}};
        const QJsonObject metadata{{"main_module", "promote.js"},
                                   {"compatibility_date", "2026-01-01"},
                                   {"bindings", QJsonArray{workflow, mode, key}}};
        const auto body = formOf({{"metadata", {}, QJsonDocument(metadata).toJson()},
                                  {"promote.js", moduleType, source.readAll()},
                                  {"word.js", moduleType, "export const word = \"" + word + "\";\n"}});
        auto answer = here_.api.call("PUT", "/workers/scripts/shop", body, formType);
        if (!answer.success) return answer.message;
        answer = here_.api.put("/workflows/orders", QJsonObject{{"class_name", "Orders"},
                                                                {"script_name", "shop"},
                                                                {"limits", QJsonObject{{"steps", 321}}}});
        if (!answer.success) return answer.message;
        answer =
            here_.api.put("/workers/scripts/shop/schedules", QJsonArray{QJsonObject{{"cron", "0 6 * * *"}}});
        return answer.success ? QString() : answer.message;
    }

    void promote(Promotion& promotion, const PromotionGoal& goal, const Secrets& secrets = {}) {
        promotion.aim(*there_.backend, goal);
        QTRY_VERIFY2(promotion.state() == State::ready, qPrintable(promotion.problem()));
        promotion.start(secrets);
        QTRY_VERIFY2_WITH_TIMEOUT(promotion.state() == State::over, qPrintable(linesOf(promotion)), 60'000);
        QVERIFY2(promotion.isDone(), qPrintable(linesOf(promotion)));
    }

    QString outputOf(const QString& id) {
        const auto made = there_.api.trigger("orders", id);
        if (!made.success) return made.message;
        return there_.api.waitForEnd("orders", id, 30'000).result.toObject()["output"].toString();
    }

    QByteArray visit(const QString& host, const QString& path, int* status = nullptr) {
        QUrl url(there_.process.api());
        QNetworkRequest request(QUrl(QStringLiteral("http://127.0.0.1:%1%2").arg(url.port()).arg(path)));
        request.setRawHeader("Host", (host + QStringLiteral(".localhost:%1").arg(url.port())).toUtf8());
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
        QNetworkAccessManager network;
        const std::unique_ptr<QNetworkReply> reply(network.get(request));
        QEventLoop loop;
        connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
        loop.exec();
        if (status != nullptr) *status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        return reply->rawHeader("Location") + reply->readAll();
    }

    /// A deployment of the site "docs": files, a redirect, and a Function.
    QString deploySite(const QMap<QByteArray, QByteArray>& files);

  private slots:
    void initTestCase() {
        QCOMPARE(here_.start("Here"), QString());
        QCOMPARE(there_.start("There"), QString());
    }
    void cleanupTestCase() {
        for (auto* engine : {&here_, &there_}) {
            if (QTest::currentTestFailed()) qWarning() << engine->process.logTail().constData();
            engine->backend.reset();
            engine->process.stop();
        }
    }

    void aScriptWithItsWorkflowAndASecret() {
        QCOMPARE(deployScript("first"), QString());
        Promotion promotion(*here_.backend, {PromotionKind::script, "shop"});
        promotion.aim(*there_.backend, {"shop"});
        QTRY_VERIFY2(promotion.plan(), qPrintable(promotion.problem()));
        QCOMPARE(promotion.plan()->missing, std::vector<std::string>{"API_KEY"});
        QVERIFY(promotion.plan()->isNew && promotion.plan()->obstacles.empty());
        promote(promotion, {"shop"}, {{"API_KEY", "the target's"}});
        if (QTest::currentTestFailed()) return;
        QCOMPARE(outputOf("one"), QString("[\"first\",\"live\",\"the target's\"]"));
        const auto crons = there_.api.get("/workers/scripts/shop/schedules").result.toObject()["schedules"];
        QCOMPARE(crons.toArray().first().toObject()["cron"].toString(), QString("0 6 * * *"));
        const auto versions = there_.api.get("/workflows/orders/versions").result.toArray();
        QCOMPARE(versions.first().toObject()["limits"].toObject()["steps"].toInt(), 321);
    }

    void againOnlyWhatChanged() {
        QCOMPARE(deployScript("second"), QString());
        Promotion promotion(*here_.backend, {PromotionKind::script, "shop"});
        promotion.aim(*there_.backend, {"shop"});
        QTRY_VERIFY2(promotion.plan(), qPrintable(promotion.problem()));
        const auto& plan = *promotion.plan();
        QVERIFY(!plan.isNew && plan.missing.empty() && plan.takeovers.empty());
        QCOMPARE(plan.kept, std::vector<std::string>{"API_KEY"});
        QCOMPARE(plan.difference->changes.size(), std::size_t{1});
        QCOMPARE(plan.difference->changes.front().path, std::string("word.js"));
        promote(promotion, {"shop"});
        if (QTest::currentTestFailed()) return;
        QCOMPARE(outputOf("two"), QString("[\"second\",\"live\",\"the target's\"]"));
    }

    void withoutThePermissionItSaysWhatIsNotDone() {
        const auto made = there_.api.post(
            "/tokens", QJsonObject{{"name", "uploads only"},
                                   {"permissions", QJsonObject{{"workers", "edit"}, {"workflows", "read"}}}});
        QVERIFY2(made.success, qPrintable(made.message));
        BackendAddress address;
        address.name = "Narrow";
        address.apiBase = there_.process.api().toStdString();
        address.account = there_.process.account().toStdString();
        address.token = made.result.toObject()["value"].toString().toStdString();
        address.live = false;
        HttpBackend narrow(std::move(address));
        Promotion promotion(*here_.backend, {PromotionKind::script, "shop"});
        promotion.aim(narrow, {"shop"});
        QTRY_VERIFY2(promotion.state() == State::ready, qPrintable(promotion.problem()));
        promotion.start({});
        QTRY_VERIFY2_WITH_TIMEOUT(promotion.state() == State::over, qPrintable(linesOf(promotion)), 30'000);
        QVERIFY2(promotion.outcome().contains("Done: Upload the script. Not done: Declare its workflows"),
                 qPrintable(linesOf(promotion)));
        QVERIFY2(linesOf(promotion).contains("Workflows: edit"), qPrintable(linesOf(promotion)));
    }

    void aSiteWithRulesAndAFunction() {
        QCOMPARE(deploySite({{"/index.html", "<h1>one</h1>"}, {"/a.txt", "unchanged"}}), QString());
        Promotion promotion(*here_.backend, {PromotionKind::site, "docs"});
        promotion.aim(*there_.backend, {"docs"});
        QTRY_VERIFY2(promotion.plan(), qPrintable(promotion.problem()));
        QVERIFY(promotion.plan()->isNew);
        QCOMPARE(promotion.plan()->missing, std::vector<std::string>{"TOKEN"});
        promote(promotion, {"docs"}, {{"TOKEN", "typed"}});
        if (QTest::currentTestFailed()) return;
        QVERIFY(!promotion.madeDeployment().isEmpty());
        QCOMPARE(visit("docs", "/"), QByteArray("<h1>one</h1>"));
        int status = 0;
        QVERIFY(visit("docs", "/old", &status).startsWith("/a.txt"));
        QCOMPARE(status, 301);
        QCOMPARE(visit("docs", "/api/env"), QByteArray("live typed"));
    }

    void againOnlyTheFileThatChanged() {
        QCOMPARE(deploySite({{"/index.html", "<h1>two</h1>"}, {"/a.txt", "unchanged"}}), QString());
        Promotion promotion(*here_.backend, {PromotionKind::site, "docs"});
        promotion.aim(*there_.backend, {"docs"});
        QTRY_VERIFY2(promotion.plan(), qPrintable(promotion.problem()));
        const auto& plan = *promotion.plan();
        QVERIFY(!plan.isNew && plan.missing.empty());
        QCOMPARE(plan.difference->changes.size(), std::size_t{1});
        QCOMPARE(plan.difference->changes.front().path, std::string("index.html"));
        promote(promotion, {"docs"});
        if (QTest::currentTestFailed()) return;
        QVERIFY2(linesOf(promotion).contains("Fetch the files: 1 file\n"), qPrintable(linesOf(promotion)));
        QVERIFY2(linesOf(promotion).contains("1 missing, 1 there already"), qPrintable(linesOf(promotion)));
        QCOMPARE(visit("docs", "/"), QByteArray("<h1>two</h1>"));
        QCOMPARE(visit("docs", "/api/env"), QByteArray("live typed"));
    }

    void aSiteThatWasChangedMeanwhileIsLookedAtAgain() {
        QCOMPARE(deploySite({{"/index.html", "<h1>newer</h1>"}}), QString());
        Promotion promotion(*here_.backend, {PromotionKind::site, "docs"});
        promotion.aim(*there_.backend, {"docs"});
        QTRY_VERIFY2(promotion.state() == State::ready, qPrintable(promotion.problem()));
        const QJsonObject variables{{"ADDED", QJsonObject{{"type", "plain_text"}, {"value", "by another"}}}};
        const auto changed = there_.api.patch(
            "/pages/projects/docs",
            QJsonObject{
                {"deployment_configs", QJsonObject{{"production", QJsonObject{{"env_vars", variables}}}}}});
        QVERIFY2(changed.success, qPrintable(changed.message));
        promotion.start({});
        QTRY_VERIFY_WITH_TIMEOUT(promotion.state() == State::ready && !promotion.problem().isEmpty(), 30'000);
        QVERIFY2(promotion.problem().contains("was changed meanwhile"), qPrintable(promotion.problem()));
        QCOMPARE(visit("docs", "/"), QByteArray("<h1>two</h1>"));
    }

    void toABranchNothingOfProductionChanges() {
        QCOMPARE(deploySite({{"/index.html", "<h1>three</h1>"}}), QString());
        Promotion promotion(*here_.backend, {PromotionKind::site, "docs"});
        promote(promotion, {"docs", "try"}, {{"TOKEN", "of previews"}});
        if (QTest::currentTestFailed()) return;
        QCOMPARE(visit("docs", "/"), QByteArray("<h1>two</h1>"));
        QCOMPARE(visit("try.docs", "/"), QByteArray("<h1>three</h1>"));
        QCOMPARE(visit("try.docs", "/api/env"), QByteArray("live of previews"));
    }
};

QString TestPromote::deploySite(const QMap<QByteArray, QByteArray>& files) {
    const auto& api = here_.backend->siteAddress();
    site::SiteClient client(*api, std::make_shared<site::Stop>(false));
    if (!here_.api.get("/pages/projects/docs").success) {
        const auto made = client.createProject({"docs", "main"});
        if (!made) return QString::fromStdString(made.error().message);
        const QJsonObject variables{
            {"MODE", QJsonObject{{"type", "plain_text"}, {"value", "live"}}},
            {"TOKEN", QJsonObject{{"type", "secret_text"}, {"value", "the source's"}}}};
        const auto changed =
            here_.api.patch("/pages/projects/docs",
                            QJsonObject{{"deployment_configs",
                                         QJsonObject{{"production", QJsonObject{{"env_vars", variables}}}}}});
        if (!changed.success) return changed.message;
    }
    const auto token = client.uploadToken("docs");
    if (!token) return QString::fromStdString(token.error().message);
    QJsonObject manifest;
    QJsonArray assets;
    for (const auto& [path, bytes] : files.toStdMap()) {
        const auto key = QString::fromStdString(api::assetKey(bytes.toStdString(), path.toStdString()).hex());
        manifest[QString::fromUtf8(path)] = key;
        assets.append(QJsonObject{
            {"key", key},
            {"value", QString::fromLatin1(bytes.toBase64())},
            {"metadata", QJsonObject{{"contentType", path.endsWith("html") ? "text/html" : "text/plain"}}},
            {"base64", true}});
    }
    const auto sent = client.upload(token->jwt, QJsonDocument(assets).toJson().toStdString(), {});
    if (!sent) return QString::fromStdString(sent.error().message);
    site::DeploymentForm form;
    form.manifest = QJsonDocument(manifest).toJson().toStdString();
    form.branch = "main";
    form.redirects = "/old /a.txt 301\n";
    form.routes = R"({"version":1,"include":["/api/*"],"exclude":[]})";
    form.routingConfig =
        R"({"routes":[{"routePath":"/api/env","mountPath":"/api","method":"","module":["api/env.js:onRequest"]}]})";
    form.workerBundle =
        formOf({{"metadata", {}, R"({"main_module":"functions.js"})"},
                {"functions.js", moduleType,
                 "import { reply } from './reply.js';\n"
                 "export default { fetch(request, env) { return reply(env); } };\n"},
                {"reply.js", moduleType,
                 "export const reply = (env) => new Response(env.MODE + ' ' + env.TOKEN);\n"}})
            .toStdString();
    const auto made = client.deploy("docs", form);
    return made ? QString() : QString::fromStdString(made.error().message);
}

QTEST_GUILESS_MAIN(TestPromote)
#include "tst_promote.moc"
