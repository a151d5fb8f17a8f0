#include "models/import/bundler.h"
#include "models/json/bounded_json.h"
#include "models/site/local_site.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <map>
#include <set>

namespace stepwell {

using nlohmann::json;

namespace {

constexpr qint64 largestBundle = 64LL * 1024 * 1024;
constexpr std::size_t mostInputs = 2'000;  ///< that are watched

/// Local name -> exported name, from the export list esbuild writes at the end.
std::map<QString, QString> exportList(const QString& code) {
    static const QRegularExpression entry(QStringLiteral(R"(^\s*([\w$]+)(?:\s+as\s+([\w$]+))?\s*$)"));
    std::map<QString, QString> result;
    const auto start = code.lastIndexOf(QStringLiteral("export {"));
    if (start < 0) return result;
    const auto end = code.indexOf(u'}', start);
    for (const auto& part : code.mid(start + 8, end - start - 8).split(u',')) {
        const auto match = entry.match(part);
        if (!match.hasMatch()) continue;
        result[match.captured(1)] = match.captured(2).isEmpty() ? match.captured(1) : match.captured(2);
    }
    return result;
}

/// Names that mean WorkflowEntrypoint in this file.
std::set<QString> entrypointNames(const QString& code) {
    static const QRegularExpression import(QStringLiteral(R"(\bWorkflowEntrypoint\s+as\s+([\w$]+))"));
    std::set<QString> names{QStringLiteral("WorkflowEntrypoint")};
    for (auto it = import.globalMatch(code); it.hasNext();)
        names.insert(it.next().captured(1));
    return names;
}

/// Class -> the class it extends, in order of the text.
std::vector<std::pair<QString, QString>> classes(const QString& code) {
    static const QRegularExpression declaration(QStringLiteral(
        R"((?:\b(?:var|let|const)\s+([\w$]+)\s*=\s*)?\bclass\b\s*(?!extends\b)([\w$]*)\s*\bextends\s+(?:[\w$]+\.)*([\w$]+))"));
    std::vector<std::pair<QString, QString>> result;
    for (auto it = declaration.globalMatch(code); it.hasNext();) {
        const auto match = it.next();
        const auto name = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
        if (!name.isEmpty()) result.emplace_back(name, match.captured(3));
    }
    return result;
}

/// Nothing when the file is missing or too large.
std::optional<std::string> contentOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > largestBundle) return std::nullopt;
    return file.readAll().toStdString();
}

/// Inputs are named from the folder of the project; some are no files ("(disabled):crypto").
std::vector<std::string> editableInputs(const json& inputs, const QDir& out, const QDir& project) {
    std::vector<std::string> paths;
    for (const auto& [name, input] : inputs.items()) {
        if (paths.size() >= mostInputs) break;
        const QString path = QDir::cleanPath(project.absoluteFilePath(toQt(name)));
        const bool isGenerated = path.startsWith(out.absolutePath() + QLatin1Char('/'));
        if (isGenerated || path.contains(QStringLiteral("/node_modules/"))) continue;
        if (QFileInfo(path).isFile()) paths.push_back(QFile::encodeName(path).toStdString());
    }
    return paths;
}

void readMetafile(const std::string& text, const QDir& out, const QDir& project, Bundle& bundle) {
    const auto meta = parseBounded<json>(text);
    if (!meta.is_object()) return;
    if (const auto inputs = meta.find("inputs"); inputs != meta.end() && inputs->is_object()) {
        bundle.fileCount = static_cast<int>(inputs->size());
        bundle.inputs = editableInputs(*inputs, out, project);
        bundle.inputStamp = site::stampOfFiles(bundle.inputs);
    }
    const auto outputs = meta.find("outputs");
    if (outputs == meta.end() || !outputs->is_object()) return;
    for (const auto& output : *outputs) {
        if (!output.contains("entryPoint") || !output.contains("exports")) continue;
        for (const auto& name : output["exports"])
            if (name.is_string()) bundle.exports.push_back(name.get<std::string>());
    }
}

}  // namespace

std::vector<std::string> findWorkflowClasses(const std::string& code) {
    const auto text = toQt(code);
    auto known = entrypointNames(text);
    const auto declared = classes(text);
    const auto count = [&] { return known.size(); };
    // A base may stand behind the classes that extend it.
    for (std::size_t before = 0; before != count();) {
        before = count();
        for (const auto& [name, base] : declared)
            if (known.contains(base)) known.insert(name);
    }
    const auto exported = exportList(text);
    std::vector<std::string> result;
    for (const auto& [name, base] : declared) {
        const auto found = exported.find(name);
        if (!known.contains(name) || found == exported.end()) continue;
        if (const auto id = found->second.toStdString(); id != "default") result.push_back(id);
    }
    return result;
}

namespace {

/// Sources are named from the folder of the project instead of from where the bundle was written. A map only
/// makes stacks readable: one that cannot be read is left out.
std::string sourceMapOf(const QDir& out, const QDir& project) {
    auto map = parseBounded<json>(contentOf(out.filePath(QStringLiteral("index.js.map"))).value_or(""));
    const auto sources = map.is_object() ? map.find("sources") : map.end();
    if (!map.is_object() || sources == map.end() || !sources->is_array()) return {};
    for (auto& source : *sources) {
        if (!source.is_string()) continue;
        const auto path = QDir::cleanPath(out.absoluteFilePath(QString::fromStdString(source)));
        source = project.relativeFilePath(path).toStdString();
    }
    map.erase("sourcesContent");
    return map.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Error text when one is too large.
QString readModules(const QDir& out, Bundle& bundle) {
    for (const auto& name : out.entryList({QStringLiteral("*.wasm")}, QDir::Files, QDir::Name)) {
        auto bytes = contentOf(out.filePath(name));
        if (!bytes) return QStringLiteral("%1 cannot be read, or is larger than 64 MiB.").arg(name);
        bundle.modules.push_back({name.toStdString(), std::move(*bytes)});
    }
    return {};
}

}  // namespace

BundleOrErrors readBundle(const QString& outFolder, const QString& projectFolder) {
    const QDir out(outFolder);
    BundleOrErrors result;
    auto code = contentOf(out.filePath(QStringLiteral("index.js")));
    if (!code) {
        result.errors.push_back(
            {QStringLiteral("The bundle is missing or larger than 64 MiB. Import less code."), {}, 0, 0, {}});
        return result;
    }
    if (const auto problem = readModules(out, result.bundle); !problem.isEmpty()) {
        result.errors.push_back({problem, {}, 0, 0, {}});
        return result;
    }
    result.bundle.workflowClasses = findWorkflowClasses(*code);
    result.bundle.code = std::move(*code);
    result.bundle.sourceMap = sourceMapOf(out, QDir(projectFolder));
    readMetafile(contentOf(out.filePath(QStringLiteral("meta.json"))).value_or(""), out, QDir(projectFolder),
                 result.bundle);
    return result;
}

}  // namespace stepwell
