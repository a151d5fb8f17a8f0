#include "tests/contract/support/window_verbs.h"
#include "widgets/instance/instance_page.h"
#include "widgets/timeline/timeline_view.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;
using api::Status;

namespace {

constexpr int patienceMs = WindowVerbs::patienceMs;

}  // namespace

/// Every verb of an instance from the window, against real `wrangler dev` that runs the samples. In this
/// order: each test goes on with the run that the one before left.
class WranglerDevTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void listsAndTriggers();
    void pausesAndResumes();
    void takesEvents();
    void restartsFromAStep();
    void restartsAndTerminates();
    void deletes();
    void whatItLacksIsOff();

  private:
    QString timeline() const { return verbs_->page()->timelineView().layoutOfRun().asText(); }

    /// Ids in the list of instances that is shown; the notices of verbs say them too.
    QStringList listed() const { return verbs_->listed(); }

    NodeProgram wrangler_;
    BadNetwork network_;
    std::unique_ptr<ContractWindow> shown_;
    std::unique_ptr<WindowVerbs> verbs_;
};

void WranglerDevTest::initTestCase() {
    useOwnFolders("wrangler_dev");
    const QString release = qEnvironmentVariable("WRANGLER_PACKAGE", "wrangler");
    QVERIFY2(wrangler_.start(QStringLiteral(CONTRACT_DIR) + "/server/wrangler_dev.mjs",
                             {release, QStringLiteral(SAMPLES), "review-approval", "order-processing"}),
             "run packaging/test once: it installs the wrangler of tests/compat");
    auto spec = newBackendSpec(BackendKind::wranglerDev);
    spec.apiBase = wrangler_.ready().value("api").toString();
    if (BadNetwork::isWanted()) {
        QVERIFY(network_.start(QUrl(spec.apiBase).port()));
        spec.apiBase = network_.through(spec.apiBase);
    }
    shown_ = std::make_unique<ContractWindow>(&overHttp);
    verbs_ = std::make_unique<WindowVerbs>(*shown_);
    QVERIFY(shown_->open(choiceOf(spec, {})));
}

void WranglerDevTest::listsAndTriggers() {
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("review-approval"), patienceMs);
    QVERIFY(shown_->visibleText().contains("order-processing"));
    verbs_->trigger("review-approval", "review-1");
    shown_->window().navigator().go({"review-approval", {}});
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("review-1"), patienceMs);
    shown_->window().navigator().go({"review-approval", "review-1"});
    QTRY_VERIFY_WITH_TIMEOUT(
        verbs_->page() != nullptr && verbs_->page()->shown() == InstancePage::Shown::steps, patienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(timeline().contains("review started"), patienceMs);
}

void WranglerDevTest::pausesAndResumes() {
    QVERIFY(verbs_->waitFor({Status::waiting, Status::running}));
    // Before it is there Resume may be refused, or take nothing back.
    QVERIFY(verbs_->perform("Pause", {}, {Status::paused}));
    QVERIFY(verbs_->perform("Resume", {}, {Status::waiting, Status::running}));
}

void WranglerDevTest::takesEvents() {
    QVERIFY(verbs_->sendUntil("review-started", [this] { return timeline().contains("approval"); }));
    QVERIFY(verbs_->sendUntil("approved", [this] { return verbs_->status() == Status::complete; }));
    QTRY_VERIFY_WITH_TIMEOUT(verbs_->page()->feed().detail().output.value_or("").find("approved") !=
                                 std::string::npos,
                             patienceMs);
}

void WranglerDevTest::restartsFromAStep() {
    verbs_->page()->timelineView().selectStep(0);
    QVERIFY(verbs_->perform("Restart from here", "confirmDialog", {Status::waiting, Status::running}));
}

void WranglerDevTest::restartsAndTerminates() {
    QVERIFY(verbs_->perform("Terminate", "confirmDialog", {Status::terminated}));
    QVERIFY(verbs_->perform("Restart", "confirmDialog", {Status::waiting, Status::running}));
    // wrangler dev may still be ending the engine of the run before: no verb is lost for that.
    QVERIFY(verbs_->perform("Restart", "confirmDialog", {Status::waiting, Status::running}));
    QVERIFY(verbs_->perform("Terminate", "confirmDialog", {Status::terminated}));
}

void WranglerDevTest::deletes() {
    QVERIFY(verbs_->remove("review-approval", "review-1", [this] { return !listed().contains("review-1"); }));
}

void WranglerDevTest::whatItLacksIsOff() {
    for (const auto feature : {Feature::sites, Feature::analytics, Feature::tokens}) {
        const auto support = shown_->window().backend()->support(feature);
        QVERIFY(!support.available);
        QVERIFY2(support.reason.contains("wrangler dev"), qPrintable(support.reason));
    }
    shown_->window().navigator().go({});
    QTRY_VERIFY(shown_->button("Import Worker…") != nullptr);
    QVERIFY(!shown_->button("Import Worker…")->isEnabled());
    QVERIFY(shown_->button("Import Worker…")->toolTip().contains("wrangler dev"));
}

QTEST_MAIN(WranglerDevTest)
#include "tst_wrangler_dev.moc"
