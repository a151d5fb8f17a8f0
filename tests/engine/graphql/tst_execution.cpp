#include "tests/engine/graphql/sample.h"

#include <QtTest>

namespace graphql = stepwell::engine::graphql;
using namespace graphql;
using Json = nlohmann::json;

class ExecutionTest : public QObject {
    Q_OBJECT
  private slots:
    void answers_data();
    void answers();
    void arguments_data();
    void arguments();
    void refusesVariables_data();
    void refusesVariables();
    void errorsHavePaths();
    void nullsTravelUp();
    void operationsAreChosen();
    void readsRequests();
    void introspectsTypes();
    void bounds();

  private:
    Json dataOf(const std::string& query, Json variables = {}) const {
        const auto body = Json::parse(ask(schema_, query, std::move(variables)).body);
        return body["errors"].is_null() ? body["data"] : body["errors"];
    }

    Schema schema_ = sampleSchema();
};

void ExecutionTest::answers_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("body");
    const auto row = [](const char* query, const char* data) {
        QTest::newRow(query) << QString(query) << QString(R"({"data":%1,"errors":null})").arg(data);
    };
    row("{b: viewer{old} a: viewer{x: __typename}}", R"({"b":{"old":true},"a":{"x":"viewer"}})");
    row("{viewer{name}}", R"({"viewer":{"name":"quote \" �é"}})");
    row("{viewer{accounts(limit: 2){tag count share}}}",
        R"({"viewer":{"accounts":[{"tag":"a","count":1,"share":0.25},{"tag":"b","count":2,"share":null}]}})");
    row("{viewer{accounts(limit: 0){tag}} maybe{name}}", R"({"viewer":{"accounts":[]},"maybe":null})");
    row("{numbers}", R"({"numbers":[-1,0,null,2]})");
    row("{viewer{self{old}} viewer{self{self{old}} ...F} ...{viewer{t: __typename}}} fragment F on viewer "
        "{old}",
        R"({"viewer":{"self":{"old":true,"self":{"old":true}},"old":true,"t":"viewer"}})");
    row("{a: __typename @skip(if: true) b: __typename @include(if: false) c: __typename @include(if: true) "
        "... @skip(if: true) {d: __typename} ...F @include(if: false)} fragment F on Query {e: __typename}",
        R"({"c":"Query"})");
    row("{viewer{old @skip(if: true)}}", R"({"viewer":{}})");
}

void ExecutionTest::answers() {
    QFETCH(QString, query);
    QFETCH(QString, body);
    const auto answer = ask(schema_, query.toStdString());
    QCOMPARE(QString::fromStdString(answer.body), body);
    QCOMPARE(answer.http, 200);
}

