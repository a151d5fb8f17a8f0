#include "app/engine/pages/archive_names.h"
#include "app/engine/pages/project_archive.h"
#include "app/engine/pages/site_stretch.h"
#include "app/engine/pages/tar_format.h"
#include "models/api/asset_key.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <unordered_set>

namespace stepwell::engine::pages {

namespace {

using nlohmann::json;

constexpr std::int64_t rowsAtOnce = 25;

std::string textOf(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The value of a secret never leaves.
json withoutSecrets(const std::string& configs) {
    auto value = parseBounded<json>(configs);
    for (auto& [environment, config] : value.items()) {
        if (!config.is_object() || !config.contains("env_vars") || !config["env_vars"].is_object()) continue;
        for (auto& [name, variable] : config["env_vars"].items())
            if (variable.is_object() && variable.value("type", "") == "secret_text") variable["value"] = "";
    }
    return value;
}

class Export {
  public:
    Export(Service& service, const ArchiveSink& sink)
        : m_service(service)
        , m_sink(sink)
        , m_held(service.holdFiles()) {}

    api::Result<void> run(const std::string& name) {
        const auto project = m_service.project(name);
        if (!project) return tl::unexpected(project.error());
        if (auto written = writeProject(*project); !written) return written;
        for (DeploymentKey after{};;) {
            const auto rows = m_service.deploymentsAfter(project->row.key, after, rowsAtOnce);
            if (!rows) return tl::unexpected(rows.error());
            if (rows->empty()) return m_sink(tarEnd());
            for (const auto& row : *rows)
                if (auto written = writeDeployment(row); !written) return written;
            after = rows->back().key;
        }
    }

  private:
    /// An asset that is not in the archive yet, and the first of the paths that name it.
    struct Fresh {
        ManifestEntry entry;
        AssetRow asset;
    };

    api::Result<void> file(const std::string& name, std::string_view bytes) {
        if (m_service.isEnding())
            return api::fail(503, api::code::unavailable,
                             "The engine is stopping. Export the project again.");
        if (auto written = m_sink(tarHead(name, bytes.size())); !written) return written;
        if (auto written = m_sink(bytes); !written) return written;
        return m_sink(tarPadding(bytes.size()));
    }

    api::Result<void> writeProject(const ProjectView& project) {
        auto domains = json::array();
        for (const auto& domain : project.domains)
            domains.push_back({{"name", domain.name}, {"branch", domain.branch}});
        const json head{{"format", archiveFormat},
                        {"name", project.row.name},
                        {"production_branch", project.row.productionBranch},
                        {"build_config", parseBounded<json>(project.row.buildConfig)},
                        {"deployment_configs", withoutSecrets(project.row.configs)},
                        {"domains", std::move(domains)},
                        {"canonical", project.canonical ? project.canonical->row.uuid : ""}};
        return file(std::string(projectFile), textOf(head));
    }

    api::Result<void> writeDeployment(const DeploymentRow& row) {
        const auto entries = m_service.files(row);
        if (!entries) return tl::unexpected(entries.error());
        auto manifest = json::object(), types = json::object();
        std::vector<Fresh> fresh;
        for (const auto& entry : *entries) {
            manifest[entry.path] = entry.key;
            if (!m_written.insert(entry.key).second) continue;
            auto asset = m_service.asset(entry.key);
            if (!asset) return tl::unexpected(asset.error());
            types[entry.key] = asset->type;
            fresh.push_back({entry, std::move(*asset)});
        }
        const json head{{"id", row.uuid},
                        {"created_on", api::toIso(row.created)},
                        {"branch", row.branch},
                        {"commit_hash", row.commitHash},
                        {"commit_message", row.commitMessage},
                        {"commit_dirty", row.commitDirty},
                        {"manifest", std::move(manifest)},
                        {"types", std::move(types)}};
        if (auto written = file(std::string(deploymentFile), textOf(head)); !written) return written;
        for (const auto& [entry, asset] : fresh)
            if (auto written = writeAsset(entry, asset); !written) return written;
        return writeRules(row);
    }

    api::Result<void> writeAsset(const ManifestEntry& entry, const AssetRow& asset) {
        const auto bytes =
            readStretch(m_service.fileOf(asset), asset.place.pack ? asset.place.start : 0, asset.place.bytes);
        if (!bytes) return tl::unexpected(bytes.error());
        const bool isOwn = api::assetKey(*bytes, entry.path).hex() == entry.key;
        return file(std::string(isOwn ? assetFolder : foreignFolder) + entry.key, *bytes);
    }

    api::Result<void> writeRules(const DeploymentRow& row) {
        const auto* worker = row.workerKind == WorkerKind::script ? "_worker.js" : "_worker.bundle";
        for (const auto& [name, digest] :
             {std::pair{"_headers", &row.headers}, std::pair{"_redirects", &row.redirects},
              std::pair{"_routes.json", &row.routes}, std::pair{worker, &row.worker},
              std::pair{"functions.json", &row.functions}}) {
            if (digest->empty()) continue;
            const auto text = m_service.readBlob(*digest);
            if (!text) return tl::unexpected(text.error());
            if (auto written = file(name, *text); !written) return written;
        }
        return {};
    }

    Service& m_service;
    const ArchiveSink& m_sink;
    std::shared_ptr<const void> m_held;
    std::unordered_set<std::string> m_written;
};

}  // namespace

api::Result<void> exportProject(Service& service, const std::string& name, const ArchiveSink& sink) {
    return Export(service, sink).run(name);
}

}  // namespace stepwell::engine::pages
