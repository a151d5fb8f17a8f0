#include "models/instances_model.h"
#include "models/listed_total.h"
#include "tests/models/fake_backend.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QtTest>

using namespace stepwell;
using test::FakeBackend;

namespace {

struct Fixture {
    Fixture() {
        backend.fillWithSamples();
        tester = std::make_unique<QAbstractItemModelTester>(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    /// A list of any length without holding it.
    void makeHuge(std::int64_t count) {
        total = count;
        backend.instanceSource = [this](const InstanceListQuery& query) {
            InstanceList list;
            list.total = total;
            const std::int64_t first = std::int64_t{query.page - 1} * query.perPage;
            for (auto row = first; row < std::min(total, first + query.perPage); ++row)
                list.rows.push_back(test::sample::instanceAt(row, total));
            return list;
        };
    }
    void open() {
        model.setSource(&backend, "orders");
        QTRY_VERIFY(model.state() == LoadState::ready);
    }
    QString id(int row) const { return model.index(row, InstancesModel::Instance).data().toString(); }

    FakeBackend backend;
    InstancesModel model;
    std::unique_ptr<QAbstractItemModelTester> tester;
    std::int64_t total = 0;
};

api::InstanceSummary fresh(const std::string& id) {
    auto row = test::sample::instanceAt(0, 5);
    row.id = id;
    return row;
}

}  // namespace

class InstancesModelTest : public QObject {
    Q_OBJECT
  private slots:
    void countsAllButLoadsAPage();
    void fetchesWhatIsLookedAt();
    void aMillionRowsStaySmooth();
    void newestWishGoesFirst();
    void cacheIsBounded();
    void filtersAtTheSource();
    void dropsAnswersOfOtherFilters();
    void failureIsNeverAnEmptyList();
    void failedPagesAreNotAskedForEndlessly();
    void newInstancesComeOnTop();
    void newInstancesSeenFromFurtherDown();
    void leavingInstancesShrinkTheList();
    void refreshesVisibleRowsOnly();
    void pollsWithoutAStream();
    void hiddenAsksNothing();
    void rolesSpeak();
    void listsOfUntoldLengthGrowAsTheyAreRead();
    void totalsThatPromiseTooMuchAreNotChased();
    void statusesThatAreNewCanBeChosen();
};

void InstancesModelTest::countsAllButLoadsAPage() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.open();
    QCOMPARE(f.model.rowCount(), 250);
    QCOMPARE(f.model.total(), 250);
    QCOMPARE(f.id(0), QString("order-000250"));
    QVERIFY(!f.model.at(100));
    QCOMPARE(f.backend.callsStartingWith("instances"), 1);
}

void InstancesModelTest::fetchesWhatIsLookedAt() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.open();
    const auto index = f.model.index(249, InstancesModel::Instance);
    QVERIFY(index.data(InstancesModel::PlaceholderRole).toBool());
    QVERIFY(!index.data().isValid());
    QSignalSpy changes(&f.model, &QAbstractItemModel::dataChanged);
    QTRY_COMPARE(index.data().toString(), QString("order-000001"));
    QVERIFY(!index.data(InstancesModel::PlaceholderRole).toBool());
    QCOMPARE(changes.last().at(0).toModelIndex().row(), 200);
    QCOMPARE(changes.last().at(1).toModelIndex().row(), 249);
    QCOMPARE(f.model.rowOf("order-000001"), 249);
}

