#include "app/engine/http/pace.h"

#include <QTest>

using namespace stepwell::engine::http;
using std::chrono::seconds;
using Wait = Pace::Wait;

class PaceTest : public QObject {
    Q_OBJECT

    const PaceTime zero_{};
    const PaceLimits limits_{};  // head 15 s, idle 60 s, body 30 s, grace 20 s, 512 bytes a second

    PaceTime at(int second) const { return zero_ + seconds(second); }

  private slots:
    void theFirstHeadCountsFromTheConnection() {
        Pace pace;
        pace.wait(Wait::firstHead, zero_);
        QCOMPARE(pace.late(at(15), limits_, true), Late::no);
        QCOMPARE(pace.late(at(16), limits_, true), Late::head);
        QCOMPARE(pace.late(at(16), limits_, false), Late::idle);
    }

    void theNextHeadCountsFromItsFirstByte() {
        Pace pace;
        pace.wait(Wait::nextHead, zero_);
        QCOMPARE(pace.late(at(50), limits_, false), Late::no);
        QCOMPARE(pace.late(at(50), limits_, true), Late::no);
        QCOMPARE(pace.late(at(65), limits_, true), Late::no);
        QCOMPARE(pace.late(at(66), limits_, true), Late::head);
        pace.wait(Wait::nextHead, at(100));
        QCOMPARE(pace.late(at(161), limits_, false), Late::idle);
    }

    void aBodyNeedsItsAverageOnceTheGraceIsOver() {
        Pace pace;
        for (int second = 0; second < 20; ++second) {
            pace.wait(Wait::body, at(second));
            pace.progress(1, at(second + 1));
        }
        pace.wait(Wait::body, at(20));
        QCOMPARE(pace.late(at(20), limits_, false), Late::no);
        QCOMPARE(pace.late(at(21), limits_, false), Late::body);
        pace.progress(1'000'000, at(21));
        pace.wait(Wait::body, at(21));
        QCOMPARE(pace.late(at(22), limits_, false), Late::no);
        QCOMPARE(pace.late(at(52), limits_, false), Late::body);
    }

    void timeOfTheServerIsNotTheClients() {
        BodyPace pace;
        pace.wait(zero_);
        pace.got(1'000, at(1));
        QVERIFY(!pace.isLate(at(1'000), limits_));
        pace.wait(at(1'000));
        QVERIFY(!pace.isLate(at(1'010), limits_));
        QVERIFY(pace.isLate(at(1'031), limits_));
    }

    void anAnswerMayTakeLongAsLongAsItMoves() {
        Pace pace;
        pace.wait(Wait::write, zero_);
        for (int second = 0; second < 600; second += 30) {
            QCOMPARE(pace.late(at(second), limits_, false), Late::no);
            pace.progress(0, at(second));
        }
        QCOMPARE(pace.late(at(601), limits_, false), Late::write);
        pace.nothing();
        QCOMPARE(pace.late(at(10'000), limits_, false), Late::no);
    }
};

QTEST_GUILESS_MAIN(PaceTest)
#include "tst_pace.moc"