void ExecutionTest::arguments_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("variables");
    QTest::addColumn<QString>("arrived");
    const auto row = [](const char* query, const char* variables, const char* arrived) {
        QTest::newRow((std::string(query) + variables).c_str())
            << QString(query) << QString(variables) << QString(arrived);
    };
    row("{echo}", "null", R"({"small":3})");
    row("{echo(small: null, text: null)}", "null", R"({"small":null,"text":null})");
    row("query($a: Int) {echo(small: $a, text: \"x\")}", "null", R"({"small":3,"text":"x"})");
    row("query($a: Int) {echo(small: $a)}", R"({"a":null})", R"({"small":null})");
    row("query($a: Int = 7) {echo(small: $a)}", "{}", R"({"small":7})");
    row("query($a: string!) {echo(texts: [$a, \"b\"])}", R"({"a":"x","unknown":1})",
        R"({"small":3,"texts":["x","b"]})");
    row("{echo(texts: \"x\", matrix: 5)}", "null", R"({"matrix":[[5]],"small":3,"texts":["x"]})");
    row("query($m: [[Int]]) {echo(matrix: $m)}", R"({"m":[[1,null],null]})",
        R"({"matrix":[[1,null],null],"small":3})");
    row("query($m: [[Int]]) {echo(matrix: $m)}", R"({"m":1})", R"({"matrix":[[1]],"small":3})");
    row("{echo(natural: 18446744073709551615, whole: -9223372036854775808, real: 1, id: 7)}", "null",
        R"({"id":"7","natural":18446744073709551615,"real":1.0,"small":3,"whole":-9223372036854775808})");
    row("query($n: uint64, $r: Float, $i: Int) {echo(natural: $n, real: $r, whole: $i)}",
        R"({"n":18446744073709551615,"r":2,"i":5.0})",
        R"({"natural":18446744073709551615,"real":2.0,"small":3,"whole":5})");
    row("{echo(filter: {tag: \"a\", inner: {must: 1}})}", "null",
        R"({"filter":{"inner":{"may":1,"must":1,"texts":["a",null]},"order":"tag_ASC","tag":"a"},"small":3})");
    row("query($f: filter, $o: order) {echo(filter: $f, order: $o)}",
        R"({"f":{"OR":[{"tag":"a"}],"order":null},"o":"tag_DESC"})",
        R"({"filter":{"OR":[{"order":"tag_ASC","tag":"a"}],"order":null},"order":"tag_DESC","small":3})");
    row("query($t: string) {echo(filter: {tag: $t, order: count_DESC})}", "{}",
        R"({"filter":{"order":"count_DESC"},"small":3})");
    row("query($f: [filter!]) {echo(filters: $f)}", R"({"f":{"tag":"a"}})",
        R"({"filters":[{"order":"tag_ASC","tag":"a"}],"small":3})");
}

void ExecutionTest::arguments() {
    QFETCH(QString, query);
    QFETCH(QString, variables);
    QFETCH(QString, arrived);
    const auto data = dataOf(query.toStdString(), Json::parse(variables.toStdString()));
    QVERIFY2(data.contains("echo"), data.dump().c_str());
    QCOMPARE(QString::fromStdString(data["echo"].get<std::string>()), arrived);
}

void ExecutionTest::refusesVariables_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("variables");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* argument, const char* variables, const char* why) {
        QTest::newRow((std::string(argument) + variables).c_str())
            << QString(argument) << QString(variables) << QString(why);
    };
    row("text: string!", "{}", "variable \"$v\" of type string! is missing");
    row("text: string!", R"({"v":null})", "variable \"$v\" must be a value of type string!, and is null");
    row("text: string", R"({"v":1})", "variable \"$v\" must be a value of type string, and is 1");
    row("whole: Int", R"({"v":1.5})", "and is 1.5");
    row("small: Int", R"({"v":3000000000})", "and is 3000000000");
    row("natural: uint64", R"({"v":-1})", "and is -1");
    row("truth: bool", R"({"v":"true"})", "and is \"true\"");
    row("time: DateTime", R"({"v":"now"})", "must be a value of type Time");
    row("date: Date", R"({"v":"2026-01-01T00:00:00Z"})", "must be a value of type Date");
    row("order: order", R"({"v":"nothing"})", "must be a value of type order");
    row("filter: filter", R"({"v":{"nothing":1}})", "has the unknown field \"nothing\"");
    row("filter: filter", R"({"v":{"OR":[{},{"inner":{}}]}})", "variable \"$v\".OR[1].inner.must");
    row("filter: filter", R"({"v":[]})", "and is a list");
    row("matrix: [[Int]]", R"({"v":[[1],["a"]]})", "variable \"$v\"[1][0]");
    row("texts: [string!]", R"({"v":["a",null]})", "variable \"$v\"[1] must be a value of type string!");
}

