#include "models/deploy/drop_kind.h"

#include "models/deploy/pages_project.h"
#include "models/deploy/site_archive_file.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace stepwell {

namespace {

using Kind = DropChoice::Kind;

bool isScript(const QString& name) {
    static const QStringList endings{".js", ".mjs", ".ts", ".mts", ".jsx", ".tsx"};
    return std::any_of(endings.begin(), endings.end(),
                       [&](const auto& ending) { return name.endsWith(ending, Qt::CaseInsensitive); });
}

DropChoice choiceForFolder(const QString& path) {
    const auto project = projectIn(path);
    // Whoever reads the site finds its bucket, and says so when there is none.
    if (project.hasBucket) return {Kind::site, {path}};
    if (project.isWorker) return {Kind::worker, {path}};
    if (!project.output.isEmpty())
        return {Kind::site, {QFileInfo(project.output).isDir() ? project.output : path}};
    const QDir folder(path);
    // A project without configuration: its sources are no site.
    const bool hasPage = folder.exists(QStringLiteral("index.html"));
    for (const char* entry : {"src/index.ts", "src/index.js", "src/index.mjs", "index.ts", "worker.ts"})
        if (!hasPage && folder.exists(QLatin1String(entry))) return {Kind::worker, {path}};
    return {Kind::site, {path}};
}

}  // namespace

DropChoice choiceFor(const QStringList& dropped) {
    if (dropped.size() != 1) return {Kind::site, dropped};
    const QString path = QDir::cleanPath(dropped.front());
    if (QFileInfo(path).isDir()) return choiceForFolder(path);
    if (isSiteArchive(path)) return {Kind::siteArchive, {path}};
    return {isScript(path) ? Kind::worker : Kind::site, {path}};
}

}  // namespace stepwell
