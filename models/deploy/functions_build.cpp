#include "models/deploy/functions_build.h"

#include "models/import/elsewhere.h"
#include "models/json/bounded_json.h"
#include "models/site/functions_entry.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace stepwell {

using nlohmann::json;

namespace {

std::vector<Problem> only(const QString& text) {
    return {{text, {}, 0, 0, {}}};
}

/// What esbuild found, by the numbers that the files were given for names of their outputs.
std::vector<site::FunctionExport> exportsIn(const QString& metafile, const std::vector<std::string>& files) {
    std::vector<std::vector<std::string>> names(files.size());
    QFile file(metafile);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const auto meta = parseBounded<json>(file.readAll().toStdString());
    const auto outputs = meta.is_object() ? meta.find("outputs") : meta.end();
    if (!meta.is_object() || outputs == meta.end()) return {};
    for (const auto& [path, output] : outputs->items()) {
        const auto index = QFileInfo(toQt(path)).completeBaseName().toULongLong();
        const auto exported = output.find("exports");
        if (index >= names.size() || exported == output.end() || !exported->is_array()) continue;
        for (const auto& name : *exported)
            if (name.is_string()) names[index].push_back(name);
    }
    std::vector<site::FunctionExport> exports;
    for (std::size_t i = 0; i < files.size(); ++i)
        for (auto& name : names[i])
            exports.push_back({files[i], std::move(name)});
    return exports;
}

/// The bundle names its modules in comments, and the entry lies in a folder that has another name each time:
/// without it, the same functions make the same code.
std::string withoutEntryPath(std::string code, const QString& entry) {
    const QFileInfo file(entry);
    const auto own = (file.dir().dirName() + QLatin1Char('/') + file.fileName()).toStdString();
    const auto at = code.find(own);
    if (at == std::string::npos) return code;
    const auto line = code.rfind('\n', at) + 1;
    const auto end = at + own.size();
    if (code.compare(line, 3, "// ") == 0)
        code.replace(line, end - line, "// " + file.fileName().toStdString());
    return code;
}

/// Likewise in its source map, where it is named by a path to it.
std::string mapWithoutEntryPath(std::string map, const QString& entry) {
    const QFileInfo file(entry);
    const auto own = (file.dir().dirName() + QLatin1Char('/') + file.fileName()).toStdString();
    const auto at = map.find(own);
    if (at == std::string::npos) return map;
    const auto begin = map.rfind('"', at) + 1;
    return map.replace(begin, at + own.size() - begin, file.fileName().toStdString());
}

}  // namespace

/// The module that the bundle starts from, on the disk.
struct FunctionsBuild::Entry {
    QString path;
    std::vector<site::FunctionRoute> routes;
    QString problem;
};

FunctionsBuild::FunctionsBuild(QString esbuild, QObject* parent)
    : QObject(parent)
    , m_exports(esbuild)
    , m_bundler(esbuild) {
    connect(&m_exports, &EsbuildRun::finished, this, &FunctionsBuild::readExports);
    connect(&m_exports, &EsbuildRun::failed, this, &FunctionsBuild::failed);
    connect(&m_bundler, &Bundler::failed, this, &FunctionsBuild::failed);
    connect(&m_bundler, &Bundler::finished, this, [this](const Bundle& bundle) {
        m_built.code = withoutEntryPath(bundle.code, m_entry);
        m_built.sourceMap = mapWithoutEntryPath(bundle.sourceMap, m_entry);
        m_built.modules = bundle.modules;
        m_built.imports = bundle.inputs;
        m_built.importStamp = bundle.inputStamp;
        emit finished(m_built);
    });
}

void FunctionsBuild::start(const site::RuleFiles& rules, const std::vector<std::string>& flags) {
    const QFileInfo functions(toQt(rules.functionsFolder));
    m_functions = rules.functionsFolder;
    m_folder = functions.absolutePath();
    m_flags = flags;
    QStringList arguments;
    for (const auto& file : rules.functions) {
        if (!file.mayAnswer) continue;
        // "number=path": the path may hold whatever a file name can, and the output gets a name that is
        // known.
        arguments << QStringLiteral("%1=./%2/%3")
                         .arg(QString::number(m_files.size()), functions.fileName(), toQt(file.path));
        m_files.push_back(file.path);
    }
    const auto isPattern = [](const auto& file) { return file.find('*') != std::string::npos; };
    const auto bad = std::find_if(m_files.begin(), m_files.end(), isPattern);
    if (m_files.empty() || bad != m_files.end()) {
        const auto text = bad == m_files.end()
                              ? QString()
                              : QStringLiteral("functions/%1: A path cannot hold *. Rename the file or its "
                                               "folder.")
                                    .arg(toQt(*bad));
        QMetaObject::invokeMethod(
            this, [this, text] { text.isEmpty() ? emit finished({}) : emit failed(only(text)); },
            Qt::QueuedConnection);
        return;
    }
    const QDir out(m_exports.outFolder());
    arguments << QStringLiteral("--outdir=") + out.path()
              << QStringLiteral("--metafile=") + out.filePath(QStringLiteral("meta.json"));
    m_exports.start(m_folder, arguments + EsbuildRun::commonArguments());
}

void FunctionsBuild::readExports() {
    const auto work = [out = m_exports.outFolder(), files = m_files, folder = m_functions] {
        Entry entry;
        auto routes = site::functionRoutes(exportsIn(QDir(out).filePath(QStringLiteral("meta.json")), files));
        if (!routes) {
            entry.problem = toQt(routes.error().message);
            return entry;
        }
        entry.routes = std::move(*routes);
        entry.path = QDir(out).filePath(QStringLiteral("functions.mjs"));
        const auto text = site::functionsEntry(entry.routes, folder);
        QFile file(entry.path);
        const bool isWritten =
            file.open(QIODevice::WriteOnly) &&
            file.write(text.data(), static_cast<qint64>(text.size())) == static_cast<qint64>(text.size()) &&
            file.flush();
        if (!isWritten)
            entry.problem = QStringLiteral("%1 cannot be written: %2. Make room on the disk.")
                                .arg(entry.path, file.errorString());
        return entry;
    };
    runElsewhere(this, work, [this](Entry entry) { bundle(std::move(entry)); });
}

void FunctionsBuild::bundle(Entry entry) {
    if (!entry.problem.isEmpty()) return emit failed(only(entry.problem));
    if (entry.routes.empty()) return emit finished({});
    m_built.routes = std::move(entry.routes);
    m_entry = entry.path;
    WorkerProject project;
    project.folder = m_folder;
    project.entry = entry.path;
    project.name = "functions";
    project.compatibilityFlags = m_flags;
    project.takesWasm = true;
    m_bundler.start(project);
}

}  // namespace stepwell
