#include "fake_account.h"
#include "models/between/promotion.h"
#include "models/between/script_promotion.h"

#include <QSignalSpy>
#include <QTest>

using namespace stepwell;
using namespace stepwell::between;
using namespace stepwell::test;

namespace {

QJsonObject variable(const QString& name, const QString& text) {
    return {{"type", "plain_text"}, {"name", name}, {"text", text}};
}
QJsonObject secret(const QString& name) {
    return {{"type", "secret_text"}, {"name", name}};
}

QStringList pathsOf(const PromotionPlan& plan, site::Change kind) {
    QStringList paths;
    for (const auto& change : plan.difference->changes)
        if (change.change == kind) paths << QString::fromStdString(change.path);
    return paths;
}

QStringList states(const Promotion& promotion) {
    QStringList list;
    for (const auto& step : promotion.steps())
        list << QString::number(static_cast<int>(step.state));
    return list;
}

}  // namespace

/// Scripts from one account to another, over HTTP.
class TestPromotion : public QObject {
    Q_OBJECT

    std::unique_ptr<FakeAccount> here_, there_;
    std::unique_ptr<AccountBackend> source_, target_;
    std::unique_ptr<Promotion> promotion_;

    void aim(const QString& name = "shop") {
        promotion_->aim(*target_, {name});
        QTRY_VERIFY(promotion_->state() != Promotion::State::reading);
    }
    void run(const Secrets& secrets = {}) {
        promotion_->start(secrets);
        QTRY_VERIFY(promotion_->state() == Promotion::State::over ||
                    promotion_->state() == Promotion::State::ready);
    }

  private slots:
    void init() {
        here_ = std::make_unique<FakeAccount>();
        there_ = std::make_unique<FakeAccount>();
        FakeAccount::Script script;
        script.modules = {{"index.js", "export class Orders {}\n"}, {"lib.js", "export const a = 1;\n"}};
        script.bindings = {
            variable("MODE", "live"), secret("API_KEY"),
            QJsonObject{
                {"type", "workflow"}, {"name", "W"}, {"workflow_name", "orders"}, {"class_name", "Orders"}}};
        script.settings = {{"compatibility_date", "2026-01-01"}};
        script.crons = {"0 6 * * *"};
        here_->scripts["shop"] = script;
        here_->addWorkflow("orders", "Orders", "shop");
        source_ = std::make_unique<AccountBackend>(*here_, "Here");
        target_ = std::make_unique<AccountBackend>(*there_, "There");
        promotion_ = std::make_unique<Promotion>(*source_, PromotionSubject{PromotionKind::script, "shop"});
    }
    void cleanup() { promotion_.reset(); }

    void allOfItIsNewThere() {
        aim();
        QVERIFY2(promotion_->plan(), qPrintable(promotion_->problem()));
        const auto& plan = *promotion_->plan();
        QVERIFY(plan.isNew && plan.obstacles.empty() && plan.warnings.empty());
        QCOMPARE(plan.missing, std::vector<std::string>{"API_KEY"});
        QCOMPARE(pathsOf(plan, site::Change::added).join(' '),
                 QString("index.js lib.js Bindings Crons Settings Workflows"));
        run({{"API_KEY", "typed"}});
        QVERIFY2(promotion_->isDone(), qPrintable(promotion_->outcome()));
        QCOMPARE(promotion_->outcome(), QString("shop is on There."));
        QCOMPARE(there_->scripts["shop"].modules["lib.js"], QByteArray("export const a = 1;\n"));
        QCOMPARE(there_->scripts["shop"].crons, QStringList{"0 6 * * *"});
        QCOMPARE(there_->workflows["orders"]["script_name"].toString(), QString("shop"));
        QCOMPARE(there_->workflows["orders"]["limits"].toObject()["steps"].toInt(), 500);
        QCOMPARE(there_->lastMetadata["compatibility_date"].toString(), QString("2026-01-01"));
        QByteArray bindings = QJsonDocument(there_->lastMetadata["bindings"].toArray()).toJson();
        QVERIFY2(bindings.contains("\"typed\""), bindings);
        QCOMPARE(there_->sent("PUT", "/workers/scripts/shop"),
                 2);  // the script as one request, and the crons
    }

