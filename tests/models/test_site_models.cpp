#include "models/site/difference.h"
#include "models/site_deployments_model.h"
#include "models/site_files_model.h"
#include "models/sites_model.h"
#include "tests/models/fake_backend.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QtTest>

using namespace stepwell;
using test::FakeBackend;
namespace sample = test::sample;

namespace {

constexpr std::int64_t million = 1'000'000;

/// Any number of deployments without holding them.
void makeHuge(FakeBackend& backend, std::int64_t& total) {
    backend.siteDeploymentSource = [&total](const api::SiteDeploymentQuery& query) {
        api::SiteDeploymentList list;
        list.total = total;
        list.filters = true;
        const auto first = std::int64_t{query.page - 1} * query.perPage;
        for (auto row = first; row < std::min(total, first + query.perPage); ++row)
            list.rows.push_back(sample::siteDeploymentAt(row, total));
        return list;
    };
}

QString textAt(const QAbstractItemModel& model, int row, int column, const QModelIndex& parent = {}) {
    return model.index(row, column, parent).data().toString();
}

api::SiteFile file(const std::string& path, const std::string& key, std::int64_t size = 1) {
    return {path, size, "text/html", key};
}

}  // namespace

class SiteModelsTest : public QObject {
    Q_OBJECT
  private slots:
    void listsSites();
    void keepsOldSitesWhenALoadFails();
    void countsAllDeploymentsButLoadsAPage();
    void loadsWhatIsLookedAtInAMillion();
    void newDeploymentsMoveTheRows();
    void filtersAtTheSource();
    void aFailedLoadIsNoEmptyList();
    void showsFilesAsATree();
    void findsFiles();
    void aHundredThousandFilesAreQuick();
    void comparesFileByFile();
};

void SiteModelsTest::listsSites() {
    FakeBackend backend;
    backend.fillWithSamples();
    SitesModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setBackend(&backend);
    QTRY_COMPARE(model.rowCount(), 2);
    const int shop = model.rowOf("shop");
    QCOMPARE(shop, 1);
    QCOMPARE(textAt(model, shop, SitesModel::Address), QString("http://shop.localhost:8790"));
    QCOMPARE(textAt(model, shop, SitesModel::Deployments), QString("40"));
    QCOMPARE(textAt(model, 0, SitesModel::Address), QString("nothing is live"));
    QVERIFY(model.index(0, 0).data(SitesModel::UrlRole).toString().isEmpty());
    QVERIFY(!model.tellsRequests());
    backend.siteProjectList[0].requests = api::SiteRequests{1200, 3};
    model.refresh();
    QTRY_COMPARE(textAt(model, shop, SitesModel::Requests), QString("1,200"));
}

void SiteModelsTest::keepsOldSitesWhenALoadFails() {
    FakeBackend backend;
    backend.fillWithSamples();
    SitesModel model;
    model.setBackend(&backend);
    QTRY_COMPARE(model.rowCount(), 2);
    backend.failWith("siteProjects", {0, api::code::transport, "gone"});
    model.refresh();
    QTRY_VERIFY(model.state() == LoadState::failed);
    QCOMPARE(model.rowCount(), 2);
}

