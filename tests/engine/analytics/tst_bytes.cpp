#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/analytics/batch.h"
#include "app/engine/analytics/bytes.h"
#endif

#include <QTest>

#include <random>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::analytics;

namespace {

std::vector<std::int64_t> column(std::mt19937_64& random) {
    const auto count = random() % 3'000;
    const auto kind = random() % 6;
    const auto bits = random() % 64;
    std::vector<std::int64_t> values;
    std::int64_t last = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto any = static_cast<std::int64_t>(random() >> bits);
        if (kind == 0) last = 7;
        if (kind == 1) last = any;
        if (kind == 2) last = -any;
        if (kind == 3) last += static_cast<std::int64_t>(random() % 9);
        if (kind == 4 && random() % 50 == 0) last = any;
        if (kind == 5) last = random() % 2 == 0 ? -1 : INT64_MAX - static_cast<std::int64_t>(random() % 3);
        values.push_back(last);
    }
    return values;
}

}  // namespace

class BytesTest final : public QObject {
    Q_OBJECT

  private slots:
    void columnsComeBack() {
        std::mt19937_64 random(1);
        for (int round = 0; round < 2'000; ++round) {
            const auto values = column(random);
            std::string bytes;
            writeColumn(bytes, values);
            std::vector<std::int64_t> read;
            QVERIFY(readColumn(bytes, values.size(), read));
            QVERIFY(read == values);
        }
    }

    void whatIsNoColumnIsRefused() {
        std::mt19937_64 random(2);
        for (int round = 0; round < 5'000; ++round) {
            const auto values = column(random);
            std::string bytes;
            writeColumn(bytes, values);
            if (bytes.empty()) continue;
            for (int i = 0; i < 3; ++i)
                bytes[random() % bytes.size()] = static_cast<char>(random());
            bytes.resize(random() % (bytes.size() + 1));
            std::vector<std::int64_t> read;
            if (readColumn(bytes, values.size(), read)) QCOMPARE(read.size(), values.size());
        }
    }

