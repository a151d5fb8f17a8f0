#include "models/import/worker_project.h"

#include "models/api/identifiers.h"
#include "models/import/config_file.h"
#include "models/import/worker_config.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFileInfo>

namespace stepwell {

namespace {

constexpr qint64 largestSampleParams = 64 * 1024;
/// For projects that name none: the behaviour of the runtime as it is now, not as it was years ago.
constexpr const char* defaultCompatibilityDate = "2026-11-01";

const QStringList& entryNames() {
    static const QStringList names{QStringLiteral("src/index.ts"),  QStringLiteral("src/index.js"),
                                   QStringLiteral("src/index.mjs"), QStringLiteral("index.ts"),
                                   QStringLiteral("index.js"),      QStringLiteral("index.mjs"),
                                   QStringLiteral("worker.ts"),     QStringLiteral("worker.js")};
    return names;
}

bool isScriptFile(const QString& name) {
    static const QStringList endings{QStringLiteral(".js"),  QStringLiteral(".mjs"), QStringLiteral(".ts"),
                                     QStringLiteral(".mts"), QStringLiteral(".jsx"), QStringLiteral(".tsx")};
    return std::any_of(endings.begin(), endings.end(),
                       [&](const QString& ending) { return name.endsWith(ending, Qt::CaseInsensitive); });
}

QString firstExisting(const QDir& folder, const QStringList& names) {
    for (const auto& name : names)
        if (QFileInfo(folder.filePath(name)).isFile()) return name;
    return {};
}

ReadProject failed(const QString& text, const QString& file = {}) {
    ReadProject read;
    read.errors.push_back({text, file, 0, 0, {}});
    return read;
}

/// A script name out of a file or folder name: what does not fit becomes a dash.
std::string scriptNameFrom(const QString& name) {
    std::string result;
    for (const QChar c : name.toLower()) {
        const bool plain = (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'_';
        if (plain)
            result += c.toLatin1();
        else if (!result.empty() && result.back() != '-')
            result += '-';
    }
    while (result.ends_with('-'))
        result.pop_back();
    result.resize(std::min<std::size_t>(result.size(), 63));
    return result.empty() ? "worker" : result;
}

ReadProject readLoneFile(const QFileInfo& file) {
    ReadProject read;
    read.project.folder = file.absolutePath();
    read.project.entry = file.absoluteFilePath();
    const auto stem = file.completeBaseName();
    const bool generic = stem == QLatin1String("index") || stem == QLatin1String("worker");
    read.project.name = scriptNameFrom(generic ? file.dir().dirName() : stem);
    read.project.compatibilityDate = defaultCompatibilityDate;
    return read;
}

void findEntry(const QDir& folder, const std::string& main, const QString& configName, ReadProject& read) {
    if (main.empty()) {
        const auto guess = firstExisting(folder, entryNames());
        if (guess.isEmpty())
            read.errors.push_back(
                {QStringLiteral("\"main\" is missing: name the file that exports the workflows."),
                 configName,
                 0,
                 0,
                 {}});
        else
            read.project.entry = folder.absoluteFilePath(guess);
        return;
    }
    read.project.entry = QDir::cleanPath(folder.absoluteFilePath(toQt(main)));
    if (!QFileInfo(read.project.entry).isFile())
        read.errors.push_back(
            {QStringLiteral("\"main\" is \"%1\", but there is no such file.").arg(toQt(main)),
             configName,
             0,
             0,
             {}});
}

/// What the project's author suggests to trigger its workflows with. Nothing depends on it, so a file that is
/// no JSON is only a warning.
void readSampleParams(ReadProject& read) {
    const auto name = QStringLiteral("sample-params.json");
    QFile file(QDir(read.project.folder).filePath(name));
    if (!file.exists()) return;
    const bool small = file.size() <= largestSampleParams && file.open(QIODevice::ReadOnly);
    const auto text = small ? file.readAll().trimmed().toStdString() : std::string();
    if (nlohmann::json::accept(text))
        read.project.sampleParams = text;
    else
        read.project.warnings.push_back(
            {QStringLiteral("It holds no JSON of at most 64 KiB, and is not used."), name, 0, 0, {}});
}

ReadProject readConfigured(const QDir& folder, const QString& configName) {
    ReadProject read;
    read.project.folder = folder.absolutePath();
    read.project.configFile = folder.absoluteFilePath(configName);
    nlohmann::json config;
    read.errors = readConfigFile(read.project.configFile, config);
    if (!read.ok()) return read;
    std::string main;
    readWorkerConfig(config, configName, read, main);
    if (read.project.name.empty()) read.project.name = scriptNameFrom(folder.dirName());
    if (read.project.compatibilityDate.empty()) {
        read.project.compatibilityDate = defaultCompatibilityDate;
        read.project.warnings.push_back({QStringLiteral("\"compatibility_date\" is missing; %1 is taken.")
                                             .arg(QLatin1String(defaultCompatibilityDate)),
                                         configName,
                                         0,
                                         0,
                                         {}});
    }
    findEntry(folder, main, configName, read);
    readSampleParams(read);
    return read;
}

ReadProject readFolder(const QDir& folder) {
    if (const auto config = firstExisting(folder, configFileNames()); !config.isEmpty())
        return readConfigured(folder, config);
    const auto entry = firstExisting(folder, entryNames());
    if (entry.isEmpty())
        return failed(
            QStringLiteral(
                "\"%1\" is no Worker project: it has neither a wrangler configuration nor an entry file "
                "such as src/index.ts.")
                .arg(folder.dirName()));
    auto read = readLoneFile(QFileInfo(folder.absoluteFilePath(entry)));
    read.project.folder = folder.absolutePath();
    read.project.name = scriptNameFrom(folder.dirName());
    readSampleParams(read);
    return read;
}

}  // namespace

std::string kebabCase(const std::string& className) {
    std::string result;
    const auto isUpper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto isWord = [&](char c) {
        return isUpper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    for (std::size_t i = 0; i < className.size(); ++i) {
        const char c = className[i];
        if (!isWord(c)) {
            if (!result.empty() && result.back() != '-') result += '-';
            continue;
        }
        const bool nextIsLower =
            i + 1 < className.size() && className[i + 1] >= 'a' && className[i + 1] <= 'z';
        const bool wordStarts = isUpper(c) && i > 0 && (!isUpper(className[i - 1]) || nextIsLower);
        if (wordStarts && !result.empty() && result.back() != '-') result += '-';
        result += isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    }
    while (result.ends_with('-'))
        result.pop_back();
    result.resize(std::min<std::size_t>(result.size(), 64));
    return result.empty() ? "workflow" : result;
}

bool looksLikeWorkerProject(const QString& path) {
    const QFileInfo info(path);
    if (info.isDir()) {
        const QDir folder(path);
        return !firstExisting(folder, configFileNames()).isEmpty() ||
               !firstExisting(folder, entryNames()).isEmpty();
    }
    return info.isFile() && (isScriptFile(info.fileName()) || configFileNames().contains(info.fileName()));
}

ReadProject readWorkerProject(const QString& path) {
    const QFileInfo info(path);
    if (!info.exists()) return failed(QStringLiteral("There is nothing at \"%1\".").arg(path));
    if (info.isDir()) return readFolder(QDir(info.absoluteFilePath()));
    if (configFileNames().contains(info.fileName()))
        return readConfigured(info.absoluteDir(), info.fileName());
    if (info.suffix().compare(QLatin1String("zip"), Qt::CaseInsensitive) == 0)
        return failed(
            QStringLiteral(
                "\"%1\" is a zip, and zips are taken for websites. To import a Worker project, unpack it "
                "and drop the folder.")
                .arg(info.fileName()));
    if (isScriptFile(info.fileName())) return readLoneFile(info);
    return failed(
        QStringLiteral(
            "\"%1\" is no Worker project. Drop a folder with a wrangler configuration, or a .js, .mjs "
            "or .ts file that exports workflows.")
            .arg(info.fileName()));
}

}  // namespace stepwell
