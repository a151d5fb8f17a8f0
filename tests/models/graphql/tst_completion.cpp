#include "models/graphql/completion.h"
#include "tests/models/graphql/sample_schema.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::graphql;

namespace {

/// Texts suggested where `|` stands, in order.
QStringList at(const std::string& marked) {
    static const Schema schema = test::sampleSchema();
    const std::size_t offset = marked.find('|');
    std::string text = marked;
    text.erase(offset, 1);
    QStringList texts;
    for (const auto& one : completeAt(schema, text, offset).suggestions)
        texts.push_back(QString::fromStdString(one.text));
    return texts;
}

std::optional<Documentation> documentedAt(const std::string& marked) {
    static const Schema schema = test::sampleSchema();
    const std::size_t offset = marked.find('|');
    std::string text = marked;
    text.erase(offset, 1);
    return documentationAt(schema, text, offset);
}

const std::string inGroups =
    "{ viewer { accounts(filter: {accountTag: \"x\"}) { workflowsAdaptiveGroups(limit: 1) { ";

}  // namespace

class CompletionTest : public QObject {
    Q_OBJECT
  private slots:
    void fieldsOfTheTypeAround() {
        QCOMPARE(at("{ |"), QStringList({"viewer", "__typename"}));
        QCOMPARE(at(inGroups + "|"), QStringList({"count", "sum", "dimensions", "__typename"}));
        QCOMPARE(at(inGroups + "count sum { | } } } } }"), QStringList({"wallTime", "__typename"}));
        QCOMPARE(at(inGroups + "sum { wallTime } di|"), QStringList({"dimensions"}));
        QCOMPARE(at(inGroups + "total: c|"), QStringList({"count"}));
        QCOMPARE(at(inGroups + "... on Groups { s|"), QStringList({"sum", "dimensions"}));
    }

    void aliasesLeadToTheRealField() {
        QCOMPARE(at("{ v: viewer { a: accounts { w: workflowsAdaptiveGroups { d: dimensions { w|"),
                 QStringList({"workflowName"}));
    }

    void argumentsThatAreNotWrittenYet() {
        const std::string head =
            "query($name: string, $from: Time) { viewer { accounts { workflowsAdaptiveGroups(";
        QCOMPARE(at(head + "|) { count } } } }"), QStringList({"filter", "limit", "orderBy"}));
        QCOMPARE(at(head + "limit: 5, |"), QStringList({"filter", "orderBy"}));
        QCOMPARE(at(head + "filter: {workflowName: $name, w|}"), QStringList({"workflowName_in"}));
        QCOMPARE(at(head + "filter: {AND: [{sampled: t|"), QStringList({"true"}));
        QCOMPARE(at(head + "orderBy: [count_DESC, |]"),
                 QStringList({"count_ASC", "count_DESC", "sum_wallTime_DESC", "$name", "$from", "null"}));
    }

    void variablesThatFitComeFirst() {
        const std::string head =
            "query($name: string, $from: Time) { viewer { accounts { workflowsAdaptiveGroups(";
        QCOMPARE(at(head + "filter: {datetimeHour_geq: $|"), QStringList({"$from", "$name"}));
        QCOMPARE(
            at("query($day: DateTime, $other: String) { viewer { accounts { workflowsAdaptiveGroups(filter: "
               "{datetimeHour_geq: $|"),
            QStringList({"$day", "$other"}));
    }

    void directivesWhereTheyFit() {
        QCOMPARE(at(inGroups + "count @|"), QStringList({"@include"}));
        QCOMPARE(at("query A @|"), QStringList({"@onQuery"}));
        QCOMPARE(at(inGroups + "count @include(|"), QStringList({"if"}));
        QCOMPARE(at(inGroups + "count @include(if: |"), QStringList({"true", "false"}));
    }

    void fragmentsTypesAndKeywords() {
        QCOMPARE(at("|"), QStringList({"query", "fragment"}));
        QCOMPARE(at("fragment F on Groups { count } " + inGroups + "...|"), QStringList({"on", "F"}));
        QCOMPARE(at(inGroups + "... on Groups|"), QStringList({"Groups", "GroupsDimensions", "GroupsSum"}));
        QCOMPARE(at("fragment F on Groups { c|"), QStringList({"count"}));
        QCOMPARE(at("query($a: GroupsF|"), QStringList({"GroupsFilter"}));
        QVERIFY(at("query($a: |").contains("Time"));
        QVERIFY(!at("query($a: |").contains("Groups"));
    }

    void nothingInStringsAndComments() {
        QVERIFY(at(inGroups + "count # c|").isEmpty());
        QVERIFY(at("{ viewer { accounts(filter: {accountTag: \"acc|\"}").isEmpty());
        QVERIFY(at("query |").isEmpty());
    }

    void forgottenBracketsDoNotConfuse() {
        QCOMPARE(at("{ viewer { accounts(filter: {accountTag: \"x\" { workflowsAdaptiveGroups(limit: 1 { c|"),
                 QStringList({"count"}));
    }

