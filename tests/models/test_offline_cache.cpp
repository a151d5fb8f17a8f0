#include "models/backends/offline_cache.h"
#include "models/backends/store_key.h"

#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

using namespace stepwell;
using client::Response;

namespace {

Response success(const std::string& result) {
    return {200, "application/json", R"({"success":true,"errors":[],"result":")" + result + "\"}"};
}

}  // namespace

class OfflineCacheTest : public QObject {
    Q_OBJECT
  private slots:
    void init();
    void survivesAndIsOnlyForItsOwner();
    void keepsSuccessesOnly();
    void isBounded();
    void forgetsWhatIsOld();
    void aBrokenFileIsBegunAnew();
    void whatIsRemovedStaysAway();
    void anotherTokenSeesNothingOfBefore();
    void keysLeaveOutWhatIsNobodysBusiness();
    void keysOfQuestionsDoNotAge();

  private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

void OfflineCacheTest::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath("cache/one.db");
}

void OfflineCacheTest::survivesAndIsOnlyForItsOwner() {
    {
        OfflineCache cache(m_file);
        cache.keep("a", success("one"));
        QCOMPARE(cache.find("a")->response.body, success("one").body);  // not written yet
        cache.keep("a", success("two"));
    }
    const auto owner = QFile::ReadOwner | QFile::WriteOwner;
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QCOMPARE(QFileInfo(m_file).permissions() & (owner | others), QFile::Permissions(owner));
    OfflineCache again(m_file);
    const auto stored = again.find("a");
    QVERIFY(stored);
    QCOMPARE(stored->response.body, success("two").body);
    QCOMPARE(stored->response.status, 200);
    QVERIFY(stored->seen.time_since_epoch().count() > 0);
    QVERIFY(!again.find("b"));
}

void OfflineCacheTest::keepsSuccessesOnly() {
    OfflineCache cache(m_file);
    cache.keep("refused", {200, "application/json", R"({"success":false,"errors":[{"code":1}]})"});
    cache.keep("cut", {200, "application/json", R"({"success":true,"result":[1,)"});
    cache.keep("page", {200, "text/html", "<html>"});
    cache.keep("inner", {200, "application/json", R"({"result":{"success":true},"success":false})"});
    cache.keep("graphql", {200, "application/json", R"({"data":{"viewer":{}},"errors":null})"});
    cache.keep("graphql refused",
               {200, "application/json", R"({"data":{"viewer":{}},"errors":[{"message":"x"}]})"});
    cache.keep("deep",
               {200, "application/json",
                R"({"success":true,"result":)" + std::string(1'000, '[') + std::string(1'000, ']') + "}"});
    for (const bool written : {false, true}) {
        if (written) cache.flush();
        for (const char* key : {"refused", "cut", "page", "inner", "graphql refused", "deep"})
            QVERIFY2(!cache.find(key), key);
        QVERIFY(cache.find("graphql"));
    }
}

void OfflineCacheTest::isBounded() {
    OfflineCache::Bounds bounds;
    bounds.bytes = 200'000;
    bounds.largestBody = 50'000;
    OfflineCache cache(m_file, bounds);
    cache.keep("huge", success(std::string(60'000, 'x')));
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 10; ++i)
            cache.keep(std::to_string(round) + "." + std::to_string(i), success(std::string(20'000, 'x')));
        cache.flush();
    }
    QVERIFY(!cache.find("huge"));
    int left = 0;
    for (int round = 0; round < 4; ++round)
        for (int i = 0; i < 10; ++i)
            if (cache.find(std::to_string(round) + "." + std::to_string(i))) ++left;
    QVERIFY(left > 0);
    QVERIFY(left <= 10);
}

void OfflineCacheTest::forgetsWhatIsOld() {
    OfflineCache::Bounds bounds;
    bounds.age = std::chrono::hours{-1};  // whatever was seen is too old
    {
        OfflineCache cache(m_file);
        cache.keep("a", success("one"));
    }
    OfflineCache cache(m_file, bounds);
    QVERIFY(!cache.find("a"));
}

void OfflineCacheTest::aBrokenFileIsBegunAnew() {
    QDir().mkpath(QFileInfo(m_file).path());
    QFile file(m_file);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(QByteArray(8'192, 'x'));
    file.close();
    OfflineCache cache(m_file);
    QVERIFY(!cache.find("a"));
    cache.keep("a", success("one"));
    cache.flush();
    QVERIFY(cache.find("a"));
}

void OfflineCacheTest::whatIsRemovedStaysAway() {
    QStandardPaths::setTestModeEnabled(true);
    auto open = openOfflineCache("removed-one");
    open->keep("a", {200, "application/json", R"({"success":true})"});
    removeOfflineCache("removed-one");
    open->keep("b", {200, "application/json", R"({"success":true})"});
    QVERIFY(!open->find("a"));
    open.reset();  // writes what waits
    QVERIFY(!QFile::exists(QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) +
                           "/stepwell/backends/removed-one.db"));
}

void OfflineCacheTest::anotherTokenSeesNothingOfBefore() {
    QStandardPaths::setTestModeEnabled(true);
    {
        const auto before = openOfflineCache("changed-one");
        before->keep("a", {200, "application/json", R"({"success":true})"});
    }
    QVERIFY(openOfflineCache("changed-one")->find("a"));
    emptyOfflineCache("changed-one");
    const auto after = openOfflineCache("changed-one");
    QTRY_VERIFY(!after->find("a"));
    after->keep("b", {200, "application/json", R"({"success":true})"});
    QVERIFY(after->find("b"));
    removeOfflineCache("changed-one");
}

void OfflineCacheTest::keysLeaveOutWhatIsNobodysBusiness() {
    const std::string root = "https://api.cloudflare.com/client/v4/accounts/acc";
    for (const char* path :
         {"/workers/scripts/w/secrets", "/tokens", "/stepwell/access/self", "/pages/projects/p/upload-token",
          "/stepwell/pages/assets/k", "/stepwell/health", "/audit_logs"})
        QCOMPARE(storeKeyOf(root + path), std::string());
    for (const char* path :
         {"/workflows", "/workflows/w/instances?page=2", "/pages/projects/p/deployments?page=1"})
        QCOMPARE(storeKeyOf(root + path), root + path);
    QCOMPARE(storeKeyOf(root + "/workflows/w/instances/i?stepwell_since=7"),
             root + "/workflows/w/instances/i");
}

void OfflineCacheTest::keysOfQuestionsDoNotAge() {
    const auto question = [](const char* now, const char* from, const char* to) {
        return storeKeyOfQuery("https://x/graphql",
                               std::string(R"({"query":"q","variables":{"from":")") + from + R"(","to":")" +
                                   to + "\"}}",
                               *api::fromIso(now));
    };
    const char* now = "2026-11-27T08:58:00Z";
    const char* later = "2026-11-27T09:03:00Z";
    const auto first = question(now, "2026-11-26T09:00:00Z", "2026-11-27T09:00:00.000Z");
    QCOMPARE(question(later, "2026-11-26T09:05:00Z", "2026-11-27T09:05:00.000Z"), first);
    QVERIFY(question(now, "2026-11-20T09:00:00Z", "2026-11-27T09:00:00.000Z") != first);
    // Stretches that were named are those and no others, however long they are.
    const auto monday = question(now, "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z");
    QVERIFY(question(now, "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z") != monday);
    QVERIFY(first != monday);
    QCOMPARE(question(later, "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"), monday);
}

QTEST_GUILESS_MAIN(OfflineCacheTest)
#include "test_offline_cache.moc"