void ExecutionTest::refusesVariables() {
    QFETCH(QString, type);
    QFETCH(QString, variables);
    QFETCH(QString, why);
    const auto parts = type.split(": ");
    const auto query = QString("query($v: %1) {echo(%2: $v)}").arg(parts[1], parts[0]);
    const auto answer = ask(schema_, query.toStdString(), Json::parse(variables.toStdString()));
    QCOMPARE(answer.http, 400);
    const auto message = Json::parse(answer.body)["errors"][0]["message"].get<std::string>();
    QVERIFY2(message.starts_with("error parsing args: ") &&
                 message.find(why.toStdString()) != std::string::npos,
             message.c_str());
}

void ExecutionTest::errorsHavePaths() {
    const auto answer = ask(schema_, "{v: viewer{accounts{tag f: fails}}}");
    QCOMPARE(answer.http, 429);
    const auto body = Json::parse(answer.body);
    QCOMPARE(body["data"]["v"]["accounts"][1], Json::parse(R"({"tag":"b","f":null})"));
    QCOMPARE(body["data"]["v"]["accounts"][2]["f"], Json("fine"));
    const auto expected = Json::parse(R"([{"message":"it fails","path":["v","accounts","1","f"],
        "locations":[{"line":1,"column":25}],
        "extensions":{"timestamp":"1970-01-01T00:00:00.000000000Z","code":"budget"}}])");
    QCOMPARE(body["errors"], expected);
    QCOMPARE(withoutNoErrors(answer.body), answer.body);
    QCOMPARE(withoutNoErrors(ask(schema_, "{__typename}").body),
             std::string(R"({"data":{"__typename":"Query"}})"));
    const auto refused = Json::parse(ask(schema_, "{nothing}").body);
    QVERIFY(refused["data"].is_null() && refused["errors"][0]["path"].is_null());
    QVERIFY(!refused["errors"][0]["extensions"].contains("code"));
}

void ExecutionTest::nullsTravelUp() {
    // An item that must not be null takes its list along, and all above that must not be null.
    auto body = Json::parse(ask(schema_, "{maybe{name} viewer{accounts{mustNot}}}").body);
    QVERIFY(body["data"].is_null());
    QCOMPARE(body["errors"].size(), std::size_t(1));
    body = Json::parse(ask(schema_, "{viewer{maybe{accounts{certain}} old}}").body);
    QCOMPARE(body["data"], Json::parse(R"({"viewer":{"maybe":null,"old":true}})"));
    QCOMPARE(body["errors"][0]["path"], Json::parse(R"(["viewer","maybe","accounts","1","certain"])"));
    body = Json::parse(ask(schema_, "{wholeNumbers}").body);
    QCOMPARE(body["data"], Json::parse(R"({"wholeNumbers":null})"));
    QVERIFY(Json::parse(ask(schema_, "{broken{name}}").body)["data"].is_null());
    QCOMPARE(ask(schema_, "{viewer{broken}}").http, 500);
}

void ExecutionTest::operationsAreChosen() {
    const auto run = [&](const char* query, const char* name) {
        return answer(schema_, {query, {}, name}, {}, {},
                      [](const auto&) { return Result<std::unique_ptr<Source>>(sampleRoot()); })
            .body;
    };
    const char* two = "query A {a: __typename} query B {b: __typename} mutation M {c} subscription S {d}";
    QCOMPARE(run(two, "B"), std::string(R"({"data":{"b":"Query"},"errors":null})"));
    QVERIFY(run(two, "").find("several operations") != std::string::npos);
    QVERIFY(run(two, "C").find("no operation named") != std::string::npos);
    QVERIFY(run(two, "M").find("there are no mutations here") != std::string::npos);
    QVERIFY(run(two, "S").find("there are no subscriptions here") != std::string::npos);
}

void ExecutionTest::readsRequests() {
    const auto request = readRequest(R"({"query":"{a}","variables":{"b":1},"operationName":"c"})");
    QVERIFY(request.has_value());
    QCOMPARE(request->query + request->variables.dump() + request->operationName,
             std::string(R"({a}{"b":1}c)"));
    QVERIFY(
        readRequest(R"({"query":"{a}","variables":null,"operationName":null,"extensions":{}})").has_value());
    for (const char* bad : {"", "[]", "{a}", "{}", R"({"query":1})", R"({"query":"","variables":[]})",
                            R"({"query":"","operationName":1})"})
        QVERIFY2(!readRequest(bad).has_value(), bad);
}

