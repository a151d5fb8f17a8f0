#include "models/analytics/cost.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::analytics;

namespace {

Usage usageOf(std::vector<Load> loads, std::chrono::hours hours = std::chrono::hours{24 * 30}) {
    Usage usage;
    usage.from = api::fromIso("2026-11-01").value();
    usage.to = usage.from + hours;
    usage.loads = std::move(loads);
    return usage;
}

Prices withoutStorage() {
    Prices prices;
    prices.bytesPerInstance = 0;
    return prices;
}

QString money(double dollars) {
    return QString::fromStdString(moneyText(dollars));
}

}  // namespace

class CostTest : public QObject {
    Q_OBJECT
  private slots:
    /// The example of Cloudflare's own page: 15 million requests of 7 ms a month cost $8.00.
    void theDocumentedExample() {
        const auto bill = billOf(Prices{}, usageOf({{LoadKind::worker, "api", 15e6, 15e6 * 7, 0}}));
        QCOMPARE(bill.beyond.requests, 1.5);
        QCOMPARE(bill.beyond.cpu, 1.5);
        QCOMPARE(bill.beyond.steps, 0.0);
        QCOMPARE(bill.paid(), 8.0);
    }

    void stepsBeyondTheAllowance() {
        const auto bill =
            billOf(withoutStorage(), usageOf({{LoadKind::workflow, "orders", 100e3, 0, 1.5e6}}));
        QCOMPARE(bill.beyond.steps, 8.0);  // a million steps at $0.80 for each 100,000
        QCOMPARE(bill.paid(), 13.0);
    }

    void whatIsStoredDependsOnHowLongItIsKept() {
        Prices prices;
        prices.bytesPerInstance = 100e3;
        const auto bill = billOf(prices, usageOf({{LoadKind::workflow, "orders", 300e3, 0, 0}}));
        QCOMPARE(bill.storage, 7.0);  // 10,000 a day for 7 days at 100 kB
        QCOMPARE(bill.beyond.storage, 6 * 0.2);
    }

    void aDayIsProjectedToAMonth() {
        const auto bill = billOf(withoutStorage(),
                                 usageOf({{LoadKind::workflow, "a", 10, 20, 30}}, std::chrono::hours{24}));
        QCOMPARE(bill.scale, 30.0);
        QCOMPARE(bill.month.requests, 300.0);
        QCOMPARE(bill.month.steps, 900.0);
        QVERIFY(!bill.isRough());
        QVERIFY(billOf(Prices{}, usageOf({}, std::chrono::hours{1})).isRough());
        const auto none =
            billOf(Prices{}, usageOf({{LoadKind::workflow, "a", 10, 20, 30}}, std::chrono::hours{0}));
        QCOMPARE(none.paid(), 5.0);
    }

    void sharesAddUpToTheBill() {
        const auto bill = billOf(Prices{}, usageOf({{LoadKind::workflow, "small", 1e3, 10e3, 5e3},
                                                    {LoadKind::workflow, "large", 20e6, 900e6, 4e6},
                                                    {LoadKind::worker, "api", 30e6, 1e6, 0}}));
        double sum = 0;
        for (const auto& one : bill.loads)
            sum += one.share.sum();
        QVERIFY(std::abs(sum - bill.beyond.sum()) < 1e-9);
        QCOMPARE(bill.loads.front().load.name, std::string("large"));
        QCOMPARE(bill.loads.back().load.name, std::string("small"));
    }

    void oneThousandInstancesAtTheMargin() {
        const auto bill =
            billOf(withoutStorage(), usageOf({{LoadKind::workflow, "orders", 10e3, 10e3 * 50, 10e3 * 5}}));
        // 1,000 requests, 50,000 ms, 5,000 steps
        QVERIFY(std::abs(bill.loads[0].perThousand - (0.0003 + 0.001 + 0.04)) < 1e-12);
    }

    void theFreePlanSaysWhatWouldNotFit() {
        auto usage = usageOf({{LoadKind::workflow, "orders", 3000, 3000, 30e3}});
        usage.busiestDaySteps = 2999;
        QVERIFY(billOf(Prices{}, usage).fitsFree());
        usage.busiestDaySteps = 3001;
        usage.longestStepCpu = 12;
        const auto bill = billOf(Prices{}, usage);
        QVERIFY(!bill.fitsFree());
        QStringList exceeded;
        for (const auto& one : bill.freeLimits)
            if (one.exceeded()) exceeded.push_back(QString::fromStdString(one.name));
        QCOMPARE(exceeded, QStringList({"Steps on the busiest day", "CPU time of the longest step"}));
    }

    void theAverageDayStandsInForTheBusiest() {
        const auto bill = billOf(Prices{}, usageOf({{LoadKind::workflow, "orders", 100, 0, 30 * 3001}}));
        QVERIFY(!bill.fitsFree());
    }

