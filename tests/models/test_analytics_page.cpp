#include "models/analytics/analytics_model.h"
#include "tests/models/fake_backend.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <cmath>

using namespace stepwell;
using namespace stepwell::analytics;
using namespace std::chrono_literals;
using nlohmann::json;
using test::FakeBackend;

namespace {

const api::Time noon = *api::fromIso("2026-11-20T12:07:30Z");

/// As if the engine had all there is.
Facts allFacts() {
    Facts facts;
    for (const auto& node : pageNodes()) {
        auto& one = facts.datasets[node.dataset];
        for (const std::string field : node.fields)
            one.fields.insert(field);
        for (const std::string dimension : node.dimensions)
            one.fields.insert("dimensions_" + dimension);
        for (const char* bucket : {"date", "datetimeMinute", "datetimeFiveMinutes", "datetimeFifteenMinutes",
                                   "datetimeHour", "workflowName", "projectName", "scriptName"})
            one.fields.insert(std::string("dimensions_") + bucket);
    }
    return facts;
}

PageAsk askOf(Preset preset, bool compare = false) {
    return {windowOf({preset}, noon), {}, compare, "acc"};
}

api::GraphqlAnswer answerOf(const json& account) {
    return {200,
            json{{"data", {{"viewer", {{"accounts", json::array({account})}}}}}, {"errors", nullptr}}.dump(),
            {}};
}

json outcome(const char* time, const char* event, int count) {
    return {{"count", count}, {"dimensions", {{"t", time}, {"eventType", event}}}};
}

const Series& seriesOf(const PageData& data, const char* chart, const char* key) {
    static const Series none;
    const auto* found = data.chart(QLatin1String(chart));
    if (found != nullptr)
        for (const auto& series : found->series)
            if (series.key == QLatin1String(key)) return series;
    return none;
}

/// What the schema query would be answered by a backend with these facts.
std::string schemaAnswer(const Facts& facts) {
    json data = json::object();
    for (const auto& [dataset, one] : facts.datasets) {
        for (const std::string block : {"", "sum", "avg", "max", "quantiles", "dimensions"}) {
            json fields = json::array();
            for (const auto& field : one.fields) {
                const auto split = field.find('_');
                const bool mine =
                    block.empty() ? split == std::string::npos : field.substr(0, split) == block;
                if (mine)
                    fields.push_back(
                        {{"name", block.empty() ? field : field.substr(split + 1)}, {"description", ""}});
            }
            data[block.empty() ? dataset : dataset + "_" + block] = {{"fields", fields}};
        }
    }
    return json{{"data", data}, {"errors", nullptr}}.dump();
}

/// A backend with an answer for each kind of request.
void answerAll(FakeBackend& backend, const json& account) {
    backend.graphqlSource = [account](const GraphqlQuery& query) -> api::Result<api::GraphqlAnswer> {
        if (query.operationName == "Schema") return api::GraphqlAnswer{200, schemaAnswer(allFacts()), {}};
        if (query.operationName == "Settings") return answerOf({{"settings", json::object()}});
        return answerOf(account);
    };
}

}  // namespace

class AnalyticsPageTest : public QObject {
    Q_OBJECT
  private slots:
    void costIsOfWhatIsFiltered();
    void initTestCase() { qputenv("TZ", "Europe/Berlin"); }
    void windowsEndAtTheBucketThatFills();
    void windowsAreCutToWhatTheBackendKeeps();
    void rangesHaveKeys();
    void oneDocumentAsksForAllCharts();
    void whatIsToldByTheDayIsAskedForInWholeDays();
    void fieldsThatAreMissingAreNotAskedFor();
    void filtersNarrowWhatTheyAreAbout();
    void countsAreZeroAndTimesAreGapsWhereNothingWas();
    void barsArePutTogetherAtLocalTime();
    void changesAreAgainstThePeriodBefore();
    void unitsComeFromTheSchema();
    void refusalsAreErrors();
    void manyStepsBecomeAFewAndTheRest();
    void sitesAndHosts();
    void settingsLimit();
    void asksOnceAndKeepsWhatWasShown();
    void newestChoiceWins();
    void stopsWhenHidden();
    void asksAgainWithAFreshSchemaAfterARefusal();
};

