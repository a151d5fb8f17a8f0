// Scripts and sites between a real engine and the server that acts as Cloudflare does.
#include "models/api/asset_key.h"
#include "models/between/promotion.h"
#include "models/between/script_promotion.h"
#include "models/between/site_promotion.h"
#include "tests/contract/support/contract_server.h"
#include "tests/support/api_client.h"
#include "tests/support/multipart_form.h"

#include <QTemporaryDir>
#include <QThreadPool>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::between;
using namespace stepwell::test;

namespace {

using State = Promotion::State;
constexpr int patienceMs = 60'000;

const QByteArray code = R"(import { WorkflowEntrypoint } from "cloudflare:workers";
import { word } from "./word.js";
export class Invoices extends WorkflowEntrypoint {
  async run(event, step) { return step.do("look", async () => [word, this.env.MODE]); }
}
export default { async fetch() { return new Response("invoices"); }, async scheduled() {} };
)";

QString linesOf(const Promotion& promotion) {
    QString lines = promotion.problem() + promotion.outcome();
    for (const auto& step : promotion.steps())
        lines += QStringLiteral("\n%1 %2: %3")
                     .arg(static_cast<int>(step.state))
                     .arg(QString::fromStdString(step.title), QString::fromStdString(step.detail));
    return lines;
}

QJsonObject refused(int status, int number, const QString& message) {
    return {{"kind", "refused"}, {"status", status}, {"code", number}, {"message", message}};
}

QJsonObject merged(QJsonObject rule, const QString& path, const QString& method, int times = 1) {
    rule["path"] = path;
    rule["method"] = method;
    if (times > 0) rule["times"] = times;
    return rule;
}

}  // namespace

class PromoteTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void init();
    void cleanupTestCase();

    void aScriptGoesThereAndComesBack();
    void whatCannotComeBackIsNamed();
    void troubleOnTheWay_data();
    void troubleOnTheWay();
    void readsAreTriedAgain_data();
    void readsAreTriedAgain();
    void aSiteGoesThere();
    void noEmptyProjectStays_data();
    void noEmptyProjectStays();
    void whatCouldNotBeRemovedIsToldAndGoneOnWith();
    void aProjectWhoseAnswerWasLostIsGoneOnWith();
    void aDeploymentWhoseAnswerWasLostIsNotMadeTwice();
    void sitesCannotComeBack();

  private:
    QString deployScript();
    QString deploySite();
    std::unique_ptr<Promotion> readied(PromotionKind kind, const QString& name, const QString& target);
    void waitForEnd(Promotion& promotion) {
        QTRY_VERIFY2_WITH_TIMEOUT(promotion.state() == State::over, qPrintable(linesOf(promotion)),
                                  patienceMs);
    }
    void mustBeDone(Promotion& promotion) {
        waitForEnd(promotion);
        QVERIFY2(promotion.isDone(), qPrintable(linesOf(promotion)));
    }

    QTemporaryDir folder_;
    EngineProcess process_{folder_.filePath("data")};
    ApiClient api_;
    ContractServer server_;
    std::unique_ptr<HttpBackend> engine_, cloud_;
};

void PromoteTest::initTestCase() {
    QVERIFY2(server_.start(), "run packaging/test once: it installs the Node of tests/compat");
    QDir().mkpath(process_.dataDir());
    QVERIFY2(process_.start(), process_.logTail().constData());
    api_.connectTo(process_);
    BackendAddress address;
    address.name = "Here";
    address.apiBase = process_.api().toStdString();
    address.account = process_.account().toStdString();
    address.token = process_.token().toStdString();
    address.live = false;
    engine_ = std::make_unique<HttpBackend>(std::move(address));
    QCOMPARE(deployScript(), QString());
    QCOMPARE(deploySite(), QString());
}

void PromoteTest::init() {
    server_.reset();
    cloud_.reset();
    // What was left of it ends elsewhere, and with it what it was told to wait.
    QThreadPool::globalInstance()->waitForDone();
    auto address = server_.address();
    address.name = "Cloud";
    address.kind = BackendKind::cloudflare;
    cloud_ = std::make_unique<HttpBackend>(std::move(address));
}

void PromoteTest::cleanupTestCase() {
    cloud_.reset();
    engine_.reset();
    process_.stop();
}

