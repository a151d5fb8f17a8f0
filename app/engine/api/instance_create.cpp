#include "app/engine/api/instance_create.h"

#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/unique.h"
#include "models/api/identifiers.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::rest {

namespace {

/// Params as a value of the driver protocol. A JSON text inside a string counts as the JSON it holds.
api::Result<std::string> paramsValue(std::string_view raw) {
    std::string inner;
    if (auto text = stringValue(raw); text && checkJson(*text, "params")) {
        inner = std::move(*text);
        raw = inner;
    }
    auto value = "j" + minified(raw);
    if (value.size() - 1 > largestValue)
        return api::fail(413, api::code::tooLarge,
                         "params are " + std::to_string(value.size() - 1) +
                             " bytes; the limit is 1 MiB. Store the data elsewhere and pass a reference.");
    return value;
}

}  // namespace

api::Result<CreateInstance> readCreate(std::string_view body) {
    CreateInstance create;
    if (http::trimmed(body).empty()) body = "{}";
    const auto members = membersOf(body, "The body");
    if (!members) return tl::unexpected(members.error());
    if (const auto id = member(*members, "instance_id"); id && *id != "null") {
        create.id = stringValue(*id).value_or("");
        if (!api::isNewInstanceId(create.id))
            return badRequest(
                "instance_id must be 1 to 100 letters, digits, - or _, must not start with -, and must not "
                "be a reserved name (batch, terminate, terminateAll, or cf_ and 64 hex digits).");
    }
    if (const auto params = member(*members, "params")) {
        auto value = paramsValue(*params);
        if (!value) return tl::unexpected(value.error());
        create.params = std::move(*value);
    }
    if (const auto raw = member(*members, "instance_retention"); raw && *raw != "null") {
        const auto retention = parseBounded<nlohmann::json>(*raw);
        if (auto ok = checkRetention(retention, "instance_retention"); !ok) return tl::unexpected(ok.error());
        create.retention = retention.dump();
    }
    if (create.id.empty()) create.id = newUuid();
    return create;
}

void writeCreated(http::JsonWriter& json, const InstanceCreated& created) {
    json.object()
        .text("id", created.id)
        .text("status", api::toString(created.status))
        .text("version_id", created.versionUuid)
        .text("workflow_id", created.workflowUuid)
        .text("trigger_source", api::toString(created.trigger))
        .endObject();
}

}  // namespace stepwell::engine::rest
