// User code that means no good, or does not work at all: each ends with an error that says what happened, and
// the instances beside it go on.
#include "tests/support/api_client.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

using namespace stepwell::test;

namespace {

QByteArray entrypoint(const char* body) {
    return QByteArray("import { WorkflowEntrypoint } from 'cloudflare:workers';\n"
                      "export class Flow extends WorkflowEntrypoint {\n  async run(event, step) {\n") +
           body + "\n  }\n}\nexport default { fetch: () => new Response('') };\n";
}

const QByteArray goodSource = entrypoint("let sum = 0;\n"
                                         "for (let i = 0; i < 10; ++i) {\n"
                                         "  sum += await step.do('add', async () => i);\n"
                                         "  await step.sleep('nap', 300);\n"
                                         "}\nreturn { sum };");

// In one script with the well-behaved: only the instance that is told to misbehaves.
const QByteArray mixedSource = entrypoint(
    "const mode = event.payload.mode;\n"
    "return step.do('work', { retries: { limit: 1, delay: 50 } }, async () => {\n"
    "  if (mode === 'loop') for (;;) {}\n"
    "  if (mode === 'allocate') { const all = []; for (;;) all.push(new Array(100000).fill(all.length)); }\n"
    "  if (mode === 'brackets') {\n"
    "    Array.prototype.join = () => '['.repeat(4e6) + ']'.repeat(4e6);\n"
    "    return (await this.env.WORKFLOW.get('any')).id;\n"
    "  }\n"
    "  if (mode === 'huge') return 'x'.repeat(30 * 1024 * 1024);\n"
    "  await new Promise((resolve) => setTimeout(resolve, 500));\n"
    "  return { mode };\n"
    "});");

QString errorOf(const Answer& instance) {
    const QJsonValue error = instance.result.toObject().value("error");
    return error["name"].toString() + ": " + error["message"].toString();
}

QString statusOf(const Answer& instance) {
    return instance.result.toObject().value("status").toString();
}

}  // namespace

class TestHostile : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase();
    void cleanupTestCase();
    void refusedUpload_data();
    void refusedUpload();
    void hostileInstance_data();
    void hostileInstance();
    void othersGoOn();

  private:
    QTemporaryDir folder_;
    std::unique_ptr<EngineProcess> engine_;
    ApiClient api_;
};

void TestHostile::initTestCase() {
    const QString data = folder_.filePath("data");
    QVERIFY(QDir().mkpath(data));
    engine_ = std::make_unique<EngineProcess>(data, QStringList{"--cpu-limit", "2"});
    QVERIFY2(engine_->start(), engine_->logTail());
    api_.connectTo(*engine_);
    Answer answer = api_.deploy({"good", goodSource, "Flow", "good"});
    QVERIFY2(answer.success, qPrintable(answer.message));
    answer = api_.deploy({"mixed", mixedSource, "Flow", "mixed"});
    QVERIFY2(answer.success, qPrintable(answer.message));
    QVERIFY(api_.trigger("good", "witness").success);
}

void TestHostile::cleanupTestCase() {
    QCOMPARE(engine_->stop(), 0);
}

void TestHostile::refusedUpload_data() {
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QString>("says");
    QTest::newRow("throws at import")
        << QByteArray("throw new RangeError('no import today');\nexport default {};") << "no import today";
    QTest::newRow("not JavaScript") << QByteArray("PK\x03\x04 this { is ( not a program") << "SyntaxError";
    QTest::newRow("bytes") << QByteArray("\x7f"
                                         "ELF\x02\x01\x01\0\0\0\0\0\xff\xfe",
                                         14)
                           << "";
    QTest::newRow("answers its import with brackets")
        << QByteArray("String.prototype.replaceAll = () => '['.repeat(2e5) + ']'.repeat(2e5);\n"
                      "export default {};")
        << "replaced";
    QTest::newRow("never ends its import") << QByteArray("for (;;) {}\nexport default {};") << "";
}

void TestHostile::refusedUpload() {
    QFETCH(QByteArray, source);
    QFETCH(QString, says);
    const Answer answer = api_.deploy({"refused", source, "Flow", "refused"});
    QVERIFY(!answer.success);
    QVERIFY2(answer.http >= 400 && answer.http < 500, qPrintable(QString::number(answer.http)));
    QCOMPARE(answer.code, 10021);
    QVERIFY2(!answer.message.isEmpty() && answer.message.contains(says), qPrintable(answer.message));
    // Nothing of it stays.
    QCOMPARE(api_.get("/workflows/refused").http, 404);
}

void TestHostile::hostileInstance_data() {
    QTest::addColumn<QString>("mode");
    QTest::addColumn<bool>("alone");
    QTest::addColumn<QString>("says");
    QTest::newRow("loop") << "loop" << false << "2 s";
    QTest::newRow("loop-alone") << "loop" << true << "2 s";
    QTest::newRow("allocate") << "allocate" << false << "memory";
    QTest::newRow("huge") << "huge" << false << "1MiB";
    // The last one: it spoils its process for whoever comes after it there.
    QTest::newRow("brackets") << "brackets" << true << "not understood";
}

void TestHostile::hostileInstance() {
    QFETCH(QString, mode);
    QFETCH(bool, alone);
    QFETCH(QString, says);
    const QString id = QTest::currentDataTag();
    // Beside it, in the same process, one that does nothing wrong.
    if (!alone) QVERIFY(api_.trigger("mixed", "beside-" + id, QJsonObject{{"mode", "fine"}}).success);
    QVERIFY(api_.trigger("mixed", id, QJsonObject{{"mode", mode}}).success);
    const Answer bad = api_.waitForEnd("mixed", id, 60'000);
    QCOMPARE(statusOf(bad), QString("errored"));
    QVERIFY2(errorOf(bad).contains(says), qPrintable(errorOf(bad)));
    // The timeline names the step that did it, and why its last attempt failed.
    const QJsonArray steps = bad.result.toObject().value("steps").toArray();
    QCOMPARE(steps.size(), 1);
    const QJsonObject step = steps[0].toObject();
    QCOMPARE(step["name"].toString(), QString("work-1"));
    QCOMPARE(step["stepwell"].toObject()["state"].toString(), QString("errored"));
    QVERIFY(!step["attempts"].toArray().isEmpty());
    const QJsonObject attempt = step["attempts"].toArray().last().toObject();
    QVERIFY(!attempt["success"].toBool(true));
    const QString reason = attempt["error"].toObject()["message"].toString();
    QVERIFY2(reason.contains(says), qPrintable(reason));
    if (alone) return;
    const Answer good = api_.waitForEnd("mixed", "beside-" + id, 60'000);
    QVERIFY2(statusOf(good) == "complete", qPrintable(errorOf(good)));
}

void TestHostile::othersGoOn() {
    const Answer witness = api_.waitForEnd("good", "witness", 20'000);
    QVERIFY2(statusOf(witness) == "complete", qPrintable(errorOf(witness)));
    QCOMPARE(witness.result.toObject().value("output").toString(), QString("{\"sum\":45}"));
    QVERIFY(api_.trigger("good", "later").success);
    QCOMPARE(statusOf(api_.waitForEnd("good", "later", 20'000)), QString("complete"));
}

QTEST_GUILESS_MAIN(TestHostile)
#include "test_hostile.moc"
