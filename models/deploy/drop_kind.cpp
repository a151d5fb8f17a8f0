#include "models/deploy/drop_kind.h"

#include "models/import/config_file.h"
#include "models/site/archive.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace stepwell {

namespace {

using Kind = DropChoice::Kind;

constexpr qint64 largestConfig = 1024 * 1024;

const QStringList& configNames() {
    static const QStringList names{"wrangler.jsonc", "wrangler.json", "wrangler.toml"};
    return names;
}

bool isScript(const QString& name) {
    static const QStringList endings{".js", ".mjs", ".ts", ".mts", ".jsx", ".tsx"};
    return std::any_of(endings.begin(), endings.end(),
                       [&](const auto& ending) { return name.endsWith(ending, Qt::CaseInsensitive); });
}

/// The output folder that a configuration names; empty: it is that of a Worker.
QString outputFolder(const QString& config) {
    QFile file(config);
    if (file.size() > largestConfig || !file.open(QIODevice::ReadOnly)) return {};
    nlohmann::json values;
    const auto text = file.readAll().toStdString();
    const auto problems = config.endsWith(QLatin1String(".toml")) ? parseToml(text, config, values)
                                                                  : parseJsonc(text, config, values);
    if (!problems.empty() || !values.is_object()) return {};
    const auto output = values.find("pages_build_output_dir");
    if (output == values.end() || !output->is_string()) return {};
    return QDir::cleanPath(QFileInfo(config).dir().absoluteFilePath(toQt(output->get<std::string>())));
}

DropChoice choiceForFolder(const QString& path) {
    const QDir folder(path);
    for (const auto& name : configNames()) {
        if (!folder.exists(name)) continue;
        const QString output = outputFolder(folder.filePath(name));
        if (output.isEmpty()) return {Kind::worker, {path}};
        return {Kind::site, {QFileInfo(output).isDir() ? output : path}};
    }
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
    return {isScript(path) ? Kind::worker : Kind::site, {path}};
}

}  // namespace stepwell
