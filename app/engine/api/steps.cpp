#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/query.h"
#include "app/engine/api/values.h"

#include <algorithm>
#include <charconv>
#include <limits>

/// The whole output of one step: endpoint 20 of the reference.
namespace stepwell::engine::rest {

namespace {

struct LoggedName {
    std::string name;
    int count = 1;
};

/// "charge-card-2" is the second step called "charge-card".
std::optional<LoggedName> splitName(std::string_view logged) {
    const auto dash = logged.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    LoggedName out{std::string(logged.substr(0, dash)), 0};
    const auto* end = logged.data() + logged.size();
    const auto read = std::from_chars(logged.data() + dash + 1, end, out.count);
    if (read.ec != std::errc() || read.ptr != end || out.count < 1) return std::nullopt;
    return out;
}

struct StepRequest {
    LoggedName name;
    bool wait = false;
    std::int64_t attempt = 0;  ///< 0: not asked for
};

api::Result<StepRequest> readRequest(const http::Request& request) {
    const auto type = request.queryValue("type").value_or("step");
    if (type != "step" && type != "waitForEvent")
        return badRequest("Query parameter type must be step or waitForEvent.");
    const auto attempt = numberQuery(request, "attempt", 0, 1, std::numeric_limits<int>::max());
    if (!attempt) return tl::unexpected(attempt.error());
    const auto name = splitName(request.queryValue("name").value_or(""));
    if (!name)
        return badRequest("Query parameter name must be a step name with its counter, like charge-card-1.");
    return StepRequest{*name, type == "waitForEvent", *attempt};
}

std::string_view statusName(const StepRow& row) {
    if (row.state == api::StepState::complete) return "complete";
    if (row.state == api::StepState::errored) return "errored";
    return row.kind == api::StepKind::waitForEvent ? "waiting" : "running";
}

/// Puts the outcome of one attempt in place of the step's own.
Outcome attemptAnswer(const StepRow& row, const std::vector<AttemptRow>& attempts, std::int64_t number) {
    const auto it =
        std::find_if(attempts.begin(), attempts.end(), [&](const auto& a) { return a.number == number; });
    if (it == attempts.end())
        return badRequest("Query parameter attempt: step " + row.name + "-" + std::to_string(row.count) +
                          " had no attempt " + std::to_string(number) + ".");
    return http::success([&](http::JsonWriter& json) {
        json.object().text("status", !it->success ? "running" : *it->success ? "complete" : "errored");
        writeError(json, "error", it->errorName, it->errorMessage, {}, Stack::without);
        if (it->success.value_or(false))
            if (const auto output = shownJson(row.preview, row.value)) json.text("output", *output);
        json.endObject();
    });
}

/// A step that will be tried again is running, with the error of its last attempt.
void writeStepError(http::JsonWriter& json, const StepRow& row, const std::vector<AttemptRow>& attempts) {
    const bool retrying = row.state == api::StepState::retrying && !attempts.empty();
    const auto& name = retrying ? attempts.back().errorName : row.errorName;
    const auto& message = retrying ? attempts.back().errorMessage : row.errorMessage;
    writeError(json, "error", name, message, {}, Stack::without);
}

http::Response stepAnswer(const StepRow& row, const std::vector<AttemptRow>& attempts) {
    return http::success([&](http::JsonWriter& json) {
        json.object().text("status", statusName(row));
        writeStepError(json, row, attempts);
        if (const auto output = shownJson(row.preview, row.value)) json.text("output", *output);
        if (row.kind == api::StepKind::waitForEvent) json.text("event_type", row.eventType);
        json.endObject();
    });
}

bool isStream(const StepRow& row) {
    return row.state == api::StepState::complete && row.value.starts_with('s') && row.preview != "[REDACTED]";
}

/// The bytes themselves, read chunk by chunk while they are sent.
http::Response streamAnswer(ReaderPool& readers, const StepRow& row) {
    http::Response response;
    response.contentType = "application/octet-stream";
    response.longBody = std::make_shared<http::LongBody>();
    std::from_chars(row.value.data() + 1, row.value.data() + row.value.size(), response.longBody->bytes);
    response.longBody->next = [&readers, instance = row.instance, step = row.index,
                               number = std::int64_t{0}](std::function<void(std::string)> done) mutable {
        readers.post(
            [instance, step, n = number++, done = std::move(done)](const api::Result<Reader*>& reader) {
                const auto part = reader ? (*reader)->chunk(instance, step, n) : api::Result<std::string>();
                done(part.value_or(""));
            });
    };
    return response;
}

Outcome getStep(ReaderPool& readers, Reader& reader, const http::Request& request) {
    const auto asked = readRequest(request);
    if (!asked) return tl::unexpected(asked.error());
    const auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    const auto instance = reader.instance(workflow->key, request.params[2]);
    if (!instance) return tl::unexpected(instance.error());
    const auto row = reader.step(instance->key, asked->name.name, asked->name.count, asked->wait);
    if (!row) return tl::unexpected(row.error());
    const auto attempts = reader.attempts(instance->key, row->index);
    if (!attempts) return tl::unexpected(attempts.error());
    const bool sole = asked->attempt == 1 && attempts->empty();
    if (asked->attempt > 0 && !sole) return attemptAnswer(*row, *attempts, asked->attempt);
    if (isStream(*row)) return streamAnswer(readers, *row);
    return stepAnswer(*row, *attempts);
}

}  // namespace

void addStepRoutes(Routes& routes) {
    routes.read("/workflows/{name}/instances/{instance}/step", need::readWorkflows,
                [&readers = routes.context().readers](Reader& reader, const http::Request& request) {
                    return getStep(readers, reader, request);
                });
}

}  // namespace stepwell::engine::rest
