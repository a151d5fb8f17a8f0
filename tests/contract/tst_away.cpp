#include "models/backends/reach.h"
#include "tests/contract/support/asked.h"
#include "tests/contract/support/remote_engine.h"
#include "tests/contract/support/window_verbs.h"
#include "widgets/backends/freshness_bar.h"
#include "widgets/controls.h"
#include "widgets/filter_bar.h"
#include "widgets/instance/instance_facts.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instance_actions.h"
#include "widgets/timeline/timeline_view.h"

#include <QTcpServer>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;
using api::Status;

namespace {

constexpr int patienceMs = WindowVerbs::patienceMs;

const std::string source = R"(
import { WorkflowEntrypoint } from "cloudflare:workers";
export class Gated extends WorkflowEntrypoint {
  async run(event, step) {
    await step.do("before", async () => ({ ok: true }));
    await step.waitForEvent("gate", { type: "go", timeout: "10 minutes" });
    return step.do("after", async () => "done");
  }
}
export default {};
)";
const std::string metadata = R"({"main_module":"index.js","compatibility_date":"2026-06-01",
    "bindings":[{"type":"workflow","name":"GATED","workflow_name":"gated","class_name":"Gated"},
                {"type":"workflow","name":"OTHER","workflow_name":"other","class_name":"Gated"}]})";

/// One that will be free again: an engine that starts anew is looked for where it was.
QString freeAddress() {
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return QStringLiteral("127.0.0.1:%1").arg(server.serverPort());
}

}  // namespace

/// The window on an engine that dies and comes back.
class AwayTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void whileItIsAwayNothingCountsAndNothingCanBeChanged();
    void countsComeBackByThemselves();

  private:
    template <class T, class Call>
    bool ask(Call call) {
        return asked<T>(std::move(call), patienceMs);
    }
    bool counts(const QString& chip, const QString& number);

    QString home_;
    std::unique_ptr<EngineProcess> engine_;
    std::unique_ptr<ContractWindow> shown_;
};

bool AwayTest::counts(const QString& chip, const QString& number) {
    for (auto* bar : shown_->window().findChildren<FilterBar*>())
        for (auto* at : bar->findChildren<Chip*>())
            if (at->isVisible() && at->text() == chip) return at->accessibleDescription() == number;
    return false;
}

void AwayTest::initTestCase() {
    useOwnFolders("away");
    home_ = QString::fromUtf8(qgetenv("HOME")) + "/engine/data";
    QDir().mkpath(home_);
    engine_ = std::make_unique<EngineProcess>(home_, QStringList{"--listen", freeAddress()});
    QVERIFY2(engine_->start(), engine_->logTail().constData());
    noteSecret(QString::fromUtf8(engine_->token()));
    auto spec = newBackendSpec(BackendKind::stepwell);
    spec.name = "Remote";
    spec.apiBase = engine_->api();
    spec.account = engine_->account();
    const QString token = engine_->token();
    const auto backend = makeBackend(spec, token);
    QVERIFY(ask<void>([&](auto done) {
        backend->uploadScript(
            {"gated-worker", metadata, {{"index.js", "application/javascript+module", source}}}, this, {},
            done);
    }));
    for (const char* name : {"gated", "other"}) {
        QVERIFY(ask<void>([&](auto done) {
            backend->putWorkflow({name, "Gated", "gated-worker"}, this, done);
        }));
        QVERIFY(ask<std::string>([&](auto done) { backend->trigger(name, "one", {}, this, done); }));
    }
    shown_ = std::make_unique<ContractWindow>(&overHttp);
    QVERIFY(shown_->open(choiceOf(spec, token)));
}

void AwayTest::whileItIsAwayNothingCountsAndNothingCanBeChanged() {
    WindowVerbs verbs(*shown_);
    QVERIFY(verbs.show({"gated", "one"}, "Pause"));
    QVERIFY(verbs.waitFor({Status::waiting}));
    auto* page = verbs.page();
    const auto seen = page->timelineView().now();
    QTRY_VERIFY_WITH_TIMEOUT(page->timelineView().now() > seen, patienceMs);
    engine_->killNow();
    auto* pause = shown_->button("Pause");
    QTRY_VERIFY_WITH_TIMEOUT(!pause->isEnabled(), patienceMs);
    QVERIFY2(pause->toolTip().contains("Remote cannot be reached since"), qPrintable(pause->toolTip()));
    QVERIFY(!page->actions().action(InstanceVerb::sendEvent)->isEnabled());
    // "Running for" and the end of what is open stay, while the clock on the wall goes on.
    const auto stopped = page->feed().clock();
    const auto drawn = page->timelineView().now();
    const QString facts = page->facts().asText();
    QTRY_VERIFY_WITH_TIMEOUT(Reach::of(*shown_->window().backend()).reason().contains("since") &&
                                 std::chrono::system_clock::now() > stopped + std::chrono::seconds(2),
                             patienceMs);
    QCOMPARE(page->feed().clock(), stopped);
    QCOMPARE(page->timelineView().now(), drawn);
    QCOMPARE(page->facts().asText(), facts);
    // A key does nothing either.
    shown_->press(Qt::Key_P, Qt::ControlModifier);
    QVERIFY(QApplication::activeModalWidget() == nullptr);
}

void AwayTest::countsComeBackByThemselves() {
    // Never seen before it went away, so nothing of it is kept.
    shown_->window().navigator().go({"other", {}});
    QTRY_VERIFY_WITH_TIMEOUT(!shown_->saidFailure().isEmpty(), patienceMs);
    QVERIFY(!counts("Waiting", "1"));
    QVERIFY(!shown_->button("Trigger…")->isEnabled());
    QVERIFY2(engine_->start(), engine_->logTail().constData());
    QTRY_VERIFY_WITH_TIMEOUT(counts("Waiting", "1"), patienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(shown_->button("Trigger…")->isEnabled(), patienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("one"), patienceMs);
    QVERIFY(!shown_->window().findChild<FreshnessBar*>()->isVisible());
    WindowVerbs verbs(*shown_);
    QVERIFY(verbs.show({"gated", "one"}, "Pause"));
    QVERIFY(verbs.perform("Pause", {}, {Status::paused}));
}

QTEST_MAIN(AwayTest)
#include "tst_away.moc"
