#include "tests/models/test_parse.h"

#include "models/client/bodies.h"
#include "models/client/parse.h"
#include "models/client/parse_graphql.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::client;

namespace {

Response answer(const std::string& result, const std::string& info = "{}") {
    return {200, "application/json",
            R"({"success":true,"errors":[],"messages":[],"result":)" + result + R"(,"result_info":)" + info +
                "}"};
}

/// The instance of the reference, section 6: what Cloudflare itself sends, without any extension.
const char* const publicInstance = R"({
  "status": "running", "params": { "a": 1 }, "trigger": { "source": "api" },
  "versionId": "v-1", "queued": "2026-01-01T00:00:00Z", "start": "2026-01-01T00:00:01.5Z", "end": null, "success": null,
  "error": null, "output": null, "rollback": null, "step_count": 4,
  "steps": [
    { "name": "first-1", "type": "step", "start": "2026-01-01T00:00:01.5Z", "end": "2026-01-01T00:00:02Z",
      "success": true, "output": "{\"any\":\"json\"}",
      "config": {"retries":{"limit":5,"backoff":"exponential","delay":1000},"timeout":"10 minutes"},
      "attempts": [ {"start":"2026-01-01T00:00:01.5Z","end":"2026-01-01T00:00:02Z","success":true,"error":null} ] },
    { "name": "pay-1", "type": "step", "start": "2026-01-01T00:00:02Z", "end": null, "success": null,
      "config": {"retries":{"limit":3,"delay":"[dynamic]"},"timeout":600000},
      "attempts": [ {"start":"2026-01-01T00:00:02Z","end":"2026-01-01T00:00:03Z","success":false,
                     "error":{"name":"Error","message":"declined"}} ] },
    { "name": "nap-1", "type": "sleep", "start": "2026-01-01T00:00:02Z", "end": null, "finished": false, "error": null },
    { "name": "wait-1", "type": "waitForEvent", "start": "2026-01-01T00:00:02Z", "end": "2026-01-01T00:00:03Z",
      "finished": true, "error": {"name":"WorkflowTimeoutError","message":""}, "output": null, "event_type": "go" },
    { "type": "termination", "trigger": {"source":"api"} }
  ] })";

const char* const extendedInstance = R"({
  "status": "errored", "params": null, "trigger": {"source":"cron"}, "versionId": "v-2", "queued": "2026-01-01T00:00:00Z",
  "start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:00:09Z", "error": {"name":"E","message":"m"}, "output": null,
  "step_count": 12,
  "stepwell": {"version_number":12,"sleeping":false,"sequence":8123,"partial":true,"error_stack":"E: m\n at x",
    "requests":[{"id":1,"attempt":0,"method":"GET","url":"https://a.example/","status":200,"error":"",
                 "start":"2026-01-01T00:00:00Z","duration_ms":3.6,"request_bytes":0,"response_bytes":10}]},
  "steps": [ { "name": "pay-1", "type": "step", "start": "2026-01-01T00:00:02Z", "end": null, "success": null,
      "config": {"retries":{"limit":"Infinity","delay":"5 seconds","backoff":"linear"},"timeout":"1 hour"},
      "attempts": [ {"start":"2026-01-01T00:00:02Z","end":"2026-01-01T00:00:03Z","success":false,
                     "error":{"name":"E","message":"m"}, "stepwell":{"stack":"E: m\n at y","retry_on":"2026-01-01T00:00:08Z"}} ],
      "output": "\"xx[truncated output]",
      "stepwell": {"index":7,"state":"retrying","wake_on":"2026-01-01T00:00:08Z","output_truncated":true,
                   "error":{"name":"E","message":"m","stack":"s"},
                   "requests":[{"id":2,"attempt":1,"method":"POST","url":"https://b.example/","status":0,"error":"refused",
                                "start":"2026-01-01T00:00:02Z","duration_ms":null}]} } ] })";

}  // namespace

void ParseTest::successDecidesNotTheHttpStatus() {
    Response odd{200, "application/json",
                 R"({"success":false,"errors":[{"code":10400,"message":"x"}],"result":null})"};
    QVERIFY(!parseNothing(odd).has_value());
    odd = {500, "application/json", R"({"success":true,"result":{}})"};
    QVERIFY(parseNothing(odd).has_value());
}

