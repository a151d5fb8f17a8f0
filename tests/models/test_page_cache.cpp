#include "models/page_cache.h"

#include <QtTest>

using namespace stepwell;

namespace {

std::vector<api::InstanceSummary> rows(int first, int count) {
    std::vector<api::InstanceSummary> result(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        result[static_cast<std::size_t>(i)].id = "i" + std::to_string(first + i);
    return result;
}

QString idAt(const PageCache& cache, std::int64_t row) {
    const auto* found = cache.peek(row);
    return found ? QString::fromStdString(found->id) : QStringLiteral("-");
}

}  // namespace

class PageCacheTest : public QObject {
    Q_OBJECT
  private slots:
    void dropsThePageNotReadForTheLongest();
    void shiftsOverPageBorders();
    void shiftsUp();
    void cutsTheEnd();
    void knowsHolesAndOldPages();
};

void PageCacheTest::dropsThePageNotReadForTheLongest() {
    PageCache cache(3);
    for (int page = 0; page < 3; ++page)
        cache.put(page, rows(page * 100, 100));
    QVERIFY(cache.row(5));
    cache.put(3, rows(300, 100));
    QCOMPARE(cache.size(), std::size_t{3});
    QCOMPARE(idAt(cache, 5), QString("i5"));
    QCOMPARE(idAt(cache, 105), QString("-"));
    QCOMPARE(cache.locate("i399"), std::int64_t{399});
    QCOMPARE(cache.locate("i105"), std::int64_t{-1});
}

void PageCacheTest::shiftsOverPageBorders() {
    PageCache cache(10);
    cache.put(0, rows(0, 100));
    cache.put(1, rows(100, 100));
    cache.shift(30);
    QCOMPARE(idAt(cache, 29), QString("-"));
    for (int row = 0; row < 200; ++row)
        QCOMPARE(idAt(cache, row + 30), QString("i%1").arg(row));
    QVERIFY(!cache.isWhole(0, 1'000));
    QVERIFY(cache.isWhole(1, 1'000));
    QVERIFY(cache.isWhole(2, 230));
}

void PageCacheTest::shiftsUp() {
    PageCache cache(10);
    cache.put(0, rows(0, 100));
    cache.put(1, rows(100, 50));
    cache.shift(-3);
    QCOMPARE(idAt(cache, 0), QString("i3"));
    QCOMPARE(idAt(cache, 146), QString("i149"));
    QCOMPARE(idAt(cache, 147), QString("-"));
}

void PageCacheTest::cutsTheEnd() {
    PageCache cache(10);
    cache.put(0, rows(0, 100));
    cache.put(1, rows(100, 100));
    cache.cutAt(60);
    QCOMPARE(cache.size(), std::size_t{1});
    QCOMPARE(idAt(cache, 59), QString("i59"));
    QCOMPARE(idAt(cache, 60), QString("-"));
    cache.cutAt(0);
    QCOMPARE(cache.size(), std::size_t{0});
}

void PageCacheTest::knowsHolesAndOldPages() {
    PageCache cache(10);
    cache.put(0, rows(0, 40));
    QVERIFY(cache.isWhole(0, 40));
    QVERIFY(!cache.isWhole(0, 41));
    QVERIFY(!cache.isOutdated(0));
    cache.outdate();
    QVERIFY(cache.isOutdated(0));
    cache.put(0, rows(0, 40));
    QVERIFY(!cache.isOutdated(0));
    QVERIFY(!cache.isOutdated(7));
    QCOMPARE(idAt(cache, -1), QString("-"));
}

QTEST_GUILESS_MAIN(PageCacheTest)
#include "test_page_cache.moc"
