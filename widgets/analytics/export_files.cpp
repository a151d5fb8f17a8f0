#include "widgets/analytics/export_files.h"

#include "models/text.h"
#include "widgets/analytics/paper.h"
#include "widgets/notice_bar.h"

#include <QApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <QSettings>
#include <QStandardPaths>
#include <QThreadPool>

namespace stepwell::analytics {
namespace {

const QString folderKey = QStringLiteral("analytics/exportFolder");

QString suffixOf(FileKind kind) {
    switch (kind) {
    case FileKind::csv:
        return QStringLiteral("csv");
    case FileKind::json:
        return QStringLiteral("json");
    case FileKind::png:
        return QStringLiteral("png");
    case FileKind::svg:
        break;
    }
    return QStringLiteral("svg");
}

QByteArray bytesOf(const Chart& chart, const QSet<QString>& hidden, FileKind kind, const PaperStyle& style) {
    switch (kind) {
    case FileKind::csv:
        return csvOf(chart);
    case FileKind::json:
        return jsonOf(chart);
    case FileKind::png:
        return pngOf(chart, hidden, style);
    case FileKind::svg:
        break;
    }
    return svgOf(chart, hidden, style);
}

/// Runs `make` and writes what it gives on another thread.
void writeLater(const QString& path, std::function<QByteArray()> make, QObject* context, Written done) {
    QThreadPool::globalInstance()->start(
        [path, make = std::move(make), context = QPointer<QObject>(context), done = std::move(done)] {
            const auto outcome = writeWhole(path, make());
            QMetaObject::invokeMethod(qApp, [context, done, outcome] {
                if (context) done(outcome);
            });
        });
}

QString lastFolder() {
    const QString last = QSettings().value(folderKey).toString();
    return QFileInfo(last).isDir() ? last
                                   : QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
}

void ask(QWidget* anywhere, const QString& title, const QString& name, const QString& suffix,
         const QString& filter, std::function<void(const QString&)> chosen) {
    auto* chooser = new QFileDialog(anywhere->window(), title, lastFolder());
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setObjectName("exportChooser");
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setDefaultSuffix(suffix);
    chooser->setNameFilters({filter, QObject::tr("All files (*)")});
    chooser->selectFile(name + QLatin1Char('.') + suffix);
    QObject::connect(chooser, &QFileDialog::fileSelected, anywhere,
                     [chosen = std::move(chosen)](const QString& file) {
                         QSettings().setValue(folderKey, QFileInfo(file).absolutePath());
                         chosen(file);
                     });
    chooser->open();
}

Written sayIn(QWidget* anywhere, const QString& path) {
    return [anywhere = QPointer<QWidget>(anywhere), path](const api::Result<void>& outcome) {
        if (!anywhere) return;
        if (outcome)
            NoticeBar::say(anywhere, NoticeBar::Kind::success,
                           QObject::tr("Saved %1").arg(QDir::toNativeSeparators(path)));
        else
            NoticeBar::say(anywhere, NoticeBar::Kind::error, toQt(outcome.error().message));
    };
}

}  // namespace

void writeChart(const QString& path, std::shared_ptr<const Chart> chart, const QSet<QString>& hidden,
                FileKind kind, QObject* context, Written done) {
    writeLater(
        path,
        [chart = std::move(chart), hidden, kind, style = PaperStyle::current()] {
            return bytesOf(*chart, hidden, kind, style);
        },
        context, std::move(done));
}

void writeReport(const QString& path, Report report, QObject* context, Written done) {
    writeLater(
        path, [report = std::move(report), style = PaperStyle::current()] { return pdfOf(report, style); },
        context, std::move(done));
}

void exportChart(QWidget* anywhere, std::shared_ptr<const Chart> chart, const QSet<QString>& hidden,
                 FileKind kind) {
    const QString suffix = suffixOf(kind);
    ask(anywhere, QObject::tr("Save %1 as %2").arg(chart->title, suffix.toUpper()), fileNameOf(chart->title),
        suffix, QObject::tr("%1 files (*.%2)").arg(suffix.toUpper(), suffix),
        [anywhere, chart, hidden, kind](const QString& path) {
            writeChart(path, chart, hidden, kind, anywhere, sayIn(anywhere, path));
        });
}

void exportReport(QWidget* anywhere, Report report) {
    const QString day = toQt(report.made).toLocalTime().date().toString(Qt::ISODate);
    const QString name = fileNameOf(report.title) + QLatin1Char('-') + day;
    ask(anywhere, QObject::tr("Save the report as PDF"), name, QStringLiteral("pdf"),
        QObject::tr("PDF files (*.pdf)"), [anywhere, report = std::move(report)](const QString& path) {
            writeReport(path, report, anywhere, sayIn(anywhere, path));
        });
}

}  // namespace stepwell::analytics
