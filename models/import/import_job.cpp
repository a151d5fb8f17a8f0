#include "models/import/import_job.h"

#include "models/api/identifiers.h"
#include "models/import/elsewhere.h"
#include "models/json/bounded_json.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace stepwell {

using nlohmann::json;

namespace {

constexpr const char* mainModule = "index.js";

Problem plain(const QString& text) {
    return {text, {}, 0, 0, {}};
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const auto& name : names)
        list << toQt(name);
    return list.join(QStringLiteral(", "));
}

/// Workflows nobody declared: every class that is one, named after itself.
std::vector<ProjectWorkflow> workflowsOf(const Bundle& bundle) {
    std::vector<ProjectWorkflow> result;
    std::set<std::string> names;
    for (const auto& className : bundle.workflowClasses) {
        auto name = kebabCase(className);
        for (int n = 2; !names.insert(name).second; ++n)
            name = kebabCase(className).substr(0, 60) + "-" + std::to_string(n);
        ProjectWorkflow workflow;
        workflow.name = name;
        workflow.className = className;
        result.push_back(std::move(workflow));
    }
    return result;
}

/// Classes the configuration names but the code does not export.
std::vector<Problem> missingClasses(const WorkerProject& project, const Bundle& bundle) {
    std::vector<Problem> errors;
    for (const auto& workflow : project.workflows) {
        if (!workflow.scriptName.empty() || contains(bundle.exports, workflow.className)) continue;
        errors.push_back(plain(
            QStringLiteral("The workflow \"%1\" needs a class \"%2\", which the code does not export. It "
                           "exports: %3.")
                .arg(toQt(workflow.name), toQt(workflow.className),
                     bundle.exports.empty() ? QStringLiteral("nothing") : joined(bundle.exports))));
    }
    return errors;
}

std::vector<ImportJob::Takeover> takenBy(const WorkerProject& project,
                                         const std::vector<api::Workflow>& existing) {
    std::vector<ImportJob::Takeover> taken;
    for (const auto& mine : project.workflows) {
        if (!mine.scriptName.empty() && mine.scriptName != project.name) continue;
        const auto there = std::find_if(existing.begin(), existing.end(),
                                        [&](const auto& other) { return other.name == mine.name; });
        if (there != existing.end() && !there->scriptName.empty() && there->scriptName != project.name)
            taken.push_back({mine.name, there->scriptName, project.name});
    }
    return taken;
}

}  // namespace

std::string uploadMetadata(const WorkerProject& project, const std::string& main) {
    json bindings = json::array();
    for (const auto& workflow : project.workflows) {
        if (workflow.binding.empty()) continue;
        json binding{{"type", "workflow"},
                     {"name", workflow.binding},
                     {"workflow_name", workflow.name},
                     {"class_name", workflow.className}};
        if (!workflow.scriptName.empty()) binding["script_name"] = workflow.scriptName;
        bindings.push_back(std::move(binding));
    }
    const auto vars = parseBounded<json>(project.varsJson);
    if (vars.is_object())
        for (const auto& [name, value] : vars.items())
            bindings.push_back(value.is_string()
                                   ? json{{"type", "plain_text"}, {"name", name}, {"text", value}}
                                   : json{{"type", "json"}, {"name", name}, {"json", value}});
    // What was set with `wrangler secret put` is nowhere in the project, so it stays as it is.
    json metadata{{"main_module", main},
                  {"bindings", bindings},
                  {"keep_bindings", json::array({"secret_text", "secret_key"})}};
    if (!project.compatibilityDate.empty()) metadata["compatibility_date"] = project.compatibilityDate;
    if (!project.compatibilityFlags.empty()) metadata["compatibility_flags"] = project.compatibilityFlags;
    return metadata.dump(-1, ' ', false, json::error_handler_t::replace);
}

ImportJob::ImportJob(Backend* backend, QString path, QString esbuild, QObject* parent)
    : QObject(parent)
    , m_backend(backend)
    , m_path(std::move(path))
    , m_esbuild(std::move(esbuild)) {}

ImportJob::~ImportJob() = default;

void ImportJob::start() {
    emit progress(Phase::reading, 0, 0);
    runElsewhere(
        this, [path = m_path] { return readWorkerProject(path); },
        [this](ReadProject read) { onRead(std::move(read)); });
}

void ImportJob::cancel() {
    if (std::exchange(m_done, true)) return;
    if (m_bundler) m_bundler->cancel();
    emit cancelled();
}

void ImportJob::onRead(ReadProject read) {
    if (m_done) return;
    if (!read.ok()) return failWith(std::move(read.errors));
    m_project = std::move(read.project);
    m_result.script = m_project.name;
    m_result.warnings = m_project.warnings;
    m_result.sampleParams = m_project.sampleParams;
    bundle();
}