void ParseTest::errorsKeepCodeAndServerText() {
    const Response response{
        404, "application/json",
        R"({"success":false,"errors":[{"code":10200,"message":"workflows.api.error.workflow.not_found"}],
                                "messages":["a text"],"result":null})"};
    const auto error = parseWorkflow(response).error();
    QCOMPARE(error.http, 404);
    QCOMPARE(error.code, api::code::workflowNotFound);
    QCOMPARE(error.message,
             std::string("There is no such workflow (workflows.api.error.workflow.not_found)."));
    // Nothing of the token: another one would not help.
    const Response elsewhere{
        403, "",
        R"({"success":false,"errors":[{"code":10000,"message":"There is no account \"x\" here."}]})"};
    QCOMPARE(parseNothing(elsewhere).error().message, std::string("There is no account \"x\" here."));
    const Response foreign{400, "", R"({"success":false,"errors":[{"code":77,"message":"Own words."}]})"};
    QCOMPARE(parseNothing(foreign).error().message, std::string("Own words."));
    const Response mute{400, "", R"({"success":false})"};
    QVERIFY(!parseNothing(mute).error().message.empty());
}

void ParseTest::answersThatAreNoEnvelope_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("code");
    QTest::newRow("proxy page") << 502 << "<html>bad gateway</html>" << 10001;
    QTest::newRow("other program") << 200 << "hello" << 10001;
    QTest::newRow("other json") << 200 << "[1,2]" << 10001;
    QTest::newRow("no route") << 404 << "" << 7003;
    QTest::newRow("guard") << 403 << "Invalid Host header" << 10000;
    QTest::newRow("cut") << 200 << R"({"success":true,"resu)" << 10001;
}

void ParseTest::answersThatAreNoEnvelope() {
    QFETCH(int, status);
    QFETCH(QString, body);
    QFETCH(int, code);
    const auto result = parseWorkflows({status, "text/plain", body.toStdString()});
    QVERIFY(!result.has_value());
    QCOMPARE(result.error().code, code);
    QCOMPARE(result.error().http, status);
}

void ParseTest::workflowOfTheReference() {
    const auto page = parseWorkflows(answer(R"([{
        "id": "182bd5e5", "name": "my-workflow", "class_name": "MyWorkflow", "script_name": "my-worker",
        "created_on": "2026-01-01T00:00:00Z", "modified_on": "2026-01-01T00:00:00Z", "triggered_on": null,
        "instances": { "complete": 3, "errored": 0, "running": 2, "unknown": 9 },
        "schedules": [ { "cron": "*/30 * * * *" } ] }])",
                                            R"({"count":1,"per_page":10,"total_count":31})"));
    QVERIFY(page.has_value());
    QCOMPARE(page->total, std::int64_t{31});
    const auto& workflow = page->rows.at(0);
    QCOMPARE(workflow.name, std::string("my-workflow"));
    QCOMPARE(workflow.className, std::string("MyWorkflow"));
    QCOMPARE(workflow.counts.at(api::Status::complete), std::int64_t{3});
    QVERIFY(!workflow.counts.contains(api::Status::queued));
    QVERIFY(!workflow.triggeredOn && workflow.createdOn);
    QVERIFY(!workflow.activity);
    QCOMPARE(workflow.versionNumber, 0);
}

void ParseTest::workflowWithExtension() {
    const auto workflow = parseWorkflow(answer(R"({"name":"w","stepwell":{"version_number":12,
        "hourly":{"created":[1,2,3],"errored":[0,1]},"duration_ms":{"p50":1200,"p99":8400.4}}})"));
    QCOMPARE(workflow->versionNumber, 12);
    QCOMPARE(workflow->activity->created[2], std::int64_t{3});
    QCOMPARE(workflow->activity->errored[1], std::int64_t{1});
    QCOMPARE(workflow->activity->p50->count(), 1200);
    QCOMPARE(workflow->activity->p99->count(), 8400);
    const auto idle = parseWorkflow(answer(R"({"name":"w","stepwell":{"hourly":{},"duration_ms":null}})"));
    QVERIFY(idle->activity && !idle->activity->p50);
}

