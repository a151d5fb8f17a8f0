// kill -9 at random moments, of the engine and of the runtime processes alone, while instances with retries,
// parallel steps, sleeps and event waits run, and while they are paused, resumed, terminated and restarted.
// Afterwards every instance has ended as it would have without the kills.
#include "tests/crash/journal.h"
#include "tests/crash/verbs.h"
#include "tests/support/http_sink.h"
#include "tests/support/process_tree.h"

#include <QFile>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>

#include <signal.h>

using namespace stepwell::test;

namespace {

const QString workflow = QStringLiteral("crash");
constexpr int idsPerBatch = 100;
constexpr int endTimeoutMs = 90'000;

struct Plan {
    int instances = 80;
    int rounds = 20;
    int kills = 270;
};

QString idOf(int n) {
    return QStringLiteral("crash-%1").arg(n);
}

int expectedSum(int n, int rounds) {
    int sum = n;
    for (int round = 1; round <= rounds; ++round)
        sum += 2 * round + 1;
    return n % 7 == 0 ? sum + 5 : sum;
}

/// Printed, and taken from STEPWELL_SEED when that is set: the same seed draws the same moments.
QRandomGenerator seeded() {
    bool given = false;
    auto seed = qEnvironmentVariable("STEPWELL_SEED").toUInt(&given);
    if (!given) seed = QRandomGenerator::system()->generate();
    qInfo("seed %u (set STEPWELL_SEED to draw the same moments)", seed);
    return QRandomGenerator(seed);
}

/// How many moments; STEPWELL_KILLS asks for more, or for fewer.
int momentsAsked(int otherwise) {
    bool given = false;
    const int asked = qEnvironmentVariableIntValue("STEPWELL_KILLS", &given);
    return given ? asked : otherwise;
}

}  // namespace

class TestKill : public QObject {
    Q_OBJECT

  private slots:
    void init();
    void cleanup();
    void engineKilled();
    void runtimeKilled();

  private:
    void begin(const Plan& plan);
    void createInstances(const Plan& plan);
    int nextPause();
    void noteCompleteSteps(int instances);
    void killEngine(bool duringStart);
    bool killRuntimes();
    void checkEnds(const Plan& plan);
    void checkEnd(const Plan& plan, int n);
    bool allEnded(const Plan& plan);
    bool allAnswered() const { return !verbs_ || !verbs_->anyUnanswered(); }

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<EngineProcess> engine_;
    std::unique_ptr<HttpSink> sink_;
    Journal journal_;
    ApiClient api_;
    QRandomGenerator random_;
    std::unique_ptr<Verbs> verbs_;
};

void TestKill::init() {
    random_ = seeded();
    journal_ = {};
    verbs_.reset();
    folder_ = std::make_unique<QTemporaryDir>();
    QVERIFY(folder_->isValid());
    const QString data = folder_->filePath("data");
    QVERIFY(QDir().mkpath(data));
    sink_ = std::make_unique<HttpSink>([this](const QByteArray& target) { journal_.take(target); });
    QVERIFY(sink_->isListening());
    engine_ = std::make_unique<EngineProcess>(data);
}

void TestKill::cleanup() {
    if (QTest::currentTestFailed() && engine_)
        qWarning() << "engine log ends with:" << engine_->logTail().constData();
    if (engine_) QCOMPARE(engine_->stop(), 0);
    engine_.reset();
    sink_.reset();
    folder_.reset();
}

void TestKill::begin(const Plan& plan) {
    QVERIFY2(engine_->start(), engine_->logTail());
    api_.connectTo(*engine_);
    QFile source(WORKFLOW_FILE);
    QVERIFY(source.open(QIODevice::ReadOnly));
    const Answer deployed = api_.deploy({"crash", source.readAll(), "Crash", workflow});
    QVERIFY2(deployed.success, qPrintable(deployed.message));
    createInstances(plan);
}

void TestKill::createInstances(const Plan& plan) {
    for (int first = 0; first < plan.instances; first += idsPerBatch) {
        QJsonArray batch;
        for (int n = first; n < std::min(first + idsPerBatch, plan.instances); ++n) {
            const QJsonObject params{{"n", n}, {"sink", sink_->url()}, {"rounds", plan.rounds}};
            batch.append(QJsonObject{{"instance_id", idOf(n)}, {"params", params}});
        }
        const Answer created = api_.post("/workflows/" + workflow + "/instances/batch", batch);
        QVERIFY2(created.success, qPrintable(created.message));
    }
    for (int n = 0; n < plan.instances; n += 7) {
        const Answer sent = api_.post("/workflows/" + workflow + "/instances/" + idOf(n) + "/events/go",
                                      QJsonObject{{"add", 5}});
        QVERIFY2(sent.success, qPrintable(sent.message));
    }
}

// What the API has called complete is promised to have been stored.
void TestKill::noteCompleteSteps(int instances) {
    const int n = random_.bounded(instances);
    const QJsonArray steps = api_.instance(workflow, idOf(n)).result.toObject().value("steps").toArray();
    QString mark;
    for (const auto& value : steps) {
        const QJsonObject step = value.toObject();
        if (step["type"].toString() != "step" || !step["success"].toBool()) continue;
        const QString name = step["name"].toString();
        if (name.startsWith("begin-"))
            mark = step["output"].toString().remove('"');
        else
            journal_.sawComplete(n, mark, name);
    }
}