void AnalyticsPageTest::windowsEndAtTheBucketThatFills() {
    const auto day = windowOf({Preset::last24Hours}, noon);
    QCOMPARE(day.bucket, Bucket::fifteenMinutes);
    QCOMPARE(api::toIso(day.from), std::string("2026-11-19T12:15:00.000Z"));
    QCOMPARE(api::toIso(day.to), std::string("2026-11-20T12:15:00.000Z"));
    QCOMPARE(day.before().to, day.from);
    QVERIFY(!day.cut);
    QCOMPARE(windowOf({Preset::lastHour}, noon).bucket, Bucket::minute);
    QCOMPARE(windowOf({Preset::last31Days}, noon).length(), api::Milliseconds(24h * 31));
    Range range;
    range.from = *api::fromIso("2026-11-20T08:00:00Z");
    range.to = *api::fromIso("2026-11-20T09:30:00Z");
    const auto absolute = windowOf(range, noon);
    QCOMPARE(absolute.from, *range.from);
    QCOMPARE(absolute.to, *range.to);
    QCOMPARE(absolute.bucket, Bucket::minute);
}

void AnalyticsPageTest::windowsAreCutToWhatTheBackendKeeps() {
    const auto cut = windowOf({Preset::last31Days}, noon, {.oldest = 24h * 7, .longest = {}});
    QVERIFY(cut.cut);
    QVERIFY(cut.from >= noon - 24h * 7);
    const auto narrow = windowOf({Preset::last31Days}, noon, {.oldest = {}, .longest = 72h});
    QVERIFY(narrow.cut && narrow.length() == api::Milliseconds(72h));
}

void AnalyticsPageTest::rangesHaveKeys() {
    QCOMPARE(rangeKey({Preset::last7Days}), QString("7d"));
    QCOMPARE(*rangeFrom("31d"), (Range{Preset::last31Days}));
    Range range;
    range.from = noon - 1h;
    range.to = noon;
    QCOMPARE(*rangeFrom(rangeKey(range)), range);
    QVERIFY(!rangeFrom("yesterday"));
    QVERIFY(!rangeFrom("2026-11-20T09:00:00Z..2026-11-20T08:00:00Z"));
}

void AnalyticsPageTest::oneDocumentAsksForAllCharts() {
    const auto query = pageQuery(askOf(Preset::last24Hours), allFacts());
    for (const auto& node : pageNodes())
        QVERIFY2(query.document.find(std::string(node.alias) + ": " + node.dataset + "(") !=
                     std::string::npos,
                 node.alias);
    QVERIFY(query.document.find("eventsBefore: ") != std::string::npos);
    QVERIFY(query.document.find("outcomesBefore: ") == std::string::npos);
    const auto variables = json::parse(query.variablesJson);
    QCOMPARE(variables.at("accountTag").get<std::string>(), std::string("acc"));
    QCOMPARE(variables.at("from").get<std::string>(), std::string("2026-11-19T12:15:00.000Z"));
    QCOMPARE(variables.at("beforeTo"), variables.at("from"));
    const auto compared = pageQuery(askOf(Preset::last24Hours, true), allFacts());
    QVERIFY(compared.document.find("outcomesBefore: ") != std::string::npos);
    const auto one = pageQuery(askOf(Preset::last24Hours), allFacts(), {"outcomes"});
    QVERIFY(one.document.find("hosts") == std::string::npos);
    QVERIFY(!json::parse(one.variablesJson).contains("beforeFrom"));
}

/// Parts of days that are long past are told by nobody; and no variable may be declared that is not used.
void AnalyticsPageTest::whatIsToldByTheDayIsAskedForInWholeDays() {
    const auto ask = askOf(Preset::last31Days, true);
    const auto query = pageQuery(ask, allFacts(), {"retries"});
    QVERIFY(query.document.find("date_geq: $fromDay, date_leq: $toDay") != std::string::npos);
    QVERIFY(query.document.find("date_geq: $beforeFromDay, date_leq: $beforeToDay") != std::string::npos);
    QVERIFY(query.document.find("datetime") == std::string::npos);
    const auto variables = json::parse(query.variablesJson);
    QCOMPARE(variables.size(), std::size_t{5});
    QCOMPARE(variables.at("fromDay").get<std::string>(), api::toIso(ask.window.from).substr(0, 10));
    for (const auto& [name, value] : variables.items())
        QVERIFY2(query.document.find("$" + name + ": ") != std::string::npos, name.c_str());
    QVERIFY(query.document.find("$from:") == std::string::npos);
    // Whole hours are kept for long.
    QVERIFY(pageQuery(ask, allFacts(), {"outcomes"}).document.find("datetime_lt: $beforeTo") !=
            std::string::npos);
}

