#include "app/engine/pages/archive_names.h"
#include "app/engine/pages/project_archive.h"
#include "app/engine/pages/project_entries.h"
#include "app/engine/pages/tar_format.h"
#include "models/api/asset_key.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_map>

namespace stepwell::engine::pages {

namespace {

using nlohmann::json;

/// What no variable can be called.
constexpr std::string_view filesBinding = "ASSETS";
constexpr std::size_t batchBytes = 40 * 1024 * 1024;
constexpr std::size_t batchAssets = 2'000;
constexpr std::size_t longestText = 4096;
constexpr std::size_t uuidLength = 36;

constexpr int deepest = 64;

/// Discarded when it is no JSON, or nested so deep that nobody wrote it by hand.
json parsed(std::string_view text) {
    bool tooDeep = false;
    const auto shallow = [&](int depth, json::parse_event_t, json&) {
        tooDeep = tooDeep || depth > deepest;
        return !tooDeep;
    };
    auto value = json::parse(text, shallow, false);
    return tooDeep ? json(json::value_t::discarded) : value;
}

std::string textOf(const json& object, const char* name) {
    const auto it = object.find(name);
    if (it == object.end() || !it->is_string()) return {};
    return it->get_ref<const std::string&>().substr(0, longestText);
}

std::string dumped(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool isUuid(std::string_view text) {
    const auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; };
    return text.size() == uuidLength && std::all_of(text.begin(), text.end(), fits);
}

bool isVariable(const json& variable) {
    return variable.is_object() && variable.value("value", json()).is_string() &&
           variable.value("type", json()).is_string();
}

/// The settings of both environments, without what is not of their form.
std::string soundConfigs(const json& given) {
    auto sound = json::object();
    for (const char* name : {"production", "preview"}) {
        auto config = given.value(name, json());
        if (!config.is_object()) continue;
        if (const auto found = config.find("env_vars"); found != config.end()) {
            auto variables = json::object();
            if (found->is_object())
                for (const auto& [key, variable] : found->items())
                    if (isVariable(variable) && key != filesBinding) variables[key] = variable;
            *found = std::move(variables);
        }
        sound[name] = std::move(config);
    }
    return dumped(sound);
}

class Import {
  public:
    Import(Service& service, std::string name)
        : m_service(service)
        , m_name(std::move(name)) {}

    api::Result<ProjectView> run(ArchiveBytes& archive) {
        auto done = checkEntries(archive);
        if (done) done = readAll(archive);
        if (done) return m_service.project(m_name);
        m_upload.reset();  // first: on a full disk, forgetting takes some room too
        if (m_made) {
            const auto removed = m_service.removeProject(m_name);
            if (!removed) return tl::unexpected(removed.error());
        }
        // What no deployment came to name goes at once. What one did name is kept as ever: others may have
        // been told that it is here.
        static_cast<void>(m_service.takeBack(m_added));
        return tl::unexpected(done.error());
    }

  private:
    api::Result<void> readAll(ArchiveBytes& archive) {
        TarReader reader(archive);
        for (;;) {
            const auto file = reader.next();
            if (!file) return tl::unexpected(file.error());
            if (!*file) break;
            if (m_service.isEnding())
                return api::fail(503, api::code::unavailable,
                                 "The engine is stopping. Import the archive again. Nothing was changed.");
            // Files of other names are passed over, as those of later versions will be.
            if (!isProjectEntry((*file)->name)) continue;
            const auto bytes = reader.bytesOf(**file);
            if (!bytes) return tl::unexpected(bytes.error());
            if (auto taken = take((*file)->name, *bytes); !taken) return taken;
        }
        if (auto deployed = deploy(); !deployed) return deployed;
        return finish();
    }

