#include "widgets/sites/site_thumbnail.h"

#include "widgets/theme.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QPainter>
#include <QPainterPath>
#include <QPointer>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QTimer>
#include <QUrl>

#include <unistd.h>
#include <utility>

namespace stepwell {

namespace {

constexpr std::chrono::seconds timeLimit{20};
constexpr QSize pageSize(1280, 800);
constexpr QSize shownSize(320, 200);
constexpr int mostKept = 200;  ///< pictures

QString cacheFolder() {
    return QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + QStringLiteral("/pages");
}

/// The oldest go when there are too many.
void trimCache() {
    QDir folder(cacheFolder());
    const auto files = folder.entryInfoList({QStringLiteral("*.png")}, QDir::Files, QDir::Time);
    for (qsizetype at = mostKept; at < files.size(); ++at)
        QFile::remove(files[at].filePath());
}

}  // namespace

SiteThumbnail::SiteThumbnail(QWidget* parent)
    : QFrame(parent) {
    setProperty("kind", "card");
    setAccessibleName(tr("Picture of the page"));
    setFixedHeight(shownSize.height() + 2);
    hide();
}

SiteThumbnail::~SiteThumbnail() {
    if (!process_) return;
    process_->disconnect(this);
    process_->kill();
    process_->waitForFinished(1000);
}

QString SiteThumbnail::browser() {
    static const QString found = [] {
        if (geteuid() == 0) return QString();  // browsers have no sandbox then
        for (const char* name : {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"})
            if (const QString path = QStandardPaths::findExecutable(QString::fromLatin1(name));
                !path.isEmpty())
                return path;
        return QString();
    }();
    return found;
}

QSize SiteThumbnail::sizeHint() const {
    return shownSize;
}

QString SiteThumbnail::cacheFile() const {
    const auto name = QCryptographicHash::hash(id_.toUtf8(), QCryptographicHash::Sha256).toHex();
    return QStringLiteral("%1/%2.png").arg(cacheFolder(), QString::fromLatin1(name));
}

void SiteThumbnail::show(const QString& url, const QString& id) {
    if (id == id_ || id.isEmpty()) return;
    id_ = id;
    inBackground([file = cacheFile()] { return QImage(file); },
                 [this, url, id](const QImage& kept) {
                     if (id != id_) return;
                     kept.isNull() ? start(url) : setPicture(kept);
                 });
}

template <class Work, class Take>
void SiteThumbnail::inBackground(Work work, Take take) {
    QThreadPool::globalInstance()->start([guard = QPointer<SiteThumbnail>(this), work, take] {
        const QImage image = work();
        // The widget may be gone: it is asked for on its own thread only.
        QMetaObject::invokeMethod(qApp, [guard, take, image] {
            if (guard) take(image);
        });
    });
}

void SiteThumbnail::start(const QString& url) {
    const QUrl address(url);
    const QString host = address.host();
    const bool local = host == QLatin1String("localhost") || host.endsWith(QLatin1String(".localhost"));
    const QString program = browser();
    if (!local || program.isEmpty() || process_) return;
    folder_ = std::make_shared<QTemporaryDir>();
    if (!folder_->isValid()) return;
    QStringList arguments{QStringLiteral("--headless"),
                          QStringLiteral("--disable-gpu"),
                          QStringLiteral("--no-first-run"),
                          QStringLiteral("--disable-extensions"),
                          QStringLiteral("--hide-scrollbars"),
                          QStringLiteral("--mute-audio"),
                          QStringLiteral("--user-data-dir=%1/profile").arg(folder_->path()),
                          QStringLiteral("--window-size=%1,%2").arg(pageSize.width()).arg(pageSize.height()),
                          QStringLiteral("--virtual-time-budget=5000"),
                          QStringLiteral("--screenshot=%1/page.png").arg(folder_->path()),
                          QString::fromLatin1(address.toEncoded())};
    process_ = std::make_unique<QProcess>();
    process_->setStandardOutputFile(QProcess::nullDevice());
    process_->setStandardErrorFile(QProcess::nullDevice());
    process_->setStandardInputFile(QProcess::nullDevice());
    connect(process_.get(), &QProcess::finished, this, &SiteThumbnail::finish);
    connect(process_.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) finish();
    });
    QTimer::singleShot(timeLimit, process_.get(), &QProcess::kill);
    process_->start(program, arguments);
}

void SiteThumbnail::finish() {
    process_.release()->deleteLater();
    inBackground(
        [folder = std::exchange(folder_, nullptr), file = cacheFile()] {
            const QImage page(folder->filePath(QStringLiteral("page.png")));
            folder->remove();
            if (page.isNull()) return page;
            const QImage small = page.scaled(shownSize * 2, Qt::KeepAspectRatio, Qt::SmoothTransformation);
            QDir().mkpath(cacheFolder());
            small.save(file);
            trimCache();
            return small;
        },
        [this, id = id_](const QImage& made) {
            if (id == id_ && !made.isNull()) setPicture(made);
        });
}

void SiteThumbnail::setPicture(const QImage& picture) {
    picture_ = picture;
    QFrame::show();
    update();
    emit pictureMade();
}

void SiteThumbnail::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    if (picture_.isNull()) return;
    QPainter painter(this);
    painter.setRenderHints(QPainter::SmoothPixmapTransform | QPainter::Antialiasing);
    const QRectF area = QRectF(rect()).adjusted(1, 1, -1, -1);
    QPainterPath corners;
    corners.addRoundedRect(area, 7, 7);
    painter.setClipPath(corners);
    const qreal height = area.width() * picture_.height() / picture_.width();
    painter.drawImage(QRectF(area.left(), area.top(), area.width(), height), picture_, picture_.rect());
}

}  // namespace stepwell
