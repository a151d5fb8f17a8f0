#include "models/graphql/answer.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::graphql;

namespace {

std::string marked(const std::string& document, const Mark& mark) {
    return document.substr(mark.begin, mark.end - mark.begin);
}

const std::string groups = R"({"data":{"viewer":{"accounts":[{
  "wallTime":[
    {"count":12,"dimensions":{"date":"2024-10-21T15:00:00Z","workflowName":"orders"},"sum":{"wallTime":90071992547409931}},
    {"count":3,"dimensions":{"date":"2024-10-21T14:00:00Z","workflowName":"orders"},"sum":{"wallTime":10}},
    {"count":5,"dimensions":{"date":"2024-10-21T14:00:00Z","workflowName":"mail"},"sum":null}],
  "other":[]}]}},"errors":null})";

}  // namespace

class AnswerTest : public QObject {
    Q_OBJECT
  private slots:
    void errorsAreMarkedAtTheirLocation() {
        const std::string document = "{\n  viewer { nope }\n}";
        const auto marks = marksOf(
            R"({"data":null,"errors":[{"message":"unknown field nope","locations":[{"line":2,"column":12}]}]})",
            document);
        QCOMPARE(marks.size(), std::size_t(1));
        QCOMPARE(marked(document, marks[0]), std::string("nope"));
        QCOMPARE(marks[0].message, std::string("unknown field nope"));
    }

    void errorsWithAPathAreMarkedAtTheField() {
        const std::string document =
            "fragment F on A { wallTime } query Q($a: B) { viewer { accounts(filter: {a: 1}) { "
            "... on account { x: other(limit: 5) { count } wallTime: groups { count } } } } }";
        const auto marks = marksOf(
            R"({"data":null,"errors":[{"message":"cannot request data older than 2678400s",
                "path":["viewer","accounts","0","wallTime"],"extensions":{"code":"budget"}}]})",
            document);
        QCOMPARE(marks.size(), std::size_t(1));
        QCOMPARE(marked(document, marks[0]), std::string("wallTime"));
        QCOMPARE(marks[0].begin, document.rfind("wallTime"));
    }

    void errorsWithoutAPlaceAreTold() {
        const auto marks =
            marksOf(R"({"errors":[{"message":"busy","path":null},{"locations":[{"line":-1}]},5]})", "{a}");
        QCOMPARE(marks.size(), std::size_t(2));
        QVERIFY(!marks[0].placed());
        QVERIFY(!marks[1].message.empty());
        QVERIFY(marksOf("no json", "{a}").empty());
        QVERIFY(marksOf(R"({"data":{},"errors":null})", "{a}").empty());
        QVERIFY(marksOf(R"({"errors":[{"message":"m","locations":[{"line":9,"column":9}]}]})", "").size() ==
                1);
    }

    void listsBecomeTables() {
        const auto tables = tablesOf(groups);
        QCOMPARE(tables.size(), std::size_t(1));
        const auto& table = tables[0];
        QCOMPARE(table.path, std::string("viewer.accounts.0.wallTime"));
        QStringList names;
        for (const auto& column : table.columns)
            names.push_back(QString::fromStdString(column.name));
        QCOMPARE(names,
                 QStringList({"count", "dimensions.date", "dimensions.workflowName", "sum.wallTime", "sum"}));
        QVERIFY(table.columns[0].numeric && table.columns[1].temporal && table.columns[2].identifies);
        QCOMPARE(table.rows[0][3].text, std::string("90071992547409931"));  // to the last digit
        QCOMPARE(table.rows[2][3].kind, Cell::Kind::none);
    }

    void objectsWithoutListsAreOneRow() {
        const auto tables =
            tablesOf(R"({"data":{"viewer":{"settings":{"enabled":true,"maxPageSize":10000}}}})");
        QCOMPARE(tables.size(), std::size_t(1));
        QCOMPARE(tables[0].path, std::string("viewer.settings"));
        QCOMPARE(tables[0].rows.size(), std::size_t(1));
        QVERIFY(tablesOf(R"({"data":null})").empty());
        QVERIFY(tablesOf(std::string(300000, '[')).empty());
    }

    void timesBecomeAChart() {
        const auto chart = chartOf(tablesOf(groups).at(0), 0);
        QVERIFY(chart.has_value());
        QCOMPARE(chart->times.size(), std::size_t(2));
        QVERIFY(chart->times[0] < chart->times[1]);
        QCOMPARE(chart->series.size(), std::size_t(2));
        QCOMPARE(chart->series[0].name, std::string("orders"));
        QCOMPARE(chart->series[0].values, (std::vector<std::optional<double>>{3, 12}));
        QCOMPARE(chart->series[1].values, (std::vector<std::optional<double>>{5, std::nullopt}));
    }

    void withoutTimeThereIsNoChart() {
        const auto tables = tablesOf(R"({"data":{"a":[{"n":1,"w":"x"},{"n":2,"w":"y"}]}})");
        QVERIFY(!chartOf(tables.at(0)).has_value());
    }
};

QTEST_GUILESS_MAIN(AnswerTest)
#include "tst_answer.moc"