/// Every field of the wrong type, and none of it may throw or crash.
void ParseTest::oddFieldsAreTolerated() {
    const char* rows = R"([null,1,"x",{"name":7,"instances":[],"created_on":{},"stepwell":"no"}])";
    QCOMPARE(parseWorkflows(answer(rows, "[]"))->rows.size(), std::size_t{1});
    QCOMPARE(parseInstances(answer(rows, "null"))->rows.size(), std::size_t{1});
    QCOMPARE(parseVersions(answer(rows))->rows.size(), std::size_t{1});
    QVERIFY(parseLogs(answer(rows)).has_value());
    QVERIFY(parseHealth(answer("{}")).has_value());
    // What has another shape altogether is no answer: shown as an empty list it would be a lie.
    for (const char* other : {"null", "{}", "7", "[null,1]"}) {
        QVERIFY(!parseWorkflows(answer(other, "[]")).has_value());
        QVERIFY(!parseInstances(answer(other, "null")).has_value());
        QVERIFY(!parseVersions(answer(other)).has_value());
        QVERIFY(!parseWorkflow(answer(other)).has_value());
        QVERIFY(!parseLogs(answer(other)).has_value());
        QVERIFY(!parseStepOutput(answer(other)).has_value());
        QVERIFY(parseCreatedId(answer(other)).has_value());
    }
    QVERIFY(!parseInstance(answer("null"), "i").has_value());
    const auto odd =
        parseInstance(answer(R"({"status":"sleepwalking","steps":[1,{"type":"rollback","attempts":{}}],
        "error":"plain","trigger":null,"stepwell":[],"queued":"soon"})"),
                      "i");
    QVERIFY(odd->status == api::Status::unknown);
    QCOMPARE(odd->error->message, std::string("plain"));
    QCOMPARE(odd->steps.size(), std::size_t{1});
    QVERIFY(!odd->queued);
}

void ParseTest::instanceListOfTheReference() {
    const auto page = parseInstances(answer(R"([
        {"id":"abc","workflow_id":"w","version_id":"v","status":"waiting","created_on":"2026-01-01T00:00:00Z",
         "modified_on":"2026-01-01T00:00:00Z","started_on":"2026-01-01T00:00:00Z","ended_on":null,"trigger_source":"binding",
         "stepwell":{"version_number":3,"step_count":4,"retries":1,"sleeping":true,
                     "glimpse":[["step","complete",182],["sleep","running",3.5],["odd"],7]}},
        {"id":"def","status":"complete"}])",
                                            R"({"total_count":233012})"));
    QCOMPARE(page->total, std::int64_t{233012});
    const auto& first = page->rows.at(0);
    QVERIFY(first.status == api::Status::waiting && first.sleeping);
    QVERIFY(first.trigger == api::TriggerSource::binding);
    QCOMPARE(first.glimpse.size(), std::size_t{2});
    QVERIFY(first.glimpse[1].kind == api::StepKind::sleep &&
            first.glimpse[1].state == api::StepState::running);
    QCOMPARE(first.retries, std::optional(1));
    const auto& second = page->rows.at(1);
    QVERIFY(!second.retries && !second.stepCount && second.glimpse.empty() && !second.createdOn);
}

void ParseTest::instanceOfTheReference() {
    const auto detail = parseInstance(answer(publicInstance), "abc");
    QVERIFY(detail.has_value());
    QCOMPARE(detail->id, std::string("abc"));
    QCOMPARE(detail->params, std::string(R"({"a":1})"));
    QVERIFY(!detail->output && !detail->end && !detail->partial);
    QCOMPARE(detail->stepCount, 4);
    QCOMPARE(detail->steps.size(), std::size_t{4});
    const auto& steps = detail->steps;
    QVERIFY(steps[0].state == api::StepState::complete);
    QCOMPARE(*steps[0].output, std::string(R"({"any":"json"})"));
    QCOMPARE(steps[0].retryLimit, std::string("5"));
    QCOMPARE(steps[0].retryDelay, std::string("1000"));
    QVERIFY(steps[1].state == api::StepState::retrying);
    QCOMPARE(steps[1].error->message, std::string("declined"));
    QCOMPARE(steps[1].retryDelay, std::string("[dynamic]"));
    QCOMPARE(steps[1].timeout, std::string("600000"));
    QVERIFY(steps[2].kind == api::StepKind::sleep && steps[2].state == api::StepState::running);
    QVERIFY(steps[3].kind == api::StepKind::waitForEvent && steps[3].state == api::StepState::errored);
    QCOMPARE(steps[3].eventType, std::string("go"));
    for (int i = 0; i < 4; ++i)
        QCOMPARE(steps[i].index, i);
}

