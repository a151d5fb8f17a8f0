#include "models/text.h"
#include "tests/widgets/shell/shell_test.h"
#include "widgets/analytics/export_files.h"
#include "widgets/analytics/paper.h"
#include "widgets/theme.h"

#include <QFile>
#include <QImage>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QXmlStreamReader>

using namespace stepwell;
using namespace stepwell::analytics;
using namespace stepwell::test;

namespace {

std::shared_ptr<const Chart> chartFor(ChartKind kind = ChartKind::lines) {
    auto chart = std::make_shared<Chart>();
    chart->id = "wall";
    chart->title = "Wall time";
    chart->subtitle = "p50 and p99";
    chart->kind = kind;
    chart->unit = Unit::milliseconds;
    const auto start = api::fromIso("2026-11-20T08:00:00Z").value();
    Series fast{"p50", "p50", Tone::first, {}, {}};
    Series slow{"p99", "p99", Tone::third, {}, {}};
    for (int i = 0; i < 48; ++i) {
        if (kind == ChartKind::ranking)
            chart->categories.push_back(QString("step-%1").arg(i));
        else
            chart->starts.push_back(start + std::chrono::minutes{30 * i});
        fast.values.push_back(i == 5 ? gap : 800 + 40 * (i % 7));
        slow.values.push_back(4000 + 300 * (i % 11));
    }
    chart->width = std::chrono::minutes{30};
    chart->newestIsOpen = true;
    chart->series = {fast, slow};
    return chart;
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Pixels of this colour, more or less.
int pixelsLike(const QImage& image, const QColor& color) {
    int found = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QColor at = image.pixelColor(x, y);
            if (std::abs(at.red() - color.red()) + std::abs(at.green() - color.green()) +
                    std::abs(at.blue() - color.blue()) <
                12)
                ++found;
        }
    return found;
}

}  // namespace

class ExportTest : public QObject {
    Q_OBJECT
  private slots:
    void aPictureIsOnWhiteAlsoInTheDark() {
        Theme::get().setMode(Theme::Mode::dark);
        QTemporaryDir folder;
        const QString path = folder.filePath("wall.png");
        bool done = false;
        writeChart(path, chartFor(), {}, FileKind::png, this,
                   [&](const auto& outcome) { done = outcome.has_value(); });
        QTRY_VERIFY(done);
        Theme::get().setMode(Theme::Mode::light);
        const QImage image(path);
        QCOMPARE(image.size(), (pictureSize * 2).toSize());
        QCOMPARE(image.pixelColor(1, 1), QColor(Qt::white));
        QVERIFY(pixelsLike(image, Theme::color(Token::series1, false)) > 500);
        QVERIFY(pixelsLike(image, Theme::color(Token::series3, false)) > 500);
    }

    void hiddenSeriesStayOut() {
        const auto style = PaperStyle::current();
        const auto image = QImage::fromData(pngOf(*chartFor(), {"p99"}, style));
        QCOMPARE(pixelsLike(image, Theme::color(Token::series3, false)), 0);
        QVERIFY(pixelsLike(image, Theme::color(Token::series1, false)) > 500);
    }

    void aDrawingIsMadeOfVectors() {
        for (const auto kind : {ChartKind::lines, ChartKind::stackedBars, ChartKind::ranking}) {
            const QByteArray svg = svgOf(*chartFor(kind), {}, PaperStyle::current());
            QVERIFY(!svg.contains("<image"));
            QVERIFY(svg.contains("Wall time"));
            QSvgRenderer renderer(svg);
            QVERIFY(renderer.isValid());
            QCOMPARE(renderer.viewBoxF(), QRectF(QPointF(), pictureSize));
            QXmlStreamReader reader(svg);
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        }
    }

    void theReportHasAllPages() {
        Report report{"Analytics",
                      "19 Nov 14:00 – 20 Nov 14:00",
                      "orders, cart-reminder",
                      "This machine",
                      api::fromIso("2026-11-20T14:00:00Z").value(),
                      {},
                      {}};
        for (int i = 0; i < 6; ++i)
            report.tiles.push_back({QString("Tile %1").arg(i), "274,438", "+8 %"});
        for (int i = 0; i < 14; ++i)
            report.charts.push_back(chartFor(static_cast<ChartKind>(i % 3)));
        QTemporaryDir folder;
        const QString path = folder.filePath("report.pdf");
        bool done = false;
        writeReport(path, report, this, [&](const auto& outcome) { done = outcome.has_value(); });
        QTRY_VERIFY_WITH_TIMEOUT(done, 20000);
        const QByteArray pdf = contentOf(path);
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY(pdf.trimmed().endsWith("%%EOF"));
        // 14 charts in rows of two: three rows below the tiles, four on each further page.
        const QRegularExpression page("/Type\\s*/Page\\b(?!s)");
        QCOMPARE(QString::fromLatin1(pdf).count(page), 2);
        QVERIFY(!pdf.contains("/Subtype /Image"));
    }

    void anEmptyReportIsOnePage() {
        const QByteArray pdf = pdfOf(Report{}, PaperStyle::current());
        QCOMPARE(QString::fromLatin1(pdf).count(QRegularExpression("/Type\\s*/Page\\b(?!s)")), 1);
    }

    void aFolderThatIsNotThereIsNamed() {
        QString reason;
        writeChart("/nowhere/at/all/wall.csv", chartFor(), {}, FileKind::csv, this, [&](const auto& outcome) {
            reason = outcome ? "written" : toQt(outcome.error().message);
        });
        QTRY_VERIFY(!reason.isEmpty());
        QVERIFY2(reason.contains("/nowhere/at/all/wall.csv") && reason.contains("folder"),
                 qPrintable(reason));
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    OwnSettings settings;
    ExportTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_export.moc"
