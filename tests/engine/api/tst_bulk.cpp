#include "tests/engine/api/rig.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::test;
namespace api = stepwell::api;

namespace {
constexpr auto instances = "/workflows/orders/instances";
constexpr auto trigger =
    R"({"type":"r2.object","targets":[{"type":"workflow","workflow_name":"orders","script_name":"shop"}]})";
}  // namespace

/// Deleting and ending many, account settings and triggers.
class BulkTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;

  private slots:
    void init() { rig_ = std::make_unique<Rig>(); }

    void deletesOne() {
        const auto answer = rig_->call("DELETE", std::string(instances) + "/abc");
        COMPARE_JSON(answer.result()["instanceId"], "abc");
        COMPARE_JSON(answer.result()["timestamp"], "2026-01-01T00:00:00.000Z");
        QCOMPARE(rig_->engine.only<DeleteInstance>().id, std::string("abc"));
    }

    void deletesABatchOnceEachAndRepeatsTheResultPerPosition() {
        rig_->engine.reply = [](const Request& request) -> Reply {
            if (std::get<DeleteInstance>(request).id == "gone")
                return api::fail(404, api::code::instanceNotFound, "workflows.api.error.instance.not_found");
            return Answer{Done{at(0)}};
        };
        const auto answer = rig_->call("POST", std::string(instances) + "/batch/delete",
                                       R"({"instances":["b","gone","b","*/30 * * * *-17860"]})");
        QCOMPARE(answer.status, 200);
        QCOMPARE(rig_->engine.commands().size(), 3U);
        COMPARE_JSON(answer.result()["deleted"],
                     nlohmann::json::parse(R"([{"id":"b"},{"id":"b"},{"id":"*/30 * * * *-17860"}])"));
        COMPARE_JSON(answer.result()["errors"], nlohmann::json::parse(R"([{"id":"gone","code":10400,
                                    "message":"workflows.api.error.instance.not_found"}])"));
    }

    void oneBadIdAndNothingIsDeleted_data() {
        QTest::addColumn<QString>("body");
        QTest::newRow("bad id") << R"({"instances":["a","b?"]})";
        QTest::newRow("number") << R"({"instances":[1]})";
        QTest::newRow("none") << R"({"instances":[]})";
        QTest::newRow("no list") << R"({"instances":"a"})";
        QTest::newRow("no object") << R"(["a"])";
        QTest::newRow("long id") << "{\"instances\":[\"" + QString(272, 'a') + "\"]}";
        QStringList many;
        for (int i = 0; i < 101; ++i)
            many << "\"a\"";
        QTest::newRow("101") << "{\"instances\":[" + many.join(',') + "]}";
    }

    void oneBadIdAndNothingIsDeleted() {
        QFETCH(QString, body);
        const auto answer = rig_->call("POST", std::string(instances) + "/batch/delete", body.toStdString());
        QCOMPARE(answer.status, 400);
        QVERIFY(rig_->engine.commands().empty());
    }

    void anUnknownWorkflowIsNotFound() {
        rig_->engine.reply = [](const Request&) -> Reply {
            return api::fail(404, api::code::workflowNotFound, "workflows.api.error.workflow.not_found");
        };
        const auto answer =
            rig_->call("POST", std::string(instances) + "/batch/delete", R"({"instances":["a"]})");
        QCOMPARE(answer.status, 404);
        QCOMPARE(answer.code(), api::code::workflowNotFound);
    }

    void endsABatch() {
        rig_->engine.reply = [](const Request&) -> Reply { return Answer{Termination{false, 2}}; };
        const auto answer = rig_->call("POST", std::string(instances) + "/batch/terminate", R"(["a","b"])");
        COMPARE_JSON(answer.result(), nlohmann::json::parse(R"({"status":"ok","instancesTerminated":2})"));
        QCOMPARE(rig_->engine.only<TerminateBatch>().ids.size(), 2U);
    }

    void endsAll() {
        bool running = false;
        rig_->engine.reply = [&](const Request&) -> Reply { return Answer{Termination{running, 0}}; };
        const std::string path = std::string(instances) + "/terminate";
        COMPARE_JSON(rig_->call("PUT", path + "?status=paused").result()["status"], "ok");
        QVERIFY(std::get<TerminateAll>(rig_->engine.commands()[0]).status == api::Status::paused);
        COMPARE_JSON(rig_->get(path).result()["status"], "not_running");
        running = true;
        COMPARE_JSON(rig_->call("PUT", path).result()["status"], "already_running");
        COMPARE_JSON(rig_->get(path + "/").result()["status"], "running");
        QCOMPARE(rig_->call("PUT", path + "?status=complete").status, 400);
    }

    void settingsOfTheAccount() {
        rig_->engine.reply = [](const Request& request) -> Reply {
            AccountRow row;
            const auto& change = std::get<ChangeAccount>(request);
            row.successRetention = change.successRetention.value_or(row.successRetention);
            return Answer{row};
        };
        COMPARE_JSON(rig_->get("/workflows/settings").result()["default_retention"],
                     nlohmann::json::parse(R"({"success_retention":604800000,"error_retention":604800000})"));
        const auto changed = rig_->call("PATCH", "/workflows/settings",
                                        R"({"default_retention":{"success_retention":"2 days"}})");
        COMPARE_JSON(changed.result()["default_retention"]["success_retention"], 172800000);
        QCOMPARE(rig_->call("PATCH", "/workflows/settings", R"({"default_retention":{"error_retention":0}})")
                     .status,
                 400);
    }

    void triggersComeWithTheTruth() {
        rig_->engine.reply = [](const Request& request) -> Reply {
            const auto& change = std::get<ChangeTriggers>(request);
            return Answer{Triggers{change.items, change.change == ChangeTriggers::Change::remove ? 1 : 0}};
        };
        const auto put = rig_->call("PUT", "/triggers/shop", std::string("[") + trigger + "]");
        QCOMPARE(put.status, 200);
        COMPARE_JSON(put.result()["script_name"], "shop");
        COMPARE_JSON(put.result()["triggers"][0], nlohmann::json::parse(trigger));
        QVERIFY(put.body["messages"][0]["message"].get<std::string>().find("nothing fires them") !=
                std::string::npos);
        COMPARE_JSON(rig_->get("/triggers/shop").body["messages"], nlohmann::json::array());
        COMPARE_JSON(rig_->call("DELETE", "/triggers/shop").result()["deleted"], 1);
        QCOMPARE(
            rig_->call("PATCH", "/triggers/shop", R"([{"type":"x","targets":[{"type":"queue"}]}])").status,
            400);
    }
};

QTEST_GUILESS_MAIN(BulkTest)
#include "tst_bulk.moc"
