#include "models/instances_model.h"
#include "tests/contract/support/asked.h"
#include "tests/contract/support/remote_engine.h"
#include "tests/contract/support/window_verbs.h"
#include "widgets/action_dialog.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/chart_card.h"
#include "widgets/deploy/deploy_dialog.h"
#include "widgets/deploy/done_page.h"
#include "widgets/empty_state.h"
#include "widgets/instance/instance_page.h"
#include "widgets/rail.h"
#include "widgets/table_view.h"
#include "widgets/timeline/timeline_view.h"

#include <QComboBox>
#include <QLineEdit>
#include <QtTest>

#include <csignal>

using namespace stepwell;
using namespace stepwell::test;
using api::Status;

namespace {

constexpr int patienceMs = WindowVerbs::patienceMs;
constexpr int revokedMs = 8'000;  // longer, and the revocation was lost on the way

const std::string source = R"(
import { WorkflowEntrypoint } from "cloudflare:workers";
export class Gated extends WorkflowEntrypoint {
  async run(event, step) {
    await step.do("before", async () => ({ ok: true }));
    await step.waitForEvent("gate", { type: "go", timeout: "10 minutes" });
    return step.do("after", async () => "done");
  }
}
export default { async fetch() { return new Response("hello"); } };
)";
const std::string metadata = R"({"main_module":"index.js","compatibility_date":"2026-06-01",
    "bindings":[{"type":"workflow","name":"GATED","workflow_name":"gated","class_name":"Gated"}]})";

struct Verb {
    Place place;
    QString button;
    QString permission;
};

/// What the page of a read-only token shows and does not let do.
std::vector<Verb> forbidden() {
    return {{{}, "Trigger…", "Workflows: edit"},
            {{}, "Import Worker…", "Workers: edit"},
            {{"gated", "one"}, "Pause", "Workflows: edit"},
            {{"gated", "one"}, "Send event…", "Workflows: edit"},
            {{"gated", "one"}, "Restart", "Workflows: edit"},
            {{"gated", "one"}, "Terminate", "Workflows: edit"},
            {placeOfWorker("gated-worker"), "Add a secret…", "Workers: edit"},
            {placeOfSite(), "Deploy a folder…", "Pages: edit"},
            {placeOfSite("shop", "settings"), "Add a host…", "Pages: edit"},
            {placeOfSite("shop", "settings"), "Delete site…", "Pages: edit"}};
}

}  // namespace

/// The window on a second engine over TLS, with a token that may read and one that may edit.
class RemoteWindowTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void aReadTokenSeesAllAndChangesNothing();
    void workflowsAreRun();
    void workersAreChanged();
    void sitesAreDeployed();
    void tokensAreMadeAndRevoked();
    void whatWasDoneIsLogged();
    void anEngineThatDiesTellsNoToken();

  private:
    template <class T, class Call>
    bool ask(Call call) {
        return asked<T>(std::move(call), patienceMs);
    }
    QString newToken(const QString& permission, const QString& products);

    std::unique_ptr<RemoteEngine> remote_;
    std::unique_ptr<ContractWindow> shown_;  ///< with a token that may edit
    std::unique_ptr<WindowVerbs> verbs_;
    QString edit_;
};

QString RemoteWindowTest::newToken(const QString& permission, const QString& products) {
    QStringList arguments{"--permission", permission, "--name", permission + "s"};
    if (!products.isEmpty()) arguments << "--product" << products;
    return remote_->createToken(arguments).value("token").toString();
}

void RemoteWindowTest::initTestCase() {
    useOwnFolders("remote_window");
    remote_ = std::make_unique<RemoteEngine>(QString::fromUtf8(qgetenv("HOME")) + "/engine");
    QVERIFY2(remote_->start(), qPrintable(remote_->problem()));
    edit_ = newToken("edit", "workflows,workers,pages,analytics,account");
    QVERIFY2(!edit_.isEmpty(), qPrintable(remote_->problem()));
    const auto backend = makeBackend(remote_->directSpec(), edit_);
    QVERIFY(ask<void>([&](auto done) {
        backend->uploadScript(
            {"gated-worker", metadata, {{"index.js", "application/javascript+module", source}}}, this, {},
            done);
    }));
    QVERIFY(ask<void>([&](auto done) {
        backend->putWorkflow({"gated", "Gated", "gated-worker"}, this, done);
    }));
    QVERIFY(ask<std::string>([&](auto done) { backend->trigger("gated", "one", {}, this, done); }));
    QVERIFY(ask<api::SiteProject>([&](auto done) {
        backend->createSiteProject({"shop", "main"}, this, done);
    }));
    shown_ = std::make_unique<ContractWindow>(&overHttp);
    verbs_ = std::make_unique<WindowVerbs>(*shown_);
}