void SiteModelsTest::countsAllDeploymentsButLoadsAPage() {
    FakeBackend backend;
    std::int64_t total = million;
    makeHuge(backend, total);
    SiteDeploymentsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSource(&backend, "shop");
    QTRY_COMPARE(model.rowCount(), 1'000'000);
    QCOMPARE(textAt(model, 2, SiteDeploymentsModel::State), QString("Live"));
    QVERIFY(model.index(900'000, 0).data(SiteDeploymentsModel::PlaceholderRole).toBool());
    QVERIFY(model.at(900'000) == nullptr);
}

void SiteModelsTest::loadsWhatIsLookedAtInAMillion() {
    FakeBackend backend;
    std::int64_t total = million;
    makeHuge(backend, total);
    SiteDeploymentsModel model;
    model.setSource(&backend, "shop");
    QTRY_COMPARE(model.rowCount(), 1'000'000);
    const auto before = backend.calls.size();
    for (int row = 0; row < 900'000; row += 300)
        model.setVisibleRows(row, row + 30);
    model.setVisibleRows(999'950, 999'999);
    QTRY_VERIFY(model.at(999'999) != nullptr);
    QCOMPARE(textAt(model, 999'999, SiteDeploymentsModel::Deployment), QString("00000001"));
    // Places that were only scrolled over are not asked for.
    QVERIFY(backend.calls.size() - before < 20);
}

void SiteModelsTest::newDeploymentsMoveTheRows() {
    FakeBackend backend;
    std::int64_t total = 100;
    makeHuge(backend, total);
    SiteDeploymentsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSource(&backend, "shop");
    QTRY_COMPARE(model.rowCount(), 100);
    const QPersistentModelIndex third(model.index(3, SiteDeploymentsModel::Deployment));
    const QString id = third.data().toString();
    QSignalSpy shifted(&model, &SiteDeploymentsModel::rowsShifted);
    total = 102;
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 102);
    QCOMPARE(shifted.size(), 1);
    QCOMPARE(third.row(), 5);
    QCOMPARE(third.data().toString(), id);
    total = 40;
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 40);
}

void SiteModelsTest::filtersAtTheSource() {
    FakeBackend backend;
    backend.fillWithSamples();
    SiteDeploymentsModel model;
    model.setSource(&backend, "shop");
    QTRY_COMPARE(model.rowCount(), 40);
    model.setFilter({api::SiteEnvironment::production, {}, {}});
    QTRY_COMPARE(model.rowCount(), 13);
    model.setFilter({{}, "fix-prices", "00000039"});
    QTRY_COMPARE(model.rowCount(), 1);
    QCOMPARE(backend.calls.back(), QString("siteDeployments shop page=1 branch=fix-prices text=00000039"));
    QVERIFY(model.isFiltered());
}

void SiteModelsTest::aFailedLoadIsNoEmptyList() {
    FakeBackend backend;
    backend.fillWithSamples();
    backend.failWith("siteDeployments", {403, api::code::authentication, "no"});
    SiteDeploymentsModel model;
    model.setSource(&backend, "shop");
    QTRY_VERIFY(model.state() == LoadState::failed);
    QCOMPARE(model.error()->http, 403);
    backend.succeed();
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 40);
    QVERIFY(model.state() == LoadState::ready);
}

void SiteModelsTest::showsFilesAsATree() {
    SiteFilesModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFiles(sample::siteFiles());
    QStringList top;
    for (int row = 0; row < model.rowCount(); ++row)
        top << textAt(model, row, 0);
    QCOMPARE(top, QStringList({"_astro/", "about/", "img/", "404.html", "index.html", "robots.txt"}));
    const auto about = model.index(1, 0);
    QCOMPARE(about.data(SiteFilesModel::CountRole).toInt(), 2);
    QCOMPARE(about.data(SiteFilesModel::BytesRole).toLongLong(), 16'712);
    QCOMPARE(textAt(model, 0, SiteFilesModel::Name, about), QString("team/"));
    const auto page = model.index(0, 0, model.index(0, 0, about));
    QCOMPARE(page.data(SiteFilesModel::PathRole).toString(), QString("/about/team/index.html"));
    QCOMPARE(page.siblingAtColumn(SiteFilesModel::Type).data().toString(), QString("text/html"));
    QCOMPARE(page.parent().parent(), about);
    QCOMPARE(model.shownCount(), 9);
    model.setFiles({file("/page-10.html", "1", 1), file("/page-2.html", "2", 1), file("/Page-1.html", "3", 1),
                    file("/page.html", "4", 1), file("/2024/a", "5", 1), file("/300/a", "6", 1)});
    top.clear();
    for (int row = 0; row < model.rowCount(); ++row)
        top << textAt(model, row, 0);
    QCOMPARE(top, QStringList({"300/", "2024/", "Page-1.html", "page-2.html", "page-10.html", "page.html"}));
}

void SiteModelsTest::findsFiles() {
    SiteFilesModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFiles(sample::siteFiles());
    model.setFilter("INDEX.html");
    QCOMPARE(model.shownCount(), 3);
    QCOMPARE(model.rowCount(), 2);
    model.setFilter("nothing");
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.fileCount(), 9);
    model.setFilter({});
    QCOMPARE(model.shownCount(), 9);
}

void SiteModelsTest::aHundredThousandFilesAreQuick() {
    std::vector<api::SiteFile> files;
    for (int i = 0; i < 100'000; ++i)
        files.push_back(file("/" + std::to_string(i % 100) + "/" + std::to_string(i % 7) + "/f" +
                                 std::to_string(i) + ".html",
                             std::to_string(i), 10));
    SiteFilesModel model;
    model.setFiles(std::move(files));
    QCOMPARE(model.rowCount(), 100);
    QCOMPARE(model.shownCount(), 100'000);
    QCOMPARE(model.bytes(), 1'000'000);
}

void SiteModelsTest::comparesFileByFile() {
    using site::itemsOf;
    const auto result = site::differenceOf(itemsOf(sample::siteFilesBefore()), itemsOf(sample::siteFiles()));
    using site::Change;
    const auto& rows = result.changes;
    QCOMPARE(rows.size(), std::size_t{4});
    QVERIFY(rows[0].change == Change::added && rows[0].path == "img/hero@2x.avif");
    QVERIFY(rows[1].change == Change::changed && rows[1].sizeBefore == 9'400);
    QVERIFY(rows[2].change == Change::moved && rows[2].from == "logo.svg");
    QVERIFY(rows[3].change == Change::removed && rows[3].path == "old.html");
    QCOMPARE(result.same, std::int64_t{6});
    QCOMPARE(result.bytesAfter - result.bytesBefore, std::int64_t{212'000});
    QVERIFY(site::differenceOf(itemsOf(sample::siteFiles()), itemsOf(sample::siteFiles())).isEmpty());
}

QTEST_GUILESS_MAIN(SiteModelsTest)
#include "test_site_models.moc"
