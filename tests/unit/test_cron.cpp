#include "models/api/cron.h"

#include <QTest>

using namespace stepwell::api;

class CronTest : public QObject {
    Q_OBJECT

    static QStringList firings(const char* expression, const char* after, int count) {
        const auto cron = Cron::parse(expression);
        if (!cron) return {QString::fromStdString(cron.error().message)};
        QStringList times;
        auto time = *fromIso(after);
        for (int i = 0; i < count; ++i) {
            const auto next = cron->next(time);
            if (!next) break;
            times << QString::fromStdString(toIso(*next)).left(16);
            time = *next;
        }
        return times;
    }

  private slots:
    void fires_data() {
        QTest::addColumn<QByteArray>("cron");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QStringList>("times");
        const auto row = [](const char* cron, const char* after, const QStringList& times) {
            QTest::newRow(cron) << QByteArray(cron) << QByteArray(after) << times;
        };
        const auto* year = "2026-01-01T00:00:00Z";
        row("* * * * *", "2026-01-01T00:00:59.999Z", {"2026-01-01T00:01", "2026-01-01T00:02"});
        row("*/30 * * * *", year, {"2026-01-01T00:30", "2026-01-01T01:00"});
        row("5/20 1,3 * jan-mar *", year,
            {"2026-01-01T01:05", "2026-01-01T01:25", "2026-01-01T01:45", "2026-01-01T03:05"});
        row("0 23 31 12 *", "2026-12-31T23:00:00Z", {"2027-12-31T23:00"});
        row("0 0 29 2 *", year, {"2028-02-29T00:00", "2032-02-29T00:00"});
        row("0 17 * * 1", year, {"2026-01-04T17:00", "2026-01-11T17:00"});
        row("10 7 * * MON-fri", "2026-01-02T08:00:00Z", {"2026-01-05T07:10", "2026-01-06T07:10"});
        row("0 0 * * fri-sun", year,
            {"2026-01-02T00:00", "2026-01-03T00:00", "2026-01-04T00:00", "2026-01-09T00:00"});
        row("0 18 * * friL", year, {"2026-01-30T18:00", "2026-02-27T18:00"});
        row("0 0 * * 6#2", year, {"2026-01-09T00:00", "2026-02-13T00:00"});
        row("0 0 L * *", year, {"2026-01-31T00:00", "2026-02-28T00:00"});
        row("0 0 L-3 * *", year, {"2026-01-28T00:00", "2026-02-25T00:00"});
        row("59 23 LW * *", year, {"2026-01-30T23:59", "2026-02-27T23:59"});
        row("0 0 15W * *", year, {"2026-01-15T00:00", "2026-02-16T00:00"});
        row("0 0 1W 8 *", year, {"2026-08-03T00:00"});
        row("0 0 13 * fri", year, {"2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00"});
        row("0 0 30 2 *", year, {});
    }
    void fires() {
        QFETCH(QByteArray, cron);
        QFETCH(QByteArray, after);
        QFETCH(QStringList, times);
        QCOMPARE(firings(cron, after, std::max(1, static_cast<int>(times.size()))), times);
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("cron");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* cron, const char* says) {
            QTest::newRow(cron) << QByteArray(cron) << QByteArray(says);
        };
        row("", "five");
        row("* * * *", "4 fields");
        row("* * * * * *", "6 fields");
        row("60 * * * *", "minute \"60\"");
        row("* 24 * * *", "hour");
        row("* * 0 * *", "day of the month");
        row("* * * 13 *", "month \"13\"");
        row("* * * * 0", "1 is SUN");
        row("* * * * 8", "day of the week");
        row("*/0 * * * *", "minute");
        row("-1 * * * *", "minute");
        row("1-2-3 * * * *", "minute");
        row("1,,2 * * * *", "minute");
        row("LW * * * *", "minute");
        row("* * 32W * *", "day of the month");
        row("* * * * 6#6", "day of the week");
        row("* * * foo *", "month \"FOO\"");
    }
    void refuses() {
        QFETCH(QByteArray, cron);
        QFETCH(QByteArray, says);
        const auto parsed = Cron::parse(cron.toStdString());
        QVERIFY(!parsed);
        QVERIFY2(parsed.error().message.find(says.toStdString()) != std::string::npos,
                 parsed.error().message.c_str());
    }

    void checksAList() {
        const Time now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
        const auto says = [now](std::vector<std::string> crons) {
            const auto fine = checkCrons(crons, now);
            return fine ? std::string() : fine.error().message;
        };
        QCOMPARE(says({}), std::string());
        QCOMPARE(says({"0 6 * * *", "0 7 * * *"}), std::string());
        QVERIFY(says({"0 6 * * *", "60 * * * *"}).find("minute") != std::string::npos);
        QCOMPARE(says({"0 0 30 2 *"}),
                 std::string("The cron \"0 0 30 2 *\" never runs: there is no such day."));
        QCOMPARE(says({"0 6 * * *", "0 6 * * *"}), std::string("The cron \"0 6 * * *\" is listed twice."));
    }
};

QTEST_GUILESS_MAIN(CronTest)
#include "test_cron.moc"
