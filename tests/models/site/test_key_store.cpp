#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "models/site/key_store.h"
#endif

#include <sys/stat.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>

using namespace stepwell;
using namespace stepwell::site;

namespace {

constexpr auto atOnce = std::chrono::nanoseconds(0);  ///< whatever is on the disk may be kept

struct ::stat statOf(const QString& path) {
    struct stat data {};
    ::stat(QFile::encodeName(path).constData(), &data);
    return data;
}

}  // namespace

class KeyStoreTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir(m_dir->path()).mkpath("site/sub"));
    }

    void aFolderIsNotReadAgainByTheNextRun() {
        write("a.txt", "one");
        write("sub/key.txt", "-----BEGIN RSA PRIVATE KEY-----\nabc\n");
        run();
        // What is known is believed: nothing but another key can tell that the files were not read.
        KeyCache cache(atOnce);
        store().load(root(), cache);
        for (const auto& file : scan().files) {
            const auto known = cache.find(file);
            QVERIFY(known);
            QVERIFY(known->key == keyOf(file));
            QCOMPARE(known->isPrivateKey, file.path == "sub/key.txt");
        }
        const auto site = run();
        QCOMPARE(site.findings.size(), 1U);
        QCOMPARE(site.findings.front().concern, Concern::privateKey);
    }

    void aFileWithItsOldSizeAndTimeIsReadAgain() {
        write("a.txt", "one");
        run();
        const auto before = statOf(path("a.txt"));
        // A clock of the file system may not have ticked since.
        do {
            write("a.txt", "two");
            const struct timespec times[] = {before.st_atim, before.st_mtim};
            QCOMPARE(::utimensat(AT_FDCWD, path("a.txt").toUtf8().constData(), times, 0), 0);
        } while (statOf(path("a.txt")).st_ctim.tv_sec == before.st_ctim.tv_sec &&
                 statOf(path("a.txt")).st_ctim.tv_nsec == before.st_ctim.tv_nsec);
        const auto after = statOf(path("a.txt"));
        QCOMPARE(after.st_ino, before.st_ino);
        QCOMPARE(after.st_size, before.st_size);
        QCOMPARE(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
        const auto site = run();
        QVERIFY(site.files.front().key == api::assetKey("two", "a.txt"));
    }

    void aFileThatChangedJustBeforeIsNotKept() {
        write("a.txt", "one");
        KeyCache cache;
        run(cache);
        QVERIFY(kept().isEmpty());
    }

    void whatIsDamagedIsHarmless() {
        write("a.txt", "one");
        write("b.txt", "two");
        run();
        const auto whole = read(kept());
        QVERIFY(whole.size() > 100);
        const auto isUnknown = [this](const QByteArray& content) {
            overwrite(kept(), content);
            KeyCache cache(atOnce);
            store().load(root(), cache);
            const auto site = scan();
            return std::none_of(site.files.begin(), site.files.end(),
                                [&](const auto& file) { return cache.find(file).has_value(); });
        };
        for (qsizetype i = 0; i < whole.size(); ++i) {
            auto damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
            QVERIFY2(isUnknown(damaged), qPrintable(QStringLiteral("byte %1").arg(i)));
            QVERIFY2(isUnknown(whole.left(i)), qPrintable(QStringLiteral("the first %1 bytes").arg(i)));
        }
        QVERIFY(isUnknown(whole + 'x'));
        const auto site = run();  // and is replaced by what holds
        QVERIFY(site.files.front().key == api::assetKey("one", "a.txt"));
        QCOMPARE(read(kept()), whole);
    }

    void aPlaceThatTakesNothingIsHarmless() {
        write("a.txt", "one");
        overwrite(m_dir->filePath("keys"), "a file where the folder should be");
        const auto site = run();
        QVERIFY(site.files.front().key == api::assetKey("one", "a.txt"));
    }

    void whatIsOverTheLimitsGoes() {
        KeyStore::Limits limits;
        limits.folders = 2;
        for (const char* name : {"one", "two", "three"}) {
            const QString folder = m_dir->filePath(name);
            QVERIFY(QDir().mkpath(folder));
            overwrite(folder + "/a.txt", name);
            KeyCache cache(atOnce);
            run(folder, cache, limits);
        }
        QCOMPARE(QDir(m_dir->filePath("keys")).entryList(QDir::Files).size(), 2);
        limits.fileBytes = 10;  // of the fourth, which is not kept at all
        write("a.txt", "four");
        KeyCache cache(atOnce);
        run(QString::fromStdString(root()), cache, limits);
        QCOMPARE(QDir(m_dir->filePath("keys")).entryList(QDir::Files).size(), 2);
    }

  private:
    QString path(const QString& name) const { return m_dir->filePath("site/" + name); }
    std::string root() const { return m_dir->filePath("site").toStdString(); }
    KeyStore store(const KeyStore::Limits& limits = {}) const {
        return {m_dir->filePath("keys").toStdString(), limits};
    }
    /// The one file of keys; empty: there is none.
    QString kept() const {
        const auto names = QDir(m_dir->filePath("keys")).entryList(QDir::Files);
        return names.isEmpty() ? QString() : m_dir->filePath("keys/" + names.front());
    }
    static void overwrite(const QString& path, const QByteArray& bytes) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }
    static QByteArray read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QString& name, const QByteArray& bytes) const { overwrite(path(name), bytes); }
    static api::AssetKey keyOf(const LocalFile& file) {
        return api::assetKey(read(QString::fromStdString(file.disk)).toStdString(), file.path);
    }
    LocalSite scan() const {
        Stop stop = false;
        auto site = scanSite({root()}, stop);
        return site ? std::move(*site) : LocalSite();
    }
    /// Like the window: all that is kept is known before the folder is hashed, and kept afterwards.
    LocalSite run() const {
        KeyCache cache(atOnce);
        return run(cache);
    }
    LocalSite run(KeyCache& cache) const { return run(QString::fromStdString(root()), cache, {}); }
    LocalSite run(const QString& folder, KeyCache& cache, const KeyStore::Limits& limits) const {
        Stop stop = false;
        auto site = scanSite({folder.toStdString()}, stop);
        if (!site) return {};
        const auto keys = store(limits);
        keys.load(folder.toStdString(), cache);
        HashProgress progress;
        hashFiles(*site, cache, progress, stop);
        keys.save(folder.toStdString(), *site, cache);
        return std::move(*site);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_APPLESS_MAIN(KeyStoreTest)
#include "test_key_store.moc"
