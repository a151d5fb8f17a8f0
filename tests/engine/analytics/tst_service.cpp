#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/analytics/analytics.h"
#include "app/engine/store/schema.h"
#include "world.h"
#endif

#include <QTest>

#include <fstream>
#include <thread>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::analytics;

namespace {

namespace fs = std::filesystem;

std::int64_t countOf(Snapshot& snapshot, TableId table) {
    Query query;
    query.table = table;
    query.from = api::Time{api::Milliseconds{worldNow - dayLength}};
    query.to = api::Time{api::Milliseconds{worldNow + dayLength}};
    const auto answer = snapshot.run(query);
    if (!answer) qFatal("%s", answer.error().message.c_str());
    return answer->groups.empty() ? 0 : answer->groups.front().count;
}

std::string bytesOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class Folder {
  public:
    Folder()
        : m_path(m_dir.path().toStdString()) {
        m_log = std::move(*openDatabase(m_path / "stepwell.db"));
    }
    AnalyticsOptions options() const {
        AnalyticsOptions options;
        options.database = m_path / "analytics.db";
        options.log = m_path / "stepwell.db";
        options.keepRows = std::chrono::hours{24 * 366 * 100};  // what the clock says does not matter
        return options;
    }
    const fs::path& path() const { return m_path; }

    void turn(std::int64_t sequence, int rows) {
        MetricRows chunk;
        for (int i = 0; i < rows; ++i)
            chunk.row(MetricTable::blocked, api::Time{api::Milliseconds{worldNow}})
                .word("flow")
                .word("sleep");
        m_log->query("INSERT INTO metric_log(seq,time,rows,data) VALUES(?,?,?,?)")
            .bind(sequence)
            .bind(worldNow)
            .bind(rows)
            .blob(chunk.bytes())
            .run();
    }
    void checkpoint() { m_log->exec("PRAGMA wal_checkpoint(TRUNCATE)"); }
    void trim(std::int64_t upTo) { m_log->query("DELETE FROM metric_log WHERE seq<=?").bind(upTo).run(); }

  private:
    QTemporaryDir m_dir;
    fs::path m_path;
    std::unique_ptr<Sqlite> m_log;
};

void record(Analytics& analytics, int rows) {
    const std::array<std::string_view, 3> words = {"worker-a", "flow", "example.com"};
    const std::array<std::int64_t, 4> integers = {200, 10, 20, 1'500};
    for (int i = 0; i < rows; ++i)
        analytics.record({TableId::subrequests, api::Time{api::Milliseconds{worldNow}}, words, integers});
}

}  // namespace

class ServiceTest final : public QObject {
    Q_OBJECT

  private slots:
    void aTurnIsToldFromItsCommitOn() {
        Folder folder;
        auto analytics = std::move(*Analytics::open(folder.options()));
        folder.turn(1, 10);
        QCOMPARE(countOf(**analytics->snapshot(), TableId::blocked), std::int64_t{10});
        analytics->logGrew(1, 10);
        folder.turn(2, 5);  // not durable: told, and not folded
        QVERIFY(analytics->settle(api::Time{api::Milliseconds{worldNow}}).has_value());
        QCOMPARE(analytics->folded(), std::int64_t{1});
        QCOMPARE(countOf(**analytics->snapshot(), TableId::blocked), std::int64_t{15});
    }

    void aSnapshotStaysAsItIs() {
        Folder folder;
        auto analytics = std::move(*Analytics::open(folder.options()));
        folder.turn(1, 10);
        const auto before = std::move(*analytics->snapshot());
        folder.turn(2, 7);
        analytics->logGrew(2, 17);
        QVERIFY(analytics->settle(api::Time{api::Milliseconds{worldNow}}).has_value());
        folder.trim(1);
        QCOMPARE(countOf(*before, TableId::blocked), std::int64_t{10});
        QCOMPARE(countOf(*before, TableId::blocked), std::int64_t{10});
        QCOMPARE(countOf(**analytics->snapshot(), TableId::blocked), std::int64_t{17});
    }