    api::Result<void> take(const std::string& name, std::string_view bytes) {
        if (name == projectFile) return makeProject(bytes);
        if (name == deploymentFile) return beginDeployment(bytes);
        for (const auto folder : {assetFolder, foreignFolder})
            if (name.starts_with(folder)) return takeAsset(folder, name.substr(folder.size()), bytes);
        if (!m_deployment) return {};
        const std::string text(bytes);
        if (name == "_headers") m_deployment->headers = text;
        if (name == "_redirects") m_deployment->redirects = text;
        if (name == "_routes.json") m_deployment->routes = text;
        if (name == "functions.json") m_deployment->functions = text;
        if (name == "_worker.js" || name == "_worker.bundle") {
            m_deployment->worker = text;
            m_deployment->workerKind = name == "_worker.js" ? WorkerKind::script : WorkerKind::bundle;
        }
        return {};
    }

    api::Result<void> makeProject(std::string_view bytes) {
        const auto head = parsed(bytes);
        if (!head.is_object()) return refusedArchive("its project.json is no object");
        if (head.value("format", json()) != archiveFormat)
            return refusedArchive("its format is not " + std::to_string(archiveFormat) +
                                  ", the one this version reads");
        NewProject project;
        project.stage = ProjectStage::unfinished;
        project.name = m_name.empty() ? textOf(head, "name") : m_name;
        project.productionBranch = textOf(head, "production_branch");
        if (project.productionBranch.empty()) project.productionBranch = "main";
        if (const auto build = head.find("build_config"); build != head.end() && build->is_object())
            project.buildConfig = dumped(*build);
        if (const auto configs = head.find("deployment_configs");
            configs != head.end() && configs->is_object())
            project.configs = soundConfigs(*configs);
        m_canonical = textOf(head, "canonical");
        if (const auto domains = head.find("domains"); domains != head.end() && domains->is_array())
            for (const auto& domain : *domains)
                if (domain.is_object())
                    m_domains.emplace_back(textOf(domain, "name"), textOf(domain, "branch"));
        const auto made = m_service.createProject(project);
        if (!made) return tl::unexpected(made.error());
        m_name = made->row.name;
        m_project = made->row.key;
        m_made = true;
        return {};
    }

    api::Result<void> beginDeployment(std::string_view bytes) {
        if (auto deployed = deploy(); !deployed) return deployed;
        const auto head = parsed(bytes);
        if (!head.is_object() || !head.value("manifest", json()).is_object())
            return refusedArchive("a deployment.json has no manifest");
        const auto mostFiles = m_service.settings().mostFiles;
        if (static_cast<std::int64_t>(head["manifest"].size()) > mostFiles)
            return refusedArchive("a deployment.json has a manifest of more than the " +
                                  std::to_string(mostFiles) +
                                  " files that the settings of sites allow; allow more and import it again");
        NewDeployment deployment;
        for (const auto& [path, key] : head["manifest"].items()) {
            if (!path.starts_with('/') || path.size() > longestText || !key.is_string() ||
                !api::parseAssetKey(key.get_ref<const std::string&>()))
                return refusedArchive("a manifest has a bad path or key: " + path.substr(0, 80));
            deployment.manifest.push_back({path, key.get<std::string>()});
        }
        std::sort(deployment.manifest.begin(), deployment.manifest.end(),
                  [](const auto& left, const auto& right) { return left.path < right.path; });
        if (const auto id = textOf(head, "id"); isUuid(id)) deployment.uuid = id;
        deployment.created = api::fromIso(textOf(head, "created_on"));
        if (auto branch = textOf(head, "branch"); !branch.empty()) deployment.branch = std::move(branch);
        deployment.commitHash = textOf(head, "commit_hash");
        deployment.commitMessage = textOf(head, "commit_message");
        deployment.commitDirty = head.value("commit_dirty", json()) == true;
        m_paths.clear();
        for (const auto& [path, key] : deployment.manifest)
            m_paths.emplace(key, path);
        m_types = head.value("types", json::object());
        m_deployment = std::move(deployment);
        return {};
    }

