#include "models/import/worker_config.h"

#include "models/api/cron.h"
#include "models/api/identifiers.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace stepwell {

using nlohmann::json;

namespace {

struct UnsupportedBinding {
    const char* key;
    const char* what;
    const char* nameKey;  ///< empty: the names are the keys
};

constexpr std::array<UnsupportedBinding, 42> unsupported = {{
    {"kv_namespaces", "KV namespace", "binding"},
    {"r2_buckets", "R2 bucket", "binding"},
    {"d1_databases", "D1 database", "binding"},
    {"queues", "queue", "binding"},
    {"durable_objects", "Durable Object", "name"},
    {"services", "service binding", "binding"},
    {"ai", "AI binding", "binding"},
    {"browser", "browser binding", "binding"},
    {"vectorize", "Vectorize index", "binding"},
    {"hyperdrive", "Hyperdrive binding", "binding"},
    {"analytics_engine_datasets", "Analytics Engine dataset", "binding"},
    {"send_email", "e-mail binding", "name"},
    {"dispatch_namespaces", "dispatch namespace", "binding"},
    {"mtls_certificates", "mTLS certificate", "binding"},
    {"secrets_store_secrets", "Secrets Store secret", "binding"},
    {"pipelines", "pipeline", "binding"},
    {"images", "Images binding", "binding"},
    {"containers", "container", "name"},
    {"unsafe", "unsafe binding", "name"},
    {"wasm_modules", "Wasm module binding", ""},
    {"version_metadata", "version metadata binding", "binding"},
    {"text_blobs", "text blob", ""},
    {"data_blobs", "data blob", ""},
    {"assets", "static assets binding", "binding"},
    {"site", "Workers Site", "bucket"},
    {"migrations", "Durable Object migration", "tag"},
    {"ratelimits", "rate limit", "name"},
    {"logfwdr", "log forwarder", "name"},
    {"media", "Media binding", "binding"},
    {"stream", "Stream binding", "binding"},
    {"ai_search", "AI Search binding", "binding"},
    {"ai_search_namespaces", "AI Search namespace", "binding"},
    {"agent_memory", "agent memory", "binding"},
    {"analytics", "analytics binding", "binding"},
    {"artifacts", "artifacts binding", "binding"},
    {"flagship", "feature flag binding", "binding"},
    {"k2", "K2 binding", "binding"},
    {"unsafe_hello_world", "hello-world binding", "binding"},
    {"vpc_networks", "VPC network", "binding"},
    {"vpc_services", "VPC service", "binding"},
    {"worker_loaders", "Worker loader", "binding"},
    {"python_modules", "Python module", "name"},
}};

/// Known, and of no effect here: neither used nor worth a warning.
const std::set<std::string>& silentKeys() {
    static const std::set<std::string> keys = {"$schema",
                                               "name",
                                               "main",
                                               "compatibility_date",
                                               "compatibility_flags",
                                               "workflows",
                                               "triggers",
                                               "vars",
                                               "secrets",
                                               "dev",
                                               "workers_dev",
                                               "observability",
                                               "upload_source_maps",
                                               "minify",
                                               "account_id",
                                               "preview_urls",
                                               "send_metrics",
                                               "keep_vars",
                                               "logpush",
                                               "no_bundle",
                                               "keep_names",
                                               "preserve_file_names",
                                               "find_additional_modules",
                                               "base_dir",
                                               "rules"};
    return keys;
}

class ConfigReader {
  public:
    ConfigReader(const json& config, QString file, ReadProject& read)
        : m_config(config)
        , m_file(std::move(file))
        , m_read(read)
        , m_project(read.project) {}

    void run(std::string& main) {
        m_project.name = text(m_config, "name");
        main = text(m_config, "main");
        checkName();
        m_project.compatibilityDate = text(m_config, "compatibility_date");
        readFlags();
        readVars();
        readWorkflows();
        readTriggers();
        rejectUnsupported();
        warnUnknown();
    }