    void whatIsThereAlreadyIsKept() {
        FakeAccount::Script script = here_->scripts["shop"];
        script.modules["index.js"] = "export class Orders { old }\n";
        script.bindings = {variable("MODE", "test"), variable("OLD", "1"), secret("API_KEY"),
                           secret("THEIRS")};
        there_->scripts["shop"] = script;
        there_->addWorkflow("orders", "Orders", "shop");
        there_->addWorkflow("gone", "Gone", "shop");
        aim();
        QVERIFY2(promotion_->plan(), qPrintable(promotion_->problem()));
        const auto& plan = *promotion_->plan();
        QVERIFY(!plan.isNew && plan.missing.empty());
        QCOMPARE(plan.kept, (std::vector<std::string>{"API_KEY", "THEIRS"}));
        QCOMPARE(pathsOf(plan, site::Change::changed).join(' '), QString("index.js Bindings"));
        QCOMPARE(plan.warnings.size(), std::size_t{1});
        QVERIFY(plan.warnings.front().find("loses its class \"Gone\"") != std::string::npos);
        ChangePreview preview;
        bool shown = false;
        promotion_->preview(plan.difference->changes.back(), this, [&](const ChangePreview& loaded) {
            preview = loaded;
            shown = true;
        });
        QTRY_VERIFY(shown);
        QString lines;
        for (const auto& line : preview.lines)
            lines += QString(" -+."[static_cast<int>(line.kind)]) + line.text + '\n';
        QVERIFY2(lines.contains("-MODE (plain_text): \"test\"") &&
                     lines.contains("+MODE (plain_text): \"live\"") && lines.contains("-OLD (plain_text)") &&
                     lines.contains(" THEIRS (secret_text)"),
                 qPrintable(lines));
        run();
        QVERIFY(promotion_->isDone());
        QCOMPARE(there_->sent("PUT", "/schedules"), 0);  // they are the same
        QCOMPARE(there_->lastMetadata["keep_bindings"].toArray().first().toString(), QString("secret_text"));
    }

    void aDeploymentThatIsSplitIsNotEndedWithoutAWord() {
        auto& theirs = there_->scripts["shop"] = here_->scripts["shop"];
        const auto share = [](const char* version, double percent) {
            return QJsonObject{{"version_id", version}, {"percentage", percent}};
        };
        theirs.deployed = {share("1a2b3c4d-0000", 100)};
        aim();
        QVERIFY(promotion_->plan() && promotion_->plan()->warnings.empty());
        theirs.deployed = {share("1a2b3c4d-0000", 87.5), share("5e6f7a8b-0000", 12.5)};
        aim();
        QCOMPARE(promotion_->plan()->warnings,
                 std::vector<std::string>{"The deployment of \"shop\" on There is split between versions: "
                                          "87.5 % 1a2b3c4d, 12.5 % 5e6f7a8b. Promoting ends that: what is "
                                          "sent takes 100 % at once."});
        // Somebody who shifts it meanwhile is not promoted over.
        theirs.deployed = {share("1a2b3c4d-0000", 50), share("5e6f7a8b-0000", 50)};
        run();
        QTRY_VERIFY(promotion_->state() == Promotion::State::ready && promotion_->plan());
        QVERIFY(promotion_->problem().contains("changed meanwhile"));
        QCOMPARE(there_->sent("PUT", ""), 0);
    }

    void aWorkflowOfAnotherScriptIsToBeAgreedTo() {
        there_->addWorkflow("orders", "Orders", "other");
        aim();
        QCOMPARE(promotion_->plan()->takeovers,
                 std::vector<std::string>{"The workflow \"orders\" is taken from the script \"other\"."});
    }

    void whatTheTargetCannotHaveStandsInTheWay() {
        here_->scripts["shop"].bindings.append(
            QJsonObject{{"type", "kv_namespace"}, {"name", "KV"}, {"namespace_id", "abc"}});
        aim();
        QCOMPARE(promotion_->plan()->obstacles.size(), std::size_t{1});
        promotion_->start({{"API_KEY", "x"}});
        QVERIFY(promotion_->state() == Promotion::State::ready);
        QCOMPARE(there_->sent("PUT", ""), 0);
    }

