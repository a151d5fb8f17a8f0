#include "tests/engine/runtime/tst_codec.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::engine::test;

void TestCodec::initTestCase() {
    m_harness = std::make_unique<RuntimeHarness>();
    m_bundle = m_harness->bundle(readSource("values.js"));
}

/// The line that tells the result of the step; the run then waits for its commit.
Line TestCodec::output(const std::string& name) {
    while (m_harness->takeQueued()) {
    }
    m_harness->send(m_bundle, "x\t1\t1\n" + RuntimeHarness::begin(1, "Values", "j\"" + name + "\""));
    return m_harness->line("o").value_or(Line{"none", "", "", "", "", "", ""});
}

void TestCodec::roundTrip_data() {
    QTest::addColumn<QString>("name");
    m_harness->send(m_bundle, RuntimeHarness::begin(2, "Names"));
    const auto names = QString::fromStdString(m_harness->line("c")->back()).mid(2).chopped(1).split(',');
    QVERIFY(names.size() > 30);
    for (auto name : names) {
        name.remove('"');
        QTest::newRow(qPrintable(name)) << name;
    }
}

void TestCodec::roundTrip() {
    QFETCH(QString, name);
    const auto kept = output(name.toStdString()).back();
    m_harness->send(m_bundle, "k\t1\t1\t0\n");
    const auto first = m_harness->line("c")->back();
    QVERIFY2(first.starts_with("j{\"same\":true"),
             (kept.substr(0, 200) + " " + first.substr(0, 500)).c_str());

    const auto history = "h\t1\t1\t0\td\t1\tok\t" + name.toStdString() + "\t\t" + escaped(kept) + "\n";
    m_harness->send(m_bundle, RuntimeHarness::begin(1, "Values", "j\"" + name.toStdString() + "\"", history));
    QCOMPARE(m_harness->line("c")->back(), first);
}

void TestCodec::plainValuesTravelAsJson() {
    for (const std::string name : {"null", "true", "zero", "fraction", "empty", "text", "object"})
        QCOMPARE(output(name).back().front(), 'j');
    for (const std::string name : {"negativeZero", "nan", "holes", "sparse", "shared", "date", "map"})
        QCOMPARE(output(name).back().front(), 'd');
    QCOMPARE(output("undefined").back(), std::string("u"));
    // A view into a larger buffer is stored with its own bytes only.
    QVERIFY(output("view").back().size() < 100);
}

void TestCodec::previewsAreReadable_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("preview");
    QTest::newRow("json") << "object"
                          << "";
    QTest::newRow("undefined") << "undefined"
                               << "";
    QTest::newRow("undefined inside") << "holes"
                                      << "{\"b\":[\"[undefined]\",1]}";
    QTest::newRow("date") << "date"
                          << "\"2009-02-13T23:31:30.123Z\"";
    QTest::newRow("map") << "map"
                         << "[[\"a\",1],[{\"k\":1},{}]]";
    QTest::newRow("set") << "set"
                         << "[1,\"a\",[2]]";
    QTest::newRow("bigint") << "bigint"
                            << "[\"[BigInt(0)]\",\"[BigInt(-1208925819614629174706176)]\"]";
    QTest::newRow("cycle") << "cyclic"
                           << "{\"name\":\"a\",\"list\":[\"[Circular]\"],\"self\":\"[Circular]\"}";
    QTest::newRow("bytes") << "uint8"
                           << "\"[Uint8Array(200000 bytes)]\"";
    QTest::newRow("buffer") << "buffer"
                            << "\"[ArrayBuffer(3 bytes)]\"";
}

void TestCodec::previewsAreReadable() {
    QFETCH(QString, name);
    QFETCH(QString, preview);
    QCOMPARE(QString::fromStdString(output(name.toStdString()).at(5)), preview);
}

QTEST_GUILESS_MAIN(TestCodec)