void ParseTest::undefinedIsNotNull() {
    const auto detail = parseInstance(
        answer(R"({"status":"complete","output":null,"stepwell":{"output_type":"undefined"},"steps":[
        {"name":"a-1","type":"step","success":true,"output":"null","stepwell":{"index":0,"output_type":"json"}},
        {"name":"b-1","type":"step","success":true,"output":null,"stepwell":{"index":1,"output_type":"undefined"}},
        {"name":"c-1","type":"step","success":null,"output":null,"stepwell":{"index":2,"output_type":null}}]})"),
        "abc");
    QVERIFY(detail.has_value());
    QCOMPARE(*detail->output, std::string("undefined"));
    QCOMPARE(*detail->steps[0].output, std::string("null"));
    QCOMPARE(*detail->steps[1].output, std::string("undefined"));
    QVERIFY(!detail->steps[2].output);
}

void ParseTest::whatIsNewIsKeptAsItCame() {
    const auto detail =
        parseInstance(answer(R"({"status":"asleep","trigger":{"source":"dream"},"weather":["fog"],
        "rollback":{"outcome":"half","error":null},"steps":[
        {"name":"a-1","type":"step","success":true,"output":null,"config":{},
         "attempts":[{"start":null,"end":null,"success":true,"error":null,"host":"x"}]},
        {"name":"b-1","type":"thought","start":"2026-06-01T12:00:01Z","end":"2026-06-01T12:00:02Z","mood":{"b":1,"a":2}}]})"),
                      "abc");
    QVERIFY(detail.has_value());
    QCOMPARE(detail->otherStatus, std::string("asleep"));
    QCOMPARE(detail->rollback->other, std::string("half"));
    QVERIFY(!detail->rollback->complete);
    QCOMPARE(detail->otherFields, std::string(R"({"weather":["fog"]})"));
    QCOMPARE(detail->steps[0].otherFields, std::string());
    QCOMPARE(detail->steps[0].attempts[0].otherFields, std::string(R"({"host":"x"})"));
    QCOMPARE(detail->steps[1].otherFields, std::string(R"({"mood":{"b":1,"a":2}})"));
    const auto versions = parseVersions(answer(
        R"([{"id":"v","workflow_id":"w","class_name":"C","created_on":"2026-06-01T12:00:01Z","modified_on":null,"flavour":"mint"}])"));
    QVERIFY(versions.has_value());
    QCOMPARE(versions->rows[0].otherFields, std::string(R"({"flavour":"mint"})"));
    const auto known = parseInstance(answer(publicInstance), "abc");
    QCOMPARE(known->otherFields, std::string());
    for (const auto& step : known->steps)
        QCOMPARE(step.otherFields, std::string());
}

void ParseTest::newFieldsAreBounded() {
    const std::string large(100'000, 'x');
    std::string fields = R"("large":")" + large + "\"";
    for (int i = 0; i < 100; ++i)
        fields += ",\"f" + std::to_string(i) + "\":" + std::to_string(i);
    const auto detail = parseInstance(answer(R"({"status":"running","steps":[],)" + fields + "}"), "abc");
    QVERIFY(detail.has_value());
    QVERIFY(detail->otherFields.size() < 10'000);
    QVERIFY(detail->otherFields.find("100002 bytes: too long to be shown here") != std::string::npos);
    QVERIFY(detail->otherFields.find(R"("…":"37 more fields")") != std::string::npos);
}

/// A server that chooses how deep this program recurses ends it.
void ParseTest::deepAnswersAreRefused() {
    const std::size_t levels = 2'000'000;
    const auto deep = std::string(levels, '[') + std::string(levels, ']');
    for (const char* field : {"x", "params", "output", "steps"}) {
        const auto detail = parseInstance(
            answer(R"({"status":"running",")" + std::string(field) + "\":" + deep + "}"), "abc");
        QVERIFY2(!detail.has_value(), field);
        QVERIFY2(detail.error().message.find("nested deeper than 520 levels") != std::string::npos, field);
    }
    QVERIFY(!parseGraphql({200, "application/json", R"({"errors":[{"path":[)" + deep + "]}]}"}).has_value());
    QVERIFY(!parseLiveEvent(R"({"type":"x","more":)" + deep + "}").has_value());
    const auto within = std::string(400, '[') + std::string(400, ']');
    QVERIFY(parseInstance(answer(R"({"status":"running","output":)" + within + "}"), "abc").has_value());
}

