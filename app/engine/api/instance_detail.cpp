#include "app/engine/api/instance_detail.h"

#include "app/engine/api/values.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace stepwell::engine::rest {

namespace {

using Requests = std::vector<const RequestRow*>;  ///< by step, then in order of start

/// The stretch of a vector sorted by step that belongs to one.
template <class Iterator, class StepOf>
std::pair<Iterator, Iterator> ofStep(Iterator begin, Iterator end, std::int32_t step, StepOf stepOf) {
    const auto first =
        std::lower_bound(begin, end, step, [&](const auto& row, std::int32_t s) { return stepOf(row) < s; });
    const auto last =
        std::upper_bound(first, end, step, [&](std::int32_t s, const auto& row) { return s < stepOf(row); });
    return {first, last};
}

void writeRequest(http::JsonWriter& json, const RequestRow& row) {
    json.object()
        .number("id", row.key)
        .number("attempt", row.attempt)
        .text("method", row.method)
        .text("url", row.url)
        .number("status", row.status)
        .text("error", row.error)
        .time("start", row.started);
    if (row.duration)
        json.real("duration_ms", static_cast<double>(row.duration->count()) / 1000.0);
    else
        json.null("duration_ms");
    json.number("request_bytes", row.requestBytes).number("response_bytes", row.responseBytes).endObject();
}

void writeRequests(http::JsonWriter& json, const Requests& requests, std::int32_t step) {
    const auto [first, last] =
        ofStep(requests.begin(), requests.end(), step, [](const RequestRow* row) { return row->step; });
    json.array("requests");
    for (auto it = first; it != last; ++it)
        writeRequest(json, **it);
    json.endArray();
}

std::optional<bool> successOf(api::StepState state) {
    if (state == api::StepState::complete) return true;
    if (state == api::StepState::errored) return false;
    return std::nullopt;
}

double inMilliseconds(std::chrono::microseconds time) {
    return static_cast<double>(time.count()) / 1000.0;
}

struct DetailWriter {
    http::JsonWriter& json;
    const InstanceSnapshot& snapshot;
    Requests requests;

    void attempt(const AttemptRow& row) {
        json.object().time("start", row.started).time("end", row.ended).flag("success", row.success);
        writeError(json, "error", row.errorName, row.errorMessage, {}, Stack::without);
        json.object("stepwell")
            .text("stack", row.errorStack)
            .time("retry_on", row.retryOn)
            .real("cpu_ms", inMilliseconds(row.cpu))
            .endObject()
            .endObject();
    }

    /// The only attempt of a step that keeps no rows of attempts is the step itself.
    static AttemptRow onlyAttempt(const StepRow& row) {
        AttemptRow attempt;
        attempt.started = row.started;
        attempt.ended = row.ended;
        attempt.success = successOf(row.state);
        attempt.errorName = row.errorName;
        attempt.errorMessage = row.errorMessage;
        attempt.errorStack = row.errorStack;
        attempt.cpu = row.cpu;
        return attempt;
    }

    void attempts(const StepRow& row) {
        const auto& all = snapshot.attempts;
        const auto [first, last] =
            ofStep(all.begin(), all.end(), row.index.value, [](const AttemptRow& a) { return a.step.value; });
        json.array("attempts");
        if (first == last) attempt(onlyAttempt(row));
        for (auto it = first; it != last; ++it)
            attempt(*it);
        json.endArray();
    }

    bool doStep(const StepRow& row) {
        json.flag("success", successOf(row.state));
        const bool cut = writeCutOutput(json, row.preview, row.value);
        json.raw("config", row.config.empty() ? "null" : std::string_view(row.config));
        attempts(row);
        return cut;
    }

    bool rollback(const StepRow& row) {
        json.flag("success", successOf(row.state)).null("output");
        json.raw("config", row.config.empty() ? "null" : std::string_view(row.config));
        attempts(row);
        return false;
    }

    bool sleep(const StepRow& row) {
        json.flag("finished", row.state == api::StepState::complete || row.state == api::StepState::errored);
        writeError(json, "error", row.errorName, row.errorMessage, {}, Stack::without);
        return false;
    }

    bool wait(const StepRow& row) {
        sleep(row);
        json.text("event_type", row.eventType);
        return writeCutOutput(json, row.preview, row.value);
    }

    bool body(const StepRow& row) {
        switch (row.kind) {
        case api::StepKind::step:
            return doStep(row);
        case api::StepKind::rollback:
            return rollback(row);
        case api::StepKind::sleep:
        case api::StepKind::sleepUntil:
            return sleep(row);
        case api::StepKind::waitForEvent:
            break;
        }
        return wait(row);
    }

    void step(const StepRow& row) {
        const bool open = row.state == api::StepState::running || row.state == api::StepState::retrying;
        const bool undoes = row.kind == api::StepKind::rollback;
        const bool attempted = row.kind == api::StepKind::step || undoes;
        const bool wakes = open && (!attempted || row.state == api::StepState::retrying);
        json.object()
            .text("name", row.name + '-' + std::to_string(row.count))
            .text("type", api::toString(row.kind))
            .time("start", row.started)
            .time("end", row.ended);
        const bool cut = body(row);
        json.object("stepwell")
            .number("index", row.index.value)
            .text("state", stateName(row.state))
            .time("wake_on", wakes ? row.due : std::nullopt)
            .flag("output_truncated", cut);
        writeValueType(json, row.preview, row.value);
        if (attempted) json.real("cpu_ms", inMilliseconds(row.cpu));
        if (undoes) json.number("rolls_back", row.target);
        if (row.kind == api::StepKind::step) json.flag("has_rollback", !row.rollback.empty());
        writeError(json, "error", row.errorName, row.errorMessage, row.errorStack, Stack::with);
        writeRequests(json, requests, row.index.value);
        json.endObject().endObject();
    }

