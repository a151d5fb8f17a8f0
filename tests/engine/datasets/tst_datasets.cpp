#include "app/engine/analytics/analytics.h"
#include "app/engine/analytics/graphql_datasets.h"
#include "app/engine/analytics/graphql_service.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::engine;
using analytics::TableId;
using datasets::GraphqlService;
using Json = nlohmann::json;

namespace {

constexpr const char* account = "0123456789abcdef0123456789abcdef";

api::Time at(const char* text) {
    return *api::fromIso(text);
}
const api::Time now = at("2026-11-26T12:00:00Z");

}  // namespace

class DatasetsTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void answersTheDocumentedExample();
    void answersThreeAliasesAtOnce();
    void listsRawRows();
    void filters_data();
    void filters();
    void orders_data();
    void orders();
    void metricsHaveTheirUnits();
    void groupsByEveryBucket();
    void everyDatasetAnswersItsFields();
    void tellsConfidence();
    void tellsSettings();
    void refuses_data();
    void refuses();
    void boundsOneRequest();
    void tellsWhenNothingIsCounted();
    void descriptionsGiveMeaning();

  private:
    void record(TableId table, const char* time, std::vector<std::string_view> words,
                std::vector<std::int64_t> integers) {
        analytics_->record({table, at(time), words, integers});
    }
    void event(const char* time, const char* workflow, const char* instance, const char* step,
               const char* type, std::int64_t ordinal, std::int64_t wall, std::int64_t cpu) {
        const bool ended = std::string_view(type).starts_with("STEP_S") && wall >= 0;
        record(TableId::workflowEvents, time, {workflow, instance, step, type},
               {ordinal, wall, cpu, std::string_view(type) == "ATTEMPT_START" ? 1 : 0, ended, ended});
    }
    void recordWorkflows();
    void recordOthers();

    graphql::Answer ask(const std::string& query, Json variables = Json::object()) const {
        variables["account"] = account;
        const Json body{{"query", query}, {"variables", std::move(variables)}};
        const GraphqlService service(account, [this] { return analytics_->snapshot(); });
        return service.answer(body.dump(), now);
    }
    /// The account of a query that must succeed; `selection` is what stands within the account's braces.
    Json accountOf(const std::string& selection, Json variables = Json::object(),
                   const std::string& defined = "") const {
        const auto answer = ask("query($account: string!" + defined +
                                    ") {viewer{accounts(filter: {accountTag: $account}){" + selection + "}}}",
                                std::move(variables));
        const auto body = Json::parse(answer.body);
        if (answer.http != 200 || !body["errors"].is_null()) return body;
        return body["data"]["viewer"]["accounts"][0];
    }

    QTemporaryDir folder_;
    std::unique_ptr<analytics::Analytics> analytics_;
};

void DatasetsTest::initTestCase() {
    auto opened = analytics::Analytics::open({folder_.filePath("analytics.db").toStdString(), {}});
    QVERIFY(opened.has_value());
    analytics_ = std::move(*opened);
    recordWorkflows();
    recordOthers();
    QVERIFY(analytics_->settle(now).has_value());
}

