#include "tests/models/fake_backend.h"
#include "widgets/between/run_comparison_dialog.h"
#include "widgets/empty_state.h"
#include "widgets/table_view.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QtTest>

using namespace stepwell;
using namespace std::chrono_literals;

namespace {

api::Step step(const std::string& name, std::string output, int milliseconds) {
    api::Step made;
    made.name = name;
    made.state = api::StepState::complete;
    made.start = api::Time(0ms);
    made.end = api::Time(std::chrono::milliseconds(milliseconds));
    made.output = std::move(output);
    return made;
}

api::InstanceDetail run(const std::string& id, std::vector<api::Step> steps) {
    api::InstanceDetail detail;
    detail.id = id;
    detail.status = api::Status::complete;
    detail.params = R"({"order":7})";
    detail.output = R"({"ok":true})";
    for (std::size_t i = 0; i < steps.size(); ++i)
        steps[i].index = static_cast<int>(i);
    detail.steps = std::move(steps);
    return detail;
}

api::Workflow named(const std::string& name) {
    api::Workflow workflow;
    workflow.name = name;
    return workflow;
}

}  // namespace

class TestCompare : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        here_ = std::make_unique<test::FakeBackend>();
        there_ = std::make_unique<test::FakeBackend>();
        for (auto* backend : {here_.get(), there_.get()})
            backend->workflowList = {named("billing"), named("orders")};
        here_->details["good"] =
            run("good", {step("load-1", "[1]", 100), step("price-1", R"({"total":10})", 50)});
        there_->details["bad"] =
            run("bad", {step("load-1", "[1]", 400), step("price-1", R"({"total":12})", 60),
                        step("refund-1", "1", 5)});
        api::InstanceSummary row;
        row.id = "bad";
        row.status = api::Status::complete;
        there_->instanceLists["orders"] = {row};
        peers_ = [this] {
            return std::vector<Peer>{{QStringLiteral("This machine"), here_.get(), true},
                                     {QStringLiteral("Production"), there_.get(), false}};
        };
    }

    void theOtherRunIsChosenOnAnotherBackend() {
        RunComparisonDialog dialog(peers_, {here_.get(), "orders", "good"}, {here_.get(), "orders", {}},
                                   nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        auto& choice = dialog.choice();
        // By keys: the second backend, then the id of the run.
        choice.backends().setFocus();
        QTest::keyClick(&choice.backends(), Qt::Key_Down);
        QTRY_COMPARE(choice.instances().count(), 1);
        QVERIFY(choice.instances().itemText(0).startsWith("bad"));
        choice.instances().lineEdit()->setFocus();
        QTest::keyClicks(choice.instances().lineEdit(), "bad");
        QTest::keyClick(choice.instances().lineEdit(), Qt::Key_Return);
        QTRY_COMPARE(dialog.model().rowCount(), 3);
        QTRY_COMPARE(dialog.summary(), QString("3 steps · 2 differ · same params · same output"));
        QTRY_COMPARE(dialog.table().currentIndex().row(), 1);
        QTRY_COMPARE(dialog.changes().rowCount(), 1);
        QCOMPARE(dialog.changes().item(0, 0)->text(), QString("total"));
        QCOMPARE(dialog.changes().item(0, 1)->text(), QString("10"));
        QCOMPARE(dialog.changes().item(0, 2)->text(), QString("12"));
    }

    void itFitsASmallWindow() {
        QWidget window;
        window.resize(1024, 700);
        window.show();
        RunComparisonDialog dialog(peers_, {here_.get(), "orders", "good"}, {there_.get(), "orders", "bad"},
                                   &window);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_COMPARE(dialog.model().rowCount(), 3);
        QVERIFY(dialog.width() < window.width() && dialog.height() < window.height());
    }

    void onlyDifferencesLeavesTheRestOut() {
        RunComparisonDialog dialog(peers_, {here_.get(), "orders", "good"}, {there_.get(), "orders", "bad"},
                                   nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_COMPARE(dialog.model().rowCount(), 3);
        auto* only = dialog.findChild<QAbstractButton*>("onlyDifferences");
        QTest::mouseClick(only, Qt::LeftButton);
        QCOMPARE(dialog.model().rowCount(), 2);
        QCOMPARE(dialog.model().index(1, ComparisonModel::Difference).data().toString(),
                 QString("only on the right"));
    }

    void cutOutputsAreAskedForWhole() {
        for (auto* detail : {&here_->details["good"], &there_->details["bad"]}) {
            detail->steps[1].output = "\"aaa";
            detail->steps[1].outputTruncated = true;
        }
        here_->stepOutputs["price-1"] = R"({"total":1,"long":"aaa"})";
        there_->stepOutputs["price-1"] = R"({"total":2,"long":"aaa"})";
        RunComparisonDialog dialog(peers_, {here_.get(), "orders", "good"}, {there_.get(), "orders", "bad"},
                                   nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_COMPARE(dialog.model().rowCount(), 3);
        QCOMPARE(dialog.model().index(1, ComparisonModel::Difference).data().toString(),
                 QString("same, as far as told"));
        dialog.table().selectRow(1);
        QTRY_VERIFY(dialog.changes().rowCount() == 1 && dialog.changes().item(0, 0)->text() == "total");
    }

    void whatCannotBeHadWholeIsNotCalledTheSame() {
        for (auto* detail : {&here_->details["good"], &there_->details["bad"]}) {
            detail->steps[1].output = "\"aaa";
            detail->steps[1].outputTruncated = true;
        }
        here_->stepOutputs["price-1"] = "\"aaa";
        there_->failWith("stepOutput orders bad price-1", {500, api::code::internal, "the server fell over"});
        RunComparisonDialog dialog(peers_, {here_.get(), "orders", "good"}, {there_.get(), "orders", "bad"},
                                   nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_COMPARE(dialog.model().rowCount(), 3);
        // The boxes may say something else by now; what is loaded is what is asked about.
        dialog.choice().setName({here_.get(), "billing", "other"});
        dialog.table().selectRow(1);
        QTRY_VERIFY(dialog.changesTitle().contains("the server fell over"));
        QVERIFY(dialog.changesTitle().contains("only the first 4 characters"));
        QVERIFY(!dialog.changesTitle().contains("the same"));
    }

    void aRunThatCannotBeReadIsNoEmptyComparison() {
        there_->failWith("instance orders bad", {500, api::code::internal, "the server fell over"});
        RunComparisonDialog dialog(peers_, {here_.get(), "orders", "good"}, {there_.get(), "orders", "bad"},
                                   nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        auto* empty = dialog.findChild<EmptyState*>();
        QTRY_COMPARE(empty->kind(), EmptyState::Kind::failed);
        QVERIFY(empty->isVisible());
        there_->succeed();
        QTest::mouseClick(empty->button(), Qt::LeftButton);
        QTRY_COMPARE(dialog.model().rowCount(), 3);
    }

  private:
    std::unique_ptr<test::FakeBackend> here_;
    std::unique_ptr<test::FakeBackend> there_;
    Peers peers_;
};

QTEST_MAIN(TestCompare)
#include "tst_compare.moc"
