#include "models/deploy/code_build.h"

#include "models/deploy/deploy_pool.h"
#include "models/deploy/pages_project.h"
#include "models/site/routes_generation.h"
#include "models/text.h"

#include <QFileInfo>

namespace stepwell {

namespace {

constexpr std::size_t mostTold = 5;
constexpr auto moduleType = "application/javascript+module";
constexpr auto wasmType = "application/wasm";

/// `map` is the source map of the main module, empty when there is none.
std::vector<site::WorkerModule> modulesWith(site::WorkerModule main, const std::string& map,
                                            const std::vector<BesideModule>& others) {
    std::vector<site::WorkerModule> modules{std::move(main)};
    for (const auto& module : others)
        modules.push_back({module.name, wasmType, module.bytes});
    if (!map.empty())
        modules.push_back({modules.front().name + ".map", std::string(site::sourceMapType), map});
    return modules;
}

QString linesOf(const std::vector<Problem>& problems) {
    QStringList lines;
    for (std::size_t i = 0; i < problems.size() && i < mostTold; ++i)
        lines << toText(problems[i]);
    if (problems.size() > mostTold) lines << QStringLiteral("and %1 more").arg(problems.size() - mostTold);
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

CodeBuild::CodeBuild(QString esbuild, QObject* parent)
    : QObject(parent)
    , m_esbuild(std::move(esbuild)) {}

void CodeBuild::start(const site::RuleFiles& rules, bool isProduction) {
    m_settings = codeSettings(rules.config, isProduction);
    m_code.routes = rules.routes;
    if (!rules.workerFolder.empty()) return packFolder(rules.workerFolder);
    if (!rules.workerFile.empty()) return bundleFile(toQt(rules.workerFile));
    compileFunctions(rules);
}

void CodeBuild::packFolder(const std::string& folder) {
    runDeployWork(
        this, [folder] { return site::modulesOf(folder); },
        [this](const api::Result<std::vector<site::WorkerModule>>& modules) {
            if (!modules) return emit failed(toQt(modules.error().message));
            finish(*modules);
        });
}

void CodeBuild::bundleFile(const QString& file) {
    const QFileInfo entry(file);
    WorkerProject project;
    project.folder = entry.absolutePath();
    project.entry = entry.absoluteFilePath();
    project.name = "worker";
    project.compatibilityFlags = m_settings.compatibilityFlags;
    project.takesWasm = true;
    m_bundler = std::make_unique<Bundler>(m_esbuild);
    connect(m_bundler.get(), &Bundler::finished, this, [this](const Bundle& bundle) {
        m_code.imports = bundle.inputs;
        m_code.importStamp = bundle.inputStamp;
        finish(modulesWith({"index.js", moduleType, bundle.code}, bundle.sourceMap, bundle.modules));
    });
    connect(m_bundler.get(), &Bundler::failed, this, [this](const std::vector<Problem>& problems) {
        emit failed(tr("The Worker of the site (_worker.js) does not compile: %1").arg(linesOf(problems)));
    });
    m_bundler->start(project);
}

void CodeBuild::compileFunctions(const site::RuleFiles& rules) {
    m_functions = std::make_unique<FunctionsBuild>(m_esbuild);
    connect(m_functions.get(), &FunctionsBuild::finished, this, [this](const BuiltFunctions& built) {
        if (built.code.empty()) return emit finished({});
        if (m_code.routes.empty()) m_code.routes = site::routesFileFor(built.routes);
        m_code.routingConfig = site::routingConfig(built.routes);
        m_code.imports = built.imports;
        m_code.importStamp = built.importStamp;
        finish(modulesWith({"functions.js", moduleType, built.code}, built.sourceMap, built.modules));
    });
    connect(m_functions.get(), &FunctionsBuild::failed, this, [this](const std::vector<Problem>& problems) {
        emit failed(tr("The functions do not compile. %1").arg(linesOf(problems)));
    });
    m_functions->start(rules, m_settings.compatibilityFlags);
}

/// Up to 25 MiB are put together and hashed: not by the window's thread.
void CodeBuild::finish(std::vector<site::WorkerModule> modules) {
    const auto work = [modules = std::move(modules), settings = m_settings,
                       code = std::move(m_code)]() mutable {
        code.bundle = site::workerBundleThatFits(modules, settings);
        code.parts =
            site::codeParts(modules, settings, code.routingConfig.empty() ? "_worker.js" : "functions");
        code.parts.push_back({"_routes.json", std::make_shared<const std::string>(code.routes)});
        return std::move(code);
    };
    runDeployWork(this, work, [this](const SiteCode& code) {
        if (code.bundle.size() > site::largestWorkerBundle)
            return emit failed(
                tr("The code of the site is larger than 25 MiB, the most it may be. Import less."));
        emit finished(code);
    });
}

}  // namespace stepwell
