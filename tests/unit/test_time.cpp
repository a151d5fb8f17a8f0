#include "models/api/time.h"

#include <QtTest>

using namespace stepwell::api;

class TimeTest : public QObject {
    Q_OBJECT
  private slots:
    void writes();
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void roundTrips();
};

void TimeTest::writes() {
    QCOMPARE(toIso(Time{}), std::string("1970-01-01T00:00:00.000Z"));
    QCOMPARE(toIso(Time{Milliseconds{1'795'168'800'007}}), std::string("2026-11-20T10:00:00.007Z"));
    QCOMPARE(toIso(Time{Milliseconds{-1}}), std::string("1969-12-31T23:59:59.999Z"));
}

void TimeTest::reads_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("iso");
    const auto row = [](const char* text, const char* iso) {
        QTest::newRow(text) << QString(text) << QString(iso);
    };
    row("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z");
    row("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500Z");
    row("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123Z");
    row("2026-01-01T02:30:00+02:30", "2026-01-01T00:00:00.000Z");
    row("2025-12-31T22:00:00-0200", "2026-01-01T00:00:00.000Z");
    row("2026-01-01", "2026-01-01T00:00:00.000Z");
    row("2026-01-01 10:11", "2026-01-01T10:11:00.000Z");
    row("2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z");
}

void TimeTest::reads() {
    QFETCH(QString, text);
    QFETCH(QString, iso);
    const auto time = fromIso(text.toStdString());
    QVERIFY(time.has_value());
    QCOMPARE(QString::fromStdString(toIso(*time)), iso);
}

void TimeTest::refuses_data() {
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"", "yesterday", "2026-13-01", "2026-02-30T00:00:00Z", "2025-02-29", "2026-01-01T24:00:00Z",
          "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zjunk", "2026-1-1",
          "2026-01-01T00", "2026-01-01T00:00:00+25:00", "1795168800007"})
        QTest::newRow(text) << QString(text);
}

void TimeTest::refuses() {
    QFETCH(QString, text);
    QVERIFY(!fromIso(text.toStdString()).has_value());
}

void TimeTest::roundTrips() {
    for (std::int64_t ms = -5'000'000'000'000; ms < 5'000'000'000'000; ms += 86'400'000LL * 97 + 1'234'567) {
        const Time time{Milliseconds{ms}};
        QVERIFY(fromIso(toIso(time)) == std::optional(time));
    }
}

QTEST_GUILESS_MAIN(TimeTest)
#include "test_time.moc"
