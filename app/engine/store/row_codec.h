#pragma once

#include "app/engine/core/class_graph.h"
#include "app/engine/core/feed_text.h"
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
/// How many steps an instance has is written down when its status changes. Until then its last step tells:
/// writing the number with every step would cost a tenth of what the step costs. Rollback steps count
/// nowhere.
#define STEPWELL_STEP_COUNT                                                                                  \
    "CASE WHEN i.status IN (3,4,5,8) THEN i.steps ELSE max(i.steps,coalesce((SELECT max(s.id)+1-(i.id<<20) " \
    "FROM steps s WHERE s.id>=i.id<<20 AND s.id<(i.id+1)<<20),0)) END"
#define STEPWELL_INSTANCE_HEAD                                                                               \
    "i.id,i.workflow,i.name,i.version,i.status,i.source,i.created,i.modified,i.started,i.ended,i.wake,"      \
    "i.paused,i.run," STEPWELL_STEP_COUNT ",i.failures,i.strikes,i.sleeping,i.changed,i.rollback"
#define STEPWELL_INSTANCE_BODY                                                                               \
    "i.error_name,i.error_message,i.error_stack,i.output_preview,i.output,i.params,i.rollback_error_name,"   \
    "i.rollback_error_message,i.success_retention,i.error_retention,i.expires"
#define STEPWELL_STEP_HEAD                                                                                   \
    "id,kind,count,name,state,started,ended,config,retry_limit,delay,backoff,timeout,target,attempts,"       \
    "failures,due,changed,event_type,error_name,error_message,error_stack,rollback,cpu"

/// Milliseconds in the next column; nothing when it is NULL.
std::optional<api::Milliseconds> optionalMilliseconds(Sqlite::Query& query);
#define STEPWELL_SCHEDULE_COLUMNS "id,workflow,script,cron,created,next"

ScriptRow readScript(Sqlite::Query& query);
ScriptVersionRow readScriptVersion(Sqlite& db, Sqlite::Query& query);  ///< with its modules
WorkflowRow readWorkflow(Sqlite::Query& query);
WorkflowVersionRow readWorkflowVersion(Sqlite::Query& query);
ScheduleRow readSchedule(Sqlite::Query& query);
InstanceRow readInstanceHead(Sqlite::Query& query);
void readInstanceBody(Sqlite::Query& query, InstanceRow& row);
StepRow readStepHead(Sqlite::Query& query);
/// The head, then `,preview,value`.
StepRow readStep(Sqlite::Query& query);
/// The config of a step as it is stored: the one that most steps have takes no room.
std::string_view storedConfig(const StepRow& row);
#define STEPWELL_ATTEMPT_COLUMNS                                                                             \
    "step,number,started,ended,success,error_name,error_message,error_stack,retry_on,cpu"
AttemptRow readAttempt(Sqlite::Query& query);
/// first, last, time, lines.
Feed readFeed(Sqlite::Query& query);

/// See Reader::graph and Reader::lacksGraph.
std::optional<ClassGraph> readGraph(Sqlite& db, ScriptVersionKey script, const std::string& className);
bool isWithoutGraph(Sqlite& db, ScriptVersionKey script, const std::string& className);

}  // namespace stepwell::engine
