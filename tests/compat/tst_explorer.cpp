/// Every verb against a real `wrangler dev`, whose origin is in WRANGLER_DEV and whose path in EXPLORER_PATH.
/// It runs the sample review-approval.
#include "models/backends/make_backend.h"
#include "models/backends/probe.h"
#include "models/backends/wrangler_watch.h"

#include <QUrl>
#include <QtTest>

using namespace stepwell;
using Verb = Backend::Verb;

namespace {

constexpr int patienceMs = 30'000;
const std::string workflow = "review-approval";

/// Makes a call and waits for its answer.
template <class T, class Call>
api::Result<T> answerOf(Call call) {
    std::optional<api::Result<T>> result;
    call([&result](api::Result<T> answer) { result = std::move(answer); });
    if (!QTest::qWaitFor([&result] { return result.has_value(); }, patienceMs))
        return api::fail(0, api::code::transport, "no answer in time");
    return std::move(*result);
}

QString reason(const auto& result) {
    return result ? QString() : QString::fromStdString(result.error().message);
}

}  // namespace

class ExplorerTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void isFoundAndProbed();
    void listsWhatRuns();
    void aReviewFromStartToEnd();
    void pausesAndResumes();
    void terminates();
    void restartsFromAStep();
    void refusalsKeepTheirReason();
    void walksAndDeletes();

  private:
    api::Result<std::string> trigger(const std::string& id) {
        return answerOf<std::string>([&](auto done) {
            m_backend->trigger(workflow, id, R"({"document":"Plan","reviewer":"mia"})", this, done);
        });
    }
    api::Result<api::InstanceDetail> detail(const std::string& id) {
        return answerOf<api::InstanceDetail>(
            [&](auto done) { m_backend->instance(workflow, id, std::nullopt, this, done); });
    }
    api::Result<api::Status> change(const std::string& id, Verb verb,
                                    std::optional<Backend::RestartFrom> from = {}) {
        return answerOf<api::Status>(
            [&](auto done) { m_backend->changeStatus(workflow, id, verb, from, this, done); });
    }
    api::Result<void> send(const std::string& id, const std::string& type) {
        return answerOf<void>(
            [&](auto done) { m_backend->sendEvent(workflow, id, type, R"({"by":"mia"})", this, done); });
    }
    /// Asks until it is so.
    bool becomes(const std::string& id, const std::function<bool(const api::InstanceDetail&)>& wanted) {
        QDeadlineTimer deadline(patienceMs);
        while (!deadline.hasExpired()) {
            const auto now = detail(id);
            if (now && wanted(*now)) return true;
            QTest::qWait(50);
        }
        return false;
    }
    bool hasStep(const std::string& id, const std::string& name) {
        return becomes(id, [&name](const auto& now) {
            return std::any_of(now.steps.begin(), now.steps.end(),
                               [&name](const auto& step) { return step.name == name; });
        });
    }
    bool isIn(const std::string& id, api::Status status) {
        return becomes(id, [status](const auto& now) { return now.status == status; });
    }

    BackendSpec m_spec;
    std::unique_ptr<Backend> m_backend;
};

void ExplorerTest::initTestCase() {
    const auto origin = qEnvironmentVariable("WRANGLER_DEV");
    if (origin.isEmpty()) QSKIP("WRANGLER_DEV names no wrangler dev.");
    m_spec = newBackendSpec(BackendKind::wranglerDev);
    m_spec.id = QStringLiteral("compat-%1").arg(QCoreApplication::applicationPid());
    m_spec.apiBase = origin + qEnvironmentVariable("EXPLORER_PATH", "/cdn-cgi/local/explorer/api");
    m_backend = makeBackend(m_spec, {});
}

void ExplorerTest::isFoundAndProbed() {
    const QUrl origin(m_spec.apiBase);
    WranglerWatch watch;
    watch.setPorts({static_cast<quint16>(origin.port())});
    watch.setActive(true);
    QTRY_COMPARE_WITH_TIMEOUT(watch.running().size(), 1, patienceMs);
    QVERIFY(watch.running().first().name.contains("review-approval"));

    auto entered = m_spec;
    entered.apiBase = QStringLiteral("http://127.0.0.1:%1").arg(origin.port());
    std::optional<ProbeReport> report;
    probe(entered, {}, this, [&report](ProbeReport answer) { report = std::move(answer); });
    QTRY_VERIFY_WITH_TIMEOUT(report, patienceMs);
    QCOMPARE(report->problem, QString());
    QCOMPARE(report->kind, BackendKind::wranglerDev);
    QVERIFY(report->apiBase.startsWith(entered.apiBase + "/cdn-cgi/"));
}

void ExplorerTest::listsWhatRuns() {
    const auto workflows =
        answerOf<std::vector<api::Workflow>>([&](auto done) { m_backend->workflows(this, done); });
    QVERIFY2(workflows, qPrintable(reason(workflows)));
    QCOMPARE(workflows->size(), std::size_t{1});
    QCOMPARE(workflows->front().name, workflow);
    QCOMPARE(workflows->front().className, std::string("ReviewApproval"));
    QVERIFY(!workflows->front().counts.empty());
    const auto workers =
        answerOf<std::vector<api::Worker>>([&](auto done) { m_backend->workers(this, done); });
    QVERIFY2(workers, qPrintable(reason(workers)));
    QCOMPARE(workers->front().name, workflow);
    const auto health = answerOf<api::EngineHealth>([&](auto done) { m_backend->health(this, done); });
    QVERIFY2(health, qPrintable(reason(health)));
}

