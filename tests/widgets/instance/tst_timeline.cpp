#include "tests/widgets/instance/run_data.h"
#include "widgets/timeline/hover_card.h"
#include "widgets/timeline/timeline_header.h"
#include "widgets/timeline/timeline_view.h"

#include <QLabel>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>

using namespace stepwell;
using namespace stepwell::timeline;

namespace {

/// A view on a run, with a clock of its own that stands still.
struct Shown {
    explicit Shown(api::InstanceDetail detail)
        : run(std::move(detail)) {
        view.setClock([this] { return now; });
        view.setDetail(&run);
        view.resize(1000, 420);
        view.show();
        view.activateWindow();
        view.setFocus();
    }
    void wheel(QPoint at, int delta, Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(at, view.viewport()->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(view.viewport(), &event);
    }
    QPoint at(int step, double ms) {
        const auto row = view.layoutOfRun().find({RowKind::step, step, 0});
        return {static_cast<int>(view.xOf(Moment(ms))), view.rowRect(*row).center().y()};
    }
    std::optional<RowId> selection() { return view.zoom().selection(); }

    api::Time now = *api::fromIso("2026-11-20T09:00:19.000Z");
    api::InstanceDetail run;
    TimelineView view;
};

api::InstanceDetail order() {
    return test::orderRun(*api::fromIso("2026-11-20T09:00:19.000Z"));
}

RowId stepRow(int index) {
    return {RowKind::step, index, 0};
}

/// A running run of `count` steps that fold into nothing.
api::InstanceDetail growing(int count) {
    auto run = test::longRun(count, 1);
    run.status = api::Status::running;
    run.end.reset();
    for (std::size_t i = 0; i < run.steps.size(); ++i)
        run.steps[i].name = std::string(i % 2 == 0 ? "even-" : "odd-") + std::to_string(i);
    return run;
}

}  // namespace

class TimelineTest : public QObject {
    Q_OBJECT
  private slots:
    void clickSelectsAndTellsWhat() {
        Shown shown(order());
        QTest::mouseClick(shown.view.viewport(), Qt::LeftButton, {}, shown.at(1, 500));
        QCOMPARE(shown.selection(), std::optional(stepRow(1)));
        QVERIFY(shown.view.accessibleDescription().contains("charge-card-1"));
        QTest::mouseClick(shown.view.viewport(), Qt::LeftButton, {},
                          QPoint(500, shown.view.viewport()->height() - 3));
        QVERIFY(!shown.selection());
    }