QString PromoteTest::deployScript() {
    const QJsonObject workflow{
        {"type", "workflow"}, {"name", "W"}, {"workflow_name", "invoices"}, {"class_name", "Invoices"}};
    const QJsonObject mode{{"type", "plain_text"}, {"name", "MODE"}, {"text", "live"}};
    const QJsonObject key{{"type", "secret_text"}, {"name", "API_KEY"}, {"text", "the source's"}};
    const QJsonObject metadata{{"main_module", "index.js"},
                               {"compatibility_date", "2026-01-01"},
                               {"bindings", QJsonArray{workflow, mode, key}}};
    const auto body = formOf({{"metadata", {}, QJsonDocument(metadata).toJson()},
                              {"index.js", moduleType, code},
                              {"word.js", moduleType, "export const word = \"first\";\n"}});
    auto answer = api_.call("PUT", "/workers/scripts/billing", body, formType);
    if (!answer.success) return answer.message;
    answer = api_.put("/workflows/invoices", QJsonObject{{"class_name", "Invoices"},
                                                         {"script_name", "billing"},
                                                         {"limits", QJsonObject{{"steps", 321}}}});
    if (!answer.success) return answer.message;
    answer = api_.put("/workers/scripts/billing/schedules", QJsonArray{QJsonObject{{"cron", "0 6 * * *"}}});
    return answer.success ? QString() : answer.message;
}