void InstancesModelTest::aMillionRowsStaySmooth() {
    Fixture f;
    f.tester.reset();  // it walks through all rows
    f.makeHuge(1'000'000);
    f.open();
    QCOMPARE(f.model.rowCount(), 1'000'000);
    QElapsedTimer timer;
    timer.start();
    for (int row = 0; row < 1'000'000; row += 10)
        f.model.index(row, 0).data(InstancesModel::StatusRole);
    for (int row = 0; row < 1'000'000; row += 1'000)
        f.model.setVisibleRows(row, row + 30);
    QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
    f.model.setVisibleRows(500'000, 500'040);
    QTRY_COMPARE(f.id(500'020), QString("order-499980"));
    // A scroll through everything asks for what it stops at, and little else.
    QVERIFY2(f.backend.calls.size() < 20, qPrintable(f.backend.calls.join('\n')));
}

void InstancesModelTest::newestWishGoesFirst() {
    Fixture f;
    f.tester.reset();
    f.makeHuge(100'000);
    f.open();
    f.backend.calls.clear();
    f.backend.hold();
    for (int page : {10, 20, 30, 40, 50})
        f.model.index(page * 100, 0).data();
    QTRY_COMPARE(f.backend.heldCount(), 3);
    QCOMPARE(f.backend.calls, (QStringList{"instances orders page=51", "instances orders page=41",
                                           "instances orders page=31"}));
    f.model.index(99'999, 0).data();
    f.backend.release();
    QTRY_COMPARE(f.backend.heldCount(), 3);
    QCOMPARE(f.backend.calls.last(), QString("instances orders page=1000"));
    f.backend.releaseAll();
}

void InstancesModelTest::cacheIsBounded() {
    Fixture f;
    f.tester.reset();
    f.makeHuge(100'000);
    f.open();
    for (int page = 0; page < 70; ++page) {
        f.model.setVisibleRows(page * 100, page * 100 + 50);
        QTRY_VERIFY(f.model.at(page * 100));
    }
    QCOMPARE(f.model.loadedPages(), InstancesModel::mostPages);
    QVERIFY(!f.model.at(0));
}

void InstancesModelTest::filtersAtTheSource() {
    Fixture f;
    f.open();
    f.model.setFilter(
        {.status = api::Status::errored, .from = test::sample::baseTime() - std::chrono::hours{1}, .to = {}});
    QCOMPARE(f.model.rowCount(), 0);
    QTRY_COMPARE(f.model.rowCount(), 25);
    QCOMPARE(f.model.index(0, 0).data().toString(), QString("Errored"));
    QVERIFY(f.backend.calls.last().contains("status=errored from=2026-11-20T08:00:00.000Z"));
    QVERIFY(f.model.isFiltered());
    f.model.setFilter(
        {.status = api::Status::errored, .from = {}, .to = test::sample::baseTime() - std::chrono::hours{9}});
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    QCOMPARE(f.model.rowCount(), 0);
}

void InstancesModelTest::dropsAnswersOfOtherFilters() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.open();
    f.backend.hold();
    f.model.setFilter({.status = api::Status::paused, .from = {}, .to = {}});
    f.model.setFilter({.status = api::Status::complete, .from = {}, .to = {}});
    QTRY_COMPARE(f.backend.heldCount(), 2);
    f.backend.release(1);
    QTRY_COMPARE(f.model.index(0, 0).data().toString(), QString("Complete"));
    f.backend.release(0);
    QCoreApplication::processEvents();
    QCOMPARE(f.model.index(0, 0).data().toString(), QString("Complete"));
    QCOMPARE(f.model.rowCount(), 50);
}

void InstancesModelTest::failureIsNeverAnEmptyList() {
    Fixture f;
    f.backend.failWith("instances", {0, api::code::transport, "nobody there"});
    f.model.setSource(&f.backend, "orders");
    QVERIFY(f.model.state() == LoadState::loading);
    QTRY_VERIFY(f.model.state() == LoadState::failed);
    QCOMPARE(f.model.error()->message, std::string("nobody there"));
    f.backend.succeed();
    f.model.refresh();
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    QCOMPARE(f.model.rowCount(), 250);
}

/// A view paints again and again; a failing backend must not be asked each time.
void InstancesModelTest::failedPagesAreNotAskedForEndlessly() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.open();
    f.backend.failWith("instances", {500, 10001, "broken"});
    f.model.index(150, 0).data();
    QTRY_VERIFY(f.model.state() == LoadState::failed);
    QCOMPARE(f.model.rowCount(), 250);
    const int before = f.backend.callsStartingWith("instances");
    for (int i = 0; i < 50; ++i) {
        f.model.index(150, 0).data();
        QCoreApplication::processEvents();
    }
    QCOMPARE(f.backend.callsStartingWith("instances"), before);
}

void InstancesModelTest::newInstancesComeOnTop() {
    Fixture f;
    f.open();
    f.model.setVisibleRows(0, 30);
    const QPersistentModelIndex selected(f.model.index(7, 0));
    const auto id = selected.data(InstancesModel::IdRole);
    QSignalSpy shifted(&f.model, &InstancesModel::rowsShifted);
    auto& list = f.backend.instanceLists["orders"];
    list.insert(list.begin(), {fresh("new-2"), fresh("new-1")});
    f.backend.emitEvent("workflow_queued", "orders", "new-2");
    QTRY_COMPARE(f.model.rowCount(), 252);
    QCOMPARE(f.id(0), QString("new-2"));
    QCOMPARE(selected.row(), 9);
    QCOMPARE(selected.data(InstancesModel::IdRole), id);
    QCOMPARE(shifted.count(), 1);
    QCOMPARE(shifted.first().first().toInt(), 2);
}

void InstancesModelTest::newInstancesSeenFromFurtherDown() {
    Fixture f;
    f.open();
    f.model.setVisibleRows(120, 150);
    QTRY_VERIFY(f.model.at(120));
    const QPersistentModelIndex selected(f.model.index(130, 0));
    const auto id = selected.data(InstancesModel::IdRole);
    auto& list = f.backend.instanceLists["orders"];
    list.insert(list.begin(), fresh("new-1"));
    f.model.refresh();
    QTRY_COMPARE(f.id(0), QString("new-1"));
    QTRY_COMPARE(f.id(131), id.toString());
    QCOMPARE(selected.row(), 131);
    QCOMPARE(f.model.rowCount(), 251);
}

void InstancesModelTest::leavingInstancesShrinkTheList() {
    Fixture f;
    f.open();
    f.model.setVisibleRows(0, 30);
    auto& list = f.backend.instanceLists["orders"];
    list.erase(list.begin(), list.begin() + 60);
    f.model.refresh();
    QTRY_COMPARE(f.model.rowCount(), 190);
    QCOMPARE(f.id(0), QString("order-000190"));
    // One further down than is shown: the list still becomes shorter.
    const auto gone = list.at(150).id;
    list.erase(list.begin() + 150);
    f.backend.emitEvent("instance_deleted", "orders", gone);
    QTRY_COMPARE(f.model.rowCount(), 189);
    list.clear();
    f.model.refresh();
    QTRY_COMPARE(f.model.rowCount(), 0);
    QVERIFY(f.model.state() == LoadState::ready);
}

void InstancesModelTest::refreshesVisibleRowsOnly() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.open();
    f.model.setVisibleRows(0, 30);
    auto& list = f.backend.instanceLists["orders"];
    f.backend.calls.clear();
    f.backend.emitEvent("step_completed", "orders", list[200].id);
    f.backend.emitEvent("workflow_completed", "cart-reminder", list[3].id);
    QTest::qWait(60);
    QCOMPARE(f.backend.calls, QStringList());
    list[3].status = api::Status::terminated;
    for (int i = 0; i < 300; ++i)
        f.backend.emitEvent("workflow_terminated", "orders", list[3].id);
    QTRY_COMPARE(f.model.index(3, 0).data().toString(), QString("Terminated"));
    QVERIFY(f.backend.calls.size() <= 2);
    // What changed out of sight is old when it comes into sight.
    f.model.setVisibleRows(200, 220);
    QTRY_VERIFY(f.backend.calls.contains("instances orders page=3"));
}

void InstancesModelTest::pollsWithoutAStream() {
    Fixture f;
    f.backend.setLiveState(LiveState::polling);
    f.open();
    QTRY_VERIFY_WITH_TIMEOUT(f.backend.callsStartingWith("instances orders page=1") >= 2, 10'000);
}

void InstancesModelTest::hiddenAsksNothing() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.open();
    f.model.setVisibleRows(0, 30);
    f.model.setActive(false);
    f.backend.calls.clear();
    f.backend.emitEvent("workflow_queued", "orders", "x");
    f.model.index(200, 0).data();
    QTest::qWait(60);
    QCOMPARE(f.backend.calls, QStringList());
    f.model.setActive(true);
    QTRY_VERIFY(f.backend.calls.contains("instances orders page=3"));
    QTRY_VERIFY(f.backend.calls.contains("instances orders page=1"));
}

void InstancesModelTest::rolesSpeak() {
    Fixture f;
    f.backend.instanceLists["orders"] = test::sample::instances(40);
    f.open();
    const auto row = [&](api::Status status) {
        for (int i = 0; i < f.model.rowCount(); ++i)
            if (f.model.at(i)->status == status) return i;
        return -1;
    };
    const int done = row(api::Status::complete);
    const auto cell = [&](int r, int column) { return f.model.index(r, column).data().toString(); };
    QCOMPARE(cell(done, InstancesModel::StatusColumn), QString("Complete"));
    QCOMPARE(cell(done, InstancesModel::Version), QString("v12"));
    QVERIFY(f.model.index(done, 0).data(InstancesModel::DurationRole).toLongLong() > 0);
    QCOMPARE(f.model.index(done, 0)
                 .data(InstancesModel::GlimpseRole)
                 .value<std::vector<api::StepGlimpse>>()
                 .size(),
             std::size_t{4});
    const int queued = row(api::Status::queued);
    QVERIFY(!f.model.index(queued, 0).data(InstancesModel::DurationRole).isValid());
    QCOMPARE(cell(queued, InstancesModel::Duration), QString());
    QCOMPARE(cell(row(api::Status::rollingBack), 0), QString("Rolling back"));
    const int waiting = row(api::Status::waiting);
    QCOMPARE(cell(waiting, 0), f.model.at(waiting)->sleeping ? QString("Sleeping") : QString("Waiting"));
}

/// A backend of pages that tells no total: the place behind the last row seen leads on.
void InstancesModelTest::listsOfUntoldLengthGrowAsTheyAreRead() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.makeHuge(250);
    const auto whole = f.backend.instanceSource;
    f.backend.instanceSource = [whole](const InstanceListQuery& query) {
        auto list = whole(query);
        const auto before = std::int64_t{query.page - 1} * query.perPage;
        const auto rows = static_cast<std::int64_t>(list.rows.size());
        const auto counted = listedTotal(-1, before, rows, rows < query.perPage);
        list.total = counted.total;
        list.totalIsExact = counted.isExact;
        return list;
    };
    f.open();
    QCOMPARE(f.model.rowCount(), 101);
    QVERIFY(!f.model.totalIsExact());
    const QString top = f.id(0);
    f.model.index(100, 0).data();
    QTRY_COMPARE(f.model.rowCount(), 201);
    QVERIFY(!f.model.totalIsExact());
    QCOMPARE(f.id(0), top);
    f.model.index(200, 0).data();
    QTRY_COMPARE(f.model.rowCount(), 250);
    QVERIFY(f.model.totalIsExact());
    // The first page, asked for again, says nothing against what was seen of the rest.
    f.backend.calls.clear();
    f.model.setVisibleRows(0, 20);
    f.model.refresh();
    QTRY_VERIFY(f.backend.callsStartingWith("instances") > 0 && f.model.state() == LoadState::ready);
    QTRY_VERIFY(f.model.rowCount() >= 250);
    QCOMPARE(f.id(0), top);
    QVERIFY(f.model.at(120) != nullptr);
}

void InstancesModelTest::totalsThatPromiseTooMuchAreNotChased() {
    Fixture f;
    f.tester.reset();  // it looks at rows on its own
    f.makeHuge(130);
    const auto whole = f.backend.instanceSource;
    f.backend.instanceSource = [whole](const InstanceListQuery& query) {
        auto list = whole(query);
        list.total = 180;
        return list;
    };
    f.open();
    f.model.index(150, 0).data();
    QTRY_VERIFY(f.model.at(129) != nullptr);
    f.backend.calls.clear();
    // Each look at a row that never comes would ask again, as fast as the network is.
    for (int look = 0; look < 20; ++look) {
        f.model.index(150, 0).data();
        QCoreApplication::processEvents();
    }
    QCOMPARE(f.backend.callsStartingWith("instances"), 0);
}

void InstancesModelTest::statusesThatAreNewCanBeChosen() {
    Fixture f;
    f.tester.reset();
    f.backend.instanceSource = [](const InstanceListQuery& query) {
        InstanceList list;
        auto row = fresh("odd");
        row.status = api::Status::unknown;
        row.otherStatus = "asleep";
        list.rows = {row};
        if (query.otherStatus.empty()) list.rows.push_back(fresh("usual"));
        list.total = static_cast<std::int64_t>(list.rows.size());
        return list;
    };
    f.open();
    QCOMPARE(f.model.rowCount(), 2);
    QCOMPARE(f.model.otherStatuses(), std::set<std::string>{"asleep"});
    f.model.setFilter({.status = {}, .from = {}, .to = {}, .otherStatus = "asleep"});
    QTRY_COMPARE(f.model.rowCount(), 1);
    QVERIFY(f.model.isFiltered());
    QCOMPARE(f.model.otherStatuses(), std::set<std::string>{"asleep"});
}

QTEST_GUILESS_MAIN(InstancesModelTest)
#include "test_instances_model.moc"