void ImportJob::bundle() {
    emit progress(Phase::bundling, 0, 0);
    m_bundler = std::make_unique<Bundler>(m_esbuild);
    connect(m_bundler.get(), &Bundler::finished, this, &ImportJob::onBundled);
    connect(m_bundler.get(), &Bundler::failed, this, [this](const auto& errors) { failWith(errors); });
    m_bundler->start(m_project);
}

void ImportJob::onBundled(const Bundle& bundle) {
    if (m_done) return;
    m_result.warnings.insert(m_result.warnings.end(), bundle.warnings.begin(), bundle.warnings.end());
    if (auto errors = missingClasses(m_project, bundle); !errors.empty()) return failWith(std::move(errors));
    if (m_project.workflows.empty()) {
        m_project.workflows = workflowsOf(bundle);
        if (m_project.workflows.empty())
            return failWith({plain(
                QStringLiteral("The code exports no workflow: export a class that extends "
                               "WorkflowEntrypoint, or list it under \"workflows\" in the configuration."))});
        if (!m_project.configFile.isEmpty())
            m_result.warnings.push_back(
                plain(QStringLiteral("The configuration lists no workflows. Those found in the code were "
                                     "named after their classes.")));
    }
    m_bundle = bundle;
    checkOwners();
}

/// A name belongs to one script, and declaring it for another takes it away from there.
void ImportJob::checkOwners() {
    if (!m_backend) return failWith({plain(QStringLiteral("The backend was closed."))});
    m_backend->workflows(this, [this](api::Result<std::vector<api::Workflow>> answer) {
        if (m_done) return;
        if (!answer)
            return failWith({plain(QStringLiteral("Whose the workflow names are could not be found out, so "
                                                  "nothing was uploaded: %1")
                                       .arg(toQt(answer.error().message)))});
        const auto taken = takenBy(m_project, *answer);
        if (taken.empty()) return upload();
        m_asks = true;
        emit takesOver(taken);
    });
}

void ImportJob::proceed() {
    if (!m_done && std::exchange(m_asks, false)) upload();
}

void ImportJob::upload() {
    if (!m_backend) return failWith({plain(QStringLiteral("The backend was closed."))});
    Backend::Upload upload;
    upload.script = m_project.name;
    upload.metadataJson = uploadMetadata(m_project, mainModule);
    upload.modules.push_back({mainModule, "application/javascript+module", std::move(m_bundle.code)});
    if (!m_bundle.sourceMap.empty())
        upload.modules.push_back(
            {std::string(mainModule) + ".map", "application/source-map", std::move(m_bundle.sourceMap)});
    emit progress(Phase::uploading, 0, 0);
    m_backend->uploadScript(
        upload, this,
        [this](std::int64_t sent, std::int64_t total) {
            if (!m_done) emit progress(Phase::uploading, sent, total);
        },
        [this](api::Result<void> answer) {
            if (m_done) return;
            if (!answer) return failWith({plain(toQt(answer.error().message))});
            declareNext();
        });
}

void ImportJob::declareNext() {
    std::erase_if(m_project.workflows, [](const auto& workflow) { return !workflow.scriptName.empty(); });
    const auto total = m_project.workflows.size();
    emit progress(Phase::declaring, static_cast<qint64>(m_next), static_cast<qint64>(total));
    if (m_next == total) return setCrons();
    if (!m_backend) return failWith({plain(QStringLiteral("The backend was closed."))});
    const auto& workflow = m_project.workflows[m_next++];
    const Backend::WorkflowDeclaration declaration{workflow.name, workflow.className, m_project.name,
                                                   workflow.settingsJson};
    m_backend->putWorkflow(declaration, this, [this, name = workflow.name](api::Result<void> answer) {
        if (m_done) return;
        if (answer)
            m_result.workflows.push_back(name);
        else
            m_errors.push_back(
                plain(QStringLiteral("Workflow \"%1\": %2").arg(toQt(name), toQt(answer.error().message))));
        declareNext();
    });
}

void ImportJob::setCrons() {
    if (!m_project.crons) return finish();
    if (!m_backend) return failWith({plain(QStringLiteral("The backend was closed."))});
    m_backend->setWorkerCrons(
        m_project.name, *m_project.crons, this, [this](const api::Result<void>& answer) {
            if (m_done) return;
            if (answer)
                m_result.crons = m_project.crons->size();
            else
                m_errors.push_back(plain(QStringLiteral("Crons: %1").arg(toQt(answer.error().message))));
            finish();
        });
}

void ImportJob::finish() {
    if (!m_errors.empty()) {
        m_errors.push_back(
            plain(QStringLiteral("The script \"%1\" was uploaded; declared workflows: %2. Import again to "
                                 "complete it.")
                      .arg(toQt(m_result.script), m_result.workflows.empty() ? QStringLiteral("none")
                                                                             : joined(m_result.workflows))));
        return failWith(m_errors);
    }
    m_done = true;
    emit finished(m_result);
}

void ImportJob::failWith(std::vector<Problem> errors) {
    if (std::exchange(m_done, true)) return;
    emit failed(errors);
}

}  // namespace stepwell
