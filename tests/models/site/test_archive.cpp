#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "models/site/archive.h"
#endif
#include "tests/models/site/zip_maker.h"

#include <QTest>

#include <archive.h>
#include <archive_entry.h>
#include <map>

using namespace stepwell;
using namespace stepwell::site;
using stepwell::test::makeZip;
using stepwell::test::ZipEntry;

namespace {

/// Keeps what is unpacked in memory.
class MemorySink final : public ArchiveSink {
  public:
    std::map<std::string, std::string> files;

    api::Result<void> begin(const std::string& path) override {
        m_path = path;
        files[path].clear();
        return {};
    }
    api::Result<void> write(std::string_view bytes) override {
        files[m_path] += bytes;
        return {};
    }
    api::Result<void> end(End how) override {
        if (how == End::tooLarge) files.erase(m_path);
        return {};
    }

  private:
    std::string m_path;
};

api::Result<ArchiveSummary> unpack(const std::string& bytes, MemorySink& sink,
                                   const ArchiveLimits& limits = {}) {
    return readArchive(bytes, "site.zip", limits, sink);
}

/// The reason why an archive with this entry is refused.
QString refusal(const ZipEntry& entry) {
    MemorySink sink;
    const auto summary = unpack(makeZip({{"index.html", "x"}, entry}), sink);
    return summary ? QStringLiteral("accepted") : QString::fromStdString(summary.error().message);
}

std::string tarGz(const std::map<std::string, std::string>& files) {
    std::string out(1 << 20, '\0');
    std::size_t used = 0;
    archive* writer = archive_write_new();
    archive_write_add_filter_gzip(writer);
    archive_write_set_format_pax_restricted(writer);
    archive_write_open_memory(writer, out.data(), out.size(), &used);
    for (const auto& [name, bytes] : files) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(writer, entry);
        archive_write_data(writer, bytes.data(), bytes.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    out.resize(used);
    return out;
}

}  // namespace

class ArchiveTest : public QObject {
    Q_OBJECT

  private slots:
    void theOneFolderAroundEverythingIsTold() {
        MemorySink sink;
        const auto summary =
            unpack(makeZip({{"dist/", ""}, {"dist/index.html", "hi"}, {"dist/a/b.js", "1"}}), sink);
        QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
        QCOMPARE(summary->top, std::string("dist"));
        QCOMPARE(summary->files, 2);
        QCOMPARE(summary->bytes, 3);
        QCOMPARE(sink.files["dist/index.html"], std::string("hi"));
    }

    void severalTopEntriesAreNoTop() {
        MemorySink sink;
        QCOMPARE(unpack(makeZip({{"a/x", "1"}, {"b/y", "2"}}), sink)->top, std::string());
        QCOMPARE(unpack(makeZip({{"a/x", "1"}, {"y", "2"}}), sink)->top, std::string());
        QCOMPARE(unpack(makeZip({{"index.html", "1"}}), sink)->top, std::string());
    }

    void whatPackersAddIsPassedOver() {
        MemorySink sink;
        const auto summary = unpack(makeZip({{"site/index.html", "x"},
                                             {"__MACOSX/site/._index.html", "?"},
                                             {"site/.DS_Store", "?"},
                                             {"site/img/Thumbs.db", "?"},
                                             {"site/._x", "?"}}),
                                    sink);
        QVERIFY(summary);
        QCOMPARE(summary->passed, 4);
        QCOMPARE(sink.files.size(), 1U);
        QCOMPARE(summary->top, std::string("site"));
    }

    void namesComeOutAsUtf8() {
        MemorySink sink;
        QVERIFY(unpack(makeZip({{"gr\xC3\xBC\xC3\x9F"
                                 "e.txt",
                                 "1", true},
                                {"caf\x82.txt", "2"},                // é in CP437
                                {"\xE3\x81\x82.txt", "3", false}}),  // UTF-8 that does not say so
                       sink));
        QVERIFY(sink.files.contains("grüße.txt"));
        QVERIFY(sink.files.contains("café.txt"));
        QVERIFY(sink.files.contains("あ.txt"));
    }

