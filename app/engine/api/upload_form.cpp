#include "app/engine/api/upload_form.h"

#include "app/engine/api/body.h"
#include "models/api/identifiers.h"
#include "models/api/multipart.h"
#include "models/api/time.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace stepwell::engine::rest {

using nlohmann::json;

namespace {

constexpr std::size_t largestScript = 64 * 1024 * 1024;
constexpr std::size_t largestSourceMap = 16 * 1024 * 1024;
constexpr std::size_t largestMetadata = 1024 * 1024;
constexpr std::size_t longestModuleName = 512;

tl::unexpected<api::Error> invalid(std::string message) {
    return api::fail(400, api::code::scriptInvalid, std::move(message));
}

std::string inQuotes(const std::string& name) {
    return '"' + name + '"';
}

// --- modules
// -----------------------------------------------------------------------------------------------------

/// A name becomes a file name of the runtime's view of the bundle: it must stay inside.
bool isModuleName(std::string_view name) {
    if (name.empty() || name.size() > longestModuleName || name.front() == '/') return false;
    if (std::any_of(name.begin(), name.end(),
                    [](unsigned char c) { return c < 0x20 || c == 0x7F || c == '\\'; }))
        return false;
    while (!name.empty()) {
        const auto end = std::min(name.find('/'), name.size());
        const auto segment = name.substr(0, end);
        if (segment.empty() || segment == "..") return false;
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return true;
}

api::Result<void> checkModuleType(const api::FormPart& part) {
    constexpr std::array<std::string_view, 6> supported = {"application/javascript+module",
                                                           "application/javascript",
                                                           "application/wasm",
                                                           "application/octet-stream",
                                                           "text/plain",
                                                           sourceMapType};
    if (std::find(supported.begin(), supported.end(), part.contentType) != supported.end()) return {};
    if (part.contentType.rfind("text/x-python", 0) == 0)
        return invalid("Module " + inQuotes(part.name) + " is Python; only JavaScript Workers can run here.");
    return invalid("Module " + inQuotes(part.name) + " has the content type " + inQuotes(part.contentType) +
                   ", which is not supported. Use an ES module, CommonJS, WebAssembly, data or text.");
}

api::Result<void> addModule(UploadForm& form, const api::FormPart& part, std::set<std::string>& names) {
    // A map only makes stacks readable: one that cannot be kept is no reason to refuse the code.
    if (part.contentType == sourceMapType &&
        (part.body.size() > largestSourceMap || !isModuleName(part.name)))
        return {};
    if (!isModuleName(part.name))
        return invalid("Module name " + inQuotes(part.name) +
                       " is not allowed: it must be a relative path of at most 512 bytes without \"..\".");
    if (auto ok = checkModuleType(part); !ok) return ok;
    if (!names.insert(part.name).second)
        return invalid("Module " + inQuotes(part.name) + " is in the upload twice.");
    form.modules.push_back({part.name, part.contentType, part.body});
    return {};
}

/// Source maps count, and those that have no room beside the code are left out.
api::Result<void> checkSize(UploadForm& form) {
    std::size_t total = 0;
    for (const auto& module : form.modules)
        if (module.contentType != sourceMapType) total += module.bytes.size();
    if (total > largestScript)
        return api::fail(413, api::code::tooLarge,
                         "The modules are " + std::to_string(total / (1024 * 1024)) +
                             " MiB together; the limit is 64 MiB.");
    const auto ofMain = form.mainModule + ".map";
    std::stable_partition(form.modules.begin(), form.modules.end(), [&](const auto& module) {
        return module.contentType != sourceMapType || module.name == ofMain;
    });
    std::erase_if(form.modules, [&](const auto& module) {
        if (module.contentType != sourceMapType) return false;
        const bool fits = module.bytes.size() <= largestScript - total;
        if (fits) total += module.bytes.size();
        return !fits;
    });
    return {};
}

// --- metadata
// ----------------------------------------------------------------------------------------------------

std::string textOf(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

api::Result<void> checkBinding(const json& binding) {
    const auto name = textOf(binding, "name");
    const auto type = textOf(binding, "type");
    if (name.empty() || name.size() > 255)
        return invalid("A binding in the metadata has no name of 1 to 255 characters.");
    if (type == "inherit") return {};
    if (type == "plain_text" || type == "secret_text") {
        if (binding.contains("text") && binding["text"].is_string()) return {};
        return invalid("Binding " + inQuotes(name) + " of type " + type + " has no text.");
    }
    if (type == "json") {
        if (binding.contains("json")) return {};
        return invalid("Binding " + inQuotes(name) + " of type json has no json value.");
    }
    if (type == "workflow") {
        if (api::isWorkflowName(textOf(binding, "workflow_name"))) return {};
        return invalid("Binding " + inQuotes(name) + " names no valid workflow in workflow_name.");
    }
    return invalid(
        "Binding " + inQuotes(name) + " is of type " + inQuotes(type) +
        ", which is not supported yet. Remove it from the configuration; supported are plain_text, json, "
        "secret_text and workflow.");
}

api::Result<void> checkBindings(const json& metadata) {
    const auto bindings = metadata.find("bindings");
    if (bindings == metadata.end()) return {};
    if (!bindings->is_array()) return invalid("bindings in the metadata must be a list.");
    std::set<std::string> names;
    for (const auto& binding : *bindings) {
        if (!binding.is_object()) return invalid("A binding in the metadata is not an object.");
        if (auto ok = checkBinding(binding); !ok) return ok;
        if (!names.insert(textOf(binding, "name")).second)
            return invalid("Binding " + inQuotes(textOf(binding, "name")) + " is there twice.");
    }
    return {};
}

bool isTextList(const json& value) {
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
}

api::Result<void> checkFeatures(const json& metadata) {
    for (const auto& [key, words] :
         {std::pair{"migrations", "Durable Objects"}, std::pair{"containers", "Containers"},
          std::pair{"assets", "Static assets of a Worker"}})
        if (const auto it = metadata.find(key); it != metadata.end() && !it->is_null() && !it->empty())
            return invalid(std::string(words) + " (" + key + " in the metadata) are not supported yet.");
    const auto exports = metadata.find("exports");
    if (exports == metadata.end() || !exports->is_object()) return {};
    for (const auto& [name, item] : exports->items())
        if (!item.is_object() || textOf(item, "type") != "workflow")
            return invalid("Export " + inQuotes(name) +
                           " is not a workflow; other exports are not supported yet.");
    return {};
}

api::Result<void> checkCompatibility(const json& metadata) {
    if (const auto it = metadata.find("compatibility_date"); it != metadata.end() && !it->is_null())
        if (!it->is_string() || it->get_ref<const std::string&>().size() != 10 ||
            !api::fromIso(it->get<std::string>()))
            return invalid("compatibility_date must be a date like 2026-01-31.");
    for (const char* key : {"compatibility_flags", "keep_bindings"})
        if (const auto it = metadata.find(key); it != metadata.end() && !it->is_null() && !isTextList(*it))
            return invalid(std::string(key) + " must be a list of texts.");
    return {};
}

api::Result<void> readMetadata(UploadForm& form, std::string_view text) {
    if (text.size() > largestMetadata) return invalid("The metadata part is larger than 1 MiB.");
    const auto metadata = parseObject(text, "The metadata part");
    if (!metadata) return invalid(metadata.error().message);
    form.mainModule = textOf(*metadata, "main_module");
    if (form.mainModule.empty() && metadata->contains("body_part"))
        return invalid(
            "The upload is in the service worker format (body_part). Workflows need ES modules: export the "
            "Worker with `export default` and the workflow class by name.");
    if (form.mainModule.empty()) return invalid("The metadata names no main_module.");
    if (auto ok = checkBindings(*metadata); !ok) return ok;
    if (auto ok = checkFeatures(*metadata); !ok) return ok;
    if (auto ok = checkCompatibility(*metadata); !ok) return ok;
    form.metadata = metadata->dump();
    return {};
}

json bindingsOf(const std::string& metadata) {
    const auto parsed = parseBounded<json>(metadata);
    if (!parsed.is_object() || !parsed.contains("bindings") || !parsed["bindings"].is_array())
        return json::array();
    return parsed["bindings"];
}

const json* byName(const json& bindings, const std::string& name) {
    const auto it = std::find_if(bindings.begin(), bindings.end(),
                                 [&](const json& binding) { return textOf(binding, "name") == name; });
    return it == bindings.end() ? nullptr : &*it;
}

}  // namespace

api::Result<UploadForm> readUploadForm(const http::Request& request) {
    return readUploadForm(request.contentType, request.body);
}

api::Result<UploadForm> readUploadForm(std::string_view contentType, std::string_view body) {
    const auto parts = api::parseMultipart(contentType, body);
    if (!parts) return tl::unexpected(parts.error());
    UploadForm form;
    std::set<std::string> names;
    bool described = false;
    for (const auto& part : *parts) {
        // A form made with `curl -F metadata=@file` gives it a file name, which only its type sets apart from
        // a module's.
        const bool isJson = part.contentType == "application/json";
        const bool isMetadata = part.name == "metadata" && (part.filename.empty() || isJson);
        if (isMetadata && described) return invalid("The upload has two metadata parts.");
        auto ok = isMetadata ? readMetadata(form, part.body) : addModule(form, part, names);
        if (!ok) return tl::unexpected(ok.error());
        described = described || isMetadata;
    }
    if (!described) return invalid("The upload has no metadata part.");
    if (names.count(form.mainModule) == 0)
        return invalid("main_module " + inQuotes(form.mainModule) + " is not among the uploaded modules.");
    if (auto ok = checkSize(form); !ok) return tl::unexpected(ok.error());
    return form;
}

api::Result<std::string> withInheritedBindings(const std::string& metadata, const std::string& previous) {
    auto merged = parseBounded<json>(metadata);
    const auto old = bindingsOf(previous);
    json bindings = json::array();
    for (const auto& binding : bindingsOf(metadata)) {
        if (textOf(binding, "type") != "inherit") {
            bindings.push_back(binding);
            continue;
        }
        const auto* inherited = byName(old, textOf(binding, "name"));
        if (inherited == nullptr)
            return invalid("Binding " + inQuotes(textOf(binding, "name")) +
                           " cannot be inherited: the deployed version has none.");
        bindings.push_back(*inherited);
    }
    // Releases of wrangler before November 2026 name no kinds to keep, and count on secrets outliving an
    // upload.
    const auto kept = merged.value("keep_bindings", json::array({"secret_text", "secret_key"}));
    for (const auto& binding : old)
        if (std::find(kept.begin(), kept.end(), json(textOf(binding, "type"))) != kept.end() &&
            byName(bindings, textOf(binding, "name")) == nullptr)
            bindings.push_back(binding);
    merged["bindings"] = std::move(bindings);
    return merged.dump();
}

std::string shownBindings(const std::string& metadata) {
    auto bindings = bindingsOf(metadata);
    for (auto& binding : bindings)
        if (textOf(binding, "type") == "secret_text") binding.erase("text");
    return bindings.dump();
}

std::vector<std::string> secretNames(const std::string& metadata) {
    std::vector<std::string> names;
    for (const auto& binding : bindingsOf(metadata))
        if (textOf(binding, "type") == "secret_text") names.push_back(textOf(binding, "name"));
    return names;
}

}  // namespace stepwell::engine::rest
