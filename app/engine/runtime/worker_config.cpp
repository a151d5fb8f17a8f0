#include "app/engine/runtime/worker_config.h"

#include "app/engine/runtime/code_folder.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stepwell::engine {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// What Cloudflare assumes for an upload that names no date.
constexpr auto oldestCompatibilityDate = "2021-11-02";

/// What user code finds in `env` for a binding that cannot work here: an object that says so when it is used.
constexpr auto unavailableBinding = R"js(export default ({ message }) =>
  new Proxy({}, {
    get(_, key) {
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      return () => { throw new Error(message); };
    },
  });
)js";

/// Source maps that are larger than this part of the heap together are not used: the first error reads all.
constexpr std::uintmax_t partOfHeapForMaps = 32;

enum class ModuleKind { es, commonJs, text, data, wasm, json, sourceMap };

tl::unexpected<api::Error> invalid(std::string message) {
    return api::fail(400, api::code::scriptInvalid, std::move(message));
}

/// A quoted string of a Cap'n Proto text.
std::string capnpText(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\x";
            out += hex[byte >> 4U];
            out += hex[byte & 15U];
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string mediaType(std::string_view contentType) {
    std::string type(contentType.substr(0, contentType.find(';')));
    while (!type.empty() && type.back() == ' ')
        type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
    return type;
}

api::Result<ModuleKind> kindOf(const Module& module) {
    const auto type = mediaType(module.contentType);
    if (type == "application/javascript+module" || type == "text/javascript+module") return ModuleKind::es;
    if (type == "application/javascript" || type == "text/javascript") return ModuleKind::commonJs;
    if (type == "application/wasm") return ModuleKind::wasm;
    if (type == "application/octet-stream") return ModuleKind::data;
    if (type == "text/plain" || type == "text/html" || type == "text/sql") return ModuleKind::text;
    if (type == "application/json") return ModuleKind::json;
    if (type == "application/source-map") return ModuleKind::sourceMap;
    if (type.starts_with("text/x-python"))
        return invalid(
            "The module \"" + module.name +
            "\" is Python. Stepwell runs JavaScript only: deploy a JavaScript or TypeScript Worker.");
    return invalid(
        "The module \"" + module.name + "\" has the content type \"" + module.contentType +
        "\", which Stepwell does not know. Use an ES module, CommonJS, WebAssembly, text, data or JSON.");
}

const char* fieldOf(ModuleKind kind) {
    switch (kind) {
    case ModuleKind::es:
        return "esModule";
    case ModuleKind::commonJs:
        return "commonJsModule";
    case ModuleKind::text:
        return "text";
    case ModuleKind::data:
        return "data";
    case ModuleKind::wasm:
        return "wasm";
    case ModuleKind::json:
        return "json";
    case ModuleKind::sourceMap:
        break;
    }
    return "text";
}

/// JavaScript text.
std::string jsText(const std::string& text) {
    return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

struct Modules {
    std::string entries;
    std::string sourceMaps;  ///< members of a JavaScript object: how the map of a module is loaded
    bool mainIsCommonJs = false;
};

/// Adds source maps, that of the main module first, as long as reading them all is no burden to the process.
api::Result<void> addSourceMaps(const fs::path& code, const Bundle& bundle, std::uintmax_t most,
                                Modules& modules) {
    constexpr std::string_view ending = ".map";
    std::vector<const Module*> maps;
    for (const auto& module : bundle.modules)
        if (const auto kind = kindOf(module); kind && *kind == ModuleKind::sourceMap) maps.push_back(&module);
    const auto ofMain = bundle.mainModule + std::string(ending);
    std::stable_partition(maps.begin(), maps.end(), [&](const auto* map) { return map->name == ofMain; });
    int number = 0;
    for (const auto* map : maps) {
        std::error_code error;
        const auto bytes = map->bytes ? *map->bytes : fs::file_size(map->file, error);
        if (!map->name.ends_with(ending) || error || bytes > most) continue;
        most -= bytes;
        const auto file = "s" + std::to_string(number++);
        if (auto placed = placeModule(*map, code / file); !placed) return placed;
        modules.entries +=
            "    (name = " + capnpText("maps/" + file) + ", text = embed " + capnpText(file) + "),\n";
        modules.sourceMaps += "  " + jsText(map->name.substr(0, map->name.size() - ending.size())) +
                              ": () => import(" + jsText("./maps/" + file) + "),\n";
    }
    return {};
}

/// Places the modules of the bundle.
api::Result<Modules> addModules(const fs::path& code, const Bundle& bundle, std::uintmax_t mostMaps) {
    Modules modules;
    auto& entries = modules.entries;
    bool mainFound = false;
    int number = 0;
    for (const auto& module : bundle.modules) {
        const auto kind = kindOf(module);
        if (!kind) return tl::make_unexpected(kind.error());
        if (*kind == ModuleKind::sourceMap) continue;
        if (module.name == bundle.mainModule) {
            if (*kind != ModuleKind::es && *kind != ModuleKind::commonJs)
                return invalid("The main module \"" + module.name + "\" is not JavaScript.");
            mainFound = true;
            modules.mainIsCommonJs = *kind == ModuleKind::commonJs;
        }
        const auto file = "m" + std::to_string(number++);
        if (auto placed = placeModule(module, code / file); !placed)
            return tl::make_unexpected(placed.error());
        entries += "    (name = " + capnpText("user/" + module.name) + ", " + fieldOf(*kind) + " = embed " +
                   capnpText(file) + "),\n";
    }
    if (!mainFound)
        return invalid("The main module \"" + bundle.mainModule +
                       "\" is not among the modules of the upload.");
    if (auto added = addSourceMaps(code, bundle, mostMaps, modules); !added)
        return tl::make_unexpected(added.error());
    return modules;
}

std::string unavailable(const std::string& name, const std::string& message) {
    return "    (name = " + capnpText(name) +
           ", wrapped = (moduleName = \"stepwell:unavailable\", innerBindings = [(name = "
           "\"message\", text = " +
           capnpText(message) + ")])),\n";
}

api::Result<std::string> bindingEntry(const Json& binding) {
    const auto name = binding.value("name", "");
    const auto type = binding.value("type", "");
    if (name.empty() || type.empty()) return invalid("A binding has no name or no type.");
    const auto field = [&](const char* key) { return binding.contains(key) && binding[key].is_string(); };
    if (type == "plain_text" || type == "secret_text") {
        if (!field("text")) return invalid("The binding \"" + name + "\" has no text.");
        return "    (name = " + capnpText(name) +
               ", text = " + capnpText(binding["text"].get<std::string>()) + "),\n";
    }
    if (type == "json") {
        if (!binding.contains("json")) return invalid("The binding \"" + name + "\" has no JSON value.");
        return "    (name = " + capnpText(name) + ", json = " + capnpText(binding["json"].dump()) + "),\n";
    }
    if (type == "workflow")
        return "    (name = " + capnpText(name) +
               ", wrapped = (moduleName = \"stepwell:workflow\", innerBindings = [(name = \"engine\", "
               "service = "
               "\"engine\"), (name = \"name\", text = " +
               capnpText(name) + ")])),\n";
    return unavailable(name,
                       "The binding \"" + name + "\" (" + type + ") is not supported by this Stepwell.");
}

api::Result<std::string> addBindings(const Bundle& bundle) {
    std::string entries;
    const auto bindings = parseBounded<Json>(bundle.bindingsJson.empty() ? "[]" : bundle.bindingsJson);
    if (!bindings.is_array()) return invalid("The bindings of the upload are not a JSON array.");
    for (const auto& binding : bindings) {
        if (!binding.is_object()) return invalid("A binding of the upload is not a JSON object.");
        auto entry = bindingEntry(binding);
        if (!entry) return entry;
        entries += *entry;
    }
    if (bundle.site) entries += "    (name = \"ASSETS\", service = \"assets\"),\n";
    return entries;
}

/// The driver needs AsyncLocalStorage, which old dates have only by a flag.
std::string flagList(const Bundle& bundle) {
    std::string list;
    bool hasStorage = false;
    for (const auto& flag : bundle.compatibilityFlags) {
        list += (list.empty() ? "" : ", ") + capnpText(flag);
        hasStorage = hasStorage || flag == "nodejs_compat" || flag == "nodejs_als";
    }
    if (!hasStorage) list += std::string(list.empty() ? "" : ", ") + "\"nodejs_als\"";
    return list;
}

/// The fetch handler has a socket of its own, so that nothing that comes in there can be taken for the
/// engine.
std::string handlerEntry(WorkerRole role) {
    if (role != WorkerRole::handlers) return {};
    return ",\n    (name = \"handler\", address = \"unix:" + std::string(handlerSocket) +
           "\", http = (cfBlobHeader = \"x-stepwell-cf\", forwardedProtoHeader = \"x-stepwell-proto\"), "
           "service = (name = \"main\", entrypoint = "
           "\"handlers\"))";
}

std::string assetEntry(const Bundle& bundle) {
    if (!bundle.site) return {};
    return "    (name = \"assets\", external = (address = \"unix:" + std::string(assetSocket) +
           "\", http = (style = host))),\n";
}

std::string configText(const Bundle& bundle, const std::string& modules, const std::string& bindings,
                       int heapLimitMiB, WorkerRole role) {
    const auto& date = bundle.compatibilityDate.empty() ? oldestCompatibilityDate : bundle.compatibilityDate;
    return "using Workerd = import \"/workerd/workerd.capnp\";\n"
           "const config :Workerd.Config = (\n"
           "  services = [\n"
           "    (name = \"main\", worker = .worker),\n"
           "    (name = \"egress\", external = (address = \"unix:" +
           std::string(egressSocket) +
           "\", http = (style = proxy))),\n"
           "    (name = \"engine\", external = (address = \"unix:" +
           std::string(callSocket) + "\", http = (style = host))),\n" + assetEntry(bundle) +
           "  ],\n"
           "  sockets = [(name = \"control\", address = \"unix:" +
           controlSocket + "\", http = (), service = \"main\")" + handlerEntry(role) +
           "],\n"
           "  v8Flags = [\"--max-old-space-size=" +
           std::to_string(heapLimitMiB) +
           "\"],\n"
           "  extensions = [(modules = [(name = \"stepwell:unavailable\", internal = true, esModule = embed "
           "\"unavailable.js\"), (name = \"stepwell:workflow\", internal = true, esModule = embed "
           "\"binding.js\")])],\n"
           ");\n"
           "const worker :Workerd.Worker = (\n"
           "  modules = [\n"
           "    (name = \"driver.js\", esModule = embed \"driver.js\"),\n"
           "    (name = \"stepwell-bundle.js\", esModule = embed \"stepwell-bundle.js\"),\n" +
           modules +
           "  ],\n"
           "  bindings = [\n" +
           bindings +
           "  ],\n"
           "  compatibilityDate = " +
           capnpText(date) +
           ",\n"
           "  compatibilityFlags = [" +
           flagList(bundle) +
           "],\n"
           "  globalOutbound = \"egress\",\n"
           ");\n";
}

}  // namespace

api::Result<void> writeWorkerFolder(const fs::path& folder, const Bundle& bundle, const fs::path& driver,
                                    int heapLimitMiB, WorkerRole role) {
    if (auto made = makeProcessFolder(folder); !made) return made;
    const auto code = folder / "code";
    const auto modules = addModules(code, bundle, (std::uintmax_t(heapLimitMiB) << 20U) / partOfHeapForMaps);
    if (!modules) return tl::make_unexpected(modules.error());
    const auto bindings = addBindings(bundle);
    if (!bindings) return tl::make_unexpected(bindings.error());
    const auto entry = std::string("export const isCommonJs = ") +
                       (modules->mainIsCommonJs ? "true" : "false") +
                       ";\nexport const runsHandlers = " + (role == WorkerRole::handlers ? "true" : "false") +
                       ";\nexport const runsSuspects = " + (role == WorkerRole::suspects ? "true" : "false") +
                       ";\nexport const load = () => import(" + jsText("./user/" + bundle.mainModule) +
                       ");\nexport const sourceMaps = {\n" + modules->sourceMaps + "};\n";
    const std::array<std::pair<const char*, std::string>, 3> files{
        {{"unavailable.js", unavailableBinding},
         {"stepwell-bundle.js", entry},
         {"config.capnp", configText(bundle, modules->entries, *bindings, heapLimitMiB, role)}}};
    for (const auto& [name, text] : files)
        if (auto written = writeFile(code / name, text); !written) return written;
    if (auto placed = placeFile(driver / "binding.js", code / "binding.js"); !placed) return placed;
    return placeFile(driver / "driver.js", code / "driver.js");
}

}  // namespace stepwell::engine
