#include "models/timeline/zoom.h"

#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace stepwell::timeline;

namespace {

bool near(double a, double b) {
    return std::abs(a - b) < 1e-6 * std::max(1.0, std::abs(b));
}

Range range(double from, double to) {
    return {Moment(from), Moment(to)};
}

}  // namespace

class Coordinates : public QObject {
    Q_OBJECT
  private slots:
    void pixelsAndTimeAreInverse() {
        const Scale scale{range(1000, 5000), 800};
        QCOMPARE(scale.x(Moment(1000)), 0.0);
        QCOMPARE(scale.x(Moment(5000)), 800.0);
        for (const double x : {0.0, 17.0, 400.5, 799.0})
            QVERIFY(near(scale.x(scale.at(x)), x));
    }

    void zoomKeepsTheAnchor() {
        const Range before = range(0, 10'000);
        for (const double factor : {0.5, 0.01, 3.0}) {
            const Range after = zoomed(before, factor, Moment(2500));
            QVERIFY(near((Scale{before, 900}.x(Moment(2500))), (Scale{after, 900}.x(Moment(2500)))));
            QVERIFY(near(after.length().count(), 10'000 * factor));
        }
        QVERIFY(zoomed(before, 1e-12, Moment(1)).length() >= shortestRange);
    }

    void clampKeepsLengthWhereItCan() {
        QCOMPARE(clamped(range(-500, 500), range(0, 2000)), range(0, 1000));
        QCOMPARE(clamped(range(1500, 2500), range(0, 2000)), range(1000, 2000));
        QCOMPARE(clamped(range(-1, 9000), range(0, 2000)), range(0, 2000));
    }

    void ticksAreAtHumanIntervals_data() {
        QTest::addColumn<double>("perPixel");
        QTest::addColumn<double>("interval");
        QTest::newRow("ms") << 0.05 << 5.0;
        QTest::newRow("half a second") << 4.0 << 500.0;
        QTest::newRow("15 s") << 130.0 << 15e3;
        QTest::newRow("30 s") << 290.0 << 30e3;
        QTest::newRow("minute") << 400.0 << 60e3;
        QTest::newRow("6 h") << 150e3 << 6 * 3600e3;
        QTest::newRow("day") << 700e3 << 24 * 3600e3;
        QTest::newRow("20 d") << 864e4 * 1.5 << 20 * 24 * 3600e3;
    }
    void ticksAreAtHumanIntervals() {
        QFETCH(double, perPixel);
        QFETCH(double, interval);
        QCOMPARE(tickInterval(Moment(perPixel), 80).count(), interval);
    }

    void tickLabels() {
        QCOMPARE(tickLabel(Moment(0), Moment(3000)), "0 s");
        QCOMPARE(tickLabel(Moment(3000), Moment(3000)), "3 s");
        QCOMPARE(tickLabel(Moment(2500), Moment(500)), "2.5 s");
        QCOMPARE(tickLabel(Moment(250), Moment(50)), "250 ms");
        QCOMPARE(tickLabel(Moment(90e3), Moment(30e3)), "1 min 30 s");
        QCOMPARE(tickLabel(Moment(3600e3), Moment(1800e3)), "1 h");
        QCOMPARE(tickLabel(Moment(26 * 3600e3), Moment(3600e3)), "1 d 2 h");
    }

    void ticksStayWithinTheRangeAndAreFew() {
        const auto found = ticks(range(-10, 61), Moment(20));
        QCOMPARE(found.size(), std::size_t(4));
        QCOMPARE(found.front(), Moment(0));
        QCOMPARE(found.back(), Moment(60));
        QCOMPARE(ticks(range(0, 1e12), Moment(1)).size(), std::size_t(1000));
    }

    void squeezeIsMonotonousContinuousAndReversible() {
        const Squeeze squeeze({range(100, 1100), range(1200, 1250), range(2000, 90'000)}, Moment(100));
        QCOMPARE(squeeze.cuts().size(), std::size_t(2));
        QCOMPARE(squeeze.shown(Moment(50)), Moment(50));
        QCOMPARE(squeeze.shown(Moment(100)), Moment(100));
        QCOMPARE(squeeze.shown(Moment(600)), Moment(150));
        QCOMPARE(squeeze.shown(Moment(1100)), Moment(200));
        QCOMPARE(squeeze.shown(Moment(1200)), Moment(300));
        QCOMPARE(squeeze.shown(Moment(90'000)), Moment(1200));
        Moment last{-1};
        for (double t = 0; t < 100'000; t += 77) {
            const Moment shown = squeeze.shown(Moment(t));
            QVERIFY(shown > last);
            QVERIFY(near(squeeze.real(shown).count(), t));
            last = shown;
        }
    }

    void noTickWithinACut() {
        const Squeeze squeeze({range(1000, 100'000)}, Moment(500));
        const auto found = ticks(squeeze, range(0, 3500), Moment(1000));
        QCOMPARE(found, (std::vector<Moment>{Moment(0), Moment(1000), Moment(100'000), Moment(101'000),
                                             Moment(102'000)}));
    }

    void foldingDependsOnTheWidth() {
        std::vector<Bar> bars;
        for (int i = 0; i < 100'000; ++i) {
            Bar bar;
            bar.start = Moment(i * 10);
            bar.end = Moment(i * 10 + 8);
            bar.state = i == 77'777 ? BarState::errored : BarState::complete;
            bars.push_back(bar);
        }
        const BarList list(bars);
        const auto all = foldBars(list, {}, {range(0, 1e6), 900}, Moment(1e6), 3);
        QVERIFY(all.size() <= 301);
        std::size_t covered = 0;
        int failed = 0;
        for (const Mark& mark : all) {
            covered += mark.count;
            failed += list.at(mark.bar).failed() ? 1 : 0;
        }
        QCOMPARE(covered, list.size());
        QCOMPARE(failed, 1);  // one failure among 100,000 is seen
        const auto near50 = foldBars(list, {}, {range(500'000, 500'100), 900}, Moment(1e6), 3);
        QCOMPARE(near50.size(), std::size_t(11));
        QCOMPARE(near50.front().count, std::size_t(1));
    }

    void aLongBarAmongShortOnesIsSeen() {
        std::vector<Bar> bars(50);
        for (std::size_t i = 0; i < bars.size(); ++i) {
            bars[i].start = Moment(static_cast<double>(i));
            bars[i].end = Moment(static_cast<double>(i) + (i == 20 ? 5000 : 0.5));
        }
        const BarList list(bars);
        bool seen = false;
        for (const Mark& mark : foldBars(list, {}, {range(0, 10'000), 100}, Moment(10'000), 3))
            seen = seen || mark.x1 - mark.x0 > 40;
        QVERIFY(seen);
        // Scrolled so that only the long one reaches into view.
        QCOMPARE(foldBars(list, {}, {range(3000, 4000), 100}, Moment(10'000), 3).size(), std::size_t(1));
    }

    void aFittedViewGrowsAndAZoomedOneStays() {
        Zoom zoom;
        zoom.setWhole(range(0, 10'000), true);
        QCOMPARE(zoom.range(), zoom.bounds());
        zoom.show(range(1000, 2000));
        QSignalSpy moved(&zoom, &Zoom::rangeChanged);
        zoom.setWhole(range(0, 20'000), true);
        QCOMPARE(zoom.range(), range(1000, 2000));
        QCOMPARE(moved.size(), 0);
        zoom.fit();
        zoom.setWhole(range(0, 30'000), true);
        QCOMPARE(zoom.range(), zoom.bounds());
    }

    void nowInViewKeepsItsPlace() {
        Zoom zoom;
        zoom.setWhole(range(0, 10'000), true);
        zoom.show(range(8000, 10'500));
        const double before = zoom.x(Moment(10'000), 1000);
        zoom.setWhole(range(0, 12'000), true);
        QVERIFY(near(zoom.x(Moment(12'000), 1000), before));
        QVERIFY(near(zoom.range().length().count(), 2500));
    }

    void squeezingKeepsTheVisibleTime() {
        Zoom zoom;
        zoom.setWhole(range(0, 100'000), false);
        zoom.show(range(50'000, 60'000));
        zoom.setSqueeze(Squeeze({range(1000, 40'000)}, Moment(500)));
        const Range real = zoom.squeeze().real(zoom.range());
        QVERIFY(near(real.from.count(), 50'000) && near(real.to.count(), 60'000));
    }

    void squeezedLengthIsStableWhileARunGrows() {
        const std::vector<Range> idle = {range(1000, 100'000)};
        QCOMPARE(squeezedLength(idle, range(0, 101'000)), squeezedLength(idle, range(0, 101'500)));
    }
};

QTEST_GUILESS_MAIN(Coordinates)
#include "tst_coordinates.moc"
