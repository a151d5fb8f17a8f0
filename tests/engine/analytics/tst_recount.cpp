#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "recount.h"
#endif

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::engine::analytics;

namespace {

std::vector<PlainRow> some(std::mt19937_64& random, int count, std::int64_t span) {
    std::vector<PlainRow> rows;
    for (int i = 0; i < count; ++i)
        rows.push_back(randomRow(random, span));
    return rows;
}

/// Empty, or the first thing that is not as it must be.
std::string check(World& world, std::mt19937_64& random, std::int64_t span, int queries) {
    const auto snapshot = world.snapshot();
    for (int i = 0; i < queries; ++i) {
        const auto query = randomQuery(random, span);
        const auto answer = snapshot->run(query);
        if (!answer) return "query " + std::to_string(i) + ": " + answer.error().message;
        const auto text = difference(*answer, recount(world.rows(), query));
        if (!text.empty()) return shown(query) + ": " + text;
        const auto listing = randomRowQuery(random, span);
        const auto rows = snapshot->rows(listing);
        if (!rows) return "listing " + std::to_string(i) + ": " + rows.error().message;
        const auto other = difference(*rows, relist(world.rows(), listing));
        if (!other.empty()) return "listing " + std::to_string(i) + ": " + other;
    }
    return {};
}

}  // namespace

/// Whatever is folded, rolled, trimmed or cut off in between: answers equal a recount of the rows.
class RecountTest final : public QObject {
    Q_OBJECT

  private slots:
    void answersEqualARecount() {
        for (std::uint64_t seed = 1; seed <= 12; ++seed) {
            std::mt19937_64 random(seed);
            World world;
            const std::int64_t span = dayLength * (seed % 3 == 0 ? 1 : 25);
            for (int round = 0; round < 8; ++round) {
                for (auto turns = random() % 6; turns > 0; --turns)
                    world.turn(some(random, static_cast<int>(random() % 400), span));
                const auto step = random() % 4;
                if (step >= 1) world.fold();
                if (step >= 2) world.roll();
                if (step >= 3) world.trim();
                const auto text = check(world, random, span, 12);
                QVERIFY2(text.empty(), qPrintable(QString("seed %1, round %2, %3")
                                                      .arg(seed)
                                                      .arg(round)
                                                      .arg(QString::fromStdString(text))));
            }
        }
    }

    void alsoAfterCrashes() {
        for (std::uint64_t seed = 101; seed <= 106; ++seed) {
            std::mt19937_64 random(seed);
            World world;
            world.options().foldRows = 300;  // several transactions for one fold
            if (seed % 2 == 0) world.options().directRows = 200;
            world.crash();
            const std::int64_t span = dayLength * 10;
            for (int round = 0; round < 25; ++round) {
                switch (random() % 9) {
                case 0:
                    world.failedTurn(some(random, 50, span));
                    break;
                case 1:
                    world.fold();
                    break;
                case 2:
                    world.foldWithoutRoom();
                    break;
                case 3:
                    world.roll();
                    break;
                case 4:
                    world.rollWithoutRoom();
                    break;
                case 5:
                    world.trim();
                    break;
                default:
                    world.turn(some(random, static_cast<int>(random() % 300), span));
                }
                if (random() % 3 == 0) world.crash();
                const auto text = check(world, random, span, 3);
                QVERIFY2(text.empty(), qPrintable(QString("seed %1, round %2, %3")
                                                      .arg(seed)
                                                      .arg(round)
                                                      .arg(QString::fromStdString(text))));
            }
        }
    }