    void wordsComeBack() {
        ColumnData column;
        column.words = {"",
                        "plain",
                        "0b9b51ad-2a63-4c4f-9c85-7a1f0c1f5a11",
                        "0B9B51AD-2a63-4c4f-9c85-7a1f0c1f5a11",
                        "0b9b51ad02a6304c4f09c8507a1f0c1f5a11",
                        "0b9b51ad-2a63-4c4f-9c85-7a1f0c1f5a1-",
                        std::string(5'000, 'x'),
                        "ünï"};
        for (int i = 0; i < 300; ++i)
            column.values.push_back(i * 7 % 8);
        ColumnData read;
        QVERIFY(readWords(writeWords(column), column.values.size(), read));
        QVERIFY(read.words == column.words);
        QVERIFY(read.values == column.values);
    }

    void turnsAreReadAsTheyWereNoted() {
        MetricRows rows;
        const api::Time now{api::Milliseconds{1'800'000'000'000}};
        for (const auto* instance : {"a", "a", "b"})
            rows.row(MetricTable::workflowEvents, now)
                .word("flow")
                .word(instance)
                .word("")
                .word(MetricEvent::workflowSuccess)
                .integer(0)
                .integer(1'500)
                .integer(-1)
                .integer(0)
                .integer(0)
                .integer(0);
        rows.row(MetricTable::blocked, now + api::Milliseconds{5}).word("flow").word("sleep");
        RowSorter sorter;
        QVERIFY(sorter.take(rows.bytes()));
        QVERIFY(sorter.take(rows.bytes()));
        const auto events = sorter.of(TableId::workflowEvents).take();
        QCOMPARE(events.rows, std::size_t{6});
        const auto& names = events.columns[workflow_events::instanceId];
        QCOMPARE(names.words[static_cast<std::size_t>(names.values[5])], std::string("b"));
        QCOMPARE(names.words[static_cast<std::size_t>(names.values[3])], std::string("a"));
        const auto& types = events.columns[workflow_events::eventType];
        QCOMPARE(types.words[static_cast<std::size_t>(types.values[0])], std::string("WORKFLOW_SUCCESS"));
        QCOMPARE(events.columns[workflow_events::wallTime].values[0], std::int64_t{1'500});
        QCOMPARE(events.columns[workflow_events::cpuTime].values[0], absent);
        QCOMPARE(sorter.of(TableId::blocked).take().times[0], std::int64_t{1'800'000'000'005});
    }

    /// Whatever order words come in, and however many they are.
    void wordsOfTurnsComeBack() {
        std::mt19937_64 random(4);
        MetricRows rows;
        std::vector<MetricWord> known(40);
        const auto idOf = [](std::size_t i) {
            const auto digits = std::to_string(100'000 + i);
            return i % 3 == 0 ? "order-" + digits : "0b9b51ad-2a63-4c4f-9c85-7a1f0c" + digits;
        };
        for (std::size_t i = 0; i < known.size(); ++i)
            known[i].set(idOf(i));
        for (int turn = 0; turn < 3; ++turn) {
            std::vector<std::pair<std::string, std::string>> told;
            for (int i = 0; i < 20'000; ++i) {
                const auto which = random() % known.size();
                const auto text = random() % 2 == 0 ? "s" + std::to_string(random() % 20'000) : std::string();
                rows.row(MetricTable::blocked, api::Time{api::Milliseconds{i / 7}});
                if (random() % 5 == 0)
                    rows.word(idOf(which));
                else
                    rows.word(known[which]);
                rows.word(text);
                told.emplace_back(idOf(which), text);
            }
            RowSorter sorter;
            QVERIFY(sorter.take(rows.bytes()));
            const auto batch = sorter.of(TableId::blocked).take();
            QCOMPARE(batch.rows, told.size());
            for (std::size_t i = 0; i < told.size(); ++i) {
                const auto wordOf = [&](std::size_t column) {
                    const auto& data = batch.columns[column];
                    return data.words[static_cast<std::size_t>(data.values[i])];
                };
                QCOMPARE(std::pair(wordOf(0), wordOf(1)), told[i]);
                QCOMPARE(batch.times[i], std::int64_t{static_cast<std::int64_t>(i) / 7});
            }
            rows.clear();
        }
    }

    /// As they were written before words had numbers.
    void olderTurnsAreRead() {
        const std::string bytes("\x03\x0A\x00\x04"
                                "flow\x00\x05sleep\x03\x02\x01\x00\x05retry",
                                25);
        RowSorter sorter;
        QVERIFY(sorter.take(bytes));
        const auto batch = sorter.of(TableId::blocked).take();
        QCOMPARE(batch.rows, std::size_t{2});
        QCOMPARE(batch.columns[0].words, std::vector<std::string>{"flow"});
        QCOMPARE(batch.columns[1].words, (std::vector<std::string>{"sleep", "retry"}));
        QCOMPARE(batch.times, (std::vector<std::int64_t>{5, 6}));
    }

    void damagedTurnsAreFoundOut() {
        MetricRows rows;
        for (int i = 0; i < 20; ++i)
            rows.row(MetricTable::queueWait, api::Time{api::Milliseconds{i}})
                .word("flow" + std::to_string(i))
                .integer(i);
        std::mt19937_64 random(3);
        for (int round = 0; round < 5'000; ++round) {
            auto bytes = rows.bytes();
            bytes[random() % bytes.size()] = static_cast<char>(random());
            bytes.resize(random() % (bytes.size() + 1));
            RowSorter sorter;
            sorter.take(bytes);
            for (const auto& table : allTables()) {
                const auto batch = sorter.of(table.id).take();
                for (const auto& data : batch.columns)
                    QCOMPARE(data.values.size(), batch.rows);
            }
        }
    }
};

QTEST_GUILESS_MAIN(BytesTest)
#include "tst_bytes.moc"