  private:
    void error(const QString& message) { m_read.errors.push_back({message, m_file, 0, 0, {}}); }
    void warn(const QString& message) { m_project.warnings.push_back({message, m_file, 0, 0, {}}); }

    /// Absent and of the wrong type are both empty; the wrong type is an error besides.
    std::string text(const json& object, const char* key) {
        const auto found = object.find(key);
        if (found == object.end() || found->is_null()) return {};
        if (found->is_string()) return found->get<std::string>();
        error(QStringLiteral("\"%1\" must be a text.").arg(QLatin1String(key)));
        return {};
    }

    void checkName() {
        if (m_project.name.empty() || api::isScriptName(m_project.name)) return;
        error(
            QStringLiteral("\"name\" is \"%1\", which is no name for a script: use letters, digits, - and _.")
                .arg(toQt(m_project.name)));
    }

    void readFlags() {
        const auto found = m_config.find("compatibility_flags");
        if (found == m_config.end()) return;
        if (!found->is_array())
            return error(QStringLiteral("\"compatibility_flags\" must be a list of texts."));
        for (const auto& flag : *found) {
            if (!flag.is_string())
                return error(QStringLiteral("\"compatibility_flags\" must be a list of texts."));
            m_project.compatibilityFlags.push_back(flag.get<std::string>());
        }
    }

    void readVars() {
        const auto found = m_config.find("vars");
        if (found == m_config.end()) return;
        if (!found->is_object()) return error(QStringLiteral("\"vars\" must be an object."));
        m_project.varsJson = found->dump(-1, ' ', false, json::error_handler_t::replace);
    }

    void readWorkflows() {
        const auto found = m_config.find("workflows");
        if (found == m_config.end()) return;
        if (!found->is_array()) return error(QStringLiteral("\"workflows\" must be a list."));
        std::set<std::string> names;
        for (std::size_t i = 0; i < found->size(); ++i) {
            const auto label = QStringLiteral("workflows[%1]").arg(i);
            if (!(*found)[i].is_object()) {
                error(label + QStringLiteral(" must be an object."));
                continue;
            }
            readWorkflow((*found)[i], label);
            if (!names.insert(m_project.workflows.back().name).second)
                error(label + QStringLiteral(": the name \"%1\" is used twice.")
                                  .arg(toQt(m_project.workflows.back().name)));
        }
    }

    void readWorkflow(const json& item, const QString& label) {
        ProjectWorkflow workflow;
        workflow.binding = text(item, "binding");
        workflow.name = text(item, "name");
        workflow.className = text(item, "class_name");
        workflow.scriptName = text(item, "script_name");
        if (workflow.scriptName == m_project.name) workflow.scriptName.clear();
        for (const char* key : {"binding", "name", "class_name"})
            if (!item.contains(key)) error(label + QStringLiteral(" has no \"%1\".").arg(QLatin1String(key)));
        if (!workflow.name.empty() && !api::isWorkflowName(workflow.name))
            error(label +
                  QStringLiteral(": \"%1\" is no name for a workflow: at most 64 letters, digits, - and _.")
                      .arg(toQt(workflow.name)));
        readSettings(item, label, workflow);
        m_project.workflows.push_back(std::move(workflow));
    }

    void readSettings(const json& item, const QString& label, ProjectWorkflow& workflow) {
        auto settings = json::object();
        for (const auto& [key, value] : item.items()) {
            if (key == "limits" || key == "concurrency" || key == "default_retention" ||
                key == "jurisdiction")
                settings[key] = value;
            else if (key == "schedules")
                settings[key] = schedulesOf(value, label);
            else if (key != "binding" && key != "name" && key != "class_name" && key != "script_name" &&
                     key != "remote")
                warn(label + QStringLiteral(": \"%1\" is not known and is ignored.").arg(toQt(key)));
        }
        if (!workflow.scriptName.empty() && !settings.empty())
            error(label + QStringLiteral(" belongs to the script \"%1\": \"%2\" must be set there.")
                              .arg(toQt(workflow.scriptName), toQt(settings.begin().key())));
        workflow.settingsJson = settings.dump(-1, ' ', false, json::error_handler_t::replace);
    }