void AnalyticsPageTest::fieldsThatAreMissingAreNotAskedFor() {
    const auto query = pageQuery(askOf(Preset::last24Hours), documentedFacts());
    QVERIFY(query.document.find("quantiles") == std::string::npos);
    QVERIFY(query.document.find("avg { wallTime cpuTime }") != std::string::npos);
    QVERIFY(query.document.find("workflowsQueueDepth") == std::string::npos);
    QVERIFY(query.document.find("httpRequests") == std::string::npos);
    const auto data = pageDataFrom(
        askOf(Preset::last24Hours), documentedFacts(),
        answerOf({{"durations", json::array({{{"count", 2},
                                              {"avg", {{"wallTime", 700.5}}},
                                              {"dimensions", {{"t", "2026-11-20T10:00:00Z"}}}}})}}),
        noon);
    QVERIFY(data.has_value());
    QCOMPARE(data->chart("wall")->series.size(), std::size_t{1});
    QCOMPARE(data->chart("wall")->series[0].values[87], 700.5);
    QVERIFY(data->chart("siteStatus") == nullptr);
    QVERIFY(pageQuery(askOf(Preset::last24Hours), Facts{}).document.empty());
}

void AnalyticsPageTest::filtersNarrowWhatTheyAreAbout() {
    auto ask = askOf(Preset::last24Hours);
    ask.filter = {{"orders", "say \"hi\""}, {"shop"}};
    const auto text = pageQuery(ask, allFacts()).document;
    const std::string names = R"(workflowName_in: ["orders","say \"hi\""])";
    const std::string projects = R"(projectName_in: ["shop"])";
    const std::string scripts = R"(scriptName_in: ["shop"])";
    const auto partOf = [&](const std::string& alias) {
        const auto at = text.find("      " + alias + ": ");
        return text.substr(at, text.find(") {", at) - at);
    };
    QVERIFY(partOf("outcomes").find(names) != std::string::npos);
    QVERIFY(partOf("outcomes").find("shop") == std::string::npos);
    QVERIFY(partOf("sites").find(projects) != std::string::npos);
    QVERIFY(partOf("sites").find("orders") == std::string::npos);
    QVERIFY(partOf("hosts").find(scripts) != std::string::npos);
}

void AnalyticsPageTest::countsAreZeroAndTimesAreGapsWhereNothingWas() {
    const json account = {
        {"outcomes",
         {outcome("2026-11-20T12:05:00Z", "WORKFLOW_FAILURE", 2),
          outcome("2026-11-20T11:30:00Z", "WORKFLOW_SUCCESS", 6),
          outcome("2026-11-20T11:30:00Z", "WORKFLOW_FAILURE", 2)}},
        {"durations",
         {{{"count", 1},
           {"quantiles", {{"wallTimeP50", 120.0}, {"wallTimeP90", 130}, {"wallTimeP99", 140}}},
           {"dimensions", {{"t", "2026-11-20T11:30:00Z"}}}}}}};
    const auto data = pageDataFrom(askOf(Preset::lastHour), allFacts(), answerOf(account), noon);
    QVERIFY(data.has_value());
    const auto* outcomes = data->chart("outcomes");
    QCOMPARE(outcomes->starts.size(), std::size_t{60});
    QVERIFY(outcomes->newestIsOpen);
    const auto& good = seriesOf(*data, "outcomes", "WORKFLOW_SUCCESS");
    QCOMPARE(good.values[22], 6.0);  // 11:08 and 22 minutes
    QCOMPARE(good.values[21], 0.0);
    QCOMPARE(seriesOf(*data, "outcomes", "WORKFLOW_FAILURE").values[57], 2.0);
    const auto& p50 = seriesOf(*data, "wall", "p50");
    QCOMPARE(p50.values[22], 120.0);
    QVERIFY(std::isnan(p50.values[23]));
    const auto& rate = seriesOf(*data, "success", "success");
    QCOMPARE(rate.values[22], 75.0);
    QVERIFY(std::isnan(rate.values[0]));
    QVERIFY(good.before.empty());
    QVERIFY(data->hasData());
    QVERIFY(!data->chart("queueWait")->hasData());
}