/// The local explorer sends outputs as JSON values and no id, trigger or extension.
void ParseTest::instanceOfTheLocalExplorer() {
    const auto detail =
        parseInstance(answer(R"({"status":"complete","output":"plain words","error":null,"steps":[
        {"name":"a-1","type":"step","success":true,"output":{"any":"json"},"config":null,"attempts":[]},
        {"name":"b-1","type":"step","success":true,"output":"[\"text that is JSON\"]","attempts":[]},
        {"name":"c-1","type":"step","success":true,"attempts":[]}]})"),
                      "x");
    QCOMPARE(*detail->output, std::string("\"plain words\""));
    QCOMPARE(*detail->steps[0].output, std::string(R"({"any":"json"})"));
    QCOMPARE(*detail->steps[1].output, std::string(R"(["text that is JSON"])"));
    QVERIFY(!detail->steps[2].output);
    QVERIFY(detail->params.empty());
    QCOMPARE(detail->stepCount, 3);
}

void ParseTest::instanceWithExtension() {
    const auto detail = parseInstance(answer(extendedInstance), "abc");
    QVERIFY(detail->partial);
    QCOMPARE(detail->sequence, std::int64_t{8123});
    QCOMPARE(detail->error->stack, std::string("E: m\n at x"));
    QCOMPARE(detail->params, std::string("null"));
    QCOMPARE(detail->requests.at(0).stepIndex, -1);
    QCOMPARE(detail->requests.at(0).duration->count(), 4);
    const auto& step = detail->steps.at(0);
    QCOMPARE(step.index, 7);
    QCOMPARE(step.retryLimit, std::string("Infinity"));
    QVERIFY(step.state == api::StepState::retrying && step.outputTruncated);
    QCOMPARE(step.attempts.at(0).error->stack, std::string("E: m\n at y"));
    QCOMPARE(api::toIso(*step.attempts.at(0).retryOn), std::string("2026-01-01T00:00:08.000Z"));
    QVERIFY(step.wakeOn == step.attempts.at(0).retryOn);
    QCOMPARE(step.requests.at(0).stepIndex, 7);
    QVERIFY(!step.requests.at(0).duration);
    QCOMPARE(step.requests.at(0).error, std::string("refused"));
}

void ParseTest::rollbackAndCpuTime() {
    const auto detail = parseInstance(
        answer(R"({"status":"errored","rollback":{"outcome":"failed","error":{"name":"E","message":"no"}},
        "stepwell":{"cpu_ms":11.4},"steps":[
        {"name":"a-1","type":"step","success":true,"attempts":[{"success":true,"stepwell":{"cpu_ms":2.6}}],
         "stepwell":{"index":0,"cpu_ms":3}},
        {"name":"a-1","type":"rollback","success":true,"attempts":[],"stepwell":{"index":4,"rolls_back":0}}]})"),
        "i");
    QVERIFY(detail.has_value());
    QVERIFY(detail->rollback && !detail->rollback->complete);
    QCOMPARE(detail->rollback->error->message, std::string("no"));
    QCOMPARE(detail->cpu, std::optional(api::Milliseconds(11)));
    QCOMPARE(detail->steps.at(0).attempts.at(0).cpu, std::optional(api::Milliseconds(3)));
    QCOMPARE(detail->steps.at(0).cpu, std::optional(api::Milliseconds(3)));
    QVERIFY(!detail->steps.at(0).isRollback && detail->steps.at(1).isRollback);
    QCOMPARE(detail->steps.at(1).index, 4);
}

