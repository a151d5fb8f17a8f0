#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/access/database.h"
#include "app/engine/access/ledger.h"
#endif

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <future>
#include <mutex>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::access;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

constexpr api::Time start{api::Milliseconds{1'800'000'000'000}};

AuditEntry entry(int number) {
    AuditEntry entry;
    entry.time = start + seconds(number);
    entry.action = number % 2 == 0 ? "create" : "delete";
    entry.outcome = number % 3 != 0;
    entry.actor = number % 5 == 0 ? "owner" : "t1";
    entry.actorKind = number % 5 == 0 ? ActorKind::owner : ActorKind::token;
    entry.actorName = "name";
    entry.address = "192.0.2.7";
    entry.resource = number % 4 == 0 ? "workflows.instances" : "pages.projects";
    entry.resourceId = std::to_string(number);
    entry.method = "POST";
    entry.path = "/client/v4/x";
    entry.status = 200;
    return entry;
}

}  // namespace

class AuditTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::filesystem::path file_;

    std::unique_ptr<Sqlite> open() { return std::move(*openDatabase(file_)); }
    std::unique_ptr<Ledger> ledger(AuditBounds bounds = {}) {
        return std::make_unique<Ledger>(open(),
                                        Ledger::Options{bounds, [] { return start + hours(1); }, {}, {}});
    }
    std::vector<std::string> idsOf(const AuditQuery& query) {
        std::vector<std::string> ids;
        const auto page = listAudit(*open(), query);
        for (const auto& found : page->entries)
            ids.push_back(found.resourceId);
        return ids;
    }

  private slots:
    void init() {
        static int number = 0;
        file_ = folder_.filePath(QString::number(++number) + ".db").toStdString();
    }

    void everythingGivenIsWrittenBeforeTheEnd() {
        {
            const auto log = ledger();
            for (int i = 0; i < 12'345; ++i)
                log->record(entry(i));
        }
        QCOMPARE(listAudit(*open(), {})->total, std::int64_t{12'345});
    }

    void aRowIsThereSoonWithoutAnybodyAsking() {
        const auto log = ledger();
        log->record(entry(1));
        const auto reader = open();
        QTRY_COMPARE_WITH_TIMEOUT(listAudit(*reader, {})->total, std::int64_t{1}, 30'000);
        const auto row = listAudit(*reader, {})->entries.front();
        QCOMPARE(row.action, std::string("delete"));
        QVERIFY(row.outcome == true);
        QCOMPARE(row.address, std::string("192.0.2.7"));
        QVERIFY(row.face == Face::api);
        QVERIFY(row.time == start + seconds(1));
    }

    void filtersAndPages() {
        const auto db = open();
        for (int i = 0; i < 20; ++i)
            appendAudit(*db, entry(i));
        AuditQuery query;
        query.perPage = 3;
        QVERIFY(idsOf(query) == (std::vector<std::string>{"19", "18", "17"}));
        query.page = 7;
        QVERIFY(idsOf(query) == (std::vector<std::string>{"1", "0"}));
        query = {};
        query.oldestFirst = true;
        query.actor = "owner";
        QVERIFY(idsOf(query) == (std::vector<std::string>{"0", "5", "10", "15"}));
        query.action = "create";
        QVERIFY(idsOf(query) == (std::vector<std::string>{"0", "10"}));
        query = {};
        query.since = start + seconds(4);
        query.before = start + seconds(7);
        QVERIFY(idsOf(query) == (std::vector<std::string>{"6", "5", "4"}));
        query = {};
        query.resource = "workflows";
        QCOMPARE(listAudit(*db, query)->total, std::int64_t{5});
        query.resource = "work";
        QCOMPARE(listAudit(*db, query)->total, std::int64_t{0});
        query.resource = "' OR 1=1 --";
        QCOMPARE(listAudit(*db, query)->total, std::int64_t{0});
    }

    void theOldestGoBeyondTheBounds() {
        const auto db = open();
        db->exec("BEGIN");
        for (int i = 0; i < 5'000; ++i)
            appendAudit(*db, entry(i));
        db->exec("COMMIT");
        const AuditBounds bounds{100, hours(24)};
        AuditPruner pruner;
        while (pruner.step(*db, bounds, start)) {
        }
        AuditQuery query;
        query.perPage = 1'000;
        const auto ids = idsOf(query);
        QCOMPARE(ids.size(), std::size_t{100});
        QCOMPARE(ids.back(), std::string("4900"));
        while (pruner.step(*db, bounds, start + hours(24) + seconds(4'950))) {
        }
        QCOMPARE(idsOf(query).size(), std::size_t{50});
    }

    void whoIsRefusedPushesOutNothingThatWasDone() {
        const auto db = open();
        db->exec("BEGIN");
        for (int i = 0; i < 5'000; ++i) {
            auto row = entry(i);
            if (i >= 60) row.status = std::array{401, 403, 429}[static_cast<std::size_t>(i % 3)];
            QCOMPARE(isRefusal(row), i >= 60);
            appendAudit(*db, row);
        }
        db->exec("COMMIT");
        AuditPruner pruner;
        while (pruner.step(*db, {50, hours(24), 200}, start)) {
        }
        AuditQuery query;
        query.perPage = 1'000;
        query.oldestFirst = true;
        const auto ids = idsOf(query);
        QCOMPARE(ids.size(), std::size_t{250});
        QCOMPARE(ids.front(), std::string("10"));
        QCOMPARE(ids[49], std::string("59"));
        QCOMPARE(ids[50], std::string("4800"));
        QVERIFY(db->ok());
    }

    void whatIsAddedBetweenStepsCounts() {
        const auto db = open();
        const auto other = open();  // as a command of another process has one
        AuditPruner pruner;
        const AuditBounds bounds{10, hours(24), 5};
        for (int i = 0; i < 300; ++i) {
            auto row = entry(i);
            if (i % 3 == 0) row.status = 403;
            appendAudit(i % 2 == 0 ? *db : *other, row);
            QVERIFY(!pruner.step(*db, bounds, start));
        }
        AuditQuery query;
        query.perPage = 1'000;
        query.oldestFirst = true;
        const auto ids = idsOf(query);
        QCOMPARE(ids.size(), std::size_t{15});
        QCOMPARE(ids.front(), std::string("285"));
        QVERIFY(!pruner.step(*db, bounds, start + hours(24 + 1)));
        QVERIFY(idsOf(query).empty());
        appendAudit(*db, entry(1));
        QVERIFY(!pruner.step(*db, bounds, start));
        QCOMPARE(idsOf(query).size(), std::size_t{1});
    }

    void jobsDoNotWaitUntilALongLogIsWithinItsBounds() {
        auto db = open();
        db->exec("BEGIN");
        for (int i = 0; i < 20'000; ++i)
            appendAudit(*db, entry(i));
        db->exec("COMMIT");
        std::promise<void> begun, posted;
        std::once_flag first;
        const auto now = [&] {
            std::call_once(first, [&] {
                begun.set_value();
                posted.get_future().wait();
            });
            return start;
        };
        Ledger log(std::move(db), {{100, hours(24)}, now, {}, {}});
        begun.get_future().wait();
        std::int64_t left = 0;
        log.post([&left](Sqlite& same) { left = listAudit(same, {})->total; });
        posted.set_value();
        log.flush();
        QCOMPARE(left, std::int64_t{19'000});
        // And a log that nobody adds to gets there too.
        const auto reader = open();
        QTRY_COMPARE_WITH_TIMEOUT(listAudit(*reader, {})->total, std::int64_t{100}, 30'000);
    }

    void whatIsLostAtTheEndIsTold() {
        std::size_t lost = 0;
        std::string reason;
        auto db = open();
        db->exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
        {
            Ledger log(std::move(db), {{},
                                       [] { return start; },
                                       {},
                                       [&](std::size_t rows, const std::string& why) {
                                           lost += rows;
                                           reason = why;
                                       }});
            for (int i = 0; i < 7'000; ++i)
                log.record(entry(i));
        }
        QCOMPARE(lost, std::size_t{7'000});
        QVERIFY2(reason.find("disk is full") != std::string::npos, reason.c_str());
    }

    void refusalsLeaveRoomForOthers() {
        std::atomic<std::size_t> lost{0};
        auto db = open();
        db->exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
        Ledger log(
            std::move(db),
            {{}, [] { return start; }, {}, [&](std::size_t rows, const std::string&) { lost += rows; }});
        auto refused = entry(1);
        refused.status = 403;
        // What is being written just now does not count among those that wait.
        constexpr std::size_t many = Ledger::mostWaiting + 10'000;
        for (std::size_t i = 0; i < many; ++i)
            log.record(refused);
        QVERIFY(log.hasRoom());
        log.record(entry(2));
        open()->exec("DROP TRIGGER full");
        QTRY_VERIFY_WITH_TIMEOUT(lost.load() > 0, 30'000);
        log.flush();
        QCOMPARE(listAudit(*open(), {})->total + static_cast<std::int64_t>(lost.load()),
                 static_cast<std::int64_t>(many) + 1);
        AuditQuery query;
        query.action = "create";
        QCOMPARE(listAudit(*open(), query)->total, std::int64_t{1});
    }

    void longTextsAreCut() {
        const auto db = open();
        auto long1 = entry(1);
        long1.path = std::string(10'000, 'x');
        appendAudit(*db, long1);
        QCOMPARE(listAudit(*db, {})->entries.front().path.size(), longestAuditText);
    }

    void aDiskThatTakesNothingIsWaitedFor() {
        std::atomic<int> told{0};
        std::atomic<bool> fine{false};
        auto db = open();
        // As long as it is there, no row can be written.
        db->exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
        Ledger log(std::move(db), {{},
                                   [] { return start; },
                                   [&](const std::string& why) {
                                       if (why.empty())
                                           fine = true;
                                       else
                                           ++told;
                                   },
                                   {}});
        log.record(entry(1));
        log.record(entry(2));
        QTRY_COMPARE_WITH_TIMEOUT(told.load(), 1, 30'000);
        QVERIFY(log.hasRoom());
        open()->exec("DROP TRIGGER full");
        QTRY_VERIFY_WITH_TIMEOUT(fine.load(), 30'000);
        log.flush();
        QVERIFY(idsOf({}) == (std::vector<std::string>{"2", "1"}));
    }
};

QTEST_GUILESS_MAIN(AuditTest)
#include "tst_audit.moc"