void RemoteWindowTest::aReadTokenSeesAllAndChangesNothing() {
    const auto token = newToken("read", {});
    ContractWindow reads(&overHttp);
    QVERIFY(reads.open(choiceOf(remote_->spec(), token)));
    QTRY_VERIFY_WITH_TIMEOUT(reads.visibleText().contains("gated"), patienceMs);
    for (const auto& verb : forbidden()) {
        reads.window().navigator().go(verb.place);
        QTRY_VERIFY2_WITH_TIMEOUT(reads.button(verb.button) != nullptr, qPrintable(verb.button), patienceMs);
        QTRY_VERIFY2_WITH_TIMEOUT(!reads.button(verb.button)->isEnabled(), qPrintable(verb.button),
                                  patienceMs);
        QVERIFY2(reads.button(verb.button)->toolTip().contains(verb.permission),
                 qPrintable(verb.button + ": " + reads.button(verb.button)->toolTip()));
        // A click does nothing, whatever it hits.
        QTest::mouseClick(reads.button(verb.button), Qt::LeftButton);
        QVERIFY(QApplication::activeModalWidget() == nullptr);
    }
    for (const auto& [entry, permission] :
         {std::pair("tokens", "Account: edit"), std::pair("audit", "Account: read")}) {
        auto* shown = reads.window().findChild<RailEntry*>(entry);
        QVERIFY(shown != nullptr);
        QVERIFY2(!shown->isEnabled() && shown->toolTip().contains(permission), qPrintable(shown->toolTip()));
    }
}

void RemoteWindowTest::workflowsAreRun() {
    QVERIFY(shown_->open(choiceOf(remote_->spec(), edit_)));
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("gated"), patienceMs);
    verbs_->trigger("gated", "two");
    QVERIFY(verbs_->waitFor({Status::waiting}));
    QVERIFY(verbs_->perform("Pause", {}, {Status::paused}));
    QVERIFY(verbs_->perform("Resume", {}, {Status::waiting}));
    QVERIFY(verbs_->sendUntil("go", [this] { return verbs_->status() == Status::complete; }));
    verbs_->page()->timelineView().selectStep(0);
    QVERIFY(verbs_->perform("Restart from here", "confirmDialog", {Status::waiting}));
    QVERIFY(verbs_->perform("Restart", "confirmDialog", {Status::waiting}));
    QVERIFY(verbs_->perform("Terminate", "confirmDialog", {Status::terminated}));
    // The notice says its name for a while; the list does not.
    QVERIFY(verbs_->remove("gated", "two", [this] { return verbs_->listed() == QStringList("one"); }));
}

void RemoteWindowTest::workersAreChanged() {
    QVERIFY(verbs_->show(placeOfWorker("gated-worker"), "Add a secret…"));
    verbs_->press("Add a secret…");
    auto* dialog = ContractWindow::dialog("secretDialog");
    QVERIFY(dialog != nullptr);
    const auto fields = dialog->findChildren<QLineEdit*>();
    for (auto* field : fields) {
        if (field->accessibleName() == "Name") QTest::keyClicks(field, "PAYMENT_KEY");
        if (field->accessibleName() == "Text") QTest::keyClicks(field, "a text that is not kept");
    }
    verbs_->agree("secretDialog");
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("PAYMENT_KEY"), patienceMs);
    shown_->window().navigator().go(placeOfAnalytics());
    // What ran before shows in a chart.
    auto* page = shown_->window().findChild<analytics::AnalyticsPage*>();
    QVERIFY(page != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(
        std::any_of(page->cards().begin(), page->cards().end(),
                    [](const analytics::ChartCard* card) { return card->chart()->hasData(); }),
        patienceMs);
    QCOMPARE(shown_->saidFailure(), QString());
}

