#include "models/backends/backend_list.h"
#include "models/backends/secret_store.h"

#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace stepwell;

class BackendListTest : public QObject {
    Q_OBJECT
  private slots:
    void init();
    void holdsThisMachineAlways();
    void keepsWhatWasSaved();
    void takesOverWhatOlderVersionsSaved();
    void namesWhatIsWrong();
    void tokensAreOfOneOrigin();
    void withoutAKeychainSecretsStayInMemory();
};

void BackendListTest::init() {
    static QTemporaryDir folder;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
    QCoreApplication::setOrganizationName("stepwell-test");
    QCoreApplication::setApplicationName("backends");
    QSettings().clear();
}

void BackendListTest::holdsThisMachineAlways() {
    BackendList list;
    QCOMPARE(list.all().size(), 1);
    QCOMPARE(list.all().first().id, localBackendId);
    QVERIFY(!list.remove(localBackendId));
    QVERIFY(!list.add(newBackendSpec(BackendKind::thisMachine)));
}

void BackendListTest::keepsWhatWasSaved() {
    auto cloud = newBackendSpec(BackendKind::cloudflare);
    cloud.account = "acc";
    cloud.colour = "#ff8800";
    auto server = newBackendSpec(BackendKind::stepwell);
    server.name = "Staging";
    server.caFile = "/etc/ca.pem";
    server.pinnedSha256 = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    {
        BackendList list;
        QSignalSpy changed(&list, &BackendList::changed);
        QVERIFY(list.add(cloud));
        QVERIFY(list.add(server));
        QVERIFY(!list.add(server));
        QVERIFY(list.move(server.id, 0));
        cloud.name = "Production";
        QVERIFY(list.change(cloud));
        QCOMPARE(changed.size(), 4);
    }
    BackendList again;
    QCOMPARE(again.all().size(), 3);
    QCOMPARE(again.all().at(0), server);
    QCOMPARE(again.all().at(1).id, localBackendId);
    QCOMPARE(again.all().at(2), cloud);
    QVERIFY(again.all().at(2).production);
    QVERIFY(again.remove(cloud.id));
    QCOMPARE(BackendList().all().size(), 2);
}

void BackendListTest::takesOverWhatOlderVersionsSaved() {
    {
        QSettings settings;
        settings.beginWriteArray("backends", 2);
        const QStringList addresses{"https://api.cloudflare.com/client/v4", "http://10.0.0.7:8790/client/v4"};
        for (int i = 0; i < 2; ++i) {
            settings.setArrayIndex(i);
            settings.setValue("name", QString("Old %1").arg(i));
            settings.setValue("api", addresses[i]);
            settings.setValue("account", "acc");
        }
        settings.endArray();
    }
    const auto ids = [](const BackendList& list) {
        QStringList result;
        for (const auto& spec : list.all())
            result << spec.id;
        return result;
    };
    const BackendList list;
    QCOMPARE(list.all().size(), 3);
    QCOMPARE(list.all().at(1).kind, BackendKind::cloudflare);
    QVERIFY(list.all().at(1).production);
    QCOMPARE(list.all().at(2).kind, BackendKind::stepwell);
    QCOMPARE(list.all().at(2).apiBase, QString("http://10.0.0.7:8790/client/v4"));
    // The keychain knows their tokens by the names that they had.
    QCOMPARE(secretKeyOf(list.all().at(1)), QString("Old 0"));
    QCOMPARE(ids(BackendList()), ids(list));
}

void BackendListTest::namesWhatIsWrong() {
    auto spec = newBackendSpec(BackendKind::stepwell);
    spec.apiBase = "https://example.org/client/v4";
    spec.account = "acc";
    QVERIFY(problemOf(spec).contains("name"));
    spec.name = "Staging";
    QCOMPARE(problemOf(spec), QString());
    spec.pinnedSha256 = "sha256//short";
    QVERIFY(problemOf(spec).contains("sha256//"));
    spec.pinnedSha256.clear();
    spec.caFile = "/nowhere/ca.pem";
    QVERIFY(problemOf(spec).contains("/nowhere/ca.pem"));
    spec.caFile.clear();
    spec.apiBase = "ftp://example.org";
    QVERIFY(problemOf(spec).contains("http"));
    QCOMPARE(problemOf(newBackendSpec(BackendKind::wranglerDev)), QString());
    // Host and port alone are enough for an engine.
    QCOMPARE(completeApiBase(" https://example.org:9443/ ", BackendKind::stepwell),
             QString("https://example.org:9443/client/v4"));
    QCOMPARE(completeApiBase("https://example.org", BackendKind::stepwell),
             QString("https://example.org/client/v4"));
    QCOMPARE(completeApiBase("https://example.org/engine/client/v4", BackendKind::stepwell),
             QString("https://example.org/engine/client/v4"));
    QCOMPARE(completeApiBase("http://127.0.0.1:8787", BackendKind::wranglerDev),
             QString("http://127.0.0.1:8787"));
    QCOMPARE(completeApiBase("example.org", BackendKind::stepwell), QString("example.org"));
    // A token goes readable to another machine only when somebody agreed.
    spec.apiBase = "http://10.0.0.7:8790/client/v4";
    QVERIFY(problemOf(spec).contains("read the token"));
    spec.plainHttp = true;
    QCOMPARE(problemOf(spec), QString());
    spec.pinnedSha256 = QStringLiteral("sha256//") + QString(43, 'A') + '=';
    QVERIFY(problemOf(spec).contains("https://"));
    spec.pinnedSha256.clear();
    spec.plainHttp = false;
    for (const char* here : {"http://127.0.0.1:8790/x", "http://localhost:1/x", "http://[::1]:8790/x"}) {
        spec.apiBase = here;
        QCOMPARE(problemOf(spec), QString());
    }
    spec.apiBase = "http://127.0.0.1.example.org/x";
    QVERIFY(!problemOf(spec).isEmpty());
}

void BackendListTest::tokensAreOfOneOrigin() {
    QVERIFY(isSameOrigin("https://a.example/client/v4", "https://A.example:443/other"));
    for (const char* other : {"http://a.example/client/v4", "https://a.example:8443/client/v4",
                              "https://b.example/client/v4", "", "https://a.example.evil/"})
        QVERIFY2(!isSameOrigin("https://a.example/client/v4", other), other);
}

void BackendListTest::withoutAKeychainSecretsStayInMemory() {
    SecretStore store;
    std::optional<SecretStore::Kept> kept;
    store.write("id-1", "s3cret", [&kept](SecretStore::Kept answer) { kept = std::move(answer); });
    QTRY_VERIFY(kept);
    if (kept->inKeychain) QSKIP("There is a keychain here.");
    QVERIFY(!kept->reason.isEmpty());
    QCOMPARE(store.available(), std::optional(false));
    SecretStore other;
    QString secret;
    other.read("id-1", [&secret](const QString& text, const QString&) { secret = text; });
    QTRY_COMPARE(secret, QString("s3cret"));
    bool removed = false;
    other.remove("id-1", [&removed] { removed = true; });
    QTRY_VERIFY(removed);
    std::optional<QString> error;
    other.read("id-1", [&](const QString& text, const QString& problem) {
        secret = text;
        error = problem;
    });
    QTRY_VERIFY(error);
    QVERIFY(secret.isEmpty());
    QVERIFY(!QSettings().allKeys().join(' ').contains("s3cret"));
}

QTEST_GUILESS_MAIN(BackendListTest)
#include "test_backend_list.moc"