void ParseTest::settingsOfAWorkflow() {
    const auto workflow = parseWorkflow(
        answer(R"({"name":"n","schedules":[{"cron":"0 6 * * *","next_instance":"2026-01-01T06:00:00Z"}]})"));
    QCOMPARE(workflow->schedules.at(0).cron, std::string("0 6 * * *"));
    QVERIFY(workflow->schedules.at(0).next.has_value());
    const auto deleted = parseDeleted(answer(
        R"({"deleted":[{"id":"a"}],"errors":[{"id":"b","code":10400,"message":"workflows.api.error.instance.not_found"}]})"));
    QCOMPARE(deleted->ids, std::vector<std::string>{"a"});
    QVERIFY(deleted->errors.at(0).second.starts_with("There is no such instance"));
    const auto kept =
        parseAccountRetention(answer(R"({"default_retention":{"success_retention":"7 days"}})"));
    QCOMPARE(kept->success, std::optional(api::Milliseconds(604'800'000)));
    QVERIFY(!kept->error);
}

void ParseTest::graphOfAVersion() {
    const auto found = parseGraph(answer(R"({
      "id": "v-1", "class_name": "Orders", "stepwell": {"reason": ""},
      "graph": {"version": 1, "workflow": {"class_name": "Orders",
        "functions": {"charge": {"type": "function_def", "name": "charge", "nodes": [
          {"type": "step_do", "name": "pay ${id}", "nodes": [],
           "config": {"retries": {"limit": 5, "delay": 10000, "backoff": "exponential"}, "timeout": "10 minutes"}}]}},
        "nodes": [
          {"type": "if", "branches": [
            {"condition": "none", "nodes": [{"type": "break", "kind": "return"}]},
            {"condition": null, "nodes": []}]},
          {"type": "loop", "nodes": [{"type": "function_call", "name": "charge", "starts": 1, "resolves": 2}]},
          {"type": "try",
           "try_block": {"type": "block", "nodes": [
             {"type": "step_wait_for_event", "name": "ok", "options": {"event_type": "approved", "timeout": "1 day"}}]},
           "catch_block": null,
           "finally_block": {"type": "block", "nodes": [{"type": "step_sleep", "name": "rest", "duration": 500}]}}],
        "payload": {"type": "object", "fields": {"orderId": {"type": "unknown"}}}}}})"));
    QVERIFY(found && found->graph);
    using Kind = api::GraphNode::Kind;
    const auto& graph = *found->graph;
    QCOMPARE(graph.className, std::string("Orders"));
    QCOMPARE(graph.payloadFields, std::vector<std::string>{"orderId"});
    QCOMPARE(graph.nodes.size(), std::size_t{3});
    const auto& choice = graph.nodes[0];
    QCOMPARE(choice.kind, Kind::branch);
    QCOMPARE(choice.branches.size(), std::size_t{2});
    QCOMPARE(choice.branches[0].condition, std::string("none"));
    QCOMPARE(choice.branches[0].nodes.at(0).kind, Kind::returnNow);
    QVERIFY(choice.branches[1].condition.empty());
    const auto& call = graph.nodes[1].nodes.at(0);
    QCOMPARE(call.kind, Kind::call);
    QCOMPARE(call.resolves, std::optional(2));
    const auto& pay = graph.functions.at("charge").at(0);
    QCOMPARE(pay.retryDelay, std::string("10000"));
    QCOMPARE(pay.timeout, std::string("10 minutes"));
    const auto& attempt = graph.nodes[2];
    QCOMPARE(attempt.branches.size(), std::size_t{2});  // no catch
    QCOMPARE(attempt.branches[0].nodes.at(0).detail, std::string("approved"));
    QCOMPARE(attempt.branches[1].condition, std::string("finally"));
    QCOMPARE(attempt.branches[1].nodes.at(0).detail, std::string("500"));
}

void ParseTest::versionWithoutGraph() {
    const auto none =
        parseGraph(answer(R"({"id": "v-1", "graph": null, "stepwell": {"reason": "Too large"}})"));
    QVERIFY(none && !none->graph);
    QCOMPARE(none->reason, std::string("Too large"));
}

