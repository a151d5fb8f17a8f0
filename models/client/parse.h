#pragma once

#include "models/api/graph.h"
#include "models/api/site_file.h"
#include "models/api/types.h"
#include "models/api/worker.h"
#include "models/client/client.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>

/// Answers of the v4 API as values. Missing and odd fields are tolerated: other backends send less, and some
/// send more. Pure functions, meant for the client thread.
namespace stepwell::client {

/// One page of a list.
template <class T>
struct Page {
    std::vector<T> rows;
    std::int64_t total = -1;      ///< -1: the backend did not say
    std::string cursor;           ///< of the next stretch; empty at the end
    std::string cursorBack = {};  ///< of the one before, where the backend tells
};

// Each takes a whole answer and applies the envelope first: `success` decides, not the HTTP status; an answer
// that is no envelope becomes an error that says what came instead.
api::Result<void> parseNothing(const Response& response);
api::Result<Page<api::Workflow>> parseWorkflows(const Response& response);
api::Result<api::Workflow> parseWorkflow(const Response& response);
api::Result<Page<api::Version>> parseVersions(const Response& response);
api::Result<api::VersionGraph> parseGraph(const Response& response);
api::Result<Page<api::InstanceSummary>> parseInstances(const Response& response);
/// Outputs are JSON texts from most backends, and JSON values from `wrangler dev`, where a text is just a
/// text.
enum class OutputForm { text, value };
api::Result<api::InstanceDetail> parseInstance(const Response& response, const std::string& id,
                                               OutputForm form = OutputForm::text);
/// The output of one step, as JSON text; "null" when it has none.
api::Result<std::string> parseStepOutput(const Response& response);
api::Result<std::vector<api::LogLine>> parseLogs(const Response& response);
api::Result<api::EngineHealth> parseHealth(const Response& response);
api::Result<std::string> parseCreatedId(const Response& response);
api::Result<api::Status> parseStatusChange(const Response& response);
api::Result<std::vector<api::Schedule>> parseCrons(const Response& response);
api::Result<api::Retention> parseAccountRetention(const Response& response);
/// Ids that were deleted, and (id, reason) of those that were not.
struct Deleted {
    std::vector<std::string> ids;
    std::vector<std::pair<std::string, std::string>> errors;
};
api::Result<Deleted> parseDeleted(const Response& response);

api::Result<std::vector<api::Worker>> parseWorkers(const Response& response);
/// Of the Worker itself or of its subdomain.
api::Result<api::WorkerAddress> parseWorkerAddress(const Response& response);
/// The account's part in addresses of Workers.
api::Result<std::string> parseSubdomain(const Response& response);
api::Result<std::vector<api::Binding>> parseBindings(const Response& response);
api::Result<std::vector<api::WorkerVersion>> parseWorkerVersions(const Response& response);
api::Result<std::vector<api::WorkerDeployment>> parseWorkerDeployments(const Response& response);
api::Result<std::vector<std::string>> parseSecretNames(const Response& response);

/// One stretch of the files of a deployment, ordered by path.
api::Result<Page<api::SiteFile>> parseSiteFiles(const Response& response);
/// The bytes of an asset, which come without an envelope.
api::Result<std::string> parseAsset(const Response& response);

/// The data of one live event; nothing when it is not one.
std::optional<api::LiveEvent> parseLiveEvent(std::string_view data);
/// `sequence` of a reset event's data.
std::optional<std::int64_t> parseResetSequence(std::string_view data);

/// "unreachable" in the words of a person: known codes get a sentence and the server's own text stays in
/// brackets.
std::string humanMessage(int code, const std::string& serverText);

namespace detail {  // shared by the parsers, none of it throws

api::Result<nlohmann::ordered_json> envelope(const Response& response);
/// `object[key]`, or a null value when there is no such key or no object.
const nlohmann::ordered_json& at(const nlohmann::ordered_json& object, const char* key);
std::string text(const nlohmann::ordered_json& object, const char* key);
std::int64_t integer(const nlohmann::ordered_json& object, const char* key, std::int64_t otherwise = 0);
double number(const nlohmann::ordered_json& object, const char* key);
bool flag(const nlohmann::ordered_json& object, const char* key, bool otherwise);
std::optional<api::Time> time(const nlohmann::ordered_json& object, const char* key);
std::optional<api::NamedError> namedError(const nlohmann::ordered_json& value);
api::Status status(const nlohmann::ordered_json& object, const char* key);
/// Outputs come as JSON text from some backends and as JSON values from others; nothing for null.
std::optional<std::string> jsonText(const nlohmann::ordered_json& value);
std::string dump(const nlohmann::ordered_json& value);
/// What the result of an answer must be for it to be an answer at all: one of another shape is an error,
/// never an empty list.
struct Need {
    enum class Shape { anything, object, list, key, listIn };
    Shape shape = Shape::anything;
    const char* key = nullptr;  ///< of the object: has it (`key`), has a list there (`listIn`)
};
inline constexpr Need anything{};
inline constexpr Need anObject{Need::Shape::object};
inline constexpr Need aList{Need::Shape::list};
constexpr Need keyed(const char* key) {
    return {Need::Shape::key, key};
}
constexpr Need listIn(const char* key) {
    return {Need::Shape::listIn, key};
}
/// The envelope of an answer whose result is as needed.
api::Result<nlohmann::ordered_json> envelope(const Response& response, Need need);
/// By the name of the console's method; `log` for any other.
api::LogLevel levelFrom(std::string_view name);

}  // namespace detail

}  // namespace stepwell::client