    void pricesAreKeptAsText() {
        Prices prices;
        prices.asOf = "2026-12-01";
        prices.source = "an offer \"by mail\"";
        prices.steps = {1e6, 0.5, 1e5};
        const auto again = pricesFromJson(toJson(prices));
        QVERIFY(again.has_value());
        QCOMPARE(*again, prices);
        QCOMPARE(pricesFromJson("{}").value(), Prices{});
        QVERIFY(!pricesFromJson("5").has_value());
        QVERIFY(!pricesFromJson(R"({"cpu_price":-1})").has_value());
        QVERIFY(!pricesFromJson(R"({"cpu_per":0})").has_value());
        QVERIFY(!pricesFromJson(R"({"as_of":"some day"})").has_value());
    }

    void moneyAsPeopleSayIt() {
        QCOMPARE(money(0), QString("$0"));
        QCOMPARE(money(0.001), QString("< $0.01"));
        QCOMPARE(money(1.839), QString("$1.84"));
        QCOMPARE(money(1234567.4), QString("$1,234,567"));
        QCOMPARE(money(999.994), QString("$999.99"));
    }

    void usageOfAnAnswer() {
        const auto from = api::fromIso("2026-11-01").value();
        const auto usage = usageFrom(R"({"data":{"viewer":{"accounts":[{
          "costWork":[
            {"count":10,"sum":{"cpuTime":0,"allStepCount":0},"dimensions":{"workflowName":"orders","eventType":"WORKFLOW_START"}},
            {"count":9,"sum":{"cpuTime":900,"allStepCount":0},"dimensions":{"workflowName":"orders","eventType":"WORKFLOW_SUCCESS"}},
            {"count":20,"sum":{"cpuTime":1000,"allStepCount":20},"dimensions":{"workflowName":"orders","eventType":"STEP_SUCCESS"}},
            {"count":22,"sum":{"cpuTime":1100,"allStepCount":0},"max":{"cpuTime":31},"dimensions":{"workflowName":"orders","eventType":"ATTEMPT_SUCCESS"}},
            {"count":4,"sum":{"allStepCount":4},"dimensions":{"workflowName":"orders","eventType":"SLEEP_COMPLETE"}}],
          "costDays":[
            {"count":7,"sum":{"allStepCount":1},"dimensions":{"date":"2026-11-01","eventType":"WORKFLOW_START"}},
            {"count":7,"sum":{"allStepCount":15},"dimensions":{"date":"2026-11-01","eventType":"STEP_SUCCESS"}},
            {"count":3,"sum":{"allStepCount":9},"dimensions":{"date":"2026-11-02","eventType":"STEP_SUCCESS"}}],
          "costWorkers":[{"sum":{"requests":500,"cpuTimeUs":2500000},"dimensions":{"scriptName":"api"}},
            {"sum":{"requests":20,"cpuTimeUs":null},"dimensions":{"scriptName":"quiet"}}],
          "costWorkerDays":[{"sum":{"requests":500},"dimensions":{"date":"2026-11-02"}}],
          "costSites":[{"sum":{"requests":50},"dimensions":{"scriptName":"shop"}}]
          }]}},"errors":null})",
                                     from, from + std::chrono::hours{48});
        QVERIFY(usage.has_value());
        QCOMPARE(usage->loads.size(), std::size_t(4));
        QCOMPARE(usage->loads[0].requests, 10.0);
        QCOMPARE(usage->loads[0].cpu, 1100.0);
        QCOMPARE(usage->loads[0].steps, 24.0);
        QCOMPARE(usage->loads[1].cpu, 2500.0);
        QVERIFY(usage->loads[1].isCpuKnown);
        QVERIFY(!usage->loads[2].isCpuKnown);  // not measured is not none
        QCOMPARE(usage->loads[3].kind, LoadKind::pages);
        QVERIFY(!usage->loads[3].isCpuKnown);
        QVERIFY(billOf(Prices{}, *usage).lacksCpu());
        QCOMPARE(usage->busiestDayRequests, 500.0);
        QCOMPARE(usage->busiestDaySteps, 16.0);
        QCOMPARE(usage->longestStepCpu, 31.0);
    }

    void answersThatTellNoUsage() {
        const auto reason = usageFrom(R"({"data":null,"errors":[{"message":"too old"}]})", {}, {});
        QVERIFY(!reason.has_value());
        QVERIFY(reason.error().message.find("too old") != std::string::npos);
        QVERIFY(!usageFrom("[]", {}, {}).has_value());
        QVERIFY(!usageFrom(R"({"data":{"viewer":{"accounts":[]}}})", {}, {}).has_value());
    }
};

QTEST_GUILESS_MAIN(CostTest)
#include "tst_cost.moc"