void RemoteWindowTest::sitesAreDeployed() {
    QTemporaryDir folder;
    QFile page(folder.filePath("index.html"));
    QVERIFY(page.open(QIODevice::WriteOnly));
    page.write("<!doctype html><title>Shop</title>");
    page.close();
    shown_->window().deploySite({folder.path()}, "shop");
    QTRY_VERIFY_WITH_TIMEOUT(ContractWindow::dialog("deployDialog") != nullptr, patienceMs);
    auto* dialog = qobject_cast<DeployDialog*>(ContractWindow::dialog("deployDialog"));
    const auto isDone = [&] { return !dialog->donePage().address().isEmpty(); };
    const int tries = BadNetwork::isWanted() ? 6 : 1;
    for (int i = 0; i < tries && !isDone(); ++i) {
        ContractWindow::click(dialog->verbButton());
        QVERIFY(QTest::qWaitFor([&] { return isDone() || dialog->verbButton()->isEnabled(); }, patienceMs));
    }
    QVERIFY(isDone());
    dialog->close();
    QTRY_VERIFY(ContractWindow::dialog("deployDialog") == nullptr);
    shown_->window().navigator().go(placeOfSite("shop"));
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("main"), patienceMs);
    QCOMPARE(shown_->saidFailure(), QString());
}

void RemoteWindowTest::tokensAreMadeAndRevoked() {
    QVERIFY(verbs_->show(placeOfTokens(), "Create a token…"));
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("reads"), patienceMs);
    verbs_->press("Create a token…");
    auto* dialog = qobject_cast<ActionDialog*>(ContractWindow::dialog("tokenDialog"));
    QVERIFY(dialog != nullptr);
    for (auto* field : dialog->findChildren<QLineEdit*>())
        if (field->accessibleName() == "Name") QTest::keyClicks(field, "for a colleague");
    for (auto* level : dialog->findChildren<QComboBox*>())
        if (level->accessibleName() == "Workflows") QTest::keyClick(level, Qt::Key_Down);
    QLineEdit* value = nullptr;
    const int tries = BadNetwork::isWanted() ? 6 : 1;
    for (int i = 0; i < tries && value == nullptr; ++i) {
        ContractWindow::click(dialog->verbButton());
        QVERIFY(QTest::qWaitFor(
            [&] {
                value = dialog->findChild<QLineEdit*>("tokenValue");
                return value != nullptr || !dialog->errorText().isEmpty();
            },
            patienceMs));
    }
    QVERIFY(value != nullptr);
    const QString token = value->text();
    noteSecret(token);
    ContractWindow::click(dialog->verbButton());
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("for a colleague"), patienceMs);
    QVERIFY(!shown_->visibleText().contains(token));
    const auto theirs = makeBackend(remote_->directSpec(), token);
    const auto listTheirs = [&](auto done) { theirs->workflows(this, done); };
    QVERIFY(ask<std::vector<api::Workflow>>(listTheirs));

    TableView* table = nullptr;
    for (auto* view : shown_->window().findChildren<TableView*>())
        if (view->isVisible()) table = view;
    QVERIFY(table != nullptr);
    // Over a bad network one more may have been made whose answer was lost, or the revocation is.
    for (int i = 0; i < tries && ask<std::vector<api::Workflow>>(listTheirs); ++i) {
        for (int row = 0; row < table->model()->rowCount(); ++row)
            if (table->model()->index(row, 0).data().toString() == "for a colleague")
                QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                                  table->visualRect(table->model()->index(row, 0)).center());
        verbs_->press("Revoke…");
        verbs_->agree("confirmDialog");
        if (QTest::qWaitFor([&] { return !ask<std::vector<api::Workflow>>(listTheirs); }, revokedMs)) break;
    }
    QVERIFY(!ask<std::vector<api::Workflow>>(listTheirs));
}

void RemoteWindowTest::whatWasDoneIsLogged() {
    shown_->window().navigator().go(placeOfAudit());
    QTRY_VERIFY_WITH_TIMEOUT(shown_->visibleText().contains("Terminate"), patienceMs);
    QVERIFY(shown_->visibleText().contains("edits"));
}

/// What it leaves behind is read once more by the scan for secrets.
void RemoteWindowTest::anEngineThatDiesTellsNoToken() {
    auto& engine = remote_->engine();
    ::kill(static_cast<pid_t>(engine.pid()), SIGABRT);
    QTRY_VERIFY_WITH_TIMEOUT(!engine.isRunning(), patienceMs);
    const auto said = engine.logTail(1'000'000);
    QVERIFY(!said.contains(edit_.toUtf8()) && !said.contains(engine.token()));
    // The window says that it is away, and not what it was let in with.
    shown_->window().navigator().go({"gated", {}});
    QTRY_VERIFY_WITH_TIMEOUT(shown_->window().backend()->freshness().shownFrom.has_value() ||
                                 !shown_->saidFailure().isEmpty(),
                             patienceMs);
    QVERIFY(!shown_->visibleText().contains(edit_));
}

QTEST_MAIN(RemoteWindowTest)
#include "tst_remote_window.moc"