/// Most kills come soon after a start, some when much is under way.
int TestKill::nextPause() {
    const int draw = random_.bounded(10);
    return draw < 4   ? random_.bounded(5, 60)
           : draw < 8 ? random_.bounded(60, 250)
                      : random_.bounded(250, 600);
}

void TestKill::killEngine(bool duringStart) {
    const auto tree = processTree(engine_->pid());
    engine_->killNow();
    for (const auto& process : tree)
        QTRY_VERIFY2_WITH_TIMEOUT(!isRunning(process.pid), qPrintable(process.name + " outlived its engine"),
                                  10'000);
    QTRY_VERIFY2_WITH_TIMEOUT(allAnswered(), "a request to a dead engine goes on", 10'000);
    if (verbs_) verbs_->engineDied();
    engine_->launch();
    if (duringStart) {
        QTest::qWait(random_.bounded(150));
        engine_->killNow();
        engine_->launch();
    }
    QVERIFY2(engine_->waitReady(), engine_->logTail());
    api_.connectTo(*engine_);
}

bool TestKill::killRuntimes() {
    bool killed = false;
    for (const auto& process : processTree(engine_->pid())) {
        if (process.name != "workerd") continue;
        ::kill(static_cast<pid_t>(process.pid), SIGKILL);
        killed = true;
    }
    return killed;
}

bool TestKill::allEnded(const Plan& plan) {
    qint64 ended = 0;
    const auto counts = api_.counts(workflow);
    for (auto it = counts.begin(); it != counts.end(); ++it)
        ended += isFinal(it.key()) ? it.value() : 0;
    return ended == plan.instances;
}

void TestKill::checkEnd(const Plan& plan, int n) {
    const QJsonObject got = api_.instance(workflow, idOf(n)).result.toObject();
    const QByteArray whose = idOf(n).toUtf8() + ": " + ApiClient::toJson(got).left(1'500);
    const bool doomed = n % 10 == 0;
    const bool isTerminated = got["status"].toString() == "terminated";
    QVERIFY2(isTerminated ? verbs_ && verbs_->mayBeTerminated(n) : !(verbs_ && verbs_->mustBeTerminated(n)),
             whose);
    if (isTerminated) return;
    QVERIFY2(got["status"].toString() == (doomed ? "errored" : "complete"), whose);
    if (doomed) {
        QVERIFY2(got["error"]["message"].toString() == QStringLiteral("doomed %1").arg(n), whose);
        QVERIFY2(journal_.runs(n, "doomed-1") >= 3, whose);
    } else {
        const auto output = QJsonDocument::fromJson(got["output"].toString().toUtf8()).object();
        QVERIFY2(output["sum"].toInt() == expectedSum(n, plan.rounds), whose);
    }
    const int steps = 3 + plan.rounds * 5 + 1 + (n % 7 == 0 ? 1 : 0) + (doomed ? 1 : 0);
    QVERIFY2(got["steps"].toArray().size() == steps, whose);
    for (int round = 1; round <= plan.rounds; ++round)
        QVERIFY2(journal_.runs(n, QStringLiteral("right-%1").arg(round)) >= 1, whose);
}

void TestKill::checkEnds(const Plan& plan) {
    QTRY_VERIFY2_WITH_TIMEOUT(allEnded(plan), "instances were lost or hang", endTimeoutMs);
    for (int n = 0; n < plan.instances && !QTest::currentTestFailed(); ++n)
        checkEnd(plan, n);
    QVERIFY2(journal_.violations().isEmpty(), qPrintable(journal_.violations().join('\n')));
    qInfo("%d step executions reported", journal_.total());
}

void TestKill::engineKilled() {
    Plan plan;
    plan.kills = momentsAsked(plan.kills);
    begin(plan);
    verbs_ = std::make_unique<Verbs>(api_, journal_, random_, plan.instances);
    int kills = 0;
    while (kills < plan.kills) {
        QTest::qWait(nextPause());
        noteCompleteSteps(plan.instances);
        for (int i = 0; i < 2; ++i)
            verbs_->sendOne();
        const bool killsBeforeTheAnswer = random_.bounded(2) == 0;
        if (!killsBeforeTheAnswer) QTRY_VERIFY_WITH_TIMEOUT(allAnswered(), 10'000);
        QVERIFY2(!allEnded(plan), "everything ended before the last kill: the workload is too small");
        const bool duringStart = random_.bounded(10) == 0;
        killEngine(duringStart);
        if (QTest::currentTestFailed()) return;
        kills += duringStart ? 2 : 1;
    }
    qInfo("%d kills; answered: %s", kills, qPrintable(verbs_->summary()));
    verbs_->letAllGoOn();
    checkEnds(plan);
}

void TestKill::runtimeKilled() {
    Plan plan{100, 9, 30};
    plan.kills = momentsAsked(plan.kills);
    begin(plan);
    int kills = 0;
    while (kills < plan.kills && !allEnded(plan)) {
        QTest::qWait(random_.bounded(50, 300));
        noteCompleteSteps(plan.instances);
        if (killRuntimes()) ++kills;
    }
    QCOMPARE(kills, plan.kills);
    checkEnds(plan);
}

QTEST_GUILESS_MAIN(TestKill)
#include "test_kill.moc"