void ParseTest::cronsOfAWorker() {
    const auto crons = parseCrons(answer(R"({"schedules": [
        {"cron": "0 3 * * *", "created_on": "2026-01-01T00:00:00Z", "stepwell": {"next_run": "2026-01-02T03:00:00Z"}},
        {"cron": "*/5 * * * *"}]})"));
    QVERIFY(crons);
    QCOMPARE(crons->size(), std::size_t{2});
    QCOMPARE(crons->at(0).cron, std::string("0 3 * * *"));
    QCOMPARE(api::toIso(crons->at(0).next.value()), std::string("2026-01-02T03:00:00.000Z"));
    QVERIFY(!crons->at(1).next);  // Cloudflare does not say
    QCOMPARE(cronsBody({"0 3 * * *"}), std::string(R"([{"cron":"0 3 * * *"}])"));
}

void ParseTest::stepOutputs() {
    QCOMPARE(*parseStepOutput(answer(R"({"status":"complete","error":null,"output":"{\"a\":1}"})")),
             std::string("{\"a\":1}"));
    QCOMPARE(*parseStepOutput(answer(R"({"status":"running","error":null})")), std::string("null"));
    QCOMPARE(*parseStepOutput(answer(R"({"output":"[REDACTED]"})")), std::string("\"[REDACTED]\""));
    QCOMPARE(*parseStepOutput({200, "application/octet-stream", "abc"}),
             std::string("\"[ReadableStream (binary): 3 bytes]\""));
}

void ParseTest::logLines() {
    const auto lines = parseLogs(
        answer(R"([{"id":9,"step_index":3,"level":"warn","time":"2026-01-01T00:00:00.010Z","text":"x"},
                                            {"id":10,"level":"trace","text":"y"}])"));
    QCOMPARE(lines->size(), std::size_t{2});
    QVERIFY(lines->at(0).level == api::LogLevel::warn);
    QCOMPARE(lines->at(1).stepIndex, -1);
    QVERIFY(lines->at(1).level == api::LogLevel::debug);
}

void ParseTest::healthAnswer() {
    const auto health =
        parseHealth(answer(R"({"version":"0.1.0","started_on":"2026-01-01T00:00:00Z","scripts":3,"runtimes":2,
        "resident_bytes":118000000,"steps_per_second":1204.5,"sandboxed":true,"can_run":false,"sandbox_message":"install bwrap",
        "storage_error":"full"})"));
    QCOMPARE(health->runtimes, 2);
    QCOMPARE(health->stepsPerSecond, 1204.5);
    QVERIFY(!health->canRun);
    QCOMPARE(health->sandboxMessage, std::string("install bwrap"));
    QCOMPARE(health->storageError, std::string("full"));
}

void ParseTest::liveEvents() {
    const auto event = parseLiveEvent(
        R"({"seq":812,"time":"2026-01-01T00:00:00.5Z","workflow":"orders","instance":"abc","type":"attempt_errored","stepName":"pay-1"})");
    QCOMPARE(event->sequence, std::int64_t{812});
    QCOMPARE(event->instance, std::string("abc"));
    QCOMPARE(event->stepName, std::string("pay-1"));
    QVERIFY(!parseLiveEvent("{}"));
    QVERIFY(!parseLiveEvent("nonsense"));
    QCOMPARE(parseResetSequence(R"({"sequence":5})"), std::optional<std::int64_t>(5));
    QVERIFY(!parseResetSequence("[]"));
}

void ParseTest::bodiesPassJsonThrough() {
    QCOMPARE(createBody("", ""), std::string("{}"));
    QCOMPARE(createBody("a\"b", R"({"n":12345678901234567890123})"),
             std::string(R"({"instance_id":"a\"b","params":{"n":12345678901234567890123}})"));
    QCOMPARE(createBody("", "[1]"), std::string(R"({"params":[1]})"));
    QCOMPARE(statusBody("pause"), std::string(R"({"status":"pause"})"));
    QCOMPARE(restartBody("pay", 2, "do"),
             std::string(R"({"from":{"count":2,"name":"pay","type":"do"},"status":"restart"})"));
    QCOMPARE(*declarationBody("C", "s", R"({"limits":{"steps":9}})"),
             std::string(R"({"class_name":"C","limits":{"steps":9},"script_name":"s"})"));
    QVERIFY(!declarationBody("C", "s", "[]").has_value());
}

QTEST_GUILESS_MAIN(ParseTest)
