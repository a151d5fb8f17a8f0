#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/access/limits.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine::access;
using std::chrono::minutes;

namespace {

constexpr api::Time start{api::Milliseconds{1'800'000'000'000}};

}  // namespace

class LimitsTest : public QObject {
    Q_OBJECT

  private slots:
    void aKeyWaitsForTheEndOfItsWindow() {
        RateLimiter limiter(3, 10);
        for (int i = 0; i < 3; ++i)
            QVERIFY(!limiter.count("a", start + Seconds(i)));
        QCOMPARE(limiter.count("a", start + Seconds(10))->count(), std::int64_t{290});
        QVERIFY(!limiter.count("b", start + Seconds(10)));
        QCOMPARE(limiter.count("a", start + Seconds(299) + api::Milliseconds(999))->count(), std::int64_t{1});
        QVERIFY(!limiter.count("a", start + Seconds(300)));
    }

    void noLimitIsNone() {
        RateLimiter limiter(0, 10);
        for (int i = 0; i < 100; ++i)
            QVERIFY(!limiter.count("a", start));
    }

    void aClockThatWasSetBackLocksNobodyOut() {
        RateLimiter limiter(1, 10);
        QVERIFY(!limiter.count("a", start));
        QVERIFY(!limiter.count("a", start - std::chrono::hours(24)));
        Brake brake(10);
        for (int i = 0; i < 20; ++i)
            brake.failed("a", start);
        QVERIFY(brake.waits("a", start));
        QVERIFY(!brake.waits("a", start - std::chrono::hours(24)));
    }

    void theWaitGrowsWithEveryWrongCredential() {
        Brake brake(10);
        for (int i = 0; i < Brake::free; ++i) {
            QVERIFY(!brake.failed("a", start));
            QVERIFY(!brake.waits("a", start));
        }
        QVERIFY(brake.failed("a", start));
        auto now = start;
        for (const std::int64_t wait : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            QCOMPARE(brake.waits("a", now)->count(), wait);
            QVERIFY(!brake.waits("b", now));
            now += Seconds(wait);
            QVERIFY(!brake.waits("a", now));
            QVERIFY(!brake.failed("a", now));
        }
        now += minutes(15);
        QVERIFY(!brake.failed("a", now));
        QVERIFY(!brake.waits("a", now));
    }

    void memoryIsBounded() {
        RecentlyUsed<int> used(100);
        for (int i = 0; i < 10'000; ++i) {
            used.at(std::to_string(i)) = i;
            QCOMPARE(*used.find("0"), 0);  // it is used all the time, and stays
        }
        QCOMPARE(used.size(), std::size_t{100});
        QVERIFY(used.find("9999") != nullptr);
        QVERIFY(used.find("5000") == nullptr);
        used.erase("9999");
        QVERIFY(used.find("9999") == nullptr);
    }
};

QTEST_GUILESS_MAIN(LimitsTest)
#include "tst_limits.moc"