    /// What another thread asks is of the same moment, or it is told that there is no such moment any more.
    void aTwinIsOfTheSameMoment() {
        Folder folder;
        auto analytics = std::move(*Analytics::open(folder.options()));
        folder.turn(1, 10);
        const auto before = std::move(*analytics->snapshot());
        const auto twin = before->twin();
        QVERIFY(twin != nullptr);
        folder.turn(2, 7);  // not folded: the database is as it was, the log is not
        const auto late = before->twin();
        QVERIFY(late != nullptr);
        QCOMPARE(countOf(*late, TableId::blocked), std::int64_t{10});
        analytics->logGrew(2, 17);
        QVERIFY(analytics->settle(api::Time{api::Milliseconds{worldNow}}).has_value());
        folder.trim(1);
        QVERIFY(before->twin() == nullptr);
        QCOMPARE(countOf(*twin, TableId::blocked), std::int64_t{10});
        const auto after = std::move(*analytics->snapshot());
        QCOMPARE(countOf(*after->twin(), TableId::blocked), std::int64_t{17});
        QCOMPARE(after->twin()->rowsSince(), after->rowsSince());
    }

    /// While turns come, are folded, rolled and trimmed, no snapshot ever misses a row or has one twice.
    void snapshotsAreWholeAtAnyMoment() {
        Folder folder;
        auto options = folder.options();
        options.foldRows = 10;
        options.rollRows = 50;
        auto analytics = std::move(*Analytics::open(options));
        std::atomic<bool> isDone{false};
        std::atomic<std::int64_t> committed{0};
        std::atomic<int> wrong{0};
        std::thread reader([&] {
            while (!isDone) {
                const auto atLeast = committed.load();
                const auto snapshot = std::move(*analytics->snapshot());
                const auto count = countOf(*snapshot, TableId::blocked);
                if (count < atLeast || count % 3 != 0 || count != countOf(*snapshot, TableId::blocked))
                    ++wrong;
            }
        });
        for (std::int64_t i = 1; i <= 400; ++i) {
            folder.turn(i, 3);  // a commit of its own
            committed = i * 3;
            analytics->logGrew(i, 3);
            if (i % 7 == 0) folder.trim(std::min(analytics->folded(), i - 1));
        }
        isDone = true;
        reader.join();
        QCOMPARE(wrong.load(), 0);
        analytics.reset();  // folds what waits
        analytics = std::move(*Analytics::open(options));
        QCOMPARE(analytics->folded(), std::int64_t{400});
        QCOMPARE(countOf(**analytics->snapshot(), TableId::blocked), std::int64_t{1'200});
    }

    void directRowsOfManyThreadsAreCounted() {
        Folder folder;
        auto analytics = std::move(*Analytics::open(folder.options()));
        std::vector<std::thread> threads;
        for (int i = 0; i < 6; ++i)
            threads.emplace_back([&] { record(*analytics, 2'000); });
        for (auto& thread : threads)
            thread.join();
        QVERIFY(analytics->settle(api::Time{api::Milliseconds{worldNow}}).has_value());
        QCOMPARE(countOf(**analytics->snapshot(), TableId::subrequests), std::int64_t{12'000});
        QCOMPARE(analytics->dropped(), std::int64_t{0});
        record(*analytics, 7);
        analytics.reset();
        analytics = std::move(*Analytics::open(folder.options()));
        QCOMPARE(countOf(**analytics->snapshot(), TableId::subrequests), std::int64_t{12'007});
    }

    void directRowsBeyondTheBoundAreDroppedAndCounted() {
        Folder folder;
        auto options = folder.options();
        auto analytics = std::move(*Analytics::open(options));
        const std::string longPath(100'000, 'x');
        std::int64_t total = 0;
        for (int i = 0; i < 400; ++i) {
            const auto path = longPath + std::to_string(i);
            const std::array<std::string_view, 7> words = {"host", "project", "production", "GET",
                                                           path,   "hit",     "text/html"};
            const std::array<std::int64_t, 3> integers = {200, 1, 1};
            analytics->record(
                {TableId::siteRequests, api::Time{api::Milliseconds{worldNow}}, words, integers});
            ++total;
        }
        QVERIFY(analytics->settle(api::Time{api::Milliseconds{worldNow}}).has_value());
        QCOMPARE(countOf(**analytics->snapshot(), TableId::siteRequests) + analytics->dropped(), total);
    }

    void anOlderLogIsNotCountedAgain() {
        Folder folder;
        {
            auto analytics = std::move(*Analytics::open(folder.options()));
            for (std::int64_t i = 1; i <= 5; ++i)
                folder.turn(i, 2);
            analytics->logGrew(5, 10);
        }
        folder.trim(5);
        folder.turn(3, 2);  // a copy of the engine's database from when it had three turns
        auto analytics = std::move(*Analytics::open(folder.options()));
        folder.turn(4, 100);
        QCOMPARE(countOf(**analytics->snapshot(), TableId::blocked), std::int64_t{110});
    }

    void aForeignFileIsRefusedAndKept() {
        Folder folder;
        folder.checkpoint();
        fs::copy_file(folder.path() / "stepwell.db", folder.path() / "analytics.db");
        const auto before = bytesOf(folder.path() / "analytics.db");
        const auto opened = Analytics::open(folder.options());
        QVERIFY(!opened);
        QVERIFY(opened.error().message.find("analytics.db") != std::string::npos);
        QVERIFY(opened.error().message.find("Move the file away") != std::string::npos);
        QVERIFY(bytesOf(folder.path() / "analytics.db") == before);
    }

    void whatIsNoDatabaseIsRefusedAndKept() {
        Folder folder;
        const std::string text(10'000, 'a');
        std::ofstream(folder.path() / "analytics.db") << text;
        const auto opened = Analytics::open(folder.options());
        QVERIFY(!opened);
        QVERIFY(opened.error().message.find("analytics.db") != std::string::npos);
        QVERIFY(bytesOf(folder.path() / "analytics.db") == text);
    }

    /// Damage is told as an error, or the damaged part is not what was asked; never as a crash.
    void damagedFilesAreToldOf() {
        std::mt19937_64 random(11);
        World world;
        std::vector<PlainRow> rows;
        for (int i = 0; i < 3'000; ++i)
            rows.push_back(randomRow(random, dayLength * 10));
        world.turn(rows);
        world.fold();
        world.roll();
        world.crash();
        const auto file = world.options().database;
        const auto log = world.options().log;
        int told = 0;
        for (int round = 0; round < 60; ++round) {
            QTemporaryDir dir;
            AnalyticsOptions options;
            options.database = fs::path(dir.path().toStdString()) / "analytics.db";
            fs::copy_file(file, options.database);
            fs::copy_file(file.string() + "-wal", options.database.string() + "-wal");
            {
                std::string error;
                const auto db = Sqlite::open(options.database, Sqlite::Mode::readWrite, error);
                const char* sql = round % 2 == 0 ? "UPDATE rollups SET numbers=randomblob(length(numbers)) "
                                                   "WHERE abs(random())%3=0"
                                                 : "UPDATE segment_columns SET data=randomblob(length(data)) "
                                                   "WHERE abs(random())%3=0";
                db->exec(sql);
            }
            auto analytics = Analytics::open(options);
            if (!analytics) {
                ++told;
                continue;
            }
            const auto snapshot = std::move(*(*analytics)->snapshot());
            Query query;
            query.from = api::Time{api::Milliseconds{worldNow - 9 * dayLength}};
            query.to = api::Time{api::Milliseconds{worldNow}};
            query.groupBy = {static_cast<Column>(round % 4)};
            query.measures = {{workflow_events::wallTime, {0.5}}};
            const auto answer = snapshot->run(query);
            if (answer) continue;
            ++told;
            QVERIFY(answer.error().message.find("analytics.db") != std::string::npos);
        }
        QVERIFY(told > 40);
    }

    void badQueriesAreRefused() {
        Folder folder;
        auto analytics = std::move(*Analytics::open(folder.options()));
        const auto snapshot = std::move(*analytics->snapshot());
        Query query;
        query.to = api::Time{api::Milliseconds{worldNow}};
        query.groupBy = {workflow_events::wallTime};
        QVERIFY(!snapshot->run(query));
        query.groupBy.clear();
        query.measures = {{workflow_events::retryCount, {0.5}}};
        QVERIFY(!snapshot->run(query));
        query.measures.clear();
        query.filter = Filter::column(workflow_events::stepCount, Operator::like, {std::int64_t{1}});
        QVERIFY(!snapshot->run(query));
        query.filter = Filter::column(workflow_events::stepCount, Operator::eq, {std::string("1")});
        QVERIFY(!snapshot->run(query));
        query.filter = Filter::column(99, Operator::eq, {std::int64_t{1}});
        QVERIFY(!snapshot->run(query));
    }
};

QTEST_GUILESS_MAIN(ServiceTest)
#include "tst_service.moc"