    void deepTextsAreLeftAlone() {
        std::string text;
        for (int i = 0; i < 100000; ++i)
            text += "{ a(b: [";
        QVERIFY(at(text + "|").isEmpty());
    }

    void everyPlaceOfEveryBrokenTextIsSurvived() {
        const auto schema = test::sampleSchema();
        const std::string whole =
            "query A($from: Time! = \"x\", $n: [uint64!]) @onQuery { viewer { a: accounts(filter: "
            "{accountTag: \"t\"}) "
            "{ ...F ... on account @include(if: true) { workflowsAdaptiveGroups(limit: 5, filter: {AND: "
            "[{sampled: "
            "$n}]}, orderBy: [count_ASC]) { count } } } } } fragment F on account { oldGroups } # end";
        quint32 state = 7;
        const auto draw = [&state](std::size_t below) {
            state = state * 1664525U + 1013904223U;
            return std::size_t(state >> 8) % below;
        };
        for (int round = 0; round < 60; ++round) {
            std::string text = whole;
            for (int i = 0; i < 4; ++i) {
                const std::size_t at = draw(text.size());
                draw(2) ? text.erase(at, draw(6)) : text.replace(at, 1, 1, "{}()[]:$@\".# a"[draw(14)]);
            }
            for (std::size_t at = 0; at <= text.size(); at += 3) {
                const auto completion = completeAt(schema, text, at);
                QVERIFY(completion.begin <= at && at <= completion.end && completion.end <= text.size());
                documentationAt(schema, text, at);
            }
            operationsIn(text);
            variablesIn(text);
        }
    }

    void theWordIsReplacedWhole() {
        const auto schema = test::sampleSchema();
        const std::string text = inGroups + "couXX }";
        const auto completion = completeAt(schema, text, inGroups.size() + 3);
        QCOMPARE(completion.begin, inGroups.size());
        QCOMPARE(completion.end, inGroups.size() + 5);
        QCOMPARE(QString::fromStdString(completion.suggestions.at(0).text), QString("count"));
        QCOMPARE(QString::fromStdString(completion.suggestions.at(0).detail), QString("uint64!"));
        QVERIFY(!completion.suggestions.at(0).selects);
        QVERIFY(completeAt(schema, "{ vie", 5).suggestions.at(0).selects);
    }

    void deprecatedFieldsSayWhy() {
        const auto found = documentedAt("{ viewer { accounts { old|Groups } } }");
        QVERIFY(found.has_value());
        QCOMPARE(QString::fromStdString(found->deprecated.value_or("")), QString("Ask the new one."));
    }

    void documentationOfWhatIsUnderTheCursor() {
        const auto field =
            documentedAt("{ viewer { accounts { work|flowsAdaptiveGroups(limit: 1) { count } } } }");
        QVERIFY(field.has_value());
        QCOMPARE(QString::fromStdString(field->description), QString("Events of workflows, grouped."));
        QCOMPARE(field->inputs.size(), std::size_t(3));
        QCOMPARE(QString::fromStdString(field->type), QString("Groups"));
        const auto argument = documentedAt("{ viewer { accounts { workflowsAdaptiveGroups(li|mit: 1) } } }");
        QVERIFY(argument.has_value());
        QCOMPARE(QString::fromStdString(argument->title), QString("limit: uint64! = 100"));
        const auto value =
            documentedAt("{ viewer { accounts { workflowsAdaptiveGroups(orderBy: [|count_ASC]) } } }");
        QVERIFY(value.has_value());
        QCOMPARE(QString::fromStdString(value->description), QString("Fewest first."));
        const auto alias = documentedAt(inGroups + "to|tal: count } } } }");
        QVERIFY(alias.has_value());
        QCOMPARE(QString::fromStdString(alias->title), QString("count: uint64!"));
        QVERIFY(!documentedAt("{ viewer { nobody|Knows } }").has_value());
    }

    void operationsAndVariablesOfAText() {
        const std::string text = "query A($x: [string!]!, $y: Time = \"q\") { viewer { accounts } } fragment "
                                 "F on G { a } query B { b }";
        QCOMPARE(operationsIn(text), (std::vector<std::string>{"A", "B"}));
        QCOMPARE(operationsIn("{ a { b } }"), std::vector<std::string>{""});
        const auto variables = variablesIn(text);
        QCOMPARE(variables.size(), std::size_t(2));
        QCOMPARE(QString::fromStdString(variables[0].type.text), QString("[string!]!"));
    }

    void schemasThatAreNone() {
        QVERIFY(!Schema::fromIntrospection("[]").has_value());
        QVERIFY(!Schema::fromIntrospection("{\"data\":null}").has_value());
        QVERIFY(!Schema::fromIntrospection(std::string(100000, '[')).has_value());
        const auto bare = Schema::fromIntrospection("{\"__schema\":{\"types\":[1,{\"name\":5}]}}");
        QVERIFY(bare.has_value());
        QVERIFY(completeAt(*bare, "{ a", 3).suggestions.empty());
    }
};

QTEST_GUILESS_MAIN(CompletionTest)
#include "tst_completion.moc"
