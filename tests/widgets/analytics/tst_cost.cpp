#include "tests/widgets/shell/shell_test.h"
#include "widgets/analytics/cost_dialog.h"
#include "widgets/analytics/cost_prices.h"
#include "widgets/analytics/cost_table.h"

#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>

using namespace stepwell;
using namespace stepwell::analytics;
using namespace stepwell::test;

namespace {

const char* const work = R"({"data":{"viewer":{"accounts":[{
 "costWork":[{"count":1000,"sum":{"cpuTime":0,"allStepCount":0},"dimensions":{"workflowName":"orders","eventType":"WORKFLOW_START"}},
         {"count":60000,"sum":{"cpuTime":3000000,"allStepCount":60000},"dimensions":{"workflowName":"orders","eventType":"STEP_SUCCESS"}}],
 "costDays":[{"count":60000,"sum":{"allStepCount":60000},"dimensions":{"date":"2026-11-20","eventType":"STEP_SUCCESS"}}]}]}},"errors":null})";

const auto day = std::chrono::hours{24};
const api::Time start = api::fromIso("2026-11-20").value();

struct Panel {
    FakeBackend backend;
    CostDialog* dialog = nullptr;

    explicit Panel(bool refusesExtensions = false) {
        backend.graphqlSource =
            [refusesExtensions](const GraphqlQuery& query) -> api::Result<api::GraphqlAnswer> {
            if (refusesExtensions && query.document.find("max {") != std::string::npos)
                return api::GraphqlAnswer{400,
                                          R"({"data":null,"errors":[{"message":"unknown field max"}]})",
                                          {{"unknown field max", "", ""}}};
            return api::GraphqlAnswer{200, work, {}};
        };
        dialog = new CostDialog(backend, start, start + day, nullptr);
        dialog->open();
    }
    ~Panel() { delete dialog; }
};

}  // namespace

class CostWindowTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }

    void aDayBecomesAMonthlyBill() {
        Panel panel;
        // 1.8 million steps: 1.3 million beyond the allowance at $0.80 for each 100,000, and 60 million ms
        // beyond.
        QTRY_COMPARE(panel.dialog->paidText(), QString("$16.60 a month"));
        QCOMPARE(panel.dialog->freeText(), QString("Does not fit"));
        QCOMPARE(panel.backend.graphqlQueries.size(), std::size_t(1));
    }

    void withoutExtensionsItAsksAgain() {
        Panel panel(true);
        QTRY_COMPARE(panel.dialog->paidText(), QString("$16.60 a month"));
        QCOMPARE(panel.backend.graphqlQueries.size(), std::size_t(2));
    }

    void changedPricesCountAtOnceAndAreKept() {
        {
            Panel panel;
            QTRY_COMPARE(panel.dialog->paidText(), QString("$16.60 a month"));
            QVERIFY(!panel.dialog->verbButton()->isEnabled());
            auto* field = panel.dialog->form()->field("Steps price");
            field->clear();
            QTest::keyClicks(field, "1.60");
            QCOMPARE(panel.dialog->paidText(), QString("$27.00 a month"));
            QVERIFY(panel.dialog->verbButton()->isEnabled());
            QSignalSpy saved(panel.dialog, &CostDialog::pricesChanged);
            panel.dialog->verbButton()->click();
            QCOMPARE(saved.count(), 1);
        }
        QCOMPARE(savedPrices().steps.price, 1.6);
        Panel again;
        QTRY_COMPARE(again.dialog->paidText(), QString("$27.00 a month"));
    }

    void whatIsNoPriceIsNotSaved() {
        Panel panel;
        auto* field = panel.dialog->form()->field("CPU time price");
        field->clear();
        QTest::keyClicks(field, "free");
        QVERIFY(panel.dialog->errorText().contains("CPU time price"));
        QVERIFY(!panel.dialog->verbButton()->isEnabled());
        QCOMPARE(savedPrices(), Prices{});
    }

    void aFailureIsNotFree() {
        FakeBackend backend;
        backend.failWith("graphql", {0, api::code::transport, "not reached"});
        auto* dialog = new CostDialog(backend, start, start + day, nullptr);
        QSignalSpy loaded(dialog, &CostDialog::loaded);
        dialog->open();
        QTRY_COMPARE(loaded.count(), 1);
        QCOMPARE(dialog->paidText(), QString("–"));
        delete dialog;
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    OwnSettings settings;
    CostWindowTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_cost.moc"
