#include "models/deploy/site_archive_file.h"

#include "models/json/bounded_json.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <QFile>

namespace stepwell {

namespace {

constexpr qint64 headBytes = 512;
constexpr qsizetype sizeAt = 124, sizeLength = 11, magicAt = 257;
constexpr qint64 largestProject = 4 * 1024 * 1024;

bool isProjectHead(const QByteArray& head) {
    return head.size() == headBytes && head.startsWith(QByteArray("project.json\0", 13)) &&
           head.mid(magicAt, 5) == "ustar";
}

}  // namespace

bool isSiteArchive(const QString& path) {
    if (!path.endsWith(QLatin1String(".tar"), Qt::CaseInsensitive)) return false;
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && isProjectHead(file.read(headBytes));
}

QString siteArchiveName(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray head = file.read(headBytes);
    if (!isProjectHead(head)) return {};
    bool isNumber = false;
    const qint64 size = head.mid(sizeAt, sizeLength).toLongLong(&isNumber, 8);
    if (!isNumber || size > largestProject) return {};
    const auto project = parseBounded<nlohmann::json>(file.read(size).toStdString());
    if (!project.is_object()) return {};
    const auto name = project.value("name", nlohmann::json());
    return name.is_string() ? toQt(name.get<std::string>()) : QString();
}

}  // namespace stepwell