void AnalyticsPageTest::barsArePutTogetherAtLocalTime() {
    json rows = json::array();
    for (auto at = *api::fromIso("2026-10-20T13:00:00Z"); at < noon; at += 1h)
        rows.push_back(outcome(api::toIso(at).c_str(), "WORKFLOW_SUCCESS", 1));
    const auto data =
        pageDataFrom(askOf(Preset::last31Days), allFacts(), answerOf({{"outcomes", rows}}), noon);
    const auto* outcomes = data->chart("outcomes");
    QCOMPARE(outcomes->width, api::Milliseconds(12h));
    QVERIFY(outcomes->starts.size() <= 64);
    double sum = 0;
    for (const double value : seriesOf(*data, "outcomes", "WORKFLOW_SUCCESS").values)
        sum += value;
    QCOMPARE(sum, 24.0 * 31);
    // Lines keep their hours, since percentiles cannot be put together.
    QCOMPARE(data->chart("wall")->width, api::Milliseconds(1h));
}

void AnalyticsPageTest::changesAreAgainstThePeriodBefore() {
    const auto events = [](int started, int good, int bad, int retries) {
        const auto row = [](const char* event, int count, int again) {
            return json{
                {"count", count}, {"dimensions", {{"eventType", event}}}, {"sum", {{"retryCount", again}}}};
        };
        return json::array({row("WORKFLOW_START", started, 0), row("WORKFLOW_SUCCESS", good, 0),
                            row("WORKFLOW_FAILURE", bad, 0), row("ATTEMPT_START", 40, retries)});
    };
    const json account = {
        {"events", events(110, 99, 1, 6)},
        {"eventsBefore", events(100, 90, 10, 3)},
        {"times",
         {{{"sum", {{"cpuTime", 9000}}}, {"quantiles", {{"wallTimeP50", 1200}, {"wallTimeP99", 8400}}}}}},
        {"outcomesBefore", {outcome("2026-11-19T12:00:00Z", "WORKFLOW_SUCCESS", 7)}}};
    const auto data = pageDataFrom(askOf(Preset::last24Hours, true), allFacts(), answerOf(account), noon);
    QCOMPARE(data->totals.count("WORKFLOW_START"), 110.0);
    QCOMPARE(*data->totals.successRate(), 99.0);
    QCOMPARE(*data->before.successRate(), 90.0);
    QCOMPARE(*data->totals.retries, 6.0);
    QCOMPARE(*data->totals.cpuTime, 9000.0);
    QVERIFY(!data->before.cpuTime);
    // 12:00 of the day before is compared with the bar of 12:00 today, the last one.
    QCOMPARE(seriesOf(*data, "outcomes", "WORKFLOW_SUCCESS").before.back(), 7.0);
}

void AnalyticsPageTest::unitsComeFromTheSchema() {
    const auto facts = factsFrom({200,
                                  R"({"data":{"workflowsAdaptiveGroups":{"fields":[{"name":"count"}]},
        "workflowsAdaptiveGroups_sum":{"fields":[{"name":"cpuTime","description":"CPU time in microseconds"},
        {"name":"wallTime","description":"Elapsed, milliseconds"}]}},"errors":null})",
                                  {}});
    QVERIFY(facts.has_value());
    QVERIFY(facts->has("workflowsAdaptiveGroups", "sum_cpuTime"));
    QVERIFY(!facts->has("httpRequestsAdaptiveGroups"));
    QCOMPARE(facts->millisecondsPer("workflowsAdaptiveGroups", "sum_cpuTime"), 0.001);
    QCOMPARE(facts->millisecondsPer("workflowsAdaptiveGroups", "sum_wallTime"), 1.0);
    const auto data = pageDataFrom(askOf(Preset::last24Hours), *facts,
                                   answerOf({{"times", {{{"sum", {{"cpuTime", 5000}}}}}}}), noon);
    QCOMPARE(*data->totals.cpuTime, 5.0);
}

void AnalyticsPageTest::refusalsAreErrors() {
    const auto ask = askOf(Preset::last24Hours);
    const auto read = [&](int http, const char* text, std::vector<api::GraphqlError> errors) {
        return pageDataFrom(ask, allFacts(), {http, text, std::move(errors)}, noon);
    };
    const char* const noAccount = R"({"data":{"viewer":{"accounts":[]}}})";
    const auto refused = read(403, "{}", {{"not authorized", "", ""}});
    QCOMPARE(refused.error().http, 403);
    QVERIFY(!read(200, noAccount, {}).has_value());
    QVERIFY(!read(200, "nothing", {}).has_value());
    // Odd rows are left out, and not what is around them.
    const auto odd = pageDataFrom(
        ask, allFacts(),
        answerOf({{"outcomes", {1, nullptr, {{"count", "x"}}, outcome("x", "y", 1)}}, {"steps", 4}}), noon);
    QVERIFY(odd.has_value() && !odd->hasData());
}

