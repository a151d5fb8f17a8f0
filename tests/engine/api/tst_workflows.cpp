#include "tests/engine/api/rig.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::test;
namespace api = stepwell::api;

class WorkflowsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;

  private slots:
    void init() {
        rig_ = std::make_unique<Rig>();
        rig_->data.workflows = {workflowRow("orders"), workflowRow("reviews"), workflowRow("carts")};
        rig_->data.counts = {{api::Status::complete, 5}, {api::Status::waiting, 2}};
        WorkflowVersionRow version;
        version.uuid = "aaaaaaaa-0000-4000-8000-000000000002";
        version.script = ScriptVersionKey(9);
        version.className = "Flow";
        version.number = 2;
        version.created = at(5);
        version.settings = R"({"limits":{"steps":50}})";
        rig_->data.versions = {version};
        rig_->data.scripts = {scriptRow("shop")};
        ScriptVersionRow script;
        script.key = ScriptVersionKey(9);
        script.uuid = "bbbbbbbb-0000-4000-8000-000000000009";
        rig_->data.scriptVersions = {script};
    }

    void listsPages() {
        const auto answer = rig_->get("/workflows?page=2&per_page=2");
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.result().size(), 1U);
        COMPARE_JSON(answer.result()[0]["name"], "carts");
        const auto info = answer.body["result_info"];
        COMPARE_JSON(info["total_count"], 3);
        COMPARE_JSON(info["total_pages"], 2);
        COMPARE_JSON(info["count"], 1);
    }

    void describesOne() {
        const auto result = rig_->get("/workflows/orders").result();
        COMPARE_JSON(result["class_name"], "Flow");
        COMPARE_JSON(result["script_name"], "shop");
        COMPARE_JSON(result["created_on"], "2026-01-01T00:00:00.000Z");
        QVERIFY(result["triggered_on"].is_null());
        QCOMPARE(result["instances"].size(), 9U);
        COMPARE_JSON(result["instances"]["complete"], 5);
        COMPARE_JSON(result["instances"]["errored"], 0);
        COMPARE_JSON(result["stepwell"]["version_number"], 2);
        QCOMPARE(result["stepwell"]["hourly"]["created"].size(), 24U);
        QVERIFY(result["stepwell"]["duration_ms"].is_null());
    }

    void unknownAndImpossibleNames() {
        for (const auto* name : {"nothing", "-bad", "a%2Fb", "a%20b"}) {
            const auto answer = rig_->get(std::string("/workflows/") + name);
            QCOMPARE(answer.status, 404);
            QCOMPARE(answer.code(), 10200);
        }
    }

    void badParametersAreNamed() {
        for (const auto* query : {"page=0", "page=x", "per_page=101", "per_page=-1", "search=a%20b"}) {
            const std::string text = query;
            const auto answer = rig_->get("/workflows?" + text);
            QCOMPARE(answer.status, 400);
            QVERIFY(answer.message().find(text.substr(0, text.find('='))) != std::string::npos);
        }
    }

    void aBrokenDatabaseIsNoEmptyList() {
        rig_->data.broken = true;
        const auto answer = rig_->get("/workflows");
        QCOMPARE(answer.status, 500);
        QCOMPARE(answer.code(), api::code::storage);
    }

    void putCreates() {
        rig_->engine.reply = [](const Request& request) -> Reply {
            const auto& put = std::get<PutWorkflow>(request);
            auto row = workflowRow(put.name);
            row.className = put.className;
            return Answer{WorkflowPut{row, put.versionUuid}};
        };
        const auto answer = rig_->call("PUT", "/workflows/fresh",
                                       R"({"script_name":"shop","class_name":"Other","limits":{"steps":9},
                                           "schedules":[{"cron":"* * * * *"}],"unknown":1})");
        QCOMPARE(answer.status, 200);
        COMPARE_JSON(answer.result()["class_name"], "Other");
        COMPARE_JSON(answer.result()["is_deleted"], 0);
        const auto put = rig_->engine.only<PutWorkflow>();
        QCOMPARE(answer.result()["version_id"].get<std::string>(), put.versionUuid);
        COMPARE_JSON(nlohmann::json::parse(put.settings),
                     nlohmann::json::parse(R"({"limits":{"steps":9},"schedules":[{"cron":"* * * * *"}]})"));
    }

    void putRefuses() {
        const std::vector<std::string> bodies = {
            "",
            "[]",
            "{",
            R"({"class_name":"A"})",
            R"({"class_name":"","script_name":"s"})",
            R"({"class_name":"A","script_name":7})",
            R"({"class_name":"A","script_name":"s","limits":{"steps":0}})",
            R"({"class_name":"A","script_name":"s","limits":5})",
            R"({"class_name":"A","script_name":"s","concurrency":{"limit":1.5}})",
            R"({"class_name":"A","script_name":"s","schedules":[{"cron":""}]})",
            R"({"class_name":"A","script_name":"s","default_retention":{"error_retention":"soon"}})",
            R"({"class_name":"A","script_name":"s","jurisdiction":"moon"})",
        };
        for (const auto& body : bodies) {
            const auto answer = rig_->call("PUT", "/workflows/fresh", body);
            QVERIFY2(answer.status == 400 && answer.code() == 10002, body.c_str());
        }
        QCOMPARE(rig_->call("PUT", "/workflows/-x", R"({"class_name":"A","script_name":"s"})").status, 400);
        QVERIFY(rig_->engine.commands().empty());
    }

    void whatTheCoreRefusesIsPassedOn() {
        rig_->engine.reply = [](const Request&) -> Reply { return api::fail(400, 10021, "no such class"); };
        const auto answer = rig_->call("PUT", "/workflows/fresh", R"({"class_name":"A","script_name":"s"})");
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.message(), std::string("no such class"));
    }

    void deletes() {
        const auto answer = rig_->call("DELETE", "/workflows/orders");
        COMPARE_JSON(answer.result(), nlohmann::json({{"status", "ok"}, {"success", true}}));
        QCOMPARE(rig_->engine.only<DeleteWorkflow>().name, std::string("orders"));
    }

    void versions() {
        const auto list = rig_->get("/workflows/orders/versions").result();
        QCOMPARE(list.size(), 1U);
        COMPARE_JSON(list[0]["id"], "aaaaaaaa-0000-4000-8000-000000000002");
        COMPARE_JSON(list[0]["has_dag"], true);
        COMPARE_JSON(list[0]["limits"]["steps"], 50);
        COMPARE_JSON(list[0]["stepwell"]["number"], 2);
        COMPARE_JSON(list[0]["stepwell"]["script_version_id"], "bbbbbbbb-0000-4000-8000-000000000009");
        const std::string id = "/workflows/orders/versions/aaaaaaaa-0000-4000-8000-000000000002";
        COMPARE_JSON(rig_->get(id).result()["class_name"], "Flow");
        QCOMPARE(rig_->get("/workflows/orders/versions/x").code(), 10300);
    }

    void graphs() {
        const std::string id = "/workflows/orders/versions/aaaaaaaa-0000-4000-8000-000000000002";
        const auto made = rig_->get(id + "/graph").result();
        COMPARE_JSON(made["id"], "aaaaaaaa-0000-4000-8000-000000000002");
        COMPARE_JSON(made["class_name"], "Flow");
        COMPARE_JSON(made["graph"], nlohmann::json({{"version", 1}}));
        COMPARE_JSON(rig_->get(id + "/dag").result()["dag"], nlohmann::json({{"version", 1}}));
        // What is stored is not made again.
        rig_->engine.analyse = [](const std::string&) { return api::fail(503, 10013, "made again"); };
        rig_->data.graph = ClassGraph{"Flow", R"({"version":1,"workflow":{}})", {}};
        QVERIFY(rig_->get(id + "/graph").result()["graph"].contains("workflow"));
        QCOMPARE(rig_->get("/workflows/orders/versions/x/graph").code(), 10300);
        QCOMPARE(rig_->get("/workflows/none/versions/x/graph").status, 404);
    }

    void withoutAGraphTheReasonIsTold() {
        const std::string id = "/workflows/orders/versions/aaaaaaaa-0000-4000-8000-000000000002";
        rig_->data.graph = ClassGraph{"Flow", {}, "too large"};
        const auto none = rig_->get(id + "/graph").result();
        QVERIFY(none["graph"].is_null());
        COMPARE_JSON(none["stepwell"]["reason"], "too large");
        COMPARE_JSON(rig_->get(id).result()["has_dag"], false);
        // An analysis that cannot run now is no error, and says nothing about the graph.
        rig_->data.graph.reset();
        rig_->engine.analyse = [](const std::string&) { return api::fail(503, 10013, "no sandbox"); };
        const auto later = rig_->get(id + "/graph");
        QCOMPARE(later.status, 200);
        QVERIFY(later.result()["graph"].is_null());
        COMPARE_JSON(later.result()["stepwell"]["reason"], "no sandbox");
        COMPARE_JSON(rig_->get(id).result()["has_dag"], true);
    }
};

QTEST_GUILESS_MAIN(WorkflowsTest)
#include "tst_workflows.moc"
