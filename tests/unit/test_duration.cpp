#include "models/api/duration.h"

#include <QtTest>

using namespace stepwell::api;

class DurationTest : public QObject {
    Q_OBJECT
  private slots:
    void readsTheGrammar_data();
    void readsTheGrammar();
    void refuses_data();
    void refuses();
    void speaksHuman_data();
    void speaksHuman();
    void whatPeopleReadIsNeverOutOfRange();
};

void DurationTest::readsTheGrammar_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("ms");
    const auto row = [](const char* text, qint64 ms) { QTest::newRow(text) << QString(text) << ms; };
    row("5", 5);
    row("0", 0);
    row("1 second", 1'000);
    row("2 seconds", 2'000);
    row("1 minute", 60'000);
    row("1 hour", 3'600'000);
    row("1 day", 86'400'000);
    row("1 week", 604'800'000);
    row("1 month", 2'592'000'000);
    row("1 year", 31'557'600'000);
    row("10 minutes", 600'000);
    row("1.5 hours", 5'400'000);
    row(".5 seconds", 500);
    row("-5 seconds", -5'000);
    row("+5 seconds", 5'000);
    row("0.0004 seconds", 0);
    row("0.0006 seconds", 1);
    row("1e3", 1'000);
    row("3   days", 259'200'000);
}

void DurationTest::readsTheGrammar() {
    QFETCH(QString, text);
    QFETCH(qint64, ms);
    const auto read = parseDuration(text.toStdString());
    QVERIFY(read.has_value());
    QCOMPARE(static_cast<qint64>(read->count()), ms);
}

void DurationTest::refuses_data() {
    QTest::addColumn<QString>("text");
    // The last group is where the original guesses milliseconds; guessing hides typing errors.
    for (const char* text : {"",
                             " ",
                             "5s",
                             "1 day 2 hours",
                             " 5 seconds",
                             "5 seconds ",
                             "i like trains",
                             "seconds",
                             "5 ",
                             "nan",
                             "inf",
                             "Infinity",
                             "1 000 seconds",
                             "--5 seconds",
                             "+-5 seconds",
                             "9e99 years",
                             "300000 years",
                             "5 secondss",
                             "5 trains",
                             "5 Seconds",
                             "5 s",
                             "5 ms",
                             "0x10 seconds"})
        QTest::newRow(text) << QString(text);
}

void DurationTest::refuses() {
    QFETCH(QString, text);
    QVERIFY(!parseDuration(text.toStdString()).has_value());
}

void DurationTest::speaksHuman_data() {
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    const auto row = [](qint64 ms, const char* text) { QTest::newRow(text) << ms << QString(text); };
    row(-3, "0 ms");
    row(182, "182 ms");
    row(999, "999 ms");
    row(1'000, "1.0 s");
    row(1'240, "1.2 s");
    row(59'949, "59.9 s");
    row(60'000, "1 min");
    row(124'000, "2 min 4 s");
    row(3'600'000, "1 h");
    row(11'100'000, "3 h 5 min");
    row(86'400'000, "1 d");
    row(3 * 86'400'000LL, "3 d");
    row(86'400'000 + 7'200'000, "1 d 2 h");
}

void DurationTest::speaksHuman() {
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(humanDuration(Milliseconds{ms})), text);
}

/// Rounding at the seams must not say "60.0 s" or "60 min".
void DurationTest::whatPeopleReadIsNeverOutOfRange() {
    const QRegularExpression wrong(QStringLiteral(R"(\b(60 (s|min)|60\.0 s|24 h|1000 ms))"));
    for (const qint64 seam : {1'000LL, 60'000LL, 3'600'000LL, 86'400'000LL})
        for (qint64 ms = seam - 700; ms < seam + 700; ++ms) {
            const auto text = QString::fromStdString(humanDuration(Milliseconds{ms}));
            QVERIFY2(!wrong.match(text).hasMatch(), qPrintable(text));
        }
}

QTEST_GUILESS_MAIN(DurationTest)
#include "test_duration.moc"
