#include "models/between/instance_comparison.h"
#include "models/between/json_difference.h"
#include "models/between/reproduction.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::between;
using namespace std::chrono_literals;

namespace {

api::Step done(const std::string& name, std::string output) {
    api::Step step;
    step.name = name;
    step.state = api::StepState::complete;
    step.start = api::Time(1000ms);
    step.end = api::Time(1500ms);
    step.output = std::move(output);
    return step;
}

api::Step failed(const std::string& name, const std::string& message) {
    auto step = done(name, {});
    step.state = api::StepState::errored;
    step.output.reset();
    step.error = api::NamedError{"Error", message, {}};
    return step;
}

api::InstanceDetail instance(std::vector<api::Step> steps) {
    api::InstanceDetail detail;
    detail.id = "one";
    detail.status = api::Status::complete;
    detail.params = R"({"a": 1, "b": [2]})";
    for (std::size_t i = 0; i < steps.size(); ++i)
        steps[i].index = static_cast<int>(i);
    detail.steps = std::move(steps);
    return detail;
}

using Row = std::tuple<int, int, Likeness>;

std::vector<Row> rowsOf(const InstanceComparison& comparison) {
    std::vector<Row> rows;
    for (const auto& pair : comparison.steps)
        rows.emplace_back(pair.left ? static_cast<int>(*pair.left) : -1,
                          pair.right ? static_cast<int>(*pair.right) : -1, pair.likeness);
    return rows;
}

std::vector<std::string> pathsOf(const JsonDifference& difference) {
    std::vector<std::string> paths;
    for (const auto& change : difference.changes)
        paths.push_back(change.path + ": " + change.before + " -> " + change.after);
    return paths;
}

}  // namespace

class TestBetween : public QObject {
    Q_OBJECT

  private slots:
    void stepsAreAlignedByNameAndShowWhereRunsPart() {
        const auto left =
            instance({done("load-1", "[1]"), done("price-1", "10"), done("charge-1", R"("ok")")});
        const auto right = instance(
            {done("load-1", "[ 1 ]"), done("price-1", "12"), done("retry-1", "1"), failed("charge-1", "no")});
        const auto result = compare(left, right);
        const std::vector<Row> expected = {{0, 0, Likeness::same},
                                           {1, 1, Likeness::output},
                                           {-1, 2, Likeness::onlyRight},
                                           {2, 3, Likeness::outcome}};
        QCOMPARE(rowsOf(result), expected);
        QCOMPARE(*result.firstDifference, std::size_t{1});
        QVERIFY(result.sameParams && result.sameEnd);
    }

    void stepsThatRanInAnotherOrderAreStillPairs() {
        const auto left = instance({done("a-1", "1"), done("b-1", "2"), done("c-1", "3")});
        const auto right = instance({done("b-1", "2"), done("x-1", "0"), done("a-1", "1")});
        const std::vector<Row> expected = {{-1, 1, Likeness::onlyRight},
                                           {0, 2, Likeness::same},
                                           {1, 0, Likeness::same},
                                           {2, -1, Likeness::onlyLeft}};
        QCOMPARE(rowsOf(compare(left, right)), expected);
    }

