#include "models/deploy/pages_project.h"

#include "models/import/config_file.h"
#include "models/json/bounded_json.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFileInfo>

#include <array>

namespace stepwell {

using nlohmann::json;

namespace {

constexpr int farthest = 3;  ///< folders between a project and its output: "build/site/client"

/// An empty object when it cannot be read.
json readConfig(const QString& path) {
    json values;
    const bool isRead = readConfigFile(path, values).empty() && values.is_object();
    return isRead ? values : json::object();
}

std::string textIn(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

PagesProject projectIn(const QString& folder) {
    const QDir dir(folder);
    PagesProject project;
    for (const auto& name : configFileNames()) {
        if (!dir.exists(name)) continue;
        project.folder = dir.absolutePath();
        const auto config = readConfig(dir.filePath(name));
        const auto output = textIn(config, "pages_build_output_dir");
        project.isWorker = output.empty();
        project.hasBucket = output.empty() && config.contains("site") && !config.contains("workflows");
        if (output.empty()) return project;
        project.output = QDir::cleanPath(dir.absoluteFilePath(toQt(output)));
        project.config = config.dump(-1, ' ', false, json::error_handler_t::replace);
        return project;
    }
    if (dir.exists(QStringLiteral("package.json"))) project.folder = dir.absolutePath();
    return project;
}

PagesProject projectOf(const QString& output) {
    QDir dir(output);
    const QString dropped = dir.absolutePath();
    for (int step = 0; step <= farthest && dir.absolutePath() != QDir::homePath(); ++step) {
        auto project = projectIn(dir.absolutePath());
        if (project.isWorker) return {};
        if (!project.output.isEmpty()) return project.output == dropped ? project : PagesProject();
        // A package.json within the output tells modules of Node something; the project is further up.
        if (!project.folder.isEmpty() && step > 0) return project;
        if (!dir.cdUp()) break;
    }
    return {};
}

namespace {

/// What the configuration says for an environment alone; null: nothing.
json environmentIn(const json& all, bool isProduction) {
    const auto environments = all.value("env", json());
    return environments.is_object() ? environments.value(isProduction ? "production" : "preview", json())
                                    : json();
}

}  // namespace

site::WorkerSettings codeSettings(const std::string& config, bool isProduction) {
    site::WorkerSettings settings;
    const auto all = parseBounded<json>(config);
    if (!all.is_object()) return settings;
    const auto own = environmentIn(all, isProduction);
    const auto has = [&](const char* key) { return own.is_object() && own.contains(key); };
    settings.compatibilityDate = textIn(has("compatibility_date") ? own : all, "compatibility_date");
    const auto flags = (has("compatibility_flags") ? own : all).value("compatibility_flags", json());
    if (flags.is_array())
        for (const auto& flag : flags)
            if (flag.is_string()) settings.compatibilityFlags.push_back(flag);
    // Variables of an environment stand in for all others, like its bindings.
    const auto vars = (own.is_object() ? own : all).value("vars", json());
    if (vars.is_object()) settings.varsJson = vars.dump(-1, ' ', false, json::error_handler_t::replace);
    return settings;
}

QStringList bindingsNotSent(const std::string& config, bool isProduction) {
    constexpr std::array kinds = {"kv_namespaces",
                                  "d1_databases",
                                  "r2_buckets",
                                  "durable_objects",
                                  "services",
                                  "queues",
                                  "hyperdrive",
                                  "analytics_engine_datasets",
                                  "ai",
                                  "browser",
                                  "vectorize",
                                  "mtls_certificates"};
    const auto all = parseBounded<json>(config);
    if (!all.is_object()) return {};
    const auto own = environmentIn(all, isProduction);
    const auto& counts = own.is_object() ? own : all;
    QStringList found;
    for (const char* kind : kinds)
        if (const auto it = counts.find(kind); it != counts.end() && !it->empty())
            found << QString::fromLatin1(kind);
    return found;
}

}  // namespace stepwell