void ExplorerTest::aReviewFromStartToEnd() {
    const auto id = trigger("review-1");
    QVERIFY2(id, qPrintable(reason(id)));
    QCOMPARE(*id, std::string("review-1"));
    QVERIFY(hasStep(*id, "review started-1"));
    QVERIFY(send(*id, "review-started"));
    QVERIFY(hasStep(*id, "approval-1"));
    QVERIFY(send(*id, "approved"));
    QVERIFY(isIn(*id, api::Status::complete));
    const auto end = detail(*id);
    QVERIFY2(end, qPrintable(reason(end)));
    QCOMPARE(end->params, std::string(R"({"document":"Plan","reviewer":"mia"})"));
    QVERIFY(end->output && end->output->find("\"approved\":true") != std::string::npos);
    QVERIFY(end->queued && end->start && end->end);
    const auto& first = end->steps.front();
    QCOMPARE(first.name, std::string("ask for a review-1"));
    QCOMPARE(first.state, api::StepState::complete);
    QCOMPARE(first.attempts.size(), std::size_t{1});
    QVERIFY(first.start && first.end && first.output);
    QCOMPARE(first.retryLimit, std::string("5"));
    QVERIFY(end->steps.at(1).kind == api::StepKind::waitForEvent);
    QCOMPARE(end->steps.at(1).state, api::StepState::complete);
}

void ExplorerTest::pausesAndResumes() {
    QVERIFY(trigger("pausing"));
    QVERIFY(hasStep("pausing", "review started-1"));
    const auto paused = change("pausing", Verb::pause);
    QVERIFY2(paused, qPrintable(reason(paused)));
    QVERIFY(isIn("pausing", api::Status::paused));
    const auto resumed = change("pausing", Verb::resume);
    QVERIFY2(resumed, qPrintable(reason(resumed)));
    QVERIFY(becomes("pausing", [](const auto& now) { return now.status != api::Status::paused; }));
    QVERIFY(send("pausing", "review-started"));
    QVERIFY(hasStep("pausing", "approval-1"));
}

void ExplorerTest::terminates() {
    QVERIFY(trigger("ending"));
    QVERIFY(hasStep("ending", "review started-1"));
    const auto status = change("ending", Verb::terminate);
    QVERIFY2(status, qPrintable(reason(status)));
    QVERIFY(*status == api::Status::terminated);
    QVERIFY(isIn("ending", api::Status::terminated));
    const auto restarted = change("ending", Verb::restart);
    QVERIFY2(restarted, qPrintable(reason(restarted)));
    QVERIFY(becomes("ending", [](const auto& now) { return !api::isFinal(now.status); }));
}

void ExplorerTest::restartsFromAStep() {
    const auto before = detail("review-1");
    QVERIFY2(before, qPrintable(reason(before)));
    const auto restarted =
        change("review-1", Verb::restart, Backend::RestartFrom{"review started", 1, "waitForEvent"});
    QVERIFY2(restarted, qPrintable(reason(restarted)));
    QVERIFY(becomes("review-1", [](const auto& now) { return !api::isFinal(now.status); }));
    QVERIFY(hasStep("review-1", "review started-1"));
    QVERIFY(send("review-1", "review-started"));
    QVERIFY(hasStep("review-1", "rejection-1"));
    QVERIFY(send("review-1", "rejected"));
    QVERIFY(becomes("review-1", [](const auto& now) {
        return now.output && now.output->find("\"approved\":false") != std::string::npos;
    }));
    // What came before the step was not done again.
    QCOMPARE(detail("review-1")->steps.front().start, before->steps.front().start);
}

void ExplorerTest::refusalsKeepTheirReason() {
    const auto missing = detail("nobody");
    QVERIFY(!missing);
    QVERIFY(reason(missing).contains("nobody"));
    // Older releases take an id a second time.
    const auto again = trigger("ending");
    QVERIFY(again || reason(again).contains("ending"));
    const auto wrong = change("ending", Verb::restart, Backend::RestartFrom{"no such step", 1, "do"});
    QVERIFY(!wrong);
    QVERIFY(reason(wrong).contains("no such step"));
    const auto versions =
        answerOf<std::vector<api::Version>>([&](auto done) { m_backend->versions(workflow, this, done); });
    QVERIFY(!versions);
    QCOMPARE(versions.error().code, api::code::noRoute);
}

void ExplorerTest::walksAndDeletes() {
    InstanceListQuery query;
    query.workflow = workflow;
    query.perPage = 2;
    query.cursor = "";
    std::vector<std::string> ids;
    do {
        const auto list = answerOf<InstanceList>([&](auto done) { m_backend->instances(query, this, done); });
        QVERIFY2(list, qPrintable(reason(list)));
        QVERIFY(list->total >= 3);
        for (const auto& row : list->rows)
            ids.push_back(row.id);
        query.cursor = list->cursor;
    } while (!query.cursor->empty());
    // Some more are listed: looking for an instance that there is not leaves one without a name there.
    for (const char* id : {"review-1", "pausing", "ending"})
        QCOMPARE(std::count(ids.begin(), ids.end(), id), 1);
    ids.push_back("never-seen");
    const auto outcome =
        answerOf<BatchOutcome>([&](auto done) { m_backend->deleteInstances(workflow, ids, this, done); });
    QVERIFY2(outcome, qPrintable(reason(outcome)));
    QVERIFY(outcome->done.size() >= 3);
    QVERIFY(!outcome->failures.empty());
    QCOMPARE(outcome->failures.back().id, std::string("never-seen"));
    QVERIFY(!detail("pausing"));
}

QTEST_GUILESS_MAIN(ExplorerTest)
#include "tst_explorer.moc"
