#include "models/client/parse.h"
#include "models/client/parse_list.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

namespace {

std::optional<std::vector<std::string>> names(const json& list) {
    if (!list.is_array()) return std::nullopt;
    return textsOf(list);
}

api::Schedule cronFrom(const json& item) {
    return {text(item, "cron"), time(item, "next_run")};
}

api::Worker workerFrom(const json& item) {
    api::Worker worker;
    worker.name = text(item, "id");
    worker.createdOn = time(item, "created_on");
    worker.modifiedOn = time(item, "modified_on");
    worker.handlers = names(at(item, "handlers"));
    const auto& extension = at(item, "stepwell");
    worker.url = text(extension, "url");
    if (const auto& crons = at(extension, "schedules"); crons.is_array())
        worker.crons = listOf<api::Schedule>(crons, cronFrom);
    return worker;
}

/// What a binding stands for: its text, or the name of what it points at.
std::string valueOf(const json& item) {
    if (text(item, "type") == "secret_text") return {};
    if (const auto& value = at(item, "json"); !value.is_null()) return dump(value);
    static constexpr std::array keys = {"text",         "workflow_name", "service",     "class_name",
                                        "namespace_id", "database_name", "database_id", "id",
                                        "queue_name",   "bucket_name",   "index_name",  "dataset"};
    for (const char* key : keys)
        if (auto value = text(item, key); !value.empty()) return value;
    return {};
}

api::Binding bindingFrom(const json& item) {
    return {text(item, "name"), text(item, "type"), valueOf(item)};
}

std::string messageOf(const json& item) {
    return text(at(item, "annotations"), "workers/message");
}

/// What a change of secrets made says so in a note; the engine's `source` does not.
std::string sourceOf(const json& item) {
    const auto by = text(at(item, "annotations"), "workers/triggered_by");
    return by == "secret" ? by : text(at(item, "metadata"), "source");
}

api::WorkerVersion versionFrom(const json& item) {
    const auto& metadata = at(item, "metadata");
    return {text(item, "id"), static_cast<int>(integer(item, "number")), time(metadata, "created_on"),
            sourceOf(item), messageOf(item)};
}

api::WorkerDeployment deploymentFrom(const json& item) {
    api::WorkerDeployment deployment{
        text(item, "id"), time(item, "created_on"), text(item, "source"), messageOf(item), {}};
    deployment.shares = listOf<api::WorkerDeployment::Share>(at(item, "versions"), [](const json& share) {
        return api::WorkerDeployment::Share{text(share, "version_id"),
                                            static_cast<int>(integer(share, "percentage", 100))};
    });
    return deployment;
}

/// `read` gives a value of the result; all that answer the envelope can be read.
template <class T, class Read>
api::Result<T> fromResult(const Response& response, Need need, Read read) {
    const auto answer = envelope(response, need);
    if (!answer) return api::fail(answer.error());
    return read(at(*answer, "result"));
}

}  // namespace

api::Result<std::vector<api::Worker>> parseWorkers(const Response& response) {
    using List = std::vector<api::Worker>;
    return fromResult<List>(response, aList,
                            [](const json& list) { return listOf<api::Worker>(list, workerFrom); });
}

api::Result<api::WorkerAddress> parseWorkerAddress(const Response& response) {
    return fromResult<api::WorkerAddress>(response, anObject, [](const json& result) {
        const auto& nested = at(result, "subdomain");
        const auto& address = nested.is_object() ? nested : result;
        return api::WorkerAddress{flag(address, "enabled", false), text(address, "url")};
    });
}

api::Result<std::string> parseSubdomain(const Response& response) {
    return fromResult<std::string>(response, anObject,
                                   [](const json& result) { return text(result, "subdomain"); });
}

api::Result<std::vector<api::Binding>> parseBindings(const Response& response) {
    using List = std::vector<api::Binding>;
    return fromResult<List>(response, listIn("bindings"), [](const json& result) {
        return listOf<api::Binding>(at(result, "bindings"), bindingFrom);
    });
}

api::Result<std::vector<api::WorkerVersion>> parseWorkerVersions(const Response& response) {
    using List = std::vector<api::WorkerVersion>;
    return fromResult<List>(response, listIn("items"), [](const json& result) {
        auto versions = listOf<api::WorkerVersion>(at(result, "items"), versionFrom);
        std::stable_sort(versions.begin(), versions.end(),
                         [](const auto& a, const auto& b) { return a.createdOn > b.createdOn; });
        return versions;
    });
}

api::Result<std::vector<api::WorkerDeployment>> parseWorkerDeployments(const Response& response) {
    using List = std::vector<api::WorkerDeployment>;
    return fromResult<List>(response, listIn("deployments"), [](const json& result) {
        return listOf<api::WorkerDeployment>(at(result, "deployments"), deploymentFrom);
    });
}

api::Result<std::vector<std::string>> parseSecretNames(const Response& response) {
    using List = std::vector<std::string>;
    return fromResult<List>(response, aList, [](const json& list) {
        return listOf<std::string>(list, [](const json& item) { return text(item, "name"); });
    });
}

}  // namespace stepwell::client
