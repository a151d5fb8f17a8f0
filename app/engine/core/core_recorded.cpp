#include "app/engine/core/core.h"
#include "app/engine/core/step_config.h"
#include "app/engine/core/stored_event.h"
#include "models/api/types.h"

/// Instances that begin with steps which another one made: the run finds them in its history and goes on from
/// there.
namespace stepwell::engine {

namespace {

StepRow rowOf(InstanceKey instance, StepIndex index, const RecordedStep& step, api::Time now) {
    StepRow row;
    row.instance = instance;
    row.index = index;
    row.kind = step.kind;
    row.name = step.name;
    row.count = step.count;
    row.started = now;
    row.ended = now;
    row.state = step.errorName.empty() ? api::StepState::complete : api::StepState::errored;
    row.errorName = step.errorName;
    row.errorMessage = step.errorMessage;
    if (step.kind == api::StepKind::step) {
        row.attempts = 1;
        row.config = "{}";
        row.value = step.value;
    } else if (step.kind == api::StepKind::sleep) {
        row.timeoutMs = anySleep;
    } else if (step.errorName.empty()) {
        const SentEventRow event{0, instance, step.eventType, step.value, step.eventTime};
        row.eventType = step.eventType;
        row.value = storedEvent(event);
        row.preview = eventPreview(event);
    }
    return row;
}

}  // namespace

void Core::addRecorded(InstanceKey instance, const CreateInstance& request) {
    if (request.recorded.empty()) return;
    std::int32_t index = 0;
    for (const auto& step : request.recorded) {
        auto row = rowOf(instance, StepIndex{index++}, step, m_now);
        row.changed = m_sequence;
        m_transaction->putStep(row);
    }
    LogRow note;
    note.instance = instance;
    note.level = static_cast<int>(api::LogLevel::info);
    note.time = m_now;
    note.text =
        "The first " + std::to_string(request.recorded.size()) +
        (request.recorded.size() == 1 ? " step was" : " steps were") + " not run here: " +
        (request.origin.empty() ? std::string("how they ended") : "how they ended in " + request.origin) +
        " was recorded and is taken over.";
    m_transaction->insertLog(note);
}

}  // namespace stepwell::engine