QString PromoteTest::deploySite() {
    site::SiteClient client(*engine_->siteAddress(), std::make_shared<site::Stop>(false));
    if (const auto made = client.createProject({"pages", "main"}); !made)
        return QString::fromStdString(made.error().message);
    const QJsonObject variables{{"MODE", QJsonObject{{"type", "plain_text"}, {"value", "live"}}},
                                {"TOKEN", QJsonObject{{"type", "secret_text"}, {"value", "the source's"}}}};
    const QJsonObject config{{"production", QJsonObject{{"env_vars", variables}}}};
    const auto changed = api_.patch("/pages/projects/pages", QJsonObject{{"deployment_configs", config}});
    if (!changed.success) return changed.message;
    const auto token = client.uploadToken("pages");
    if (!token) return QString::fromStdString(token.error().message);
    const std::string page = "<h1>one</h1>";
    const auto key = QString::fromStdString(api::assetKey(page, "index.html").hex());
    const QJsonObject asset{{"key", key},
                            {"value", QString::fromLatin1(QByteArray::fromStdString(page).toBase64())},
                            {"metadata", QJsonObject{{"contentType", "text/html"}}},
                            {"base64", true}};
    const auto sent = client.upload(token->jwt, QJsonDocument(QJsonArray{asset}).toJson().toStdString(), {});
    if (!sent) return QString::fromStdString(sent.error().message);
    site::DeploymentForm form;
    form.manifest = QJsonDocument(QJsonObject{{"/index.html", key}}).toJson().toStdString();
    form.branch = "main";
    form.redirects = "/old / 301\n";
    form.routes = R"({"version":1,"include":["/api/*"],"exclude":[]})";
    form.workerBundle =
        formOf({{"metadata", {}, R"({"main_module":"functions.js"})"},
                {"functions.js", moduleType,
                 "export default { fetch(request, env) { return new Response(env.MODE); } };\n"}})
            .toStdString();
    const auto made = client.deploy("pages", form);
    return made ? QString() : QString::fromStdString(made.error().message);
}

/// From the engine to the other one, read and compared.
std::unique_ptr<Promotion> PromoteTest::readied(PromotionKind kind, const QString& name,
                                                const QString& target) {
    auto promotion = std::make_unique<Promotion>(*engine_, PromotionSubject{kind, name});
    promotion->aim(*cloud_, {target});
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(promotion->state() != State::reading, patienceMs);
        QVERIFY2(promotion->state() == State::ready, qPrintable(promotion->problem()));
    }();
    return promotion;
}

void PromoteTest::aScriptGoesThereAndComesBack() {
    const auto there = readied(PromotionKind::script, "billing", "billing");
    if (QTest::currentTestFailed()) return;
    QVERIFY(there->plan()->isNew && there->plan()->obstacles.empty());
    QCOMPARE(there->plan()->missing, std::vector<std::string>{"API_KEY"});
    there->start({{"API_KEY", "typed"}});
    mustBeDone(*there);
    if (QTest::currentTestFailed()) return;

    const auto script = server_.stored("script", "billing");
    QStringList modules, bindings;
    for (const auto& module : script["modules"].toArray())
        modules << module.toObject()["name"].toString();
    for (const auto& binding : script["bindings"].toArray())
        bindings << binding.toObject()["name"].toString() + '=' + binding.toObject()["text"].toString();
    modules.sort();
    bindings.sort();
    QCOMPARE(modules, (QStringList{"index.js", "word.js"}));
    QCOMPARE(bindings, (QStringList{"API_KEY=typed", "MODE=live", "W="}));
    QCOMPARE(script["crons"].toArray(), QJsonArray{"0 6 * * *"});
    const auto workflow = server_.stored("workflow", "invoices");
    QCOMPARE(workflow["script_name"].toString(), QString("billing"));
    QCOMPARE(workflow["settings"].toObject()["limits"].toObject()["steps"].toInt(), 321);
    // All of it counts in what the window shows, although its own calls had no part in it.
    QTRY_VERIFY(!cloud_->budgets().empty());
    QTRY_COMPARE(cloud_->budgets().front().used,
                 static_cast<int>(server_.seen(".", "GET").size() + server_.seen(".", "PUT").size()));

    Promotion back(*cloud_, {PromotionKind::script, "billing"});
    back.aim(*engine_, {"returned"});
    QTRY_VERIFY_WITH_TIMEOUT(back.state() != State::reading, patienceMs);
    QVERIFY2(back.plan() && back.plan()->obstacles.empty(), qPrintable(linesOf(back)));
    QCOMPARE(back.plan()->missing, std::vector<std::string>{"API_KEY"});
    QCOMPARE(back.plan()->takeovers.size(), std::size_t{1});
    back.start({{"API_KEY", "back"}});
    mustBeDone(back);
    if (QTest::currentTestFailed()) return;
    const auto workflows = api_.get("/workflows/invoices").result.toObject();
    QCOMPARE(workflows["script_name"].toString(), QString("returned"));
    QVERIFY(api_.trigger("invoices", "one").success);
    QCOMPARE(api_.waitForEnd("invoices", "one", patienceMs).result.toObject()["output"].toString(),
             QString("[\"first\",\"live\"]"));
    QCOMPARE(deployScript(), QString());
}

void PromoteTest::whatCannotComeBackIsNamed() {
    Promotion back(*cloud_, {PromotionKind::script, "orders-worker"});
    back.aim(*engine_, {"orders-worker"});
    QTRY_VERIFY_WITH_TIMEOUT(back.plan(), patienceMs);
    QCOMPARE(back.plan()->obstacles.size(), std::size_t{1});
    QVERIFY(back.plan()->obstacles.front().find("\"NEW\" is of type a_kind_of_tomorrow") !=
            std::string::npos);
}

void PromoteTest::troubleOnTheWay_data() {
    QTest::addColumn<QJsonObject>("rule");
    QTest::addColumn<QString>("said");  // empty: it copes
    const QString script = "/workers/scripts/billing$", workflow = "/workflows/invoices$",
                  crons = "/billing/schedules$";
    const QJsonObject wait{{"kind", "tooMany"}, {"retryAfter", 1}};
    const QJsonObject texts{{"kind", "texts"}, {"status", 400}, {"message", "class is not exported"}};
    const QJsonObject page{{"kind", "html"}, {"status", 502}};
    QTest::newRow("429 of the upload") << merged(wait, script, "PUT") << QString();
    QTest::newRow("429 of a workflow") << merged(wait, workflow, "PUT") << QString();
    QTest::newRow("429 of the crons") << merged(wait, crons, "PUT") << QString();
    QTest::newRow("a long 429") << merged({{"kind", "tooMany"}, {"retryAfter", 3'000}}, script, "PUT")
                                << "Try again in";
    QTest::newRow("texts") << merged(texts, workflow, "PUT") << "invoices: class is not exported";
    QTest::newRow("200 that is none")
        << merged(refused(200, 10208, "a paid plan is needed"), crons, "PUT") << "a paid plan is needed";
    QTest::newRow("a page") << merged(page, script, "PUT") << "wholly or not at all";
    QTest::newRow("cut before") << merged({{"kind", "cut"}}, script, "PUT") << "wholly or not at all";
    QTest::newRow("cut after") << merged({{"kind", "cutAfter"}}, script, "PUT") << "wholly or not at all";
    QTest::newRow("workflow cut after") << merged({{"kind", "cutAfter"}}, workflow, "PUT") << "invoices: ";
}

/// It copes, or says what happened and goes on from there when it is told to.
void PromoteTest::troubleOnTheWay() {
    QFETCH(QJsonObject, rule);
    QFETCH(QString, said);
    const auto promotion = readied(PromotionKind::script, "billing", "billing");
    if (QTest::currentTestFailed()) return;
    server_.rule(rule);
    promotion->start({{"API_KEY", "typed"}});
    if (said.isEmpty()) return mustBeDone(*promotion);
    waitForEnd(*promotion);
    QVERIFY2(!promotion->isDone() && linesOf(*promotion).contains(said), qPrintable(linesOf(*promotion)));
    if (said == "Try again in") return;
    server_.calm();
    promotion->retry();
    mustBeDone(*promotion);
    if (QTest::currentTestFailed()) return;
    QCOMPARE(server_.stored("script", "billing")["crons"].toArray().size(), 1);
    QCOMPARE(server_.stored("workflow", "invoices")["script_name"].toString(), QString("billing"));
}

void PromoteTest::readsAreTriedAgain_data() {
    QTest::addColumn<QJsonObject>("rule");
    const QJsonObject wait{{"kind", "tooMany"}, {"retryAfter", 1}}, page{{"kind", "html"}, {"status", 502}};
    QTest::newRow("a page instead of code") << merged(page, "/content/v2$", "GET");
    QTest::newRow("429 of the settings") << merged(wait, "/settings$", "GET");
    QTest::newRow("half of the code") << merged({{"kind", "cutBody"}}, "/content/v2$", "GET");
    QTest::newRow("cut workflows") << merged({{"kind", "cut"}}, "/workflows$", "GET");
}

void PromoteTest::readsAreTriedAgain() {
    QFETCH(QJsonObject, rule);
    server_.rule(rule);
    Promotion back(*cloud_, {PromotionKind::script, "orders-worker"});
    back.aim(*engine_, {"orders-worker"});
    QTRY_VERIFY_WITH_TIMEOUT(back.state() != State::reading, patienceMs);
    QVERIFY2(back.plan(), qPrintable(back.problem()));
}

void PromoteTest::aSiteGoesThere() {
    const auto promotion = readied(PromotionKind::site, "pages", "pages");
    if (QTest::currentTestFailed()) return;
    QCOMPARE(promotion->plan()->missing, std::vector<std::string>{"TOKEN"});
    server_.rule(merged({{"kind", "tooMany"}, {"retryAfter", 1}}, "/pages/projects$", "POST"));
    server_.rule(merged({{"kind", "html"}, {"status", 502}}, "/assets/check-missing$", "POST"));
    server_.rule(merged({{"kind", "html"}, {"status", 524}}, "/assets/upload$", "POST"));
    promotion->start({{"TOKEN", "typed"}});
    mustBeDone(*promotion);
    if (QTest::currentTestFailed()) return;
    const auto project = server_.stored("project", "pages");
    const auto made = project["deployments"].toArray().first().toObject();
    QCOMPARE(promotion->madeDeployment(), made["id"].toString());
    QCOMPARE(made["files"].toObject().keys(), QStringList{"/index.html"});
    const auto parts = made["parts"].toObject();
    QCOMPARE(parts["_redirects"].toString(), QString("/old / 301\n"));
    QVERIFY(parts["_worker.bundle"].toString().contains("new Response(env.MODE)"));
    const auto variables = project["configs"]["production"]["env_vars"].toObject();
    QCOMPARE(variables["TOKEN"].toObject()["value"].toString(), QString("typed"));
    QCOMPARE(variables["MODE"].toObject()["value"].toString(), QString("live"));
    // Upload tokens are counted apart there.
    const auto counted = server_.seen("^/accounts/", "GET").size() +
                         server_.seen("^/accounts/", "POST").size() +
                         server_.seen("^/accounts/", "PATCH").size();
    QTRY_VERIFY(!cloud_->budgets().empty());
    QTRY_COMPARE(cloud_->budgets().front().used, static_cast<int>(counted));

    // It does not tell its files, which is said instead of a difference that is not true.
    const auto again = readied(PromotionKind::site, "pages", "pages");
    if (QTest::currentTestFailed()) return;
    QVERIFY(!again->plan()->isNew && !again->plan()->difference && again->plan()->missing.empty());
    QVERIFY2(again->plan()->unseen.find("does not tell which files") != std::string::npos,
             again->plan()->unseen.c_str());
}

void PromoteTest::noEmptyProjectStays_data() {
    QTest::addColumn<QJsonObject>("rule");
    QTest::addColumn<bool>("cancels");
    const QString deployments = "/pages/projects/pages/deployments$";
    QTest::newRow("refused") << merged(refused(400, 8000119, "blocked"), deployments, "POST") << false;
    QTest::newRow("settings") << merged(refused(200, 8000000, "no"), "/pages/projects/pages$", "PATCH")
                              << false;
    QTest::newRow("no permission") << merged(refused(403, 10000, "Authentication error"), "/upload-token$",
                                             "GET", 0)
                                   << false;
    QTest::newRow("cancelled") << merged({{"kind", "silent"}}, "/assets/upload$", "POST") << true;
}

void PromoteTest::noEmptyProjectStays() {
    QFETCH(QJsonObject, rule);
    QFETCH(bool, cancels);
    const auto promotion = readied(PromotionKind::site, "pages", "pages");
    if (QTest::currentTestFailed()) return;
    server_.rule(rule);
    promotion->start({{"TOKEN", "typed"}});
    if (cancels) {
        QTRY_VERIFY_WITH_TIMEOUT(server_.seen("/assets/upload$", "POST").size() == 1, patienceMs);
        promotion->cancel();
    }
    waitForEnd(*promotion);
    QVERIFY(!promotion->isDone());
    QVERIFY2(promotion->outcome().endsWith("The project pages, which was made for this, was removed again."),
             qPrintable(linesOf(*promotion)));
    QVERIFY(server_.stored("project", "pages").contains("missing"));
    server_.calm();
    promotion->retry();
    mustBeDone(*promotion);
    if (QTest::currentTestFailed()) return;
    const auto project = server_.stored("project", "pages");
    QCOMPARE(project["deployments"].toArray().size(), 1);
    QCOMPARE(project["configs"]["production"]["env_vars"]["TOKEN"]["value"].toString(), QString("typed"));
}

void PromoteTest::whatCouldNotBeRemovedIsToldAndGoneOnWith() {
    const auto promotion = readied(PromotionKind::site, "pages", "pages");
    if (QTest::currentTestFailed()) return;
    server_.rule(merged(refused(400, 8000119, "blocked"), "/pages/deployments$", "POST"));
    server_.rule(merged(refused(403, 10000, "Authentication error"), "/pages/projects/pages$", "DELETE"));
    promotion->start({{"TOKEN", "typed"}});
    waitForEnd(*promotion);
    QVERIFY2(promotion->outcome().contains("stays without a deployment"), qPrintable(linesOf(*promotion)));
    promotion->retry();
    mustBeDone(*promotion);
    QCOMPARE(server_.seen("/pages/projects$", "POST").size(), 1);
}

void PromoteTest::aProjectWhoseAnswerWasLostIsGoneOnWith() {
    const auto promotion = readied(PromotionKind::site, "pages", "pages");
    if (QTest::currentTestFailed()) return;
    server_.rule(merged({{"kind", "cutAfter"}}, "/pages/projects$", "POST"));
    promotion->start({{"TOKEN", "typed"}});
    mustBeDone(*promotion);
    QCOMPARE(server_.seen("/pages/projects$", "POST").size(), 1);
}

void PromoteTest::aDeploymentWhoseAnswerWasLostIsNotMadeTwice() {
    const auto promotion = readied(PromotionKind::site, "pages", "pages");
    if (QTest::currentTestFailed()) return;
    server_.rule(merged({{"kind", "cutAfter"}}, "/pages/deployments$", "POST"));
    promotion->start({{"TOKEN", "typed"}});
    mustBeDone(*promotion);
    if (QTest::currentTestFailed()) return;
    const auto made = server_.stored("project", "pages")["deployments"].toArray();
    QCOMPARE(made.size(), 1);
    QCOMPARE(promotion->madeDeployment(), made.first().toObject()["id"].toString());
}

void PromoteTest::sitesCannotComeBack() {
    const auto support = canGive(*cloud_, PromotionKind::site);
    QVERIFY(!support.available);
    QCOMPARE(support.reason,
             QString("Cloudflare does not give out the files of a deployment: deploy its folder instead"));
    QVERIFY(canGive(*cloud_, PromotionKind::script).available);
}

QTEST_GUILESS_MAIN(PromoteTest)
#include "tst_promote.moc"
