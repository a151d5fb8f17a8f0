#include "models/import/workers_site.h"

#include "models/import/config_file.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFileInfo>

namespace stepwell {

namespace {

constexpr std::size_t longestName = 58;

ReadWorkersSite failed(const QString& text, const QString& file) {
    ReadWorkersSite read;
    read.errors.push_back({text, file, 0, 0, {}});
    return read;
}

/// Lower-case letters, digits and dashes within; what does not fit becomes a dash.
std::string projectNameFrom(const std::string& name) {
    std::string result;
    for (const char c : toQt(name).toLower().toStdString()) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            result += c;
        else if (!result.empty() && result.back() != '-')
            result += '-';
    }
    result.resize(std::min(result.size(), longestName));
    while (result.ends_with('-'))
        result.pop_back();
    return result.empty() ? "site" : result;
}

/// A list of texts; nothing when the member is something else.
std::optional<std::vector<std::string>> textsOf(const nlohmann::json& object, const char* name) {
    std::vector<std::string> texts;
    const auto it = object.find(name);
    if (it == object.end()) return texts;
    if (!it->is_array()) return std::nullopt;
    for (const auto& text : *it) {
        if (!text.is_string()) return std::nullopt;
        texts.push_back(text.get<std::string>());
    }
    return texts;
}

ReadWorkersSite readSite(const QDir& folder, const QString& configName, const nlohmann::json& config) {
    const auto found = config.find("site");
    if (found == config.end()) return {};
    const auto bucketName = found->is_object() ? found->value("bucket", nlohmann::json()) : nlohmann::json();
    if (!bucketName.is_string() || bucketName.get_ref<const std::string&>().empty())
        return failed(QStringLiteral("\"site.bucket\" must name the folder with the files of the site."),
                      configName);
    const auto include = textsOf(*found, "include");
    const auto exclude = textsOf(*found, "exclude");
    if (!include || !exclude)
        return failed(QStringLiteral("\"site.include\" and \"site.exclude\" must be lists of patterns."),
                      configName);
    WorkersSite site;
    const QFileInfo bucket(folder, toQt(bucketName.get<std::string>()));
    if (!bucket.isDir())
        return failed(QStringLiteral("The folder \"%1\" that \"site.bucket\" names is not there.")
                          .arg(bucket.absoluteFilePath()),
                      configName);
    site.bucket = QDir::cleanPath(bucket.absoluteFilePath());
    const auto name = config.value("name", nlohmann::json());
    site.project =
        projectNameFrom(name.is_string() ? name.get<std::string>() : folder.dirName().toStdString());
    site.include = IgnorePatterns(*include);
    site.exclude = IgnorePatterns(*exclude);
    if (config.contains("main") || found->contains("entry-point"))
        site.warnings.push_back({QStringLiteral("The Worker itself is not taken over: the files are served "
                                                "without it. To keep its code, add it as _worker.js."),
                                 configName,
                                 0,
                                 0,
                                 {}});
    ReadWorkersSite read;
    read.site = std::move(site);
    return read;
}

bool isHidden(std::string_view part) {
    return part == "node_modules" || (part.starts_with('.') && part != ".well-known");
}

}  // namespace

bool WorkersSite::takes(std::string_view path) const {
    for (auto rest = path;;) {
        const auto slash = rest.find('/');
        if (isHidden(rest.substr(0, slash))) return false;
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    return (include.empty() || include.matches(path)) && !exclude.matches(path);
}

ReadWorkersSite readWorkersSite(const QString& path) {
    const QFileInfo info(path);
    const QDir folder = info.isDir() ? QDir(info.absoluteFilePath()) : info.absoluteDir();
    auto name = info.isDir() ? QString() : info.fileName();
    for (const auto& known : configFileNames())
        if (name.isEmpty() && QFileInfo(folder, known).isFile()) name = known;
    if (name.isEmpty() || !configFileNames().contains(name))
        return failed(QStringLiteral("There is no wrangler configuration at \"%1\".").arg(path), {});
    nlohmann::json config;
    ReadWorkersSite read;
    read.errors = readConfigFile(folder.absoluteFilePath(name), config);
    return read.errors.empty() ? readSite(folder, name, config) : read;
}

}  // namespace stepwell
