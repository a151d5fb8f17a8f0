#include "tests/models/fake_backend.h"
#include "widgets/between/reproduce_dialog.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QtTest>

using namespace stepwell;
using namespace std::chrono_literals;

namespace {

api::Step step(int index, const std::string& name, std::string output) {
    api::Step made;
    made.index = index;
    made.name = name;
    made.state = api::StepState::complete;
    made.start = api::Time(0ms);
    made.end = api::Time(10ms);
    made.output = std::move(output);
    return made;
}

const QLabel* headingOf(const QDialog& dialog, const QString& part) {
    for (const auto* label : dialog.findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(part)) return label;
    return nullptr;
}

}  // namespace

class TestReproduce : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        there_ = std::make_unique<test::FakeBackend>();
        here_ = std::make_unique<test::FakeBackend>();
        api::Workflow workflow;
        workflow.name = "orders";
        here_->workflowList = {workflow};
        api::Version old;
        old.id = "version-1";
        old.number = 1;
        api::Version latest;
        latest.id = "version-2";
        latest.number = 2;
        here_->versionLists["orders"] = {latest, old};
        detail_ = std::make_shared<api::InstanceDetail>();
        detail_->id = "order-7";
        detail_->versionId = "version-1";
        detail_->params = R"({"order":7})";
        detail_->steps = {step(0, "load-1", "[1]"), step(1, "price-1", "10"), step(2, "charge-1", "1")};
        detail_->steps[2].state = api::StepState::errored;
        detail_->steps[2].output.reset();
    }

    void whatWentWellIsTakenOver() {
        ReproduceDialog dialog(source(), "Production", detail_, *here_, 2, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        QSignalSpy spy(&dialog, &ReproduceDialog::reproduced);
        dialog.show();
        QTRY_COMPARE(dialog.versions().count(), 3);
        QCOMPARE(dialog.versions().currentData().toString(), QString("version-1"));
        QTRY_VERIFY(dialog.verbButton()->isEnabled());
        QTest::mouseClick(dialog.verbButton(), Qt::LeftButton);
        QTRY_COMPARE(spy.size(), 1);
        QCOMPARE(spy.front().front().toString(), QString("orders"));
        const auto& sent = here_->reproductions.front();
        QCOMPARE(sent.steps, 2);
        QCOMPARE(sent.versionId, std::string("version-1"));
        QCOMPARE(sent.origin, std::string("order-7 of orders on Production"));
        QVERIFY(sent.stepsJson.find("price") != std::string::npos);
        QVERIFY(sent.stepsJson.find("charge") == std::string::npos);
    }

    void noMoreThanCanBe() {
        ReproduceDialog dialog(source(), "Production", detail_, *here_, 3, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        QCOMPARE(dialog.steps().value(), 2);
        QCOMPARE(dialog.steps().maximum(), 2);
    }

    void cutOutputsAreAskedForFirst() {
        detail_->steps[1].outputTruncated = true;
        there_->stepOutputs["price-1"] = R"({"whole":true})";
        ReproduceDialog dialog(source(), "Production", detail_, *here_, 2, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_VERIFY(dialog.verbButton()->isEnabled());
        QTest::keyClick(&dialog, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(here_->reproductions.size(), std::size_t{1});
        QVERIFY(here_->reproductions.front().stepsJson.find("whole") != std::string::npos);
    }

    void longNamesAreElided() {
        const QString longId = "order-" + QString(94, '7');
        ReproduceDialog dialog({there_.get(), "orders", longId}, "Production", detail_, *here_, 1, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        const auto* heading = headingOf(dialog, longId);
        QVERIFY(heading != nullptr);
        // A picture of it is what is elided: the tooltip has the whole.
        QTRY_VERIFY(heading->toolTip().contains(longId));
        QVERIFY(dialog.width() < 700);
    }

    void aRefusalKeepsWhatWasEntered() {
        here_->failWith("reproduce", {409, api::code::instanceExists, "an instance is already called \"x\""});
        ReproduceDialog dialog(source(), "Production", detail_, *here_, 1, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_VERIFY(dialog.verbButton()->isEnabled());
        QTest::mouseClick(dialog.verbButton(), Qt::LeftButton);
        QTRY_VERIFY(dialog.errorText().contains("already called"));
        QVERIFY(dialog.isVisible());
        QCOMPARE(dialog.steps().value(), 1);
    }

    void withoutAWorkflowHereThereIsNothingToRun() {
        here_->workflowList.clear();
        ReproduceDialog dialog(source(), "Production", detail_, *here_, 1, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_VERIFY(dialog.errorText().contains("import the Worker that defines orders"));
        QVERIFY(!dialog.verbButton()->isEnabled());
    }

  private:
    InstanceName source() { return {there_.get(), QStringLiteral("orders"), QStringLiteral("order-7")}; }
    std::unique_ptr<test::FakeBackend> there_;
    std::unique_ptr<test::FakeBackend> here_;
    std::shared_ptr<api::InstanceDetail> detail_;
};

QTEST_MAIN(TestReproduce)
#include "tst_reproduce.moc"
