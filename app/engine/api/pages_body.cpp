#include "app/engine/api/pages_body.h"

#include "app/engine/api/body.h"
#include "app/engine/api/pages_lists.h"
#include "models/api/asset_key.h"
#include "models/api/multipart.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine::rest {

namespace {

using nlohmann::json;

constexpr auto filesBinding = "ASSETS";
constexpr std::size_t longestBranch = 255;
constexpr std::size_t longestPath = 4096;
constexpr std::size_t longestMessage = 384;
constexpr std::size_t largestRules = 4 * 1024 * 1024;
constexpr std::size_t largestWorker = 25 * 1024 * 1024;

std::string textOf(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

api::Result<void> checkVariables(const json& variables, const std::string& where) {
    if (!variables.is_object()) return badRequest(where + ".env_vars must be an object.");
    for (const auto& [name, variable] : variables.items()) {
        if (variable.is_null()) continue;
        const auto at = where + ".env_vars." + name;
        if (name == filesBinding)
            return badRequest(at +
                              " cannot be set: ASSETS is how the code of a site finds its files. Give the "
                              "variable or secret another name.");
        if (!variable.is_object() || !variable.contains("value") || !variable["value"].is_string())
            return badRequest(at + " must be an object with a text as its value, or null.");
        const auto type = variable.value("type", json("plain_text"));
        if (type != "plain_text" && type != "secret_text")
            return badRequest(at + ".type must be plain_text or secret_text.");
    }
    return {};
}

api::Result<void> checkConfigs(const json& configs) {
    if (!configs.is_object()) return badRequest("deployment_configs must be an object.");
    for (const char* name : {"production", "preview"}) {
        const auto config = configs.find(name);
        if (config == configs.end()) continue;
        const auto where = std::string("deployment_configs.") + name;
        if (!config->is_object()) return badRequest(where + " must be an object.");
        const auto variables = config->find("env_vars");
        if (variables == config->end() || variables->is_null()) continue;
        if (auto valid = checkVariables(*variables, where); !valid) return valid;
    }
    return {};
}

/// A text member of at most `longest` bytes; nothing when it is absent or null.
api::Result<std::optional<std::string>> textMember(const json& body, const char* name, std::size_t longest) {
    const auto it = body.find(name);
    if (it == body.end() || it->is_null()) return std::nullopt;
    if (!it->is_string() || it->get_ref<const std::string&>().empty() ||
        it->get_ref<const std::string&>().size() > longest)
        return badRequest(std::string(name) + " must be a text of 1 to " + std::to_string(longest) +
                          " bytes.");
    return it->get<std::string>();
}

}  // namespace

api::Result<pages::ProjectChange> readProjectChange(std::string_view body) {
    const auto parsed = parseObject(body, "The body");
    if (!parsed) return tl::unexpected(parsed.error());
    pages::ProjectChange change;
    auto name = textMember(*parsed, "name", longestBranch);
    if (!name) return tl::unexpected(name.error());
    change.name = std::move(*name);
    auto branch = textMember(*parsed, "production_branch", longestBranch);
    if (!branch) return tl::unexpected(branch.error());
    change.productionBranch = std::move(*branch);
    if (const auto build = parsed->find("build_config"); build != parsed->end() && !build->is_null()) {
        if (!build->is_object()) return badRequest("build_config must be an object.");
        change.buildConfig = textOf(*build);
    }
    if (const auto source = parsed->find("source"); source != parsed->end() && source->is_object())
        change.source = textOf(*source);
    if (const auto configs = parsed->find("deployment_configs");
        configs != parsed->end() && !configs->is_null()) {
        if (auto valid = checkConfigs(*configs); !valid) return tl::unexpected(valid.error());
        change.configs = textOf(*configs);
    }
    return change;
}

api::Result<pages::NewProject> readNewProject(std::string_view body) {
    auto given = readProjectChange(body);
    if (!given) return tl::unexpected(given.error());
    if (!given->name) return badRequest("name is missing: the project needs one.");
    pages::NewProject project;
    project.name = std::move(*given->name);
    project.productionBranch = given->productionBranch.value_or("main");
    project.buildConfig = given->buildConfig.value_or(project.buildConfig);
    project.source = given->source.value_or(project.source);
    project.configs = given->configs.value_or(project.configs);
    return project;
}

api::Result<NewDomain> readNewDomain(std::string_view body) {
    const auto parsed = parseObject(body, "The body");
    if (!parsed) return tl::unexpected(parsed.error());
    const auto name = parsed->find("name");
    if (name == parsed->end() || !name->is_string()) return badRequest("name is missing: the domain to add.");
    NewDomain domain{http::lowered(name->get<std::string>()), {}};
    const auto ours = parsed->find("stepwell");
    if (ours == parsed->end() || !ours->is_object()) return domain;
    auto branch = textMember(*ours, "branch", longestBranch);
    if (!branch) return tl::unexpected(branch.error());
    domain.branch = branch->value_or("");
    return domain;
}

api::Result<std::vector<std::string>> readHashes(std::string_view body) {
    if (auto plain = plainHashes(body)) return std::move(*plain);
    const auto parsed = parseObject(body, "The body");
    if (!parsed) return tl::unexpected(parsed.error());
    const auto hashes = parsed->find("hashes");
    if (hashes == parsed->end() || !hashes->is_array())
        return badRequest("hashes is missing: an array of asset keys.");
    std::vector<std::string> keys;
    keys.reserve(hashes->size());
    for (const auto& hash : *hashes) {
        if (!hash.is_string() || !api::parseAssetKey(hash.get_ref<const std::string&>()))
            return badRequest("hashes holds something that is no asset key of 32 lower-case hex digits: " +
                              textOf(hash).substr(0, 80) + ".");
        keys.push_back(hash.get<std::string>());
    }
    return keys;
}

namespace {

tl::unexpected<api::Error> badManifest(std::string message) {
    return api::fail(400, pages::code::badManifest, std::move(message));
}

tl::unexpected<api::Error> tooManyFiles(std::size_t files, std::int64_t most) {
    return badManifest("The manifest has " + std::to_string(files) + " files; at most " +
                       std::to_string(most) + " are allowed in a deployment.");
}

/// A manifest of any form.
api::Result<std::vector<pages::ManifestEntry>> parseManifest(std::string_view text, std::int64_t mostFiles) {
    const auto parsed = parseObject(text, "The manifest");
    if (!parsed) return badManifest(parsed.error().message);
    if (static_cast<std::int64_t>(parsed->size()) > mostFiles) return tooManyFiles(parsed->size(), mostFiles);
    std::vector<pages::ManifestEntry> entries;
    entries.reserve(parsed->size());
    for (const auto& [name, key] : parsed->items()) {
        if (name.empty() || name.size() > longestPath || name.find('\0') != std::string::npos)
            return badManifest("The manifest has a path that is empty, longer than 4096 bytes or holds NUL.");
        if (!key.is_string() || !api::parseAssetKey(key.get_ref<const std::string&>()))
            return badManifest("The key of " + name + " in the manifest must be 32 lower-case hex digits.");
        entries.push_back({name.front() == '/' ? name : '/' + name, key.get<std::string>()});
    }
    return entries;
}

/// Of a path that is there twice, the last one counts.
void sortManifest(std::vector<pages::ManifestEntry>& entries) {
    const auto isBefore = [](const auto& a, const auto& b) { return a.path < b.path; };
    const auto isOutOfOrder = [](const auto& a, const auto& b) { return a.path >= b.path; };
    if (std::adjacent_find(entries.begin(), entries.end(), isOutOfOrder) == entries.end()) return;
    std::stable_sort(entries.begin(), entries.end(), isBefore);
    std::reverse(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end(),
                              [](const auto& a, const auto& b) { return a.path == b.path; }),
                  entries.end());
    std::reverse(entries.begin(), entries.end());
}

/// Sorted by path, and each path once.
api::Result<std::vector<pages::ManifestEntry>> readManifest(std::string_view text, std::int64_t mostFiles) {
    auto entries = plainManifest(text);
    const bool isPlain = entries && std::all_of(entries->begin(), entries->end(), [](const auto& entry) {
                             return entry.path.size() <= longestPath;
                         });
    if (!isPlain) {
        auto parsed = parseManifest(text, mostFiles);
        if (!parsed) return parsed;
        entries = std::move(*parsed);
    }
    sortManifest(*entries);
    if (static_cast<std::int64_t>(entries->size()) > mostFiles)
        return tooManyFiles(entries->size(), mostFiles);
    return std::move(*entries);
}

api::Result<void> takeText(const api::FormPart& part, std::string& to, std::size_t longest) {
    if (part.body.size() > longest)
        return badRequest("The part " + part.name + " is larger than " + std::to_string(longest) + " bytes.");
    to = part.body;
    return {};
}

api::Result<void> takeBranch(const api::FormPart& part, pages::NewDeployment& deployment) {
    if (part.body.size() > longestBranch)
        return badRequest("The name of the branch is longer than " + std::to_string(longestBranch) +
                          " bytes.");
    if (!part.body.empty()) deployment.branch = std::string(part.body);
    return {};
}

api::Result<void> takeWorker(const api::FormPart& part, pages::NewDeployment& deployment,
                             pages::WorkerKind kind) {
    if (deployment.workerKind != pages::WorkerKind::none)
        return badRequest("The parts _worker.bundle and _worker.js exclude each other.");
    deployment.workerKind = kind;
    return takeText(part, deployment.worker, largestWorker);
}

/// Parts of other names are passed over, as those of future clients will be.
api::Result<void> takePart(const api::FormPart& part, pages::NewDeployment& deployment) {
    if (part.name == "branch") return takeBranch(part, deployment);
    if (part.name == "commit_hash") return takeText(part, deployment.commitHash, longestBranch);
    if (part.name == "commit_message") {
        deployment.commitMessage = part.body.substr(0, longestMessage);
        return {};
    }
    if (part.name == "commit_dirty") deployment.commitDirty = part.body == "true";
    if (part.name == "_headers") return takeText(part, deployment.headers, largestRules);
    if (part.name == "_redirects") return takeText(part, deployment.redirects, largestRules);
    if (part.name == "_routes.json") return takeText(part, deployment.routes, largestRules);
    if (part.name == "functions-filepath-routing-config.json")
        return takeText(part, deployment.functions, largestRules);
    if (part.name == "_worker.bundle") return takeWorker(part, deployment, pages::WorkerKind::bundle);
    if (part.name == "_worker.js") return takeWorker(part, deployment, pages::WorkerKind::script);
    return {};
}

}  // namespace

api::Result<pages::NewDeployment> readNewDeployment(const http::Request& request, std::int64_t mostFiles) {
    const auto parts = api::parseMultipart(request.contentType, request.body);
    if (!parts) return tl::unexpected(parts.error());
    pages::NewDeployment deployment;
    bool found = false;
    for (const auto& part : *parts) {
        if (part.name != "manifest") {
            if (auto taken = takePart(part, deployment); !taken) return tl::unexpected(taken.error());
            continue;
        }
        found = true;
        auto manifest = readManifest(part.body, mostFiles);
        if (!manifest) return tl::unexpected(manifest.error());
        deployment.manifest = std::move(*manifest);
    }
    if (!found)
        return badManifest("A \"manifest\" field was expected in the request body but was not provided: JSON "
                           "with the key of each path.");
    return deployment;
}

}  // namespace stepwell::engine::rest
