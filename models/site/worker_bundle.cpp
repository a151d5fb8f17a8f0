#include "models/site/worker_bundle.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace stepwell::site {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::string_view mainName = "index.js";

/// Empty: no module.
std::string typeOf(const std::string& name) {
    const auto dot = name.rfind('.');
    const auto ending = dot == std::string::npos ? std::string() : name.substr(dot);
    if (ending == ".js" || ending == ".mjs") return "application/javascript+module";
    if (ending == ".wasm") return "application/wasm";
    if (ending == ".txt" || ending == ".html" || ending == ".sql") return "text/plain";
    if (ending == ".bin") return "application/octet-stream";
    if (ending == ".map") return std::string(sourceMapType);
    return {};
}

/// A line that no module holds.
std::string boundaryFor(const std::vector<WorkerModule>& modules) {
    std::string boundary = "----stepwell-worker";
    const auto isIn = [&](const WorkerModule& module) {
        return module.bytes.find(boundary) != std::string::npos;
    };
    for (int i = 0; std::any_of(modules.begin(), modules.end(), isIn); ++i)
        boundary += std::to_string(i);
    return boundary;
}

json metadataOf(const std::string& mainModule, const WorkerSettings& settings) {
    json metadata{{"main_module", mainModule}};
    if (!settings.compatibilityDate.empty()) metadata["compatibility_date"] = settings.compatibilityDate;
    if (!settings.compatibilityFlags.empty()) metadata["compatibility_flags"] = settings.compatibilityFlags;
    const auto vars = parseBounded<json>(settings.varsJson);
    if (!vars.is_object() || vars.empty()) return metadata;
    auto& bindings = metadata["bindings"] = json::array();
    for (const auto& [name, value] : vars.items())
        bindings.push_back(value.is_string() ? json{{"type", "plain_text"}, {"name", name}, {"text", value}}
                                             : json{{"type", "json"}, {"name", name}, {"json", value}});
    return metadata;
}

tl::unexpected<api::Error> refused(const std::string& folder, const std::string& why) {
    return api::fail(0, api::code::badBody, "The Worker of the site, " + folder + ", " + why + ".");
}

}  // namespace

std::string workerBundle(const std::vector<WorkerModule>& modules, const WorkerSettings& settings) {
    const auto boundary = boundaryFor(modules);
    const auto metadata = metadataOf(modules.front().name, settings);
    std::string bundle = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n" +
                         metadata.dump(-1, ' ', false, json::error_handler_t::replace) + "\r\n";
    for (const auto& module : modules) {
        bundle.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
        bundle.append(module.name).append("\"; filename=\"").append(module.name);
        bundle.append("\"\r\nContent-Type: ").append(module.contentType).append("\r\n\r\n");
        bundle.append(module.bytes).append("\r\n");
    }
    return bundle.append("--").append(boundary).append("--\r\n");
}

std::string workerBundleThatFits(std::vector<WorkerModule> modules, const WorkerSettings& settings) {
    auto bundle = workerBundle(modules, settings);
    if (bundle.size() <= largestWorkerBundle) return bundle;
    std::erase_if(modules, [](const auto& module) { return module.contentType == sourceMapType; });
    return workerBundle(modules, settings);
}

std::vector<Part> codeParts(const std::vector<WorkerModule>& modules, const WorkerSettings& settings,
                            const std::string& mainName) {
    std::vector<Part> parts;
    for (const auto& module : modules)
        if (module.contentType != sourceMapType)
            parts.push_back({parts.empty() ? mainName : mainName + '/' + module.name,
                             std::make_shared<const std::string>(module.bytes)});
    auto metadata = metadataOf({}, settings);
    metadata.erase("main_module");
    if (const auto bindings = metadata.find("bindings"); bindings != metadata.end()) {
        auto named = json::object();
        for (const auto& binding : *bindings)
            named[binding["name"].get<std::string>()] = binding;
        *bindings = std::move(named);
    }
    if (!metadata.empty())
        parts.push_back(
            {"code settings", std::make_shared<const std::string>(
                                  metadata.dump(2, ' ', false, json::error_handler_t::replace) + '\n')});
    return parts;
}

api::Result<std::vector<WorkerModule>> modulesOf(const std::string& folder) {
    std::vector<WorkerModule> modules;
    std::uintmax_t bytes = 0;
    std::error_code problem;
    for (fs::recursive_directory_iterator it(folder, problem); it != fs::recursive_directory_iterator();
         it.increment(problem)) {
        if (problem) return refused(folder, "cannot be read");
        const auto name = it->path().lexically_relative(folder).generic_string();
        auto type = typeOf(name);
        if (type.empty() || !it->is_regular_file(problem) || name.find('"') != std::string::npos) continue;
        const auto size = it->file_size(problem);
        const bool isMap = type == sourceMapType;
        if (isMap && size > largestWorkerBundle) continue;
        if (!isMap) bytes += size;
        if (problem || bytes > largestWorkerBundle)
            return refused(folder, "is larger than 25 MiB, the most it may be");
        std::ifstream source(it->path(), std::ios::binary);
        modules.push_back({name, std::move(type), {std::istreambuf_iterator<char>(source), {}}});
    }
    if (problem) return refused(folder, "cannot be read");
    std::sort(modules.begin(), modules.end(), [](const auto& a, const auto& b) {
        return std::pair(a.name != mainName, a.name) < std::pair(b.name != mainName, b.name);
    });
    if (modules.empty() || modules.front().name != mainName) return refused(folder, "has no index.js");
    return modules;
}

}  // namespace stepwell::site