    void afterAFailureItSaysWhatIsThereAndGoesOnFromThere() {
        there_->instead = [](const SeenRequest& request) -> std::optional<FakeServer::Answer> {
            if (request.method != "PUT" || !request.target.contains("/workflows/")) return std::nullopt;
            return FakeServer::Answer{.status = 400, .body = FakeServer::failure(10001, "not now")};
        };
        aim();
        run({{"API_KEY", "x"}});
        QVERIFY(!promotion_->isDone());
        QCOMPARE(states(*promotion_).join(' '), QString("2 2 3 0"));
        QCOMPARE(promotion_->outcome(),
                 QString("“Declare its workflows” failed. Done: Upload the script. Not done: Declare its "
                         "workflows, Set its crons."));
        QVERIFY(promotion_->steps()[2].detail.find("orders: ") != std::string::npos);
        there_->instead = {};
        promotion_->retry();
        QTRY_VERIFY(promotion_->isDone());
        QCOMPARE(there_->sent("PUT", "/workers/scripts/shop"), 2);  // not uploaded again; the crons
    }

    void aRefusedUploadLeavesNothing() {
        there_->instead = [](const SeenRequest& request) -> std::optional<FakeServer::Answer> {
            if (request.method != "PUT") return std::nullopt;
            return FakeServer::Answer{.status = 400, .body = FakeServer::failure(10021, "Syntax error")};
        };
        aim();
        run({{"API_KEY", "x"}});
        QVERIFY(promotion_->outcome().contains("Nothing was changed before it"));
        QVERIFY(promotion_->steps()[1].detail.find("Syntax error") != std::string::npos);
        QCOMPARE(there_->sent("PUT", ""), 1);
    }

    void cancelledWhileItIsSent() {
        there_->instead = [](const SeenRequest& request) -> std::optional<FakeServer::Answer> {
            if (request.method != "PUT") return std::nullopt;
            return FakeServer::Answer{.silent = true};
        };
        aim();
        promotion_->start({{"API_KEY", "x"}});
        QTRY_COMPARE(there_->sent("PUT", ""), 1);
        promotion_->cancel();
        QTRY_VERIFY(promotion_->state() == Promotion::State::over);
        QVERIFY(promotion_->outcome().startsWith("It was cancelled."));
        QVERIFY(promotion_->steps()[1].detail.find("wholly or not at all") != std::string::npos);
        there_->instead = {};
        promotion_->retry();
        QTRY_VERIFY(promotion_->isDone());
    }

    void aTargetThatChangedIsComparedAnew() {
        aim();
        there_->scripts["shop"] = here_->scripts["shop"];
        there_->scripts["shop"].modules["index.js"] = "somebody else's";
        run({{"API_KEY", "x"}});
        QTRY_VERIFY(promotion_->state() == Promotion::State::ready && promotion_->plan());
        QVERIFY(promotion_->problem().contains("changed meanwhile"));
        QVERIFY(!promotion_->plan()->isNew);
        QCOMPARE(there_->sent("PUT", ""), 0);
    }

    void whoTriesAgainLaterOverwritesNobody() {
        there_->scripts["shop"] = here_->scripts["shop"];
        there_->scripts["shop"].modules["index.js"] = "as it was";
        there_->instead = [](const SeenRequest& request) -> std::optional<FakeServer::Answer> {
            if (request.method != "PUT") return std::nullopt;
            return FakeServer::Answer{.status = 502, .body = "<html>", .type = "text/html"};
        };
        aim();
        run();
        QVERIFY(promotion_->state() == Promotion::State::over && !promotion_->isDone());
        there_->instead = {};
        there_->scripts["shop"].modules["index.js"] = "a colleague's";
        const int before = there_->sent("PUT", "");
        promotion_->retry();
        QTRY_VERIFY(promotion_->state() == Promotion::State::ready && promotion_->plan());
        QVERIFY(promotion_->problem().contains("changed meanwhile"));
        QCOMPARE(there_->sent("PUT", ""), before);
        QCOMPARE(there_->scripts["shop"].modules["index.js"], QByteArray("a colleague's"));
    }

    void aSourceThatIsGoneIsNamed() {
        here_->scripts.clear();
        aim();
        QVERIFY(promotion_->state() == Promotion::State::unreadable);
        QCOMPARE(promotion_->problem(), QString("Here has no script \"shop\" any more."));
    }

    void anotherNameInTheSamePlaceIsAnotherScript() {
        promotion_->aim(*source_, {"shop"});
        QTRY_VERIFY(promotion_->plan());
        QVERIFY(promotion_->plan()->obstacles.front().find("the script itself") != std::string::npos);
        promotion_->aim(*source_, {"shop-2"});
        QTRY_VERIFY(promotion_->plan() && promotion_->plan()->obstacles.empty());
        QCOMPARE(promotion_->plan()->takeovers.size(), std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestPromotion)
#include "tst_promotion.moc"
