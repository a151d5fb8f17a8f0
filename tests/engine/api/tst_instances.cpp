#include "app/engine/api/query.h"
#include "tests/engine/api/rig.h"

#include <QElapsedTimer>
#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::test;
namespace api = stepwell::api;

namespace {

constexpr auto instances = "/workflows/orders/instances";

StepRow step(int index, const std::string& name, api::StepKind kind, api::StepState state) {
    StepRow row;
    row.instance = InstanceKey(7);
    row.index = StepIndex(index);
    row.name = name;
    row.kind = kind;
    row.state = state;
    row.started = at(index * 100);
    if (state == api::StepState::complete || state == api::StepState::errored)
        row.ended = at(index * 100 + 50);
    return row;
}

AttemptRow failedAttempt(int stepIndex, int number) {
    AttemptRow row;
    row.step = StepIndex(stepIndex);
    row.number = number;
    row.started = at(number);
    row.ended = at(number + 1);
    row.success = false;
    row.errorName = "Error";
    row.errorMessage = "declined " + std::to_string(number);
    row.errorStack = "at pay";
    row.retryOn = at(900);
    return row;
}

InstanceSnapshot richInstance() {
    InstanceSnapshot snapshot;
    snapshot.instance.key = InstanceKey(7);
    snapshot.instance.id = "abc";
    snapshot.instance.status = api::Status::running;
    snapshot.instance.created = at(0);
    snapshot.instance.started = at(10);
    snapshot.instance.params = R"(j{"z":1,"a":2})";
    snapshot.instance.stepCount = 5;
    snapshot.version.uuid = "aaaaaaaa-0000-4000-8000-000000000002";
    snapshot.version.number = 2;
    snapshot.sequence = Sequence(8123);
    auto one = step(0, "read cart", api::StepKind::step, api::StepState::complete);
    one.config = R"({"retries":{"limit":5,"delay":1000,"backoff":"exponential"},"timeout":"10 minutes"})";
    one.value = R"(j{"items":[1,2]})";
    auto pay = step(1, "pay", api::StepKind::step, api::StepState::retrying);
    pay.count = 2;
    pay.due = at(900);
    auto nap = step(2, "nap", api::StepKind::sleep, api::StepState::running);
    nap.due = at(5000);
    auto wait = step(3, "approval", api::StepKind::waitForEvent, api::StepState::errored);
    wait.eventType = "approved";
    wait.errorName = "WorkflowTimeoutError";
    wait.errorMessage = "Execution timed out after 1000ms";
    auto big = step(4, "big", api::StepKind::step, api::StepState::complete);
    big.value = "j\"" + std::string(5000, 'x') + "\"";
    snapshot.steps = {one, pay, nap, wait, big};
    snapshot.attempts = {failedAttempt(1, 1), failedAttempt(1, 2)};
    RequestRow request;
    request.key = 7;
    request.step = 1;
    request.method = "POST";
    request.url = "https://pay.example/charge";
    request.status = 402;
    request.started = at(1);
    request.duration = std::chrono::microseconds(548200);
    auto outside = request;
    outside.key = 8;
    outside.step = -1;
    outside.duration.reset();
    snapshot.requests = {request, outside};
    return snapshot;
}

}  // namespace

class InstancesTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;

    void create(const std::string& body) {
        rig_->engine.reply = [](const Request& request) -> Reply {
            const auto& asked = std::get<CreateInstance>(request);
            return Answer{InstanceCreated{asked.id, "w", "v", api::Status::queued, api::TriggerSource::api}};
        };
        const auto answer = rig_->call("POST", instances, body);
        QVERIFY2(answer.status == 200, answer.body.dump().c_str());
        COMPARE_JSON(answer.result()["status"], "queued");
        QCOMPARE(answer.result()["id"].get<std::string>(), rig_->engine.only<CreateInstance>().id);
    }

  private slots:
    void init() {
        rig_ = std::make_unique<Rig>();
        rig_->data.workflows = {workflowRow("orders")};
        rig_->data.instances = {richInstance()};
    }

    // --- create

    void createsWithAllKindsOfParams_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("value");
        const auto row = [](const char* body, const char* value) {
            QTest::newRow(body) << QByteArray(body) << QByteArray(value);
        };
        row("{}", "");
        row("", "");
        row("{\"params\":{\"b\":1,\"a\":[1, 2]}}", "j{\"b\":1,\"a\":[1,2]}");
        row("{\"params\":{\n  \"b\": 1\n}}", "j{\"b\":1}");
        row("{\"params\":\"{\\\"a\\\": 1}\"}", "j{\"a\":1}");
        row("{\"params\":\"plain text\"}", "j\"plain text\"");
        row("{\"params\":null}", "jnull");
        row("{\"params\":12345678901234567890}", "j12345678901234567890");
    }
    void createsWithAllKindsOfParams() {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, value);
        create(body.toStdString());
        const auto command = rig_->engine.only<CreateInstance>();
        QCOMPARE(command.params, value.toStdString());
        QCOMPARE(command.workflow, std::string("orders"));
        QVERIFY(!command.id.empty());
    }

    void keepsIdAndRetention() {
        create(
            R"({"instance_id":"my-1","instance_retention":{"success_retention":"3 days"},"location_hint":"weur"})");
        QCOMPARE(rig_->engine.only<CreateInstance>().id, std::string("my-1"));
        QCOMPARE(rig_->engine.only<CreateInstance>().retention,
                 std::string(R"({"success_retention":"3 days"})"));
    }

    void refusesBadCreates() {
        const std::vector<std::string> bodies = {"{",
                                                 "[]",
                                                 "\"x\"",
                                                 "{\"instance_id\":\"\"}",
                                                 "{\"instance_id\":5}",
                                                 "{\"instance_id\":\"-a\"}",
                                                 "{\"instance_id\":\"a b\"}",
                                                 "{\"instance_id\":\"batch\"}",
                                                 "{\"instance_id\":\"" + std::string(101, 'a') + "\"}",
                                                 "{\"instance_retention\":{\"success_retention\":-1}}",
                                                 "{\"instance_retention\":\"x\"}"};
        for (const auto& body : bodies) {
            const auto answer = rig_->call("POST", instances, body);
            QVERIFY2(answer.status == 400 && answer.code() == 10002, body.c_str());
        }
        const auto large =
            rig_->call("POST", instances, "{\"params\":\"" + std::string(1100000, 'x') + "\"}");
        QCOMPARE(large.status, 413);
        QVERIFY(large.message().find("1 MiB") != std::string::npos);
        QVERIFY(rig_->engine.commands().empty());
    }

    void createsBatches() {
        rig_->engine.reply = [](const Request& request) -> Reply {
            const auto& asked = std::get<CreateInstance>(request);
            if (asked.id == "old") return api::fail(409, api::code::instanceExists, "exists");
            return Answer{InstanceCreated{asked.id, "w", "v", api::Status::queued, api::TriggerSource::api}};
        };
        const auto answer = rig_->call(
            "POST", std::string(instances) + "/batch",
            R"([{"instance_id":"a","params":{"z":1,"b":2}},{"instance_id":"old"},{"instance_id":"c"}])");
        QCOMPARE(answer.result().size(), 2U);
        COMPARE_JSON(answer.result()[0]["id"], "a");
        COMPARE_JSON(answer.result()[1]["id"], "c");
        QCOMPARE(std::get<CreateInstance>(rig_->engine.commands()[0]).params,
                 std::string(R"(j{"z":1,"b":2})"));
        QCOMPARE(rig_->call("POST", std::string(instances) + "/batch", "[]").status, 400);
    }

    // --- list

    void listsWithCursor() {
        InstanceListing::Item item;
        item.instance = richInstance().instance;
        item.versionUuid = "v";
        item.versionNumber = 2;
        item.glimpse = {step(0, "a", api::StepKind::step, api::StepState::complete)};
        rig_->data.listing = {{item}, 12, true};
        const auto answer =
            rig_->get(std::string(instances) + "/?per_page=1&status=running&date_start=2026-01-01");
        COMPARE_JSON(answer.result()[0]["id"], "abc");
        COMPARE_JSON(answer.result()[0]["version_id"], "v");
        QVERIFY(answer.result()[0]["ended_on"].is_null());
        COMPARE_JSON(answer.result()[0]["stepwell"]["glimpse"],
                     nlohmann::json::parse(R"([["step","complete",50]])"));
        const auto info = answer.body["result_info"];
        COMPARE_JSON(info["total_count"], 12);
        QVERIFY(!info.contains("page"));
        QCOMPARE(rig_->data.lastQuery.size, 1);
        QVERIFY(rig_->data.lastQuery.status == api::Status::running);
        QVERIFY(rig_->data.lastQuery.from == at(0));

        rig_->get(std::string(instances) + "?cursor=" + info["cursor"].get<std::string>() + "&direction=asc");
        QVERIFY(rig_->data.lastQuery.after == InstanceKey(7));
        QVERIFY(rig_->data.lastQuery.ascending);
        rig_->data.listing.more = false;
        QVERIFY(!rig_->get(instances).body["result_info"].contains("cursor"));
    }

    void listsByPage() {
        rig_->data.listing.total = 101;
        const auto info = rig_->get(std::string(instances) + "?page=3&per_page=20").body["result_info"];
        COMPARE_JSON(info["page"], 3);
        COMPARE_JSON(info["total_pages"], 6);
        QCOMPARE(rig_->data.lastQuery.offset, 40);
    }

    void namesBadListParameters() {
        for (const std::string query : {"page=0", "per_page=101", "cursor=x", "status=done", "direction=up",
                                        "date_start=now", "date_end=2026-13-01", "status=unknown"}) {
            const auto answer = rig_->get(std::string(instances) + '?' + query);
            QVERIFY2(answer.status == 400, query.c_str());
            QVERIFY2(answer.message().find(query.substr(0, query.find('='))) != std::string::npos,
                     query.c_str());
        }
        QCOMPARE(rig_->get(std::string(instances) + "?page=1&cursor=" + rest::cursorOf(1)).status, 400);
        QCOMPARE(rig_->get(std::string(instances) + "?date_start=2026-02-01&date_end=2026-01-01").status,
                 400);
        QCOMPARE(rig_->get("/workflows/other/instances").code(), 10200);
    }

    // --- detail

    void describesAnInstance() {
        const auto result = rig_->get(std::string(instances) + "/abc").result();
        COMPARE_JSON(result["status"], "running");
        COMPARE_JSON(result["params"]["z"], 1);
        COMPARE_JSON(result["trigger"]["source"], "api");
        COMPARE_JSON(result["versionId"], "aaaaaaaa-0000-4000-8000-000000000002");
        QVERIFY(result["success"].is_null() && result["error"].is_null() && result["output"].is_null() &&
                result["end"].is_null());
        COMPARE_JSON(result["step_count"], 5);
        COMPARE_JSON(result["stepwell"]["sequence"], 8123);
        QCOMPARE(result["stepwell"]["requests"].size(), 1U);
        QVERIFY(result["stepwell"]["requests"][0]["duration_ms"].is_null());
        QCOMPARE(result["steps"].size(), 5U);
    }

    void tellsApartWhatJsonCannot() {
        struct Case {
            std::string value;
            std::string preview;
            nlohmann::json output;
            nlohmann::json type;
        };
        const Case cases[] = {
            {"", "", nullptr, nullptr},
            {"u", "", nullptr, "undefined"},
            {"jnull", "", "null", "json"},
            {R"(d[["Date","2026-01-01T00:00:00.000Z"]])", R"("2026-01-01T00:00:00.000Z")",
             R"("2026-01-01T00:00:00.000Z")", "structured"},
            {"s12", "hello stream", "hello stream", "stream"},
            {R"(j"secret")", "[REDACTED]", "[REDACTED]", "hidden"},
        };
        for (const auto& one : cases) {
            auto& step = rig_->data.instances[0].steps[0];
            step.value = one.value;
            step.preview = one.preview;
            const auto told = rig_->get(std::string(instances) + "/abc").result()["steps"][0];
            COMPARE_JSON(told["output"], one.output);
            COMPARE_JSON(told["stepwell"]["output_type"], one.type);
        }
    }

    void describesSteps() {
        const auto steps = rig_->get(std::string(instances) + "/abc").result()["steps"];
        COMPARE_JSON(steps[0]["name"], "read cart-1");
        COMPARE_JSON(steps[0]["success"], true);
        COMPARE_JSON(steps[0]["output"], R"({"items":[1,2]})");
        COMPARE_JSON(steps[0]["config"]["retries"]["limit"], 5);
        QCOMPARE(steps[0]["attempts"].size(), 1U);
        COMPARE_JSON(steps[0]["attempts"][0]["success"], true);

        COMPARE_JSON(steps[1]["name"], "pay-2");
        QVERIFY(steps[1]["success"].is_null() && steps[1]["end"].is_null() && steps[1]["config"].is_null());
        QCOMPARE(steps[1]["attempts"].size(), 2U);
        COMPARE_JSON(steps[1]["attempts"][1]["error"],
                     nlohmann::json({{"name", "Error"}, {"message", "declined 2"}}));
        COMPARE_JSON(steps[1]["attempts"][1]["stepwell"]["stack"], "at pay");
        COMPARE_JSON(steps[1]["stepwell"]["state"], "retrying");
        COMPARE_JSON(steps[1]["stepwell"]["wake_on"], "2026-01-01T00:00:00.900Z");
        COMPARE_JSON(steps[1]["stepwell"]["requests"][0]["duration_ms"], 548.2);

        COMPARE_JSON(steps[2]["type"], "sleep");
        COMPARE_JSON(steps[2]["finished"], false);
        QVERIFY(!steps[2].contains("attempts"));

        COMPARE_JSON(steps[3]["type"], "waitForEvent");
        COMPARE_JSON(steps[3]["finished"], true);
        COMPARE_JSON(steps[3]["event_type"], "approved");
        COMPARE_JSON(steps[3]["error"]["name"], "WorkflowTimeoutError");

        COMPARE_JSON(steps[4]["stepwell"]["output_truncated"], true);
        QCOMPARE(steps[4]["output"].get<std::string>().size(),
                 1024U + std::string("[truncated output]").size());
    }

    void ordersAndLeavesOutSteps() {
        const auto path = std::string(instances) + "/abc";
        COMPARE_JSON(rig_->get(path + "?order=desc").result()["steps"][0]["name"], "big-1");
        const auto simple = rig_->get(path + "?simple=true").result();
        QVERIFY(simple["steps"].is_array() && simple["steps"].empty());
        COMPARE_JSON(simple["step_count"], 5);
        COMPARE_JSON(rig_->get(path + "?stepwell_since=5").result()["stepwell"]["partial"], true);
        QCOMPARE(rig_->get(path + "?order=up").status, 400);
        QCOMPARE(rig_->get(path + "?simple=1").status, 400);
        QCOMPARE(rig_->get(path + "?stepwell_since=x").status, 400);
        QCOMPARE(rig_->get(std::string(instances) + "/none").code(), 10400);
    }

    void describesTheEnd() {
        auto& row = rig_->data.instances[0].instance;
        row.status = api::Status::errored;
        row.ended = at(100);
        row.errorName = "Error";
        row.errorMessage = "boom";
        row.errorStack = "at run";
        auto result = rig_->get(std::string(instances) + "/abc").result();
        COMPARE_JSON(result["error"], nlohmann::json({{"name", "Error"}, {"message", "boom"}}));
        COMPARE_JSON(result["success"], false);
        COMPARE_JSON(result["stepwell"]["error_stack"], "at run");

        row.status = api::Status::complete;
        row.output = R"(j{"ok":true})";
        result = rig_->get(std::string(instances) + "/abc").result();
        COMPARE_JSON(result["output"], R"({"ok":true})");
        COMPARE_JSON(result["stepwell"]["output_type"], "json");
        COMPARE_JSON(result["success"], true);

        row.status = api::Status::terminated;
        result = rig_->get(std::string(instances) + "/abc").result();
        COMPARE_JSON(result["steps"].back(),
                     nlohmann::json::parse(R"({"type":"termination","trigger":{"source":"api"}})"));
        COMPARE_JSON(rig_->get(std::string(instances) + "/abc?order=desc").result()["steps"][0]["type"],
                     "termination");
    }

    void manySteps() {
        auto& snapshot = rig_->data.instances[0];
        for (int i = 5; i < 25000; ++i) {
            snapshot.steps.push_back(step(i, "s", api::StepKind::step, api::StepState::complete));
            snapshot.steps.back().count = i;
            snapshot.steps.back().value = "j1";
        }
        const auto result = rig_->get(std::string(instances) + "/abc").result();
        QCOMPARE(result["steps"].size(), 25000U);
        COMPARE_JSON(result["steps"].back()["name"], "s-24999");
    }

    // --- one step

    void wholeOutputOfAStep() {
        const auto path = std::string(instances) + "/abc/step?name=";
        const auto big = rig_->get(path + "big-1").result();
        COMPARE_JSON(big["status"], "complete");
        QCOMPARE(big["output"].get<std::string>().size(), 5002U);
        const auto pay = rig_->get(path + "pay-2").result();
        COMPARE_JSON(pay["status"], "running");
        COMPARE_JSON(pay["error"]["message"], "declined 2");
        COMPARE_JSON(rig_->get(path + "pay-2&attempt=1").result()["error"]["message"], "declined 1");
        QCOMPARE(rig_->get(path + "pay-2&attempt=9").status, 400);
        COMPARE_JSON(rig_->get(path + "read%20cart-1&attempt=1").result()["status"], "complete");
        const auto wait = rig_->get(path + "approval-1&type=waitForEvent").result();
        COMPARE_JSON(wait["event_type"], "approved");
        QCOMPARE(rig_->get(path + "approval-1").status, 404);
        for (const auto* bad : {"", "big", "big-0", "big-x", "big-1&type=sleep", "big-1&attempt=0"})
            QCOMPARE(rig_->get(path + bad).status, 400);
    }

    // --- verbs

    void verbs() {
        rig_->engine.reply = [](const Request&) -> Reply {
            return Answer{InstanceChanged{"abc", api::Status::paused, at(3)}};
        };
        const auto path = std::string(instances) + "/abc/status";
        const auto answer = rig_->call("PATCH", path, R"({"status":"pause"})");
        COMPARE_JSON(answer.result(),
                     nlohmann::json({{"status", "paused"}, {"timestamp", "2026-01-01T00:00:00.003Z"}}));
        for (const auto* body : {R"({"status":"resume"})", R"({"status":"terminate","rollback":true})",
                                 R"({"status":"restart"})",
                                 R"({"status":"restart","from":{"name":"nap","count":3,"type":"sleep"}})"})
            QCOMPARE(rig_->call("PATCH", path, body).status, 200);
        const auto commands = rig_->engine.commands();
        QCOMPARE(std::get<PauseInstance>(commands[0]).id, std::string("abc"));
        QVERIFY(std::holds_alternative<ResumeInstance>(commands[1]));
        QVERIFY(std::holds_alternative<TerminateInstance>(commands[2]));
        QVERIFY(!std::get<RestartInstance>(commands[3]).from.has_value());
        const auto from = std::get<RestartInstance>(commands[4]).from;
        QVERIFY(from && from->name == "nap" && from->count == 3 && from->kind == api::StepKind::sleep);
    }

    void refusedVerbs() {
        const auto path = std::string(instances) + "/abc/status";
        for (const auto* body :
             {"", "{}", R"({"status":"stop"})", R"({"status":7})", R"({"status":"terminate","rollback":1})",
              R"({"status":"restart","from":{}})", R"({"status":"restart","from":{"name":""}})",
              R"({"status":"restart","from":{"name":"a","count":0}})",
              R"({"status":"restart","from":{"name":"a","type":"step"}})"})
            QCOMPARE(rig_->call("PATCH", path, body).code(), 10002);
        QVERIFY(rig_->engine.commands().empty());
        rig_->engine.reply = [](const Request&) -> Reply {
            return api::fail(409, api::code::cannotTerminate, "it has ended");
        };
        const auto answer = rig_->call("PATCH", path, R"({"status":"terminate"})");
        QCOMPARE(answer.status, 409);
        QCOMPARE(answer.code(), 10401);
    }

    void sendsEvents() {
        rig_->engine.reply = [](const Request&) -> Reply { return Answer{Done{at(3)}}; };
        const auto path = std::string(instances) + "/abc/events/";
        const auto answer = rig_->call("POST", path + "approved", "{ \"b\": 1,\n \"a\": [] }");
        COMPARE_JSON(answer.result(),
                     nlohmann::json({{"instanceId", "abc"}, {"timestamp", "2026-01-01T00:00:00.003Z"}}));
        QCOMPARE(rig_->engine.only<SendEvent>().payload, std::string(R"(j{"b":1,"a":[]})"));
        QCOMPARE(rig_->call("POST", path + "approved").status, 200);
        QCOMPARE(std::get<SendEvent>(rig_->engine.commands()[1]).payload, std::string("u"));
        QCOMPARE(rig_->call("POST", path + "a.b", "{}").status, 400);
        QCOMPARE(rig_->call("POST", path + "approved", "{").code(), 10002);
    }

    void readsLogs() {
        LogRow row;
        row.key = 9;
        row.step = 3;
        row.level = 3;
        row.time = at(1);
        row.text = "careful";
        rig_->data.logs = {row};
        const auto path = std::string("/stepwell/logs?workflow=orders&instance=abc");
        COMPARE_JSON(
            rig_->get(path).result(),
            nlohmann::json::parse(
                R"([{"id":9,"step_index":3,"level":"warn","time":"2026-01-01T00:00:00.001Z","text":"careful"}])"));
        QVERIFY(rig_->get(path + "&after=9").result().empty());
        QVERIFY(rig_->get(path + "&step=-1").result().empty());
        QCOMPARE(rig_->get(path + "&limit=5000").status, 400);
        QCOMPARE(rig_->get("/stepwell/logs?workflow=orders").status, 400);
    }
};

QTEST_GUILESS_MAIN(InstancesTest)
#include "tst_instances.moc"