    void keysMoveTheSelection() {
        Shown shown(order());
        const auto press = [&](Qt::Key key) { QTest::keyClick(&shown.view, key); };
        press(Qt::Key_Down);
        QCOMPARE(shown.selection(), std::optional(stepRow(0)));
        press(Qt::Key_Down);
        press(Qt::Key_Down);
        QCOMPARE(shown.selection(), std::optional(RowId{RowKind::request, 1, 0}));
        QCOMPARE(shown.view.zoom().selectedStep(), std::optional(1));
        press(Qt::Key_End);
        QCOMPARE(shown.selection(), std::optional(RowId{RowKind::request, 7, 0}));
        press(Qt::Key_Home);
        press(Qt::Key_N);
        QCOMPARE(shown.selection(), std::optional(stepRow(1)));
        QVERIFY(shown.view.card().isVisible());
        QVERIFY(shown.view.card().text().title == "charge-card-1");
        QSignalSpy activated(&shown.view, &TimelineView::activated);
        press(Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
        press(Qt::Key_Escape);
        QVERIFY(!shown.view.card().isVisible());
    }

    void hoverShowsACardAtOnce() {
        Shown shown(order());
        QTest::mouseMove(shown.view.viewport(), shown.at(1, 2200));
        QTRY_VERIFY(shown.view.card().isVisible());
        const auto& card = shown.view.card().text();
        QCOMPARE(card.word, "Failed");
        QCOMPARE(card.error, "TypeError: card declined");
        const auto attempt = std::find_if(card.facts.begin(), card.facts.end(),
                                          [](auto& fact) { return fact.first == "Attempt"; });
        QVERIFY(attempt != card.facts.end());
        QCOMPARE(attempt->second, "2 of 3");
    }

    void wheelZoomKeepsTheTimeUnderTheCursor() {
        Shown shown(order());
        const QPoint cursor = shown.at(3, 8300);
        const Columns columns(shown.view.viewport()->width());
        const Moment held = shown.view.zoom().real(cursor.x() - columns.plot, columns.width);
        for (int i = 0; i < 6; ++i) {
            shown.wheel(cursor, 120, Qt::ControlModifier);
            QVERIFY(std::abs(shown.view.xOf(held) - cursor.x()) < 0.01);
        }
        QVERIFY(shown.view.zoom().range().length() < Moment(8000));
    }

    void shiftWheelDragAndKeysPan() {
        Shown shown(order());
        auto& zoom = shown.view.zoom();
        zoom.show({Moment(4000), Moment(8000)});
        const double before = zoom.range().from.count();
        shown.wheel(QPoint(500, 100), -120, Qt::ShiftModifier);
        QVERIFY(zoom.range().from.count() > before);
        const double panned = zoom.range().from.count();
        QTest::keyClick(&shown.view, Qt::Key_Left);
        QVERIFY(zoom.range().from.count() < panned);
        const Moment held = zoom.real(300, Columns(shown.view.viewport()->width()).width);
        QWidget* area = shown.view.viewport();
        QTest::mousePress(area, Qt::LeftButton, {}, QPoint(500, 200));
        QTest::mouseMove(area, QPoint(520, 200));
        QTest::mouseMove(area, QPoint(560, 200));
        QTest::mouseRelease(area, Qt::LeftButton, {}, QPoint(560, 200));
        QVERIFY(std::abs((zoom.real(360, Columns(area->width()).width) - held).count()) < 1);
        QVERIFY(!shown.selection());
        QTest::keyClick(&shown.view, Qt::Key_F);
        QVERIFY(zoom.isFitted());
    }

    void shiftDragShowsTheRange() {
        Shown shown(order());
        QWidget* area = shown.view.viewport();
        QTest::mousePress(area, Qt::LeftButton, Qt::ShiftModifier, shown.at(0, 5000));
        QTest::mouseMove(area, shown.at(0, 7000));
        QTest::mouseMove(area, shown.at(0, 9000));
        QTest::mouseRelease(area, Qt::LeftButton, Qt::ShiftModifier, shown.at(0, 9000));
        QVERIFY(std::abs(shown.view.zoom().range().from.count() - 5000) < 60);
        QVERIFY(std::abs(shown.view.zoom().range().to.count() - 9000) < 60);
    }

    void doubleClickShowsTheStep() {
        Shown shown(order());
        QTest::mouseDClick(shown.view.viewport(), Qt::LeftButton, {}, shown.at(4, 8500));
        const Range range = shown.view.zoom().range();
        QVERIFY(range.from < Moment(8000) && range.from > Moment(7500));
        QVERIFY(range.to > Moment(9400) && range.to < Moment(9900));
    }

    void growthDoesNotMoveWhatIsLookedAt() {
        Shown shown(growing(200));
        shown.now = *shown.run.start + std::chrono::minutes(5);
        shown.view.tick();
        shown.view.zoom().show({Moment(1000), Moment(3000)});
        shown.view.verticalScrollBar()->setValue(731);
        const Range range = shown.view.zoom().range();
        auto more = growing(260);
        std::swap(shown.run, more);
        shown.view.refresh(200);
        shown.now += std::chrono::minutes(1);
        shown.view.tick();
        QCOMPARE(shown.view.zoom().range(), range);
        QCOMPARE(shown.view.verticalScrollBar()->value(), 731);
        // A request row that appears above moves nothing either.
        const int row = *shown.view.rowAt(0);
        const RowId top = shown.view.layoutOfRun().rows().at(static_cast<std::size_t>(row)).id;
        const int y = shown.view.rowRect(row).top();
        shown.run.steps[2].requests = order().steps[1].requests;
        shown.view.refresh(2);
        QCOMPARE(shown.view.rowRect(*shown.view.layoutOfRun().find(top)).top(), y);
    }

    void whoLooksAtTheEndGoesOnSeeingIt() {
        Shown shown(growing(200));
        QScrollBar* bar = shown.view.verticalScrollBar();
        bar->setValue(bar->maximum());
        auto more = growing(230);
        std::swap(shown.run, more);
        shown.view.refresh(200);
        QCOMPARE(bar->value(), bar->maximum());
    }

    void theLastPixelFollowsNow() {
        Shown shown(order());
        shown.view.zoom().show({Moment(15'000), Moment(20'000)});
        const double x = shown.view.xOf(Moment(19'000));
        shown.now += std::chrono::seconds(4);
        shown.view.tick();
        QVERIFY(std::abs(shown.view.xOf(Moment(23'000)) - x) < 1);
    }

    void groupsOpenByKeyAndClick() {
        Shown shown(test::longRun(40, 1));
        QCOMPARE(shown.view.layoutOfRun().rows().size(), std::size_t(1));
        QTest::keyClick(&shown.view, Qt::Key_Down);
        QTest::keyClick(&shown.view, Qt::Key_Return);
        QCOMPARE(shown.view.layoutOfRun().rows().size(), std::size_t(41));
        const auto& row = shown.view.layoutOfRun().rows().front();
        QTest::mouseClick(shown.view.viewport(), Qt::LeftButton, {},
                          triangleRect(row, shown.view.rowRect(0).top()).center());
        QCOMPARE(shown.view.layoutOfRun().rows().size(), std::size_t(1));
        shown.view.selectStep(17);
        QCOMPARE(shown.selection(), std::optional(stepRow(17)));
        QVERIFY(shown.view.rowRect(*shown.view.layoutOfRun().find(stepRow(17))).bottom() <=
                shown.view.viewport()->height());
    }

    void filtersFromTheHeader() {
        Shown shown(order());
        TimelineHeader header(shown.view);
        QCOMPARE(header.summary(), "8 steps · 2 attempts failed · 19.0 s so far");
        shown.view.zoom().setFailuresOnly(true);
        QCOMPARE(shown.view.layoutOfRun().rows().size(), std::size_t(2));
        shown.view.zoom().setFailuresOnly(false);
        const double before = shown.view.xOf(Moment(18'000)) - shown.view.xOf(Moment(9500));
        shown.view.zoom().setSqueezesIdle(true);
        QVERIFY(!shown.view.zoom().squeeze().isStraight());
        QVERIFY(shown.view.xOf(Moment(18'000)) - shown.view.xOf(Moment(9500)) < before / 2);
    }

    void aBrokenOrEmptyRunIsDrawn() {
        api::InstanceDetail run;
        run.id = "x";
        api::Step odd;
        odd.name = "no times";
        run.steps = {odd};
        Shown shown(run);
        QVERIFY(!shown.view.grab().isNull());
        QTest::keyClick(&shown.view, Qt::Key_Down);
        QTest::mouseDClick(shown.view.viewport(), Qt::LeftButton, {}, QPoint(300, 10));
        QVERIFY(!shown.view.grab().isNull());
    }
};

QTEST_MAIN(TimelineTest)
#include "tst_timeline.moc"
