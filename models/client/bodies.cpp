#include "models/client/bodies.h"

#include <nlohmann/json.hpp>

namespace stepwell::client {

using nlohmann::json;

namespace {

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json retentionJson(const api::Retention& retention) {
    json object = json::object();
    if (retention.success) object["success_retention"] = retention.success->count();
    if (retention.error) object["error_retention"] = retention.error->count();
    return object;
}

}  // namespace

namespace {

std::string createBodyWith(const char* idKey, const std::string& id, const std::string& paramsJson) {
    std::string body = "{";
    if (!id.empty()) body += "\"" + std::string(idKey) + "\":" + dump(json(id));
    if (!paramsJson.empty()) body += std::string(id.empty() ? "" : ",") + "\"params\":" + paramsJson;
    return body + "}";
}

json restartJson(const std::string& stepName, int count, const std::string& type) {
    json from{{"name", stepName}, {"count", count}};
    if (!type.empty()) from["type"] = type;
    return json{{"status", "restart"}, {"from", from}};
}

}  // namespace

std::string createBody(const std::string& id, const std::string& paramsJson) {
    return createBodyWith("instance_id", id, paramsJson);
}

std::string explorerCreateBody(const std::string& id, const std::string& paramsJson) {
    return createBodyWith("id", id, paramsJson);
}

std::string explorerStatusBody(const std::string& verb, bool rollBack) {
    json body{{"status", verb}, {"action", verb}};
    if (rollBack) body["rollback"] = true;
    return dump(body);
}

std::string explorerRestartBody(const std::string& stepName, int count, const std::string& type) {
    auto body = restartJson(stepName, count, type);
    body["action"] = "restart";
    return dump(body);
}

std::string statusBody(const std::string& verb) {
    return dump(json{{"status", verb}});
}

std::string rollbackBody() {
    return dump(json{{"status", "terminate"}, {"rollback", true}});
}

std::string deleteBody(const std::vector<std::string>& ids) {
    return dump(json{{"instances", ids}});
}

std::string cronsBody(const std::vector<std::string>& crons) {
    json list = json::array();
    for (const auto& cron : crons)
        list.push_back({{"cron", cron}});
    return dump(list);
}

std::string secretBody(const std::string& name, const std::string& text) {
    return dump(json{{"name", name}, {"text", text}, {"type", "secret_text"}});
}

std::string deploymentBody(const std::string& versionId) {
    const json version{{"version_id", versionId}, {"percentage", 100}};
    return dump(json{{"strategy", "percentage"}, {"versions", json::array({version})}});
}

std::string accountRetentionBody(const api::Retention& retention) {
    return dump(json{{"default_retention", retentionJson(retention)}});
}

std::string settingsJson(const api::WorkflowSettings& settings) {
    json object = json::object();
    if (settings.stepLimit) object["limits"] = {{"steps", *settings.stepLimit}};
    if (settings.concurrencyLimit) object["concurrency"] = {{"limit", *settings.concurrencyLimit}};
    if (settings.retention != api::Retention{})
        object["default_retention"] = retentionJson(settings.retention);
    for (const auto& cron : settings.crons)
        object["schedules"].push_back({{"cron", cron}});
    return dump(object);
}

std::string restartBody(const std::string& stepName, int count, const std::string& type) {
    return dump(restartJson(stepName, count, type));
}

api::Result<std::string> declarationBody(const std::string& className, const std::string& scriptName,
                                         const std::string& settingsJson) {
    auto body = json::parse(settingsJson.empty() ? "{}" : settingsJson, nullptr, false);
    if (!body.is_object())
        return api::fail(0, api::code::badBody, "The settings of the workflow are not a JSON object.");
    body["class_name"] = className;
    body["script_name"] = scriptName;
    return dump(body);
}

}  // namespace stepwell::client