    void alsoAfterRetention() {
        std::mt19937_64 random(7);
        World world;
        for (int i = 0; i < 12; ++i) {
            world.turn(some(random, 800, dayLength * 60));
            world.fold();
            if (i % 3 == 0) world.roll();
        }
        world.roll();
        world.expire(std::chrono::hours{24 * 31});
        const auto since = world.snapshot()->rowsSince().time_since_epoch().count();
        QCOMPARE(since, worldNow - 31 * dayLength);
        const auto text = check(world, random, 30 * dayLength - 3'600'000, 80);
        QVERIFY2(text.empty(), text.c_str());

        // Whole days are told for longer than rows are kept; what only rows can tell is refused.
        Query query;
        query.from = stepwell::api::Time{stepwell::api::Milliseconds{(since / dayLength - 20) * dayLength}};
        query.to = query.from + stepwell::api::Milliseconds{10 * dayLength};
        query.groupBy = {workflow_events::workflowName};
        query.measures = {{workflow_events::wallTime, {0.5, 0.9}}};
        const auto snapshot = world.snapshot();
        const auto whole = snapshot->run(query);
        QVERIFY(whole.has_value());
        const auto other = difference(*whole, recount(world.rows(), query));
        QVERIFY2(other.empty(), other.c_str());
        query.from += stepwell::api::Milliseconds{1};
        const auto refused = snapshot->run(query);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("rows are kept since") != std::string::npos);
    }

    void manyWordsAreToldApart() {
        std::mt19937_64 random(8);
        World world;
        for (int i = 0; i < 5; ++i) {
            std::vector<PlainRow> rows;
            for (int j = 0; j < 4'000; ++j)
                rows.push_back(rowOfMany(random, dayLength));
            world.turn(rows);
            world.fold();
            world.roll();
        }
        const auto snapshot = world.snapshot();
        Query query;
        query.from = stepwell::api::Time{stepwell::api::Milliseconds{worldNow - 3 * dayLength}};
        query.to = stepwell::api::Time{stepwell::api::Milliseconds{worldNow + dayLength}};
        query.groupBy = {workflow_events::stepName};
        query.measures = {{workflow_events::wallTime, {0.5}}};
        const auto answer = snapshot->run(query);
        QVERIFY(answer.has_value());
        const auto text = difference(*answer, recount(world.rows(), query));
        QVERIFY2(text.empty(), text.c_str());
        QVERIFY(answer->groups.size() > 4'000);
    }

    void wordsThatNoRollupHasAreForgotten() {
        std::mt19937_64 random(10);
        World world;
        world.options().mostIdleWords = 10;
        world.crash();
        const auto ofMany = [&](std::int64_t later) {
            std::vector<PlainRow> rows;
            for (int i = 0; i < 2'000; ++i) {
                rows.push_back(rowOfMany(random, dayLength));
                rows.back().time += later;
            }
            world.turn(rows);
            world.fold();
            world.roll();
        };
        ofMany(0);
        const auto before = world.writer().dictionary().words();
        QVERIFY(before > 900);
        constexpr std::int64_t later = 6 * 366 * dayLength;
        const auto expire = [&](std::int64_t time) {
            const stepwell::api::Time now{stepwell::api::Milliseconds{time}};
            QVERIFY(world.writer().expire(now).has_value());
        };
        expire(worldNow + later);
        QCOMPARE(world.writer().dictionary().words(), before);  // a snapshot may still know them
        expire(worldNow + later + dayLength / 2);
        QVERIFY(world.writer().dictionary().words() < 10);
        ofMany(later);
        world.crash();
        QVERIFY(world.writer().dictionary().size() <= before + 100);
        Query query;
        query.from = stepwell::api::Time{stepwell::api::Milliseconds{worldNow + later - 2 * dayLength}};
        query.to = query.from + stepwell::api::Milliseconds{4 * dayLength};
        query.groupBy = {workflow_events::stepName, workflow_events::eventType};
        const auto answer = world.snapshot()->run(query);
        QVERIFY(answer.has_value());
        const auto text = difference(*answer, recount(world.rows(), query));
        QVERIFY2(text.empty(), text.c_str());
    }

    void rollupsSpareReadingRows() {
        std::mt19937_64 random(9);
        World world;
        world.turn(some(random, 20'000, dayLength * 20));
        world.fold();
        world.roll();
        Query query;
        query.from =
            stepwell::api::Time{stepwell::api::Milliseconds{(worldNow / dayLength - 15) * dayLength}};
        query.to = query.from + stepwell::api::Milliseconds{15 * dayLength};
        query.bucket = Grain::hour;
        query.filter = Filter::column(workflow_events::workflowName, Operator::eq, {std::string("orders")});
        query.measures = {{workflow_events::wallTime, {}}};
        const auto answer = world.snapshot()->run(query);
        QVERIFY(answer.has_value());
        QCOMPARE(answer->rowsRead, std::int64_t{0});
        QVERIFY(answer->cellsRead > 0);
    }
};

QTEST_GUILESS_MAIN(RecountTest)
#include "tst_recount.moc"