void DatasetsTest::recordWorkflows() {
    event("2026-11-20T10:00:00Z", "order", "a", "", "WORKFLOW_QUEUED", 0, -1, -1);
    event("2026-11-20T10:00:01.250Z", "order", "a", "", "WORKFLOW_START", 0, -1, -1);
    event("2026-11-20T10:07:02Z", "order", "a", "price-1", "STEP_START", 1, -1, -1);
    event("2026-11-20T10:07:03Z", "order", "a", "price-1", "ATTEMPT_START", 1, -1, -1);
    event("2026-11-20T10:59:04Z", "order", "a", "price-1", "STEP_SUCCESS", 1, 812'000, 12'400);
    event("2026-11-20T11:00:00Z", "order", "a", "", "WORKFLOW_SUCCESS", 0, 4'000'600, 20'000);
    event("2026-11-20T11:00:01Z", "order", "b", "", "WORKFLOW_START", 0, -1, -1);
    event("2026-11-20T11:00:02Z", "order", "b", "", "WORKFLOW_FAILURE", 0, 2'000'000, 10'000);
    event("2026-11-21T11:00:02Z", "billing-eu", "c", "", "WORKFLOW_START", 0, -1, -1);
    event("2026-11-21T12:00:02Z", "billing-us", "d", "", "WORKFLOW_START", 0, -1, -1);
}

void DatasetsTest::recordOthers() {
    record(TableId::queueWait, "2026-11-20T10:00:00Z", {"order"}, {1'500});
    record(TableId::queueWait, "2026-11-20T10:00:30Z", {"order"}, {4'500});
    record(TableId::queueDepth, "2026-11-20T10:00:00Z", {"order"}, {2});
    record(TableId::queueDepth, "2026-11-20T10:01:00Z", {"order"}, {4});
    record(TableId::blocked, "2026-11-20T10:00:00Z", {"order", "sleep"}, {});
    record(TableId::invocations, "2026-11-20T10:00:00Z", {"worker", "shop", "v1", "success", "fetch"},
           {900, 300, 12, 1, 0});
    record(TableId::invocations, "2026-11-20T10:01:00Z",
           {"worker", "shop", "v1", "scriptThrewException", "fetch"}, {100, -1, 0, 0, 1});
    record(TableId::invocations, "2026-11-20T10:02:00Z",
           {"worker", "late", "v1", "clientDisconnected", "fetch"}, {7'812'500, -1, 0, 0, 0});
    record(TableId::invocations, "2026-11-20T10:00:00Z", {"pages", "site", "", "success", "fetch"},
           {500, 200, 7, 2, 0});
    record(TableId::siteRequests, "2026-11-20T10:00:00Z",
           {"site.localhost", "site", "production", "GET", "/", "hit", "text/html"}, {304, 100, 1'500});
    record(TableId::siteRequests, "2026-11-20T10:00:00Z",
           {"site.localhost", "site", "production", "GET", "/a", "miss", "text/html"}, {200, 900, 2'500});
    record(TableId::subrequests, "2026-11-20T10:00:00Z", {"shop", "order", "api.example", "ok"},
           {200, 10, 20, 30'000});
}

void DatasetsTest::answersTheDocumentedExample() {
    const auto answer = ask(
        R"(query WorkflowInvocationsExample($account: string!, $datetimeStart: Time, $datetimeEnd: Time, $workflowName: string) {
      viewer { accounts(filter: { accountTag: $account }) {
        wallTime: workflowsAdaptiveGroups(limit: 10000
          filter: { datetimeHour_geq: $datetimeStart, datetimeHour_leq: $datetimeEnd, workflowName: $workflowName }
          orderBy: [count_DESC]) { count sum { wallTime } dimensions { date: datetimeHour } } } } })",
        {{"datetimeStart", "2026-11-20T00:00:00Z"},
         {"datetimeEnd", "2026-11-20T11:00:00Z"},
         {"workflowName", "order"}});
    QCOMPARE(
        QString::fromStdString(answer.body),
        QString(
            R"({"data":{"viewer":{"accounts":[{"wallTime":[)"
            R"({"count":5,"sum":{"wallTime":812},"dimensions":{"date":"2026-11-20T10:00:00Z"}},)"
            R"({"count":3,"sum":{"wallTime":6001},"dimensions":{"date":"2026-11-20T11:00:00Z"}}]}]}},"errors":null})"));
    QCOMPARE(answer.http, 200);
}

void DatasetsTest::answersThreeAliasesAtOnce() {
    const auto data = accountOf(R"(
        instanceRuns: workflowsAdaptiveGroups(limit: 10000, filter: {datetimeHour_geq: $from, datetimeHour_leq: $to, eventType: "WORKFLOW_START"},
          orderBy: [count_DESC]) { count dimensions { date: datetimeHour } }
        stepCount: workflowsAdaptiveGroups(limit: 10000, filter: {datetimeHour_geq: $from, datetimeHour_leq: $to, eventType: "STEP_SUCCESS"}) {
          sum { stepCount } }
        nothing: workflowsAdaptiveGroups(limit: 1, filter: {datetimeHour_geq: $from, datetimeHour_leq: $to, workflowName: "nobody"}) { count })",
                                {{"from", "2026-11-20T00:00:00Z"}, {"to", "2026-11-25T00:00:00+00:00"}},
                                ", $from: DateTime!, $to: Time");
    QCOMPARE(data["instanceRuns"].size(), std::size_t(4));
    QCOMPARE(data["stepCount"], Json::parse(R"([{"sum":{"stepCount":1}}])"));
    QCOMPARE(data["nothing"], Json::array());
    const auto all = accountOf("rows: workflowsAdaptiveGroups(filter: {stepCount_gt: $least}) {count}",
                               {{"least", -1}}, ", $least: Int!");
    QCOMPARE(all["rows"], Json::parse(R"([{"count":10}])"));
}

void DatasetsTest::listsRawRows() {
    const auto data = accountOf(
        R"(workflowsAdaptive(limit: 4, filter: {datetime_geq: "2026-11-20T00:00:00Z", datetime_leq: "2026-11-21T00:00:00Z",
        instanceId: "a"}, orderBy: [datetime_DESC]) {
        datetime eventType workflowName instanceId stepName stepCount wallTime cpuTime endTimestamp date retryCount allStepCount })");
    const auto& rows = data["workflowsAdaptive"];
    QCOMPARE(rows.size(), std::size_t(4));
    QCOMPARE(
        rows[1],
        Json::parse(
            R"({"datetime":"2026-11-20T10:59:04Z","eventType":"STEP_SUCCESS","workflowName":"order","instanceId":"a",
        "stepName":"price-1","stepCount":1,"wallTime":812,"cpuTime":12,"endTimestamp":"2026-11-20T10:59:04Z","date":"2026-11-20",
        "retryCount":0,"allStepCount":1})"));
    const auto first = accountOf(
        R"(workflowsAdaptive(limit: 1, filter: {eventType: "WORKFLOW_START"}, orderBy: [datetime_ASC]) {datetime wallTime})");
    QCOMPARE(first["workflowsAdaptive"][0],
             Json::parse(R"({"datetime":"2026-11-20T10:00:01.250Z","wallTime":0})"));
}

void DatasetsTest::filters_data() {
    QTest::addColumn<QString>("filter");
    QTest::addColumn<int>("count");
    const auto row = [](const char* filter, int count) { QTest::newRow(filter) << QString(filter) << count; };
    row("{}", 10);
    row("{workflowName: \"order\"}", 8);
    row("{workflowName: null}", 10);
    row("{workflowName_neq: \"order\"}", 2);
    row("{workflowName_in: [\"order\", \"billing-eu\"]}", 9);
    row("{workflowName_notin: [\"order\", \"billing-eu\"]}", 1);
    row("{workflowName_like: \"billing-%\"}", 2);
    row("{workflowName_notlike: \"%-e%\"}", 9);
    row("{workflowName_gt: \"billing-eu\", workflowName_lt: \"order\"}", 1);
    row("{workflowName_geq: \"billing-us\", workflowName_leq: \"order\"}", 9);
    row("{stepCount: 1}", 3);
    row("{stepCount_gt: 0}", 3);
    row("{stepCount_lt: 1}", 7);
    row("{stepCount_in: [1, 2]}", 3);
    row("{stepCount_leq: 18446744073709551615}", 10);
    row("{OR: [{workflowName: \"order\", eventType: \"WORKFLOW_START\"}, {workflowName_like: "
        "\"billing-%\"}]}",
        4);
    row("{AND: [{OR: [{instanceId: \"a\"}, {instanceId: \"b\"}]}, {eventType_neq: \"WORKFLOW_START\"}]}", 6);
    row("{OR: []}", 0);
    row("{date: \"2026-11-20\"}", 8);
    row("{date_gt: \"2026-11-20\"}", 2);
    row("{date_in: [\"2026-11-21\", \"2026-11-22\"]}", 2);
    row("{datetime_geq: \"2026-11-20T11:00:01Z\", datetime_lt: \"2026-11-20T11:00:02Z\"}", 1);
    row("{datetime_gt: \"2026-11-20T11:00:01Z\", datetime_leq: \"2026-11-20T11:00:02Z\"}", 1);
    row("{datetimeHour: \"2026-11-20T10:00:00Z\"}", 5);
    row("{datetimeHour: \"2026-11-20T10:00:01Z\"}", 0);
    row("{datetimeHour_gt: \"2026-11-20T10:00:00Z\", datetimeHour_lt: \"2026-11-20T11:00:01Z\"}", 3);
    row("{datetimeFifteenMinutes_geq: \"2026-11-20T10:15:00Z\", date_leq: \"2026-11-20\"}", 4);
    row("{datetimeFiveMinutes: \"2026-11-20T10:05:00Z\"}", 2);
    row("{datetimeMinute_neq: \"2026-11-20T11:00:00Z\"}", 7);
    row("{OR: [{datetimeHour: \"2026-11-20T10:00:00Z\"}, {date: \"2026-11-21\"}]}", 7);
}

void DatasetsTest::filters() {
    QFETCH(QString, filter);
    QFETCH(int, count);
    const auto data =
        accountOf("groups: workflowsAdaptiveGroups(filter: " + filter.toStdString() +
                  ") {count} rows: workflowsAdaptive(filter: " + filter.toStdString() + ") {eventType}");
    QVERIFY2(data.contains("groups"), data.dump().c_str());
    QCOMPARE(data["groups"].empty() ? 0 : data["groups"][0]["count"].get<int>(), count);
    QCOMPARE(static_cast<int>(data["rows"].size()), count);
}

void DatasetsTest::orders_data() {
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("names");
    const auto row = [](const char* arguments, const char* names) {
        QTest::newRow(arguments) << QString(arguments) << QString(names);
    };
    row("orderBy: [workflowName_DESC]", "order order billing-us billing-eu ");
    row("orderBy: [count_ASC, workflowName_ASC]", "billing-eu billing-us order order ");
    row("orderBy: [sum_wallTime_DESC]", "order order billing-eu billing-us ");
    row("orderBy: [datetimeHour_DESC], limit: 2", "billing-us billing-eu ");
    row("orderBy: avg_cpuTime_DESC, limit: 1", "order ");
    row("orderBy: [workflowName_ASC, datetimeHour_DESC]", "billing-eu billing-us order order ");
    row("limit: 3", "order order billing-eu ");
}

void DatasetsTest::orders() {
    QFETCH(QString, arguments);
    QFETCH(QString, names);
    const auto data = accountOf("rows: workflowsAdaptiveGroups(" + arguments.toStdString() +
                                ") {dimensions{workflowName datetimeHour}}");
    QVERIFY2(data.contains("rows"), data.dump().c_str());
    QString found;
    for (const auto& row : data["rows"])
        found += QString::fromStdString(row["dimensions"]["workflowName"].get<std::string>() + ' ');
    QCOMPARE(found, names);
}

void DatasetsTest::metricsHaveTheirUnits() {
    const auto data = accountOf(
        R"(rows: workflowsAdaptiveGroups(filter: {eventType_in: ["WORKFLOW_SUCCESS", "WORKFLOW_FAILURE"]}) {
        count sum{wallTime cpuTime stepCount retryCount} avg{wallTime cpuTime sampleInterval} max{wallTime} min{wallTime} quantiles{wallTimeP50 cpuTimeP99}}
        none: workflowsAdaptiveGroups(filter: {eventType: "WORKFLOW_QUEUED"}) {max{wallTime} quantiles{wallTimeP50} avg{wallTime}})");
    const auto& row = data["rows"][0];
    QCOMPARE(row["count"], Json(2));
    QCOMPARE(row["sum"], Json::parse(R"({"wallTime":6001,"cpuTime":30,"stepCount":0,"retryCount":0})"));
    QCOMPARE(row["avg"], Json::parse(R"({"wallTime":3000.3,"cpuTime":15,"sampleInterval":1})"));
    QCOMPARE(row["max"]["wallTime"], Json(4000.6));
    QCOMPARE(row["min"]["wallTime"], Json(2000));
    const auto median = row["quantiles"]["wallTimeP50"].get<double>();
    QVERIFY(median >= 2000 * 0.99 && median <= 4000.6 * 1.01);
    QCOMPARE(
        data["none"][0],
        Json::parse(R"({"max":{"wallTime":null},"quantiles":{"wallTimeP50":null},"avg":{"wallTime":0}})"));
}

void DatasetsTest::groupsByEveryBucket() {
    const auto data = accountOf(R"(rows: workflowsAdaptiveGroups(filter: {stepName: "price-1"}) {count
        dimensions{date datetime datetimeMinute datetimeFiveMinutes datetimeFifteenMinutes datetimeHour}}
        days: workflowsAdaptiveGroups(orderBy: [date_ASC]) {count dimensions{date}})");
    QCOMPARE(data["rows"].size(), std::size_t(3));
    QCOMPARE(data["rows"][2],
             Json::parse(R"({"count":1,"dimensions":{"date":"2026-11-20","datetime":"2026-11-20T10:59:04Z",
        "datetimeMinute":"2026-11-20T10:59:00Z","datetimeFiveMinutes":"2026-11-20T10:55:00Z",
        "datetimeFifteenMinutes":"2026-11-20T10:45:00Z","datetimeHour":"2026-11-20T10:00:00Z"}})"));
    QCOMPARE(
        data["days"],
        Json::parse(
            R"([{"count":8,"dimensions":{"date":"2026-11-20"}},{"count":2,"dimensions":{"date":"2026-11-21"}}])"));
}

void DatasetsTest::everyDatasetAnswersItsFields() {
    for (const auto& dataset : datasets::allDatasets()) {
        std::map<std::string, std::string> groups;
        for (const auto& dimension : dataset.dimensions)
            groups["dimensions"] += dimension.name + ' ';
        for (const auto& metric : dataset.metrics)
            groups[metric.group] += metric.name + ' ';
        std::string selection = dataset.isRaw ? groups["dimensions"] : "count ";
        for (const auto& [group, fields] : groups)
            if (!dataset.isRaw) selection += group + '{' + fields + "} ";
        for (const auto& measure : dataset.measures)
            selection += measure.name + ' ';
        const auto data = accountOf("rows: " + dataset.name + "(limit: 1) {" + selection + '}');
        QVERIFY2(data.contains("rows") && data["rows"].size() == 1,
                 (dataset.name + ": " + data.dump()).c_str());
    }
    const auto data = accountOf(
        R"(workersInvocationsAdaptive(filter: {scriptName: "shop"}) {sum{requests errors cpuTimeUs wallTime responseBodySize} dimensions{scriptName}}
        ends: workersInvocationsAdaptive(orderBy: [scriptName_ASC]) {sum{requests clientDisconnects duration} quantiles{durationP50} dimensions{scriptName}
          confidence{sum{clientDisconnects{estimate}}}}
        pagesFunctionsInvocationsAdaptiveGroups(filter: {projectName: "site"}) {sum{requests subrequests} dimensions{projectName scriptName status}}
        httpRequestsAdaptiveGroups(orderBy: [edgeResponseStatus_ASC]) {count sum{edgeResponseBytes} dimensions{edgeResponseStatus cacheStatus clientRequestPath}}
        workersSubrequestsAdaptiveGroups{sum{subrequests responseBodySize} dimensions{hostname workflowName httpResponseStatus}}
        workflowsQueueWaitAdaptiveGroups{avg{queueWait} max{queueWait}} workflowsQueueDepthAdaptiveGroups{avg{depth} min{depth}}
        workflowsBlockedReasonAdaptiveGroups{count dimensions{blockedReason}})");
    QCOMPARE(data["ends"][0]["sum"], Json::parse(R"({"requests":1,"clientDisconnects":1,"duration":1})"));
    QCOMPARE(data["ends"][1]["sum"]["clientDisconnects"], Json(0));
    QCOMPARE(data["ends"][0]["confidence"]["sum"]["clientDisconnects"]["estimate"], Json(1));
    QCOMPARE(data["workersInvocationsAdaptive"],
             Json::parse(R"([{"sum":{"requests":2,"errors":1,"cpuTimeUs":300,"wallTime":1000,
        "responseBodySize":12},"dimensions":{"scriptName":"shop"}}])"));
    QCOMPARE(data["pagesFunctionsInvocationsAdaptiveGroups"],
             Json::parse(R"([{"sum":{"requests":1,"subrequests":null},
        "dimensions":{"projectName":"site","scriptName":"site","status":"success"}}])"));
    QCOMPARE(data["httpRequestsAdaptiveGroups"][1], Json::parse(R"({"count":1,"sum":{"edgeResponseBytes":100},
        "dimensions":{"edgeResponseStatus":304,"cacheStatus":"hit","clientRequestPath":"/"}})"));
    QCOMPARE(data["workersSubrequestsAdaptiveGroups"],
             Json::parse(R"([{"sum":{"subrequests":1,"responseBodySize":20},
        "dimensions":{"hostname":"api.example","workflowName":"order","httpResponseStatus":200}}])"));
    QCOMPARE(data["workflowsQueueWaitAdaptiveGroups"],
             Json::parse(R"([{"avg":{"queueWait":3},"max":{"queueWait":4.5}}])"));
    QCOMPARE(data["workflowsQueueDepthAdaptiveGroups"],
             Json::parse(R"([{"avg":{"depth":3},"min":{"depth":2}}])"));
    QCOMPARE(data["workflowsBlockedReasonAdaptiveGroups"],
             Json::parse(R"([{"count":1,"dimensions":{"blockedReason":"sleep"}}])"));
}

