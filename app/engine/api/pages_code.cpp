#include "app/engine/api/pages_code.h"

#include "app/engine/api/form_writer.h"
#include "app/engine/api/upload_form.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <map>

namespace stepwell::engine::rest {

namespace {

using nlohmann::json;

/// For projects that name no date: old enough for the runtime that comes along.
constexpr auto usualCompatibilityDate = "2026-11-01";
constexpr auto scriptName = "_worker.js";
constexpr auto filesBinding = "ASSETS";

tl::unexpected<api::Error> invalid(std::string message) {
    return api::fail(400, api::code::scriptInvalid, std::move(message));
}

json objectOf(const std::string& text) {
    auto value = parseBounded<json>(text);
    return value.is_object() ? value : json::object();
}

std::string textOf(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

tl::unexpected<api::Error> unsupported(const std::string& name, const std::string& what) {
    return invalid("The binding \"" + name + "\" (" + what +
                   ") is not supported by this Stepwell, so the code of the site cannot run here. Remove it "
                   "from the configuration of the project. Variables and secrets are supported.");
}

/// Settings of a project that stand for bindings.
api::Result<void> checkConfig(const json& config) {
    constexpr std::array<const char*, 12> kinds = {"kv_namespaces",
                                                   "d1_databases",
                                                   "r2_buckets",
                                                   "durable_object_namespaces",
                                                   "services",
                                                   "queue_producers",
                                                   "analytics_engine_datasets",
                                                   "ai_bindings",
                                                   "browsers",
                                                   "hyperdrive_bindings",
                                                   "mtls_certificates",
                                                   "vectorize_bindings"};
    for (const char* kind : kinds)
        if (const auto it = config.find(kind); it != config.end() && it->is_object() && !it->empty())
            return unsupported(it->begin().key(), kind);
    return {};
}

using Bindings = std::map<std::string, json>;

void addVariables(Bindings& bindings, const json& config) {
    const auto variables = config.find("env_vars");
    if (variables == config.end() || !variables->is_object()) return;
    for (const auto& [name, variable] : variables->items()) {
        if (!variable.is_object()) continue;
        const bool secret = variable.value("type", json()) == "secret_text";
        bindings[name] = {{"type", secret ? "secret_text" : "plain_text"},
                          {"name", name},
                          {"text", textOf(variable, "value")}};
    }
}

api::Result<void> addUploaded(Bindings& bindings, const json& metadata) {
    const auto uploaded = metadata.find("bindings");
    if (uploaded == metadata.end() || !uploaded->is_array()) return {};
    for (const auto& binding : *uploaded) {
        const auto name = textOf(binding, "name");
        const auto type = textOf(binding, "type");
        if (type != "plain_text" && type != "secret_text" && type != "json") return unsupported(name, type);
        bindings[name] = binding;
    }
    return {};
}

api::Result<std::string> bindingsOf(const SiteCode& code, const json& config, const json& metadata) {
    if (auto ok = checkConfig(config); !ok) return tl::unexpected(ok.error());
    Bindings bindings;
    const std::array<std::pair<const char*, std::string>, 4> facts{{{"CF_PAGES", "1"},
                                                                    {"CF_PAGES_BRANCH", code.branch},
                                                                    {"CF_PAGES_COMMIT_SHA", code.commit},
                                                                    {"CF_PAGES_URL", code.url}}};
    for (const auto& [name, text] : facts)
        bindings[name] = {{"type", "plain_text"}, {"name", name}, {"text", text}};
    addVariables(bindings, config);
    if (auto ok = addUploaded(bindings, metadata); !ok) return tl::unexpected(ok.error());
    if (bindings.count(filesBinding) > 0)
        return invalid("A variable cannot be called ASSETS: that is how the code of a site finds its files. "
                       "Remove it from the project or the upload, or give it another name.");
    auto list = json::array();
    for (auto& [name, binding] : bindings)
        list.push_back(std::move(binding));
    return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string dateOf(const json& metadata, const json& config) {
    if (auto date = textOf(metadata, "compatibility_date"); !date.empty()) return date;
    const auto always = config.find("always_use_latest_compatibility_date");
    if (always != config.end() && *always == true) return usualCompatibilityDate;
    const auto date = textOf(config, "compatibility_date");
    return date.empty() ? usualCompatibilityDate : date;
}

std::vector<std::string> flagsOf(const json& metadata, const json& config) {
    for (const auto* source : {&metadata, &config}) {
        const auto flags = source->find("compatibility_flags");
        if (flags == source->end() || !flags->is_array()) continue;
        std::vector<std::string> list;
        for (const auto& flag : *flags)
            if (flag.is_string()) list.push_back(flag);
        return list;
    }
    return {};
}

/// The form does not say how it is taken apart: its first line is the boundary.
std::string formType(std::string_view form) {
    const auto line = form.substr(0, form.find("\r\n"));
    return "multipart/form-data; boundary=\"" +
           std::string(line.substr(std::min<std::size_t>(2, line.size()))) + '"';
}

}  // namespace

api::Result<std::unique_ptr<CodeFile>> CodeFile::write(std::filesystem::path path, std::string_view text) {
    std::unique_ptr<CodeFile> file(new CodeFile(std::move(path)));
    std::error_code ignored;
    std::filesystem::create_directories(file->path().parent_path(), ignored);
    std::ofstream stream(file->path(), std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    if (stream) return file;
    return api::fail(507, api::code::storage,
                     "Could not write " + file->path().string() + ". Make room on the disk and try again.");
}

CodeFile::~CodeFile() {
    std::error_code ignored;
    std::filesystem::remove(m_path, ignored);
}

std::string siteScriptName(const std::string& project, pages::Environment environment) {
    return "pages-worker--" + project +
           (environment == pages::Environment::production ? "-production" : "-preview");
}

api::Result<Bundle> siteBundle(const SiteCode& code) {
    Bundle bundle;
    auto metadata = json::object();
    if (code.kind == pages::WorkerKind::script) {
        bundle.mainModule = scriptName;
        bundle.modules.push_back({scriptName, "application/javascript+module", code.file});
    } else {
        const auto form = readUploadForm(formType(code.text), code.text);
        if (!form)
            return tl::unexpected(
                api::Error{form.error().http, form.error().code,
                           "The part _worker.bundle of the upload is not valid: " + form.error().message});
        metadata = objectOf(form->metadata);
        bundle.mainModule = form->mainModule;
        for (const auto& module : form->modules) {
            const auto offset = static_cast<std::uint64_t>(module.bytes.data() - code.text.data());
            bundle.modules.push_back(
                {module.name, module.contentType, code.file, offset, module.bytes.size()});
        }
    }
    const auto config = objectOf(code.config);
    auto bindings = bindingsOf(code, config, metadata);
    if (!bindings) return tl::unexpected(bindings.error());
    bundle.bindingsJson = std::move(*bindings);
    bundle.scriptName = code.scriptName;
    bundle.compatibilityDate = dateOf(metadata, config);
    bundle.compatibilityFlags = flagsOf(metadata, config);
    return bundle;
}

namespace {

/// Empty: there is none that matters.
std::string codeSettings(const json& metadata) {
    auto settings = json::object();
    for (const char* key : {"compatibility_date", "compatibility_flags"})
        if (const auto it = metadata.find(key); it != metadata.end() && !it->empty()) settings[key] = *it;
    auto variables = json::object();
    for (const auto& binding : parseBounded<json>(shownBindings(metadata.dump())))
        variables[textOf(binding, "name")] = binding;
    if (!variables.empty()) settings["bindings"] = std::move(variables);
    return settings.empty() ? std::string()
                            : settings.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace

std::vector<SitePart> codeParts(pages::WorkerKind kind, std::string_view code, const std::string& mainName) {
    std::vector<SitePart> parts;
    const auto form =
        kind == pages::WorkerKind::bundle ? readUploadForm(formType(code), code) : api::Result<UploadForm>();
    if (kind == pages::WorkerKind::script) parts.push_back({mainName, std::string(code)});
    // What cannot be taken apart may hold secrets.
    if (kind == pages::WorkerKind::script || !form) return parts;
    for (const auto& module : form->modules) {
        // A source map makes stacks readable and changes nothing else.
        if (module.contentType == sourceMapType) continue;
        const bool isMain = module.name == form->mainModule;
        parts.push_back({isMain ? mainName : mainName + '/' + module.name, std::string(module.bytes)});
    }
    if (auto settings = codeSettings(objectOf(form->metadata)); !settings.empty())
        parts.push_back({"code settings", std::move(settings)});
    return parts;
}

api::Result<CodeForm> codeForm(pages::WorkerKind kind, std::string_view code) {
    json metadata{{"main_module", scriptName}};
    std::vector<FormWriter::Part> parts{{"metadata", {}, {}}};
    UploadForm form;
    if (kind == pages::WorkerKind::script) {
        parts.push_back({scriptName, "application/javascript+module", code});
    } else {
        auto read = readUploadForm(formType(code), code);
        if (!read)
            return api::fail(500, api::code::storage,
                             "The code of the deployment cannot be taken apart: " + read.error().message);
        form = std::move(*read);
        metadata = objectOf(form.metadata);
        for (const auto& name : secretNames(form.metadata))
            metadata["stepwell"]["secrets"].push_back(name);
        if (metadata.contains("bindings"))
            std::erase_if(metadata["bindings"].get_ref<json::array_t&>(),
                          [](const json& binding) { return textOf(binding, "type") == "secret_text"; });
        for (const auto& module : form.modules)
            parts.push_back({module.name, module.contentType, module.bytes});
    }
    const auto text = metadata.dump(-1, ' ', false, json::error_handler_t::replace);
    parts.front().bytes = text;
    const FormWriter writer(std::move(parts));
    return CodeForm{writer.contentType(), writer.body()};
}

}  // namespace stepwell::engine::rest