void AnalyticsPageTest::manyStepsBecomeAFewAndTheRest() {
    json rows = json::array();
    for (int step = 0; step < 9; ++step)
        rows.push_back(
            {{"count", 1},
             {"sum", {{"retryCount", 10 * (step + 1)}}},
             {"dimensions", {{"t", "2026-11-20T10:00:00Z"}, {"stepName", "step-" + std::to_string(step)}}}});
    const auto data =
        pageDataFrom(askOf(Preset::last24Hours), allFacts(), answerOf({{"retries", rows}}), noon);
    const auto* retries = data->chart("retries");
    QCOMPARE(retries->width, api::Milliseconds(1h));
    QCOMPARE(retries->series.size(), std::size_t{5});
    QCOMPARE(retries->series[0].name, QString("step-8"));
    QVERIFY(retries->subtitle.startsWith("step-8 leads"));
    QCOMPARE(retries->series[4].name, QString("5 others"));
    const auto at =
        static_cast<std::size_t>((*api::fromIso("2026-11-20T10:00:00Z") - retries->starts[0]) / 1h);
    QCOMPARE(retries->series[4].values[at], 150.0);
}

void AnalyticsPageTest::sitesAndHosts() {
    const auto request = [](int status, const char* cache, int count, int bytes) {
        return json{
            {"count", count},
            {"sum", {{"edgeResponseBytes", bytes}}},
            {"dimensions",
             {{"t", "2026-11-20T10:00:00Z"}, {"edgeResponseStatus", status}, {"cacheStatus", cache}}}};
    };
    const json account = {
        {"sites",
         {request(200, "hit", 30, 3000), request(200, "miss", 10, 1000), request(404, "none", 5, 50)}},
        {"paths",
         {{{"count", 40}, {"dimensions", {{"clientRequestPath", "/"}}}},
          {{"count", 5}, {"dimensions", {{"clientRequestPath", "/x"}}}}}}};
    const auto data = pageDataFrom(askOf(Preset::last24Hours), allFacts(), answerOf(account), noon);
    QCOMPARE(data->chart("siteStatus")->series.size(), std::size_t{2});
    QCOMPARE(data->chart("siteStatus")->series[1].key, QString("4xx"));
    const auto& hits = seriesOf(*data, "cacheHits", "hits").values;
    QCOMPARE(*std::max_element(
                 hits.begin(), hits.end(),
                 [](double a, double b) { return (std::isnan(a) ? -1 : a) < (std::isnan(b) ? -1 : b); }),
             75.0);
    QCOMPARE(data->chart("siteBytes")->unit, Unit::bytes);
    QCOMPARE(data->chart("paths")->categories, (std::vector<QString>{"/", "/x"}));
    QCOMPARE(data->chart("paths")->series[0].values, (std::vector<double>{40, 5}));
}

void AnalyticsPageTest::settingsLimit() {
    auto facts = allFacts();
    takeSettings(
        facts,
        answerOf(
            {{"settings",
              {{"workflowsAdaptiveGroups",
                {{"enabled", true}, {"maxPageSize", 500}, {"notOlderThan", 86400}, {"maxDuration", 3600}}},
               {"httpRequestsAdaptiveGroups", {{"enabled", false}}}}}}));
    QCOMPARE(*facts.limits.oldest, api::Milliseconds(24h));
    QCOMPARE(*facts.limits.longest, api::Milliseconds(1h));
    QVERIFY(!facts.has("httpRequestsAdaptiveGroups"));
    const auto query = pageQuery(askOf(Preset::last24Hours), facts);
    QVERIFY(query.document.find("limit: 500") != std::string::npos);
    QVERIFY(query.document.find("httpRequests") == std::string::npos);
}