    void termination() {
        if (snapshot.instance.status != api::Status::terminated) return;
        json.object()
            .text("type", "termination")
            .object("trigger")
            .text("source", "api")
            .endObject()
            .endObject();
    }

    void steps(const DetailForm& form) {
        json.array("steps");
        if (!form.simple && form.newestFirst) {
            termination();
            for (auto it = snapshot.steps.rbegin(); it != snapshot.steps.rend(); ++it)
                step(*it);
        } else if (!form.simple) {
            for (const auto& row : snapshot.steps)
                step(row);
            termination();
        }
        json.endArray();
    }

    void extension(const DetailForm& form) {
        const auto& row = snapshot.instance;
        json.object("stepwell")
            .number("version_number", snapshot.version.number)
            .flag("sleeping", row.sleeping)
            .number("sequence", snapshot.sequence.value)
            .flag("partial", form.partial)
            .text("error_stack", row.errorStack)
            .real("cpu_ms", inMilliseconds(snapshot.cpu))
            .time("created_on", row.created);
        writeValueType(json, row.outputPreview, row.output);
        writeRequests(json, requests, -1);
        json.endObject();
    }

    void rollbackOutcome() {
        const auto& row = snapshot.instance;
        const bool complete = row.rollback == Rollback::complete;
        if (!complete && row.rollback != Rollback::failed) {
            json.null("rollback");
            return;
        }
        json.object("rollback").text("outcome", complete ? "complete" : "failed");
        writeError(json, "error", row.rollbackErrorName, row.rollbackErrorMessage, {}, Stack::without);
        json.endObject();
    }

    /// A cron names the instances that it makes `<cron>-<epoch ms>`.
    void writeSchedule(const InstanceRow& row) {
        const auto dash = row.id.rfind('-');
        if (row.trigger != api::TriggerSource::cron || dash == std::string::npos) return;
        json.object("schedule").text("cron", std::string_view(row.id).substr(0, dash));
        json.number("scheduledTime", std::strtoll(row.id.c_str() + dash + 1, nullptr, 10)).endObject();
    }

    void instance(const DetailForm& form) {
        const auto& row = snapshot.instance;
        json.object().text("status", api::toString(row.status));
        json.raw("params", row.params.empty() ? "{}" : shownJson({}, row.params).value_or("null"));
        json.object("trigger").text("source", api::toString(row.trigger)).endObject();
        json.text("versionId", snapshot.version.uuid)
            .time("queued", row.created)
            .time("start", row.started)
            .time("end", row.ended);
        json.flag("success", api::isFinal(row.status) ? std::optional(row.status == api::Status::complete)
                                                      : std::nullopt);
        const bool failed = row.status == api::Status::errored || row.status == api::Status::rollingBack;
        writeError(json, "error", failed ? row.errorName : std::string_view(),
                   failed ? row.errorMessage : std::string_view(), {}, Stack::without);
        if (const auto output = shownJson(row.outputPreview, row.output))
            json.text("output", *output);
        else
            json.null("output");
        writeSchedule(row);
        rollbackOutcome();
        json.number("step_count", row.stepCount);
        steps(form);
        extension(form);
        json.endObject();
    }
};

}  // namespace

std::string_view stateName(api::StepState state) {
    constexpr std::array<std::string_view, 4> names = {"running", "retrying", "complete", "errored"};
    return names.at(static_cast<std::size_t>(state));
}

void writeInstanceDetail(http::JsonWriter& json, const InstanceSnapshot& snapshot, DetailForm form) {
    Requests requests;
    requests.reserve(snapshot.requests.size());
    for (const auto& row : snapshot.requests)
        requests.push_back(&row);
    std::stable_sort(requests.begin(), requests.end(), [](const RequestRow* left, const RequestRow* right) {
        return left->step < right->step;
    });
    DetailWriter{json, snapshot, std::move(requests)}.instance(form);
}

void writeInstanceItem(http::JsonWriter& json, const WorkflowRow& workflow, const InstanceListing::Item& item,
                       api::Time now) {
    const auto& row = item.instance;
    json.object()
        .text("id", row.id)
        .text("workflow_id", workflow.uuid)
        .text("version_id", item.versionUuid)
        .text("status", api::toString(row.status))
        .time("created_on", row.created)
        .time("modified_on", row.modified)
        .time("started_on", row.started)
        .time("ended_on", row.ended)
        .text("trigger_source", api::toString(row.trigger));
    json.object("stepwell")
        .number("version_number", item.versionNumber)
        .number("step_count", row.stepCount)
        .number("retries", row.retries)
        .flag("sleeping", row.sleeping)
        .array("glimpse");
    for (const auto& step : item.glimpse) {
        const auto duration = std::max(api::Milliseconds(0), step.ended.value_or(now) - step.started);
        json.array()
            .text(api::toString(step.kind))
            .text(stateName(step.state))
            .number(duration.count())
            .endArray();
    }
    json.endArray().endObject().endObject();
}

}  // namespace stepwell::engine::rest
