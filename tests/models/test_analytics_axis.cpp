#include "models/analytics/axis.h"

#include <QtTest>

#include <cmath>

using namespace stepwell;
using namespace stepwell::analytics;

namespace {

QStringList labels(const std::vector<Tick>& ticks) {
    QStringList list;
    for (const auto& tick : ticks)
        list.append(tick.label);
    return list;
}

Chart dayOf(api::Milliseconds width, std::size_t buckets, const char* from) {
    Chart chart;
    chart.width = width;
    for (std::size_t i = 0; i < buckets; ++i)
        chart.starts.push_back(*api::fromIso(from) + width * static_cast<int>(i));
    return chart;
}

}  // namespace

class AnalyticsAxisTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { qputenv("TZ", "Europe/Berlin"); }
    void valuesAreWrittenForPeople();
    void valueTicksAreRoundAndFew();
    void timeTicksAreLocal();
    void spansNameTheDayOnce();
    void gapsEndRuns();
    void manyValuesKeepTheirExtremes();
    void findsTheBucketUnderThePointer();
};

void AnalyticsAxisTest::valuesAreWrittenForPeople() {
    QCOMPARE(valueText(12'840, Unit::count), QString("12,840"));
    QCOMPARE(valueText(99.62, Unit::percent), QString("99.62 %"));
    QCOMPARE(valueText(100, Unit::percent), QString("100 %"));
    QCOMPARE(valueText(0.42, Unit::milliseconds), QString("0.4 ms"));
    QCOMPARE(valueText(8'400, Unit::milliseconds), QString("8.4 s"));
    QCOMPARE(valueText(4'812'004, Unit::bytes), QString("4.8 MB"));
    QCOMPARE(valueText(gap, Unit::count), QString("–"));
    QCOMPARE(exactText(1'204.56, Unit::milliseconds), QString("1,204.56 ms"));
    QCOMPARE(exactText(4'812'004, Unit::bytes), QString("4,812,004 bytes"));
}

void AnalyticsAxisTest::valueTicksAreRoundAndFew() {
    QCOMPARE(labels(valueTicks(0, 27, Unit::count, 3)), (QStringList{"0", "10", "20", "30"}));
    QCOMPARE(labels(valueTicks(0, 1, Unit::count, 4)), (QStringList{"0", "1"}));
    QCOMPARE(labels(valueTicks(0, 0, Unit::count, 4)), (QStringList{"0", "1"}));
    QCOMPARE(labels(valueTicks(0, 150'000, Unit::milliseconds, 3)),
             (QStringList{"0", "1 min", "2 min", "3 min"}));
    QCOMPARE(labels(valueTicks(3, 9, Unit::percent, 3)), (QStringList{"0 %", "50 %", "100 %"}));
    QCOMPARE(labels(valueTicks(96, 99, Unit::percent, 3)), (QStringList{"90 %", "95 %", "100 %"}));
    QCOMPARE(labels(valueTicks(0, 14'000, Unit::milliseconds, 3)), (QStringList{"0", "5 s", "10 s", "15 s"}));
    for (double largest = 0.003; largest < 1e9; largest *= 3.7) {
        const auto ticks = valueTicks(0, largest, Unit::milliseconds, 4);
        QVERIFY(ticks.size() >= 2 && ticks.size() <= 5);
        QVERIFY(ticks.back().at >= largest * (1 - 1e-9));
    }
}

void AnalyticsAxisTest::timeTicksAreLocal() {
    using namespace std::chrono_literals;
    // Midnight in Berlin is 23:00 UTC.
    const auto day = dayOf(15min, 96, "2026-11-19T23:00:00Z");
    const auto ticks = timeTicks(day, 500, 74);
    QCOMPARE(labels(ticks), (QStringList{"20 Nov", "06:00", "12:00", "18:00", "21 Nov"}));
    QCOMPARE(ticks[1].at, 24.0);
    const auto odd = dayOf(1min, 60, "2026-11-20T08:07:00Z");
    QCOMPARE(labels(timeTicks(odd, 300, 60)), (QStringList{"09:15", "09:30", "09:45", "10:00"}));
    QVERIFY(timeTicks(dayOf(1h, 744, "2026-10-20T00:00:00Z"), 400, 70).size() <= 6);
    QVERIFY(timeTicks(Chart{}, 400, 70).empty());
}

void AnalyticsAxisTest::spansNameTheDayOnce() {
    const auto at = [](const char* text) { return *api::fromIso(text); };
    QCOMPARE(spanText(at("2026-11-20T08:00:00Z"), at("2026-11-20T08:15:00Z")),
             QString("20 Nov 09:00 – 09:15"));
    QCOMPARE(spanText(at("2026-11-20T22:30:00Z"), at("2026-11-20T23:00:00Z")),
             QString("20 Nov 23:30 – 00:00"));
    QCOMPARE(spanText(at("2026-11-20T22:30:00Z"), at("2026-11-20T23:30:00Z")),
             QString("20 Nov 23:30 – 21 Nov 00:30"));
    QCOMPARE(spanText(at("2026-11-19T23:00:00Z"), at("2026-11-20T23:00:00Z")), QString("20 Nov"));
}

void AnalyticsAxisTest::gapsEndRuns() {
    const auto runs = runsOf({1, 2, gap, 3, gap, gap, 4, 5}, 100);
    QCOMPARE(runs.size(), std::size_t{3});
    QCOMPARE(runs[1], (Run{{3, 3}}));
    QCOMPARE(runs[2], (Run{{6, 4}, {7, 5}}));
    QVERIFY(runsOf({gap, gap}, 10).empty());
    QVERIFY(runsOf({}, 10).empty());
}

void AnalyticsAxisTest::manyValuesKeepTheirExtremes() {
    std::vector<double> values(44'640);  // a month by minute
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = std::sin(static_cast<double>(i) / 300) + 2;
    values[31'111] = 90;
    values[40'000] = 0;
    const auto runs = runsOf(values, 500);
    QCOMPARE(runs.size(), std::size_t{1});
    QVERIFY(runs[0].size() <= 4 * 500);
    const auto holds = [&](Point point) {
        return std::find(runs[0].begin(), runs[0].end(), point) != runs[0].end();
    };
    QVERIFY(holds({31'111, 90}));
    QVERIFY(holds({40'000, 0}));
    QVERIFY(holds({0, values.front()}));
    QVERIFY(holds({values.size() - 1, values.back()}));
    QVERIFY(std::is_sorted(runs[0].begin(), runs[0].end(),
                           [](const Point& a, const Point& b) { return a.index < b.index; }));
}

void AnalyticsAxisTest::findsTheBucketUnderThePointer() {
    QCOMPARE(*bucketAt(0, 100, 10), std::size_t{0});
    QCOMPARE(*bucketAt(99.9, 100, 10), std::size_t{9});
    QCOMPARE(*bucketAt(-20, 100, 10), std::size_t{0});
    QCOMPARE(*bucketAt(500, 100, 10), std::size_t{9});
    QVERIFY(!bucketAt(5, 100, 0));
}

QTEST_GUILESS_MAIN(AnalyticsAxisTest)
#include "test_analytics_axis.moc"
