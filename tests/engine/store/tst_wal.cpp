#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/store/schema.h"
#endif

#include <QTemporaryDir>
#include <QTest>

using namespace stepwell::engine;

/// The write-ahead log of the database that the engine writes.
class WalTest : public QObject {
    Q_OBJECT

    static std::int64_t rows(Sqlite& db) {
        auto query = db.query("SELECT count(*) FROM counts");
        return query.step() ? query.integer() : -1;
    }
    static void insert(Sqlite& db, int number) {
        auto query = db.query("INSERT INTO counts(workflow, status, n) VALUES(?, 0, 1)");
        query.bind(number).run();
    }

  private slots:
    void growsAheadOfItsEnd() {
        const QTemporaryDir dir;
        const auto file = std::filesystem::path(dir.path().toStdString()) / "stepwell.db";
        const auto db = std::move(*openDatabase(file));
        const auto log = std::filesystem::path(file.string() + "-wal");
        insert(*db, 1);
        const auto size = std::filesystem::file_size(log);
        QVERIFY(size >= std::uintmax_t(WalPolicy{}.stepBytes));
        insert(*db, 2);  // overwrites what the file has
        QCOMPARE(std::filesystem::file_size(log), size);
    }

    void losesNothingWhileItGrowsAndIsCopied() {
        constexpr int many = 300;
        const QTemporaryDir dir;
        const auto file = std::filesystem::path(dir.path().toStdString()) / "stepwell.db";
        {
            const auto db = std::move(*openDatabase(file));
            db->setWalPolicy({40, 64 << 10});
            for (int i = 0; i < many; ++i)
                insert(*db, i);
            QVERIFY2(db->ok(), db->error().c_str());
            // Seen as a process would that comes after a kill: with the log as it lies there.
            std::filesystem::copy_file(file, file.string() + ".copy");
            std::filesystem::copy_file(file.string() + "-wal", file.string() + ".copy-wal");
            QVERIFY(std::filesystem::file_size(file.string() + "-wal") < 2U << 20);  // it was used again
        }
        const auto copy = std::move(*openDatabase(file.string() + ".copy"));
        QCOMPARE(rows(*copy), std::int64_t(many));
        const auto db = std::move(*openDatabase(file));
        QCOMPARE(rows(*db), std::int64_t(many));
    }
};

QTEST_GUILESS_MAIN(WalTest)
#include "tst_wal.moc"
