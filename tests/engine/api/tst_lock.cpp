#include "app/engine/instance_lock.h"
#include "app/engine/private_files.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <thread>
#include <unistd.h>

using namespace stepwell::engine;

namespace {

using Owned = std::unique_ptr<DataLock>;

std::filesystem::path pathOf(const QTemporaryDir& dir, const char* name) {
    return dir.filePath(name).toStdString();
}

}  // namespace

class LockTest : public QObject {
    Q_OBJECT

  private slots:
    void theFirstGetsItTheSecondLearnsWhere() {
        const QTemporaryDir dir;
        const auto folder = pathOf(dir, "data/deeper");
        auto first = DataLock::acquire(folder);
        QVERIFY(first.has_value());
        auto& owned = std::get<Owned>(*first);
        QVERIFY(owned->announce({"http://127.0.0.1:1", "local", "/x/token", getpid()}).has_value());
        const auto second = DataLock::acquire(folder);
        QVERIFY(second.has_value());
        const auto* taken = std::get_if<DataLock::Taken>(&*second);
        QVERIFY(taken != nullptr && taken->running.has_value());
        QCOMPARE(taken->running->url, std::string("http://127.0.0.1:1"));
        QCOMPARE(taken->running->tokenFile, std::string("/x/token"));
        QCOMPARE(QFileInfo(dir.filePath("data/deeper")).permissions() & QFile::ReadOther,
                 QFile::Permissions());
        owned.reset();
        QVERIFY(std::holds_alternative<Owned>(*DataLock::acquire(folder)));
    }

    void whatChangesIsAnnouncedAgain() {
        const QTemporaryDir dir;
        auto first = DataLock::acquire(pathOf(dir, "data"));
        auto& owned = std::get<Owned>(*first);
        RunningEngine running{"https://engine.example.com", "local",     "t", getpid(),
                              "https://127.0.0.1:2",        "a long key"};
        QVERIFY(owned->announce(running).has_value());
        running.publicKey = "key";
        QVERIFY(owned->announce(running).has_value());
        const auto found = runningOn(pathOf(dir, "data"));
        QVERIFY(found.has_value());
        QCOMPARE(found->url, std::string("https://engine.example.com"));
        QCOMPARE(found->urlFromHere(), std::string("https://127.0.0.1:2"));
        QCOMPARE(found->publicKey, std::string("key"));
    }

    void theSecondWaitsForTheAnnouncement() {
        const QTemporaryDir dir;
        auto first = DataLock::acquire(pathOf(dir, "data"));
        bool announced = false;
        std::thread later([&] {
            announced =
                std::get<Owned>(*first)->announce({"http://127.0.0.1:2", "local", "t", getpid()}).has_value();
        });
        const auto second = DataLock::acquire(pathOf(dir, "data"));
        later.join();
        QVERIFY(announced);
        QCOMPARE(std::get<DataLock::Taken>(*second).running->url, std::string("http://127.0.0.1:2"));
    }

    void aFileInTheWayIsNamed() {
        const QTemporaryDir dir;
        QFile file(dir.filePath("data"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto lock = DataLock::acquire(pathOf(dir, "data"));
        QVERIFY(!lock.has_value());
        QVERIFY(lock.error().message.find("data") != std::string::npos);
    }

    void tokensAreMadeOnceAndKept() {
        const QTemporaryDir dir;
        const auto first = loadOrCreateToken(pathOf(dir, "token"));
        QVERIFY(first.has_value());
        QCOMPARE(first->size(), 64U);
        QCOMPARE(*loadOrCreateToken(pathOf(dir, "token")), *first);
        QCOMPARE(QFileInfo(dir.filePath("token")).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
                 QFile::ReadOwner | QFile::WriteOwner);
        QVERIFY(*loadOrCreateToken(pathOf(dir, "other")) != *first);
    }

    void whatIsSecretInAFolderIsItsOwnersAlone() {
        const QTemporaryDir dir;
        const auto open = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther;
        for (const auto* name : {"token", "access.db", "stepwell.db-wal", "other"}) {
            QFile file(dir.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(file.setPermissions(open));
        }
        const auto isClosed = [&dir](const char* name) {
            return !(QFileInfo(dir.filePath(name)).permissions() & (QFile::ReadGroup | QFile::ReadOther));
        };
        QVERIFY(
            QFile::setPermissions(dir.path(), open | QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther));
        const auto token = exposureOf(pathOf(dir, "token"));
        QVERIFY2(token.find("0644") != std::string::npos && token.find("chmod 600") != std::string::npos,
                 token.c_str());
        const auto told = closeDataFolder(pathOf(dir, ""));
        QCOMPARE(told.size(), std::size_t{3});
        QVERIFY2(told[0].find(pathOf(dir, "token").string()) != std::string::npos, told[0].c_str());
        QVERIFY2(told[0].find("0644") != std::string::npos, told[0].c_str());
        for (const auto* name : {"token", "access.db", "stepwell.db-wal"})
            QVERIFY2(isClosed(name), name);
        QVERIFY(!isClosed("other"));
        QVERIFY(closeDataFolder(pathOf(dir, "")).empty());
        QVERIFY(exposureOf(pathOf(dir, "token")).empty());
        QVERIFY(exposureOf(pathOf(dir, "none")).empty());
        // Nobody gets at files of a folder that is closed itself: they are made right without a word.
        QVERIFY(QFile::setPermissions(dir.filePath("token"), open));
        QVERIFY(QFile::setPermissions(dir.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        QVERIFY(closeDataFolder(pathOf(dir, "")).empty());
        QVERIFY(isClosed("token"));
    }

    void shortTokensAreRefused() {
        const QTemporaryDir dir;
        QFile file(dir.filePath("token"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("short\n");
        file.close();
        const auto token = loadOrCreateToken(pathOf(dir, "token"));
        QVERIFY(!token.has_value());
        QVERIFY(token.error().message.find("32") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(LockTest)
#include "tst_lock.moc"