void AnalyticsPageTest::asksOnceAndKeepsWhatWasShown() {
    FakeBackend backend;
    answerAll(backend, {{"events", {{{"count", 3}, {"dimensions", {{"eventType", "WORKFLOW_START"}}}}}}});
    AnalyticsModel model(backend);
    QSignalSpy changed(&model, &AnalyticsModel::changed);
    model.setActive(true);
    QTRY_VERIFY(model.data() != nullptr);
    QCOMPARE(model.data()->totals.count("WORKFLOW_START"), 3.0);
    QCOMPARE(backend.callsStartingWith("graphql Schema"), 1);
    QCOMPARE(backend.callsStartingWith("graphql Analytics"), 1);
    model.refresh();
    QTRY_COMPARE(backend.callsStartingWith("graphql Analytics"), 2);
    QCOMPARE(backend.callsStartingWith("graphql Schema"), 1);
    QTRY_VERIFY(!model.isLoading());
    backend.failWith("graphql", {0, api::code::transport, "unreachable"});
    model.refresh();
    QTRY_VERIFY(model.error().has_value());
    QCOMPARE(model.data()->totals.count("WORKFLOW_START"), 3.0);
    backend.succeed();
    model.refresh();
    QTRY_VERIFY(!model.error().has_value());
}

void AnalyticsPageTest::newestChoiceWins() {
    FakeBackend backend;
    answerAll(backend, json::object());
    AnalyticsModel model(backend);
    model.setActive(true);
    QTRY_VERIFY(model.data() != nullptr);
    backend.hold();
    model.setRange({Preset::lastHour});
    QVERIFY(model.isStale());
    model.setRange({Preset::last7Days});
    QTRY_COMPARE(backend.heldCount(), 2);
    backend.release(1);
    QTRY_COMPARE(model.data()->window.length(), api::Milliseconds(24h * 7));
    backend.releaseAll();
    QTRY_VERIFY(!model.isLoading());
    QCoreApplication::processEvents();
    QCOMPARE(model.data()->window.length(), api::Milliseconds(24h * 7));
    QVERIFY(!model.isStale());
}

void AnalyticsPageTest::stopsWhenHidden() {
    FakeBackend backend;
    answerAll(backend, json::object());
    AnalyticsModel model(backend);
    model.refresh();
    model.setRange({Preset::lastHour});
    QCoreApplication::processEvents();
    QCOMPARE(backend.calls.size(), 0);
    const auto focused = model.interval();
    model.setFocused(false);
    QVERIFY(model.interval() > 3 * focused);
    backend.hold();
    model.setActive(true);
    QTRY_COMPARE(backend.heldCount(), 1);
    model.setActive(false);
    backend.releaseAll();
    QCoreApplication::processEvents();
    QCOMPARE(backend.callsStartingWith("graphql"), 1);
    QVERIFY(model.data() == nullptr);
}

void AnalyticsPageTest::asksAgainWithAFreshSchemaAfterARefusal() {
    FakeBackend backend;
    answerAll(backend, json::object());
    const auto good = backend.graphqlSource;
    int refusals = 1;
    backend.graphqlSource = [&](const GraphqlQuery& query) -> api::Result<api::GraphqlAnswer> {
        if (query.operationName == "Analytics" && refusals-- > 0)
            return api::GraphqlAnswer{400, R"({"data":null})", {{"unknown field \"quantiles\"", "", ""}}};
        return good(query);
    };
    AnalyticsModel model(backend);
    model.setActive(true);
    QTRY_VERIFY(model.data() != nullptr);
    QCOMPARE(backend.callsStartingWith("graphql Schema"), 2);
    refusals = 100;
    model.refresh();
    QTRY_VERIFY(model.error().has_value());
    QCOMPARE(backend.callsStartingWith("graphql Analytics"), 4);
}

void AnalyticsPageTest::costIsOfWhatIsFiltered() {
    Usage all;
    all.loads = {{LoadKind::workflow, "orders", 10, 1, 2},
                 {LoadKind::workflow, "mail", 5, 1, 2},
                 {LoadKind::pages, "shop", 7, 0, 0}};
    all.busiestDaySteps = 9'000;
    QCOMPARE(usageOf(all, {}).loads.size(), std::size_t{3});
    const auto orders = usageOf(all, {{"orders"}, {}});
    QCOMPARE(orders.loads.size(), std::size_t{1});
    QCOMPARE(orders.loads[0].name, std::string("orders"));
    QCOMPARE(orders.busiestDaySteps, 0.0);
    QCOMPARE(usageOf(all, {{}, {"shop"}}).loads[0].name, std::string("shop"));
}

QTEST_GUILESS_MAIN(AnalyticsPageTest)
#include "test_analytics_page.moc"