    /// Keys stand for the same bytes in all projects. One that does not fit its bytes would give them to
    /// whoever deploys the right ones afterwards.
    api::Result<void> takeAsset(std::string_view folder, const std::string& key, std::string_view bytes) {
        const auto name = std::string(folder) + key;
        const auto path = m_paths.find(key);
        if (path == m_paths.end())
            return refusedArchive("the entry " + name + " is of no file of the deployment in front of it");
        auto own = api::assetKey(bytes, path->second).hex();
        if (own != key && folder == assetFolder)
            return refusedArchive("the entry " + name + " does not hold the bytes of " + path->second +
                                  " that its name stands for: the archive was damaged or changed");
        if (own != key) m_ownKeys[key] = own;
        return store(key, std::move(own), bytes);
    }

    api::Result<void> store(const std::string& key, std::string own, std::string_view bytes) {
        if (!m_upload) m_upload = m_service.beginUpload(m_project);
        auto type = m_types.is_object() ? textOf(m_types, key.c_str()) : std::string();
        const auto breaks = [](char c) { return c < ' ' || c > '~'; };
        if (type.empty() || std::any_of(type.begin(), type.end(), breaks)) type = "application/octet-stream";
        if (auto added = m_upload->add({std::move(own), std::move(type), std::string(bytes)}); !added)
            return added;
        m_batchBytes += bytes.size();
        if (++m_batchAssets < batchAssets && m_batchBytes < batchBytes) return {};
        return store();
    }

    api::Result<void> store() {
        m_batchAssets = 0;
        m_batchBytes = 0;
        const auto upload = std::move(m_upload);
        if (!upload) return {};
        auto stored = upload->commit();
        m_added.insert(m_added.end(), upload->added().begin(), upload->added().end());
        return stored;
    }

    /// Deploys what was read of the last one.
    api::Result<void> deploy() {
        if (auto stored = store(); !stored) return stored;
        if (!m_deployment) return {};
        for (auto& entry : m_deployment->manifest)
            if (const auto own = m_ownKeys.find(entry.key); own != m_ownKeys.end()) entry.key = own->second;
        const auto id = m_deployment->uuid;
        const auto made = m_service.deploy(m_name, std::move(*m_deployment));
        m_deployment.reset();
        if (!made) return tl::unexpected(made.error());
        if (!id.empty() && id == m_canonical) m_live = made->row.uuid;
        return {};
    }

    /// The live deployment, and those of the domains that no other project has.
    api::Result<void> finish() {
        if (!m_live.empty())
            if (const auto rolled = m_service.rollback(m_name, m_live);
                !rolled && rolled.error().code != code::notForRollback)
                return tl::unexpected(rolled.error());
        for (const auto& [domain, branch] : m_domains)
            if (const auto added = m_service.addDomain(m_name, domain, branch);
                !added && added.error().code != code::domainUnavailable)
                return tl::unexpected(added.error());
        return m_service.finishProject(m_project);
    }

    Service& m_service;
    std::string m_name;
    bool m_made = false;
    ProjectKey m_project{};
    std::string m_canonical;
    std::string m_live;                                          ///< its id here
    std::vector<std::pair<std::string, std::string>> m_domains;  ///< name and branch
    std::optional<NewDeployment> m_deployment;                   ///< being read
    json m_types;
    std::unordered_map<std::string, std::string> m_paths;    ///< by key, the first of the deployment
    std::unordered_map<std::string, std::string> m_ownKeys;  ///< of foreign ones
    std::unique_ptr<Service::Upload> m_upload;
    std::vector<AddedAsset> m_added;  ///< by this import
    std::size_t m_batchBytes = 0;
    std::size_t m_batchAssets = 0;
};

}  // namespace

api::Result<ProjectView> importProject(Service& service, ArchiveBytes& archive, const std::string& name) {
    return Import(service, name).run(archive);
}

}  // namespace stepwell::engine::pages