    void aLongRunIsAlignedToo() {
        std::vector<api::Step> steps;
        for (int i = 1; i <= 25'000; ++i)
            steps.push_back(done("page-" + std::to_string(i), std::to_string(i)));
        auto other = steps;
        other.erase(other.begin() + 12'000);
        const auto result = compare(instance(steps), instance(other));
        QCOMPARE(result.steps.size(), std::size_t{25'000});
        QCOMPARE(*result.firstDifference, std::size_t{12'000});
        QVERIFY(result.steps[12'000].likeness == Likeness::onlyLeft);
        QVERIFY(result.steps[12'001].likeness == Likeness::same);
    }

    void keysInAnotherOrderAreNoDifference() {
        QVERIFY(sameJson(R"({"a":1,"b":2})", R"({ "b": 2, "a": 1 })"));
        QVERIFY(jsonDifference(R"({"a":1,"b":2})", R"({ "b": 2, "a": 1 })").changes.empty());
        QVERIFY(!sameJson("{", "[]"));
    }

    void changesAreToldByTheirPath() {
        const auto difference =
            jsonDifference(R"({"items":[{"id":1,"price":10},{"id":2}],"user":"a","odd key":1})",
                           R"({"items":[{"id":1,"price":12},{"id":2},{"id":3}],"user":"a","new":null})");
        const std::vector<std::string> expected = {"items[0].price: 10 -> 12", "items[2]:  -> {\"id\":3}",
                                                   "[\"odd key\"]: 1 -> ", "new:  -> null"};
        QCOMPARE(pathsOf(difference), expected);
    }

    void oneItemPutInIsOneChange() {
        const auto difference = jsonDifference("[1,2,3,4]", "[1,9,2,3,4]");
        QCOMPARE(pathsOf(difference), std::vector<std::string>{"[1]:  -> 9"});
    }

    void differencesAreBounded() {
        std::string left = "[";
        std::string right = "[";
        for (int i = 0; i < 5'000; ++i) {
            left += std::to_string(i) + ",";
            right += std::to_string(i + 1'000'000) + ",";
        }
        const auto difference = jsonDifference(left + "0]", right + "1]");
        QCOMPARE(difference.changes.size(), std::size_t{1'000});
        QVERIFY(difference.cut);
        const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
        QVERIFY(!jsonDifference(deep, "[]").changes.empty());
    }

    void textsThatAreNoJsonAreComparedWhole() {
        const auto difference = jsonDifference("[truncated output]", "{}");
        QVERIFY(!difference.isJson);
        QCOMPARE(difference.changes.size(), std::size_t{1});
    }

    void whatEndedIsTakenOver() {
        auto wait = done("approval-1",
                         R"({"payload":{"by":"me"},"timestamp":"2026-01-31T12:00:00.000Z","type":"ok"})");
        wait.kind = api::StepKind::waitForEvent;
        auto sleep = done("rest a-while-1", {});
        sleep.kind = api::StepKind::sleep;
        sleep.output.reset();
        auto undefined = done("void-2", {});
        undefined.output.reset();
        auto open = done("open-1", {});
        open.state = api::StepState::running;
        const auto detail = instance(
            {done("load-1", "12345678901234567"), sleep, wait, failed("try-1", "no"), undefined, open});
        const auto most = recordableSteps(detail);
        QCOMPARE(most, (Recordable{5, "\"open-1\" has not ended"}));
        QCOMPARE(
            QString::fromStdString(recordedSteps(detail, most.steps)),
            QString(R"([{"type":"do","name":"load","count":1,"output":12345678901234567},)"
                    R"({"type":"sleep","name":"rest a-while","count":1},)"
                    R"({"type":"waitForEvent","name":"approval","count":1,"event":{"payload":{"by":"me"},)"
                    R"("timestamp":"2026-01-31T12:00:00.000Z","type":"ok"}},)"
                    R"({"type":"do","name":"try","count":1,"error":{"name":"Error","message":"no"}},)"
                    R"({"type":"do","name":"void","count":2}])"));
    }

    void cutOutputsHaveToBeAskedFor() {
        auto cut = done("big-1", "\"aaaa");
        cut.outputTruncated = true;
        const auto detail = instance({done("a-1", "1"), cut, done("b-1", "2")});
        QCOMPARE(recordableSteps(detail).steps, 1);
        QCOMPARE(cutOutputs(detail, 3), std::vector<int>{1});
        QCOMPARE(recordableSteps(detail, {{1, "\"aaaaaaaa\""}}).steps, 3);
        QVERIFY(recordedSteps(detail, 2, {{1, "\"aaaaaaaa\""}}).find("aaaaaaaa") != std::string::npos);
        QCOMPARE(recordableSteps(detail, {{1, "[ReadableStream]"}}).reason,
                 std::string("the output of \"big-1\" is no JSON"));
    }

    void theBodyKeepsEveryDigit() {
        Reproduction reproduction;
        reproduction.paramsJson = "{\"id\":123456789012345678901234567890}";
        reproduction.instanceId = "again";
        QCOMPARE(
            QString::fromStdString(bodyOf(reproduction)),
            QString(R"({"instance_id":"again","params":{"id":123456789012345678901234567890},"steps":[]})"));
        reproduction = {};
        QCOMPARE(bodyOf(reproduction), std::string(R"({"steps":[]})"));
    }
};

QTEST_APPLESS_MAIN(TestBetween)
#include "tst_between.moc"
