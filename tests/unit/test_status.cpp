#include "models/api/status.h"

#include <QtTest>

using namespace stepwell::api;

class StatusTest : public QObject {
    Q_OBJECT
  private slots:
    void namesAreThoseOfTheApi();
    void numbersAreThoseOnDisk();
    void unknownNamesAreNothing();
    void threeAreFinal();
};

void StatusTest::namesAreThoseOfTheApi() {
    const QStringList expected{"queued",   "running",         "paused",  "errored",    "terminated",
                               "complete", "waitingForPause", "waiting", "rollingBack"};
    QStringList names;
    for (const auto status : allStatuses) {
        names << QString::fromStdString(std::string(toString(status)));
        QVERIFY(statusFrom(toString(status)) == std::optional(status));
    }
    QCOMPARE(names, expected);
    QCOMPARE(toString(StepKind::sleepUntil), std::string_view("sleep"));
}

/// They are stored; a changed number would make old databases lie.
void StatusTest::numbersAreThoseOnDisk() {
    for (int number = 0; number < 9; ++number)
        QCOMPARE(static_cast<int>(allStatuses.at(number)), number);
    QCOMPARE(static_cast<int>(TriggerSource::cron), 3);
    QCOMPARE(static_cast<int>(StepKind::waitForEvent), 3);
    QCOMPARE(toString(StepKind::rollback), std::string_view("rollback"));
    QCOMPARE(static_cast<int>(StepKind::rollback), 4);
    QCOMPARE(static_cast<int>(Backoff::exponential), 2);
}

void StatusTest::unknownNamesAreNothing() {
    for (const char* name : {"", "unknown", "Running", "done"})
        QVERIFY(!statusFrom(name));
    QVERIFY(triggerSourceFrom("cron") == TriggerSource::cron);
    QVERIFY(triggerSourceFrom("carrier pigeon") == TriggerSource::unknown);
    QVERIFY(!backoffFrom("cubic"));
    QVERIFY(backoffFrom("linear") == std::optional(Backoff::linear));
}

void StatusTest::threeAreFinal() {
    int finals = 0;
    for (const auto status : allStatuses)
        finals += isFinal(status) ? 1 : 0;
    QCOMPARE(finals, 3);
    QVERIFY(isFinal(Status::terminated));
    QVERIFY(!isFinal(Status::rollingBack));
    QVERIFY(!isFinal(Status::unknown));
}

QTEST_GUILESS_MAIN(StatusTest)
#include "test_status.moc"