    void whatLeadsOutIsRefusedByName_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("why");
        QTest::newRow("up") << "../evil"
                            << "leads out of the archive";
        QTest::newRow("up inside") << "a/../../evil"
                                   << "leads out of the archive";
        QTest::newRow("backslashes") << "a\\..\\..\\evil"
                                     << "leads out of the archive";
        QTest::newRow("absolute") << "/etc/passwd"
                                  << "absolute path";
        QTest::newRow("drive") << "C:/evil"
                               << "absolute path";
        QTest::newRow("long") << QString(300, 'x') << "longer than 255 bytes";
        QTest::newRow("very long") << QString("x/").repeated(2'100) + "y"
                                   << "longer than 4,096 bytes";
    }
    void whatLeadsOutIsRefusedByName() {
        QFETCH(QString, name);
        QFETCH(QString, why);
        const QString reason = refusal({name.toStdString(), "evil"});
        QVERIFY2(reason.contains(why), qPrintable(reason));
        QVERIFY2(reason.contains("evil") || reason.contains("passwd") || reason.contains("xx") ||
                     reason.contains("x/"),
                 qPrintable(reason));
    }

    void linksAreRefused() {
        const QString reason = refusal({"link", "/etc/passwd", false, 0120777});
        QVERIFY2(reason.contains("\"link\"") && reason.contains("is a link"), qPrintable(reason));
    }

    void largeFilesAreLeftOutAndNamed() {
        MemorySink sink;
        ArchiveLimits limits;
        limits.largestFile = 10;
        const auto summary =
            unpack(makeZip({{"a", std::string(10, 'a')}, {"b", std::string(11, 'b')}}), sink, limits);
        QVERIFY(summary);
        QCOMPARE(summary->tooLarge, std::vector<std::string>{"b"});
        QCOMPARE(sink.files.size(), 1U);
    }

    void namesThatComeAgainAreTold() {
        MemorySink sink;
        const auto summary = unpack(makeZip({{"s/a.html", "1"},
                                             {"s/A.html", "2"},
                                             {"s/a.html", "3"},
                                             {"s/a.html", "4"},
                                             {"s/grüße/x", "5", true},
                                             {"s/GRÜßE/x", "6", true},
                                             {"s/b", "7"}}),
                                    sink);
        QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
        QCOMPARE(summary->repeated, std::vector<std::string>{"s/a.html"});
        QCOMPARE(summary->sameButCase, (std::vector<std::string>{"s/A.html", "s/GRÜßE/x"}));
        QCOMPARE(sink.files["s/a.html"], std::string("4"));
    }

    void limitsHoldWhileUnpacking() {
        MemorySink sink;
        ArchiveLimits limits;
        limits.mostBytes = 1024 * 1024;
        const auto tooMuch =
            readArchive(tarGz({{"zeros.bin", std::string(3 * 1024 * 1024, '\0')}}), "x.tar.gz", limits, sink);
        QVERIFY(!tooMuch && tooMuch.error().message.find("\"zeros.bin\"") != std::string::npos);
        limits = {};
        limits.growthFrom = 64 * 1024;
        const auto bomb =
            readArchive(tarGz({{"bomb.bin", std::string(3 * 1024 * 1024, '\0')}}), "x.tar.gz", limits, sink);
        QVERIFY(!bomb);
        QVERIFY2(bomb.error().message.find("trap") != std::string::npos, bomb.error().message.c_str());
        limits = {};
        limits.mostFiles = 2;
        QVERIFY(!unpack(makeZip({{"a", ""}, {"b", ""}, {"c", ""}}), sink, limits));
        limits = {};
        limits.mostEntries = 2;
        QVERIFY(!unpack(makeZip({{"a/", ""}, {"b/", ""}, {"c/", ""}}), sink, limits));
    }

    void tarGzIsReadToo() {
        MemorySink sink;
        const auto summary =
            readArchive(tarGz({{"./out/a.html", "one"}, {"./out/b/c.css", "two"}}), "x.tgz", {}, sink);
        QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
        QCOMPARE(summary->top, std::string("out"));
        QCOMPARE(sink.files["out/b/c.css"], std::string("two"));
    }

    void whatIsNoArchiveIsRefused() {
        MemorySink sink;
        QVERIFY(!unpack("this is no archive at all", sink));
        QVERIFY(!unpack("", sink));
        QVERIFY(!unpack(makeZip({}), sink));
        auto damaged = makeZip({{"index.html", std::string(5'000, 'x')}});
        damaged.resize(2'000);
        QVERIFY(!unpack(damaged, sink));
    }

    void itCanBeStopped() {
        MemorySink sink;
        const auto stopped = readArchive(makeZip({{"a", "1"}, {"b", "2"}}), "x.zip", {}, sink,
                                         [](std::int64_t bytes) { return bytes < 2; });
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, codeCancelled);
    }
};

QTEST_APPLESS_MAIN(ArchiveTest)
#include "test_archive.moc"
