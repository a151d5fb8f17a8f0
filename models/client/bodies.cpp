#include "models/client/bodies.h"

#include "models/client/parse.h"

#include <nlohmann/json.hpp>

namespace stepwell::client {

using nlohmann::json;

std::string createBody(const std::string& id, const std::string& paramsJson) {
    std::string body = "{";
    if (!id.empty()) body += "\"instance_id\":" + detail::dump(json(id));
    if (!paramsJson.empty()) body += std::string(id.empty() ? "" : ",") + "\"params\":" + paramsJson;
    return body + "}";
}

std::string statusBody(const std::string& verb) {
    return detail::dump(json{{"status", verb}});
}

std::string restartBody(const std::string& stepName, int count, const std::string& type) {
    json from{{"name", stepName}, {"count", count}};
    if (!type.empty()) from["type"] = type;
    return detail::dump(json{{"status", "restart"}, {"from", from}});
}

api::Result<std::string> declarationBody(const std::string& className, const std::string& scriptName,
                                         const std::string& settingsJson) {
    auto body = json::parse(settingsJson.empty() ? "{}" : settingsJson, nullptr, false);
    if (!body.is_object())
        return api::fail(0, api::code::badBody, "The settings of the workflow are not a JSON object.");
    body["class_name"] = className;
    body["script_name"] = scriptName;
    return detail::dump(body);
}

}  // namespace stepwell::client