void DatasetsTest::tellsConfidence() {
    const auto data = accountOf(R"(rows: workflowsAdaptiveGroups(filter: {workflowName: "order"}) {
        confidence(level: 0.9) {level count{estimate lower upper sampleSize} sum{wallTime{estimate lower upper sampleSize}}}})");
    QCOMPARE(data["rows"][0]["confidence"],
             Json::parse(R"({"level":1,"count":{"estimate":8,"lower":8,"upper":8,"sampleSize":8},
        "sum":{"wallTime":{"estimate":6813,"lower":6813,"upper":6813,"sampleSize":8}}})"));
}

void DatasetsTest::tellsSettings() {
    const auto data = accountOf("settings{workflowsAdaptiveGroups{enabled availableFields maxDuration "
                                "maxNumberOfFields maxPageSize notOlderThan} "
                                "workflowsAdaptive{notOlderThan}}");
    const auto& settings = data["settings"]["workflowsAdaptiveGroups"];
    QCOMPARE(settings["enabled"], Json(true));
    QCOMPARE(settings["maxPageSize"], Json(10'000));
    QCOMPARE(data["settings"]["workflowsAdaptive"]["notOlderThan"], Json(2'678'400));
    for (const char* field : {"count", "sum_wallTime", "dimensions_datetimeHour", "quantiles_cpuTimeP999"})
        QVERIFY(std::find(settings["availableFields"].begin(), settings["availableFields"].end(), field) !=
                settings["availableFields"].end());
}

void DatasetsTest::refuses_data() {
    QTest::addColumn<QString>("selection");
    QTest::addColumn<int>("http");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* selection, int http, const char* why) {
        QTest::newRow(selection) << QString(selection) << http << QString(why);
    };
    row("workflowsAdaptive(filter: {datetime_geq: \"2026-01-01T00:00:00Z\"}) {eventType}", 400,
        "cannot request data older than 2678400s");
    row("workflowsAdaptiveGroups(filter: {date_geq: \"2020-01-01\"}) {count}", 400,
        "cannot request data older than");
    row("workflowsAdaptiveGroups(limit: 0) {count}", 400,
        "limit must be positive number and not greater than 10000");
    row("workflowsAdaptiveGroups(limit: 10001) {count}", 400,
        "limit must be positive number and not greater than 10000");
    row("workflowsAdaptiveGroups(limit: -1) {count}", 400, "error parsing args");
    row("workflowsAdaptiveGroups{nothing}", 400, "unknown field \"nothing\"");
    row("nothing{count}", 400, "unknown field \"nothing\" on type \"account\"");
    row("workflowsAdaptiveGroups{count{a}}", 400, "scalar fields must have no selections");
    row("workflowsAdaptiveGroups{sum}", 400, "object field must have selections");
    row("workflowsAdaptiveGroups(filter: {nothing_geq: 1}) {count}", 400,
        "error parsing args: unknown field \"nothing_geq\"");
    row("workflowsAdaptiveGroups(filter: {stepCount_like: \"1%\"}) {count}", 400,
        "unknown field \"stepCount_like\"");
    row("workflowsAdaptiveGroups(orderBy: [nothing_ASC]) {count}", 400, "error parsing args");
    row("workflowsAdaptiveGroups(orderBy: [workflowName_ASC]) {count dimensions{date}}", 400,
        "not selected under dimensions");
}

void DatasetsTest::refuses() {
    QFETCH(QString, selection);
    QFETCH(int, http);
    QFETCH(QString, why);
    const auto answer = ask("query($account: string!) {viewer{accounts(filter: {accountTag: $account}){" +
                            selection.toStdString() + "}}}");
    QCOMPARE(answer.http, http);
    const auto body = Json::parse(answer.body);
    QVERIFY(body["data"].is_null());
    const auto message = body["errors"][0]["message"].get<std::string>();
    QVERIFY2(message.find(why.toStdString()) != std::string::npos, message.c_str());
}

void DatasetsTest::boundsOneRequest() {
    const auto other =
        ask("query($account: string!) {viewer{accounts(filter: {accountTag: "
            "\"other\"}){settings{workflowsAdaptive{enabled}}}} "
            "x: viewer{accounts(filter: {accountTag: $account}){settings{workflowsAdaptive{enabled}}}}}");
    QCOMPARE(other.http, 403);
    const auto error = Json::parse(other.body)["errors"][0];
    QCOMPARE(error["message"], Json("not authorized for that account"));
    QCOMPARE(error["path"], Json::parse(R"(["viewer","accounts"])"));
    std::string many;
    for (int i = 0; i < 101; ++i)
        many += "a" + std::to_string(i) + ": workflowsAdaptiveGroups{count} ";
    const auto nodes =
        ask("query($account: string!) {viewer{accounts(filter: {accountTag: $account}){" + many + "}}}");
    QCOMPARE(nodes.http, 429);
    QVERIFY(nodes.body.find("queries too many nodes") != std::string::npos);
    std::string fields;
    for (int i = 0; i < 101; ++i)
        fields += "a" + std::to_string(i) + ": count ";
    const auto wide = ask(
        "query($account: string!) {viewer{accounts(filter: {accountTag: $account}){workflowsAdaptiveGroups{" +
        fields + "}}}}");
    QCOMPARE(wide.http, 400);
    QVERIFY(wide.body.find("number of fields can't be more than 100") != std::string::npos);
    QCOMPARE(Json::parse(wide.body)["errors"][0]["path"],
             Json::parse(R"(["viewer","accounts","0","workflowsAdaptiveGroups"])"));
}

void DatasetsTest::tellsWhenNothingIsCounted() {
    const GraphqlService service(account, [] {
        return api::Result<std::unique_ptr<analytics::Snapshot>>(
            api::fail(503, 19002, "This engine keeps no analytics."));
    });
    QCOMPARE(service.answer(R"({"query":"{__typename}"})", now).http, 200);
    const auto answer = service.answer(
        R"({"query":"{viewer{accounts(filter:{accountTag:\"0123456789abcdef0123456789abcdef\"}){workflowsAdaptive{eventType}}}}"})",
        now);
    QCOMPARE(answer.http, 503);
    QVERIFY(answer.body.find("please try again later: This engine keeps no analytics.") != std::string::npos);
}

void DatasetsTest::descriptionsGiveMeaning() {
    const auto answer = ask(R"(query($account: string!) {
        viewer{accounts(filter: {accountTag: $account}){settings{workflowsAdaptive{enabled}}}}
        sum: __type(name: "AccountWorkflowsAdaptiveGroupsSum"){fields{name description}}
        workers: __type(name: "AccountWorkersInvocationsAdaptiveQuantiles"){fields{name description}}
        input: __type(name: "AccountWorkflowsAdaptiveGroupsFilter_InputObject"){kind inputFields{name}}
        all: __schema{types{name fields{name description} inputFields{name description}}}})");
    const auto data = Json::parse(answer.body)["data"];
    QVERIFY(data["sum"]["fields"][0]["description"].get<std::string>().find("milliseconds") !=
            std::string::npos);
    QVERIFY(data["workers"]["fields"][0]["description"].get<std::string>().find("microseconds") !=
            std::string::npos);
    QCOMPARE(data["input"]["kind"], Json("INPUT_OBJECT"));
    for (const auto& type : data["all"]["types"])
        for (const auto* list : {"fields", "inputFields"})
            if (type[list].is_array())
                for (const auto& field : type[list])
                    QVERIFY2(field["description"].is_string(),
                             (type["name"].dump() + field["name"].dump()).c_str());
}

QTEST_GUILESS_MAIN(DatasetsTest)
#include "tst_datasets.moc"
