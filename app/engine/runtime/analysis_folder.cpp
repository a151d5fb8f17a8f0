#include "app/engine/runtime/analysis_folder.h"

#include "app/engine/runtime/code_folder.h"
#include "app/engine/runtime/worker_config.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace stepwell::engine {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// The analyser reads less than this; more is not even started.
constexpr std::uintmax_t mostSource = 16 << 20;
constexpr std::size_t largestGraph = 2 << 20;
constexpr std::size_t longestReason = 1'000;

enum class Script { es, commonJs };

/// Which of the modules are JavaScript; see the reference, section 2.4.
std::optional<Script> scriptOf(const Module& module) {
    const auto type = module.contentType.substr(0, module.contentType.find(';'));
    if (type == "application/javascript+module" || type == "text/javascript+module") return Script::es;
    if (type == "application/javascript" || type == "text/javascript") return Script::commonJs;
    return std::nullopt;
}

std::string configText(const std::string& modules, int heapLimitMiB) {
    return "using Workerd = import \"/workerd/workerd.capnp\";\n"
           "const config :Workerd.Config = (\n"
           "  services = [\n"
           "    (name = \"main\", worker = .worker),\n"
           "    (name = \"egress\", external = (address = \"unix:" +
           std::string(egressSocket) +
           "\", http = (style = proxy))),\n"
           "  ],\n"
           "  sockets = [(name = \"control\", address = \"unix:" +
           controlSocket +
           "\", http = (), service = \"main\")],\n"
           "  v8Flags = [\"--max-old-space-size=" +
           std::to_string(heapLimitMiB) +
           "\"],\n"
           ");\n"
           "const worker :Workerd.Worker = (\n"
           "  modules = [\n"
           "    (name = \"graph.js\", esModule = embed \"graph.js\"),\n"
           "    (name = \"stepwell-sources.js\", esModule = embed \"stepwell-sources.js\"),\n" +
           modules +
           "  ],\n"
           "  compatibilityDate = \"2025-01-01\",\n"
           "  globalOutbound = \"egress\",\n"
           ");\n";
}

ClassGraph graphFrom(const Json& entry, const std::string& className) {
    const auto text = [&](const char* key) {
        return entry.is_object() && entry.contains(key) && entry[key].is_string()
                   ? entry[key].get<std::string>()
                   : std::string{};
    };
    ClassGraph found{className, text("graph"), text("reason").substr(0, longestReason)};
    if (text("class_name") != className || found.graph.size() > largestGraph ||
        (!found.graph.empty() && !Json::accept(found.graph)))
        return {className, {}, "The analyser gave no usable answer for this class."};
    if (found.graph.empty() && found.reason.empty()) found.reason = "The analyser gave no reason.";
    return found;
}

}  // namespace

api::Result<void> writeAnalysisFolder(const fs::path& folder, const Bundle& bundle,
                                      const std::vector<std::string>& classNames, const fs::path& driver,
                                      int heapLimitMiB) {
    if (auto made = makeProcessFolder(folder); !made) return made;
    const auto code = folder / "code";
    std::string imports;
    std::string sources;
    std::string entries;
    std::uintmax_t bytes = 0;
    int number = 0;
    for (const auto& module : bundle.modules) {
        const auto script = scriptOf(module);
        if (!script) continue;
        std::error_code ignored;
        bytes += fs::file_size(module.file, ignored);
        if (bytes > mostSource)
            return api::fail(400, api::code::scriptInvalid,
                             "was not started: it holds more than 16 MiB of JavaScript");
        const auto id = "m" + std::to_string(number++);
        if (auto placed = placeFile(module.file, code / id); !placed) return placed;
        entries += "    (name = \"" + id + "\", text = embed \"" + id + "\"),\n";
        imports += "import " + id + " from './" + id + "';\n";
        sources += "  { name: " + Json(module.name).dump(-1, ' ', true, Json::error_handler_t::replace) +
                   ", text: " + id + ", isCommonJs: " + (*script == Script::commonJs ? "true" : "false") +
                   " },\n";
    }
    const auto quoted = [](const Json& value) {
        return value.dump(-1, ' ', true, Json::error_handler_t::replace);
    };
    const auto entry = imports + "export default {\n  main: " + quoted(bundle.mainModule) +
                       ",\n  classes: " + quoted(classNames) + ",\n  modules: [\n" + sources + "  ],\n};\n";
    if (auto written = writeFile(code / "stepwell-sources.js", entry); !written) return written;
    if (auto written = writeFile(code / "config.capnp", configText(entries, heapLimitMiB)); !written)
        return written;
    return placeFile(driver / "graph.js", code / "graph.js");
}

std::vector<ClassGraph> readGraphs(const std::string& json, const std::vector<std::string>& classNames) {
    const auto answer = parseBounded<Json>(json);
    std::vector<ClassGraph> graphs;
    for (std::size_t i = 0; i < classNames.size(); ++i)
        graphs.push_back(
            graphFrom(answer.is_array() && i < answer.size() ? answer[i] : Json(), classNames[i]));
    return graphs;
}

}  // namespace stepwell::engine