    /// A cron text or a list of them; the API takes objects.
    json schedulesOf(const json& value, const QString& label) {
        auto result = json::array();
        const auto list = value.is_array() ? value : json::array({value});
        for (const auto& cron : list) {
            if (!cron.is_string() || cron.get_ref<const std::string&>().empty()) {
                error(label + QStringLiteral(": \"schedules\" must be a cron expression or a list of them."));
                return result;
            }
            result.push_back({{"cron", cron}});
        }
        return result;
    }

    void readTriggers() {
        const auto triggers = m_config.find("triggers");
        if (triggers == m_config.end() || triggers->is_null()) return;
        if (!triggers->is_object()) return error(QStringLiteral("\"triggers\" must be an object."));
        for (const auto& [key, value] : triggers->items())
            if (key != "crons")
                warn(QStringLiteral("triggers: \"%1\" is not known and is ignored.").arg(toQt(key)));
        const auto crons = triggers->find("crons");
        if (crons == triggers->end() || crons->is_null()) return;
        m_project.crons.emplace();
        if (!crons->is_array())
            return error(QStringLiteral("\"triggers.crons\" must be a list of cron expressions."));
        for (const auto& cron : *crons) {
            const auto text = cron.is_string() ? cron.get<std::string>() : std::string();
            if (const auto known = api::Cron::parse(text); !known)
                error(QStringLiteral("triggers.crons: %1").arg(toQt(known.error().message)));
            m_project.crons->push_back(text);
        }
    }

    void rejectUnsupported() {
        for (const auto& binding : unsupported) {
            const auto found = m_config.find(binding.key);
            if (found == m_config.end() || found->is_null() || found->empty()) continue;
            QStringList names;
            collectNames(*found, binding.nameKey, names);
            error(
                QStringLiteral(
                    "%1%2 (\"%3\") is not supported yet: only workflows, vars and secrets can be bound. "
                    "Remove it, or keep it out of this configuration.")
                    .arg(QLatin1String(binding.what),
                         names.isEmpty() ? QString() : QStringLiteral(" ") + names.join(QStringLiteral(", ")),
                         QLatin1String(binding.key)));
        }
    }

    static void collectNames(const json& value, const char* nameKey, QStringList& names) {
        if (value.is_array())
            for (const auto& item : value)
                collectNames(item, nameKey, names);
        if (!value.is_object()) return;
        const auto name = value.find(nameKey);
        if (name != value.end() && name->is_string()) return names.append(toQt(name->get<std::string>()));
        for (const auto& [key, inner] : value.items()) {
            // queues and durable_objects keep their lists one level down; a consumer names its queue
            if (inner.is_array()) collectNames(inner, key == "consumers" ? "queue" : nameKey, names);
            if (nameKey[0] == '\0' && inner.is_string()) names.append(toQt(key));
        }
    }

    void warnUnknown() {
        for (const auto& [key, value] : m_config.items()) {
            const bool isUnsupported =
                std::any_of(unsupported.begin(), unsupported.end(),
                            [&name = key](const auto& binding) { return name == binding.key; });
            if (!isUnsupported && !silentKeys().contains(key))
                warn(QStringLiteral("\"%1\" is not used here and is ignored.").arg(toQt(key)));
        }
    }

    const json& m_config;
    QString m_file;
    ReadProject& m_read;
    WorkerProject& m_project;
};

}  // namespace

void readWorkerConfig(const json& config, const QString& file, ReadProject& read, std::string& main) {
    ConfigReader(config, file, read).run(main);
}

}  // namespace stepwell
