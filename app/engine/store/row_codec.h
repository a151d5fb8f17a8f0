#pragma once

#include "app/engine/store/rows.h"
#include "app/engine/store/sqlite.h"

/// Reading rows out of queries; each function expects the columns named beside it, in that order.
namespace stepwell::engine {

constexpr int stepIndexBits = 20;  ///< an instance has at most 2^20 steps

inline std::int64_t stepId(InstanceKey instance, std::int64_t index) {
    return (instance.value << stepIndexBits) + index;
}
inline std::int64_t stepIdEnd(InstanceKey instance) {
    return stepId(InstanceKey{instance.value + 1}, 0);
}

#define STEPWELL_SCRIPT_COLUMNS "id,name,tag,created,modified,subdomain_enabled,previews_enabled,settings"
#define STEPWELL_SCRIPT_VERSION_COLUMNS                                                                      \
    "id,uuid,script,script_name,number,created,main_module,metadata,etag,entrypoints,handlers"
#define STEPWELL_WORKFLOW_COLUMNS                                                                            \
    "id,uuid,name,class_name,script_name,created,modified,triggered,settings,latest,latest_number,deleted"
#define STEPWELL_VERSION_COLUMNS "id,uuid,workflow,script_version,class_name,number,created,settings"
#define STEPWELL_INSTANCE_HEAD                                                                               \
    "i.id,i.workflow,i.name,i.version,i.status,i.source,i.created,i.modified,i.started,i.ended,i.wake,"      \
    "i.paused,i.run,i.steps,i.failures,i.strikes,i.sleeping,i.changed,i.rollback"
#define STEPWELL_INSTANCE_BODY                                                                               \
    "i.error_name,i.error_message,i.error_stack,i.output_preview,i.output,i.params,i.rollback_error_name,"   \
    "i.rollback_error_message,i.success_retention,i.error_retention,i.expires"
#define STEPWELL_STEP_HEAD                                                                                   \
    "id,kind,count,name,state,started,ended,config,retry_limit,delay,backoff,timeout,target,attempts,"       \
    "failures,due,changed,event_type,error_name,error_message,error_stack,rollback,cpu"

/// Milliseconds in the next column; nothing when it is NULL.
std::optional<api::Milliseconds> optionalMilliseconds(Sqlite::Query& query);
ScriptRow readScript(Sqlite::Query& query);
ScriptVersionRow readScriptVersion(Sqlite& db, Sqlite::Query& query);  ///< with its modules
WorkflowRow readWorkflow(Sqlite::Query& query);
WorkflowVersionRow readWorkflowVersion(Sqlite::Query& query);
InstanceRow readInstanceHead(Sqlite::Query& query);
void readInstanceBody(Sqlite::Query& query, InstanceRow& row);
StepRow readStepHead(Sqlite::Query& query);
#define STEPWELL_ATTEMPT_COLUMNS                                                                             \
    "step,number,started,ended,success,error_name,error_message,error_stack,retry_on,cpu"
AttemptRow readAttempt(Sqlite::Query& query);

}  // namespace stepwell::engine