void ExecutionTest::introspectsTypes() {
    const auto type =
        dataOf(R"({__type(name: "viewer"){kind name fields(includeDeprecated: true){name isDeprecated
        deprecationReason args{name defaultValue type{kind ofType{name}}}} interfaces{name} possibleTypes{name}}})");
    QCOMPARE(type["__type"]["fields"][1], Json::parse(R"({"name":"old","isDeprecated":true,
        "deprecationReason":"use name","args":[]})"));
    QCOMPARE(type["__type"]["fields"][2]["args"][1], Json::parse(R"({"name":"limit","defaultValue":"10",
        "type":{"kind":"NON_NULL","ofType":{"name":"uint64"}}})"));
    QVERIFY(type["__type"]["interfaces"].empty() && type["__type"]["possibleTypes"].is_null());
    const auto few = dataOf(R"({__type(name: "viewer"){fields{name}} none: __type(name: "nothing"){name}
        same: __type(name: "DateTime"){name} order: __type(name: "order"){enumValues{name}}})");
    for (const auto& field : few["__type"]["fields"])
        QVERIFY(field["name"] != "old");
    QVERIFY(few["none"].is_null());
    QCOMPARE(few["same"]["name"], Json("Time"));
    QCOMPARE(few["order"]["enumValues"].size(), std::size_t(2));
    const auto schema =
        dataOf("{__schema{queryType{name} mutationType{name} directives{name locations} types{name}}}");
    QCOMPARE(schema["__schema"]["queryType"]["name"], Json("Query"));
    QVERIFY(schema["__schema"]["mutationType"].is_null());
    QCOMPARE(schema["__schema"]["directives"].size(), std::size_t(4));
}

void ExecutionTest::bounds() {
    Limits limits;
    limits.responseBytes = 100;
    auto answer =
        ask(schema_, "{viewer{maybe{accounts{tag count share certain: count t: __typename}}}}", {}, limits);
    QCOMPARE(answer.http, 429);
    auto body = Json::parse(answer.body);
    QVERIFY(body["data"].is_null());
    QVERIFY(body["errors"][0]["message"].get<std::string>().find("consumed excessive resources") !=
            std::string::npos);
    limits = {};
    limits.fields = 5;
    answer = ask(schema_, "{a: viewer{...F} b: viewer{...F}} fragment F on viewer{name old}", {}, limits);
    QVERIFY(answer.body.find("number of fields can't be more than 5") != std::string::npos);
    limits = {};
    limits.depth = 2;
    QCOMPARE(ask(schema_, "{viewer{name}}", {}, limits).http, 200);
    QCOMPARE(ask(schema_, "{viewer{self{name}}}", {}, limits).http, 400);
    const auto requestOf = [](int levels) {
        std::string nested = "{}";
        for (int i = 0; i < levels; ++i)
            nested = R"({"AND":)" + nested + '}';
        return readRequest(R"({"query":"query($f: filter) {echo(filter: $f)}","variables":{"f":)" + nested +
                           "}}");
    };
    const auto deeper = requestOf(10'000);
    QVERIFY(!deeper && deeper.error().message.find("nested too deeply") != std::string::npos);
    const auto request = requestOf(400);
    QVERIFY(request.has_value());
    answer = graphql::answer(schema_, *request, {}, {},
                             [](const auto&) { return Result<std::unique_ptr<Source>>(sampleRoot()); });
    QVERIFY(answer.body.find("nested too deeply") != std::string::npos);
}

QTEST_GUILESS_MAIN(ExecutionTest)
#include "tst_execution.moc"
