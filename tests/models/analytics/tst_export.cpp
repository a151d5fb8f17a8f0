#include "models/analytics/export.h"

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <QtTest>

#include <csignal>

using namespace stepwell;
using namespace stepwell::analytics;

namespace {

Chart sample() {
    Chart chart;
    chart.title = "Wall time";
    chart.unit = Unit::milliseconds;
    chart.starts = {api::fromIso("2026-11-20T08:00:00Z").value(),
                    api::fromIso("2026-11-20T08:30:00Z").value()};
    chart.width = std::chrono::minutes{30};
    chart.series = {{"a", "say \"hi\", all", Tone::first, {0.1, gap}, {}},
                    {"b", "p99", Tone::second, {9007199254740993.0, 2}, {1, 2}}};
    chart.query = {"query A { viewer }", "{\"from\":\"x\"}", {}};
    return chart;
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Files beyond this many bytes cannot be written, as on a disk without room.
class SmallFiles {
  public:
    explicit SmallFiles(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now = before_;
        now.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &now);
    }
    ~SmallFiles() { setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    rlimit before_{};
};

}  // namespace

class ExportTextTest : public QObject {
    Q_OBJECT
  private slots:
    void commaSeparated() {
        QCOMPARE(csvOf(sample()),
                 QByteArray("Time (UTC),\"say \"\"hi\"\", all (ms)\",p99 (ms),\"p99, period before (ms)\"\r\n"
                            "2026-11-20T08:00:00.000Z,0.1,9007199254740992,1\r\n"
                            "2026-11-20T08:30:00.000Z,,2,2\r\n"));
    }

    void rankings() {
        Chart chart;
        chart.kind = ChartKind::ranking;
        chart.categories = {"charge card", "a,b"};
        chart.series = {{"n", "Retries", Tone::first, {5, 3}, {}}};
        QCOMPARE(csvOf(chart), QByteArray("Name,Retries\r\ncharge card,5\r\n\"a,b\",3\r\n"));
        const auto json = nlohmann::json::parse(jsonOf(chart).toStdString());
        QCOMPARE(json["categories"][1].get<std::string>(), std::string("a,b"));
    }

    void jsonHoldsSeriesAndQuery() {
        const auto json = nlohmann::json::parse(jsonOf(sample()).toStdString());
        QCOMPARE(json["title"].get<std::string>(), std::string("Wall time"));
        QCOMPARE(json["unit"].get<std::string>(), std::string("ms"));
        QCOMPARE(json["times"].size(), std::size_t(2));
        QCOMPARE(json["bucketMs"].get<int>(), 1800000);
        QVERIFY(json["series"][0]["values"][1].is_null());
        QCOMPARE(json["series"][1]["before"][0].get<double>(), 1.0);
        QCOMPARE(json["query"].get<std::string>(), std::string("query A { viewer }"));
        QCOMPARE(json["variables"]["from"].get<std::string>(), std::string("x"));
    }

    void aFileIsReplacedWholly() {
        QTemporaryDir folder;
        const QString path = folder.filePath("chart.csv");
        QVERIFY(writeWhole(path, "old").has_value());
        QVERIFY(writeWhole(path, "new and longer").has_value());
        QCOMPARE(contentOf(path), QByteArray("new and longer"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    void withoutRoomTheOldFileStays() {
        QTemporaryDir folder;
        const QString path = folder.filePath("chart.csv");
        QVERIFY(writeWhole(path, "old").has_value());
        api::Result<void> outcome;
        {
            const SmallFiles small(4096);
            outcome = writeWhole(path, QByteArray(100000, 'x'));
        }
        QVERIFY(!outcome.has_value());
        const auto reason = QString::fromStdString(outcome.error().message);
        QVERIFY2(reason.contains(path) && reason.contains("no room"), qPrintable(reason));
        QCOMPARE(contentOf(path), QByteArray("old"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    void reasonsNameTheFileAndTheRemedy() {
        QTemporaryDir folder;
        const auto missing = writeWhole(folder.filePath("none/chart.csv"), "x");
        QVERIFY(!missing.has_value());
        QVERIFY(QString::fromStdString(missing.error().message).contains("Its folder is not there"));
        const auto isFolder = writeWhole(folder.path(), "x");
        QVERIFY(!isFolder.has_value());
        QVERIFY(QString::fromStdString(isFolder.error().message).contains(folder.path()));
    }

    void namesOfFiles() {
        QCOMPARE(fileNameOf("Instances by outcome · /api/*"), QString("instances-by-outcome-api"));
        QCOMPARE(fileNameOf("…"), QString("chart"));
    }
};

QTEST_GUILESS_MAIN(ExportTextTest)
#include "tst_export.moc"
