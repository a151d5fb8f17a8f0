#pragma once

#include "app/engine/core/class_graph.h"
#include "app/engine/store/rows.h"
#include "models/api/error.h"

#include <functional>
#include <variant>
#include <vector>

/// What can be asked of the engine. Validation of form (names, sizes, JSON) has happened before; the core
/// judges state. Things are named by the names people use; the core resolves them inside the transaction.
namespace stepwell::engine {

// --- instances
// ---------------------------------------------------------------------------------------------------
/// How a step ended in another instance: a new one that is made with it does not run that step again.
struct RecordedStep {
    api::StepKind kind = api::StepKind::step;  ///< sleep stands for both kinds of sleep; never rollback
    std::string name;                          ///< without the counter
    int count = 1;                             ///< the how manieth of that name; of sleeps not looked at
    std::string value;      ///< do: a value of the driver protocol; waitForEvent: its payload
    std::string eventType;  ///< waitForEvent
    api::Time eventTime{};  ///< waitForEvent
    std::string errorName;  ///< not empty: it failed with this, and threw
    std::string errorMessage;
};
struct CreateInstance {
    std::string workflow;
    std::string id;                ///< never empty: the caller draws a UUID v4 when the user gave none
    std::string params;            ///< value of the driver protocol ("j{...}"); empty when omitted
    std::string retention = "{}";  ///< JSON instance_retention, checked
    api::TriggerSource trigger = api::TriggerSource::api;
    std::optional<WorkflowVersionKey> version = {};  ///< of that workflow; nothing: the latest
    std::vector<RecordedStep> recorded = {};         ///< in the order they began
    std::string origin = {};                         ///< told in its log: whose steps these are
};
struct PauseInstance {
    std::string workflow, id;
};
struct ResumeInstance {
    std::string workflow, id;
};
struct TerminateInstance {
    std::string workflow, id;
    bool rollback = false;  ///< first undo what its steps did, with their rollback handlers
};
struct RestartInstance {
    struct From {
        std::string name;
        int count = 1;
        api::StepKind kind = api::StepKind::step;  ///< sleep stands for both kinds of sleep
    };
    std::string workflow, id;
    std::optional<From> from;
};
/// Removes an instance with all it holds, in any state. What runs is dropped, without rollback.
struct DeleteInstance {
    std::string workflow, id;
};
/// Ends those of the instances that exist and are not final.
struct TerminateBatch {
    std::string workflow;
    std::vector<std::string> ids;  ///< at most 100: all are ended within one turn
};
/// Begins to end every instance there is now, or every one that is in a certain status, a few in each turn.
struct TerminateAll {
    std::string workflow;
    std::optional<api::Status> status;
};
/// Whether such work is under way.
struct AskTermination {
    std::string workflow;
};
struct SendEvent {
    std::string workflow, id, type;
    std::string payload;  ///< value of the driver protocol
};

// --- workflows and scripts
// ---------------------------------------------------------------------------------------
struct PutWorkflow {
    std::string name, className, scriptName;
    std::string settings = "{}";
    std::string uuid, versionUuid;  ///< fresh UUIDs for what gets created
};
struct DeleteWorkflow {
    std::string name;
};
/// A new version of a script, deployed at once when `deploy`; creates the script when there is none.
struct PutScriptVersion {
    std::string script;
    ScriptVersionRow version;  ///< key, script, number and created are filled in by the core
    std::string scriptTag;     ///< fresh UUID in case the script is new
    bool deploy = true;
    std::string deploymentUuid;
    std::string annotations = "{}";
};
/// What analysis of a bundle gave; an earlier result for the same classes is replaced.
struct PutGraphs {
    ScriptVersionKey version;
    std::vector<ClassGraph> graphs;
};
/// Sets and removes secrets of a script, as a new version of what is deployed now.
struct EditSecrets {
    std::string script;
    std::vector<std::pair<std::string, std::optional<std::string>>>
        changes;                              ///< name, text; no text: removed
    std::string versionUuid, deploymentUuid;  ///< fresh
};
struct DeployScriptVersion {
    std::string script, versionUuid, deploymentUuid;
    std::string annotations = "{}";
};
struct PatchScript {
    std::string script;
    std::optional<std::string> settings;
    std::optional<bool> subdomainEnabled, previewsEnabled;
};
struct DeleteScript {
    std::string script;  ///< its workflows and their instances go with it
};

// --- account
// -----------------------------------------------------------------------------------------------------
/// Sets what is given and answers what holds then.
struct ChangeAccount {
    std::optional<api::Milliseconds> successRetention, errorRetention;
    std::optional<int> concurrency, creationRate, workflowCreationRate;  ///< 0: no limit
    friend bool operator==(const ChangeAccount&, const ChangeAccount&) = default;
};
/// Event triggers of a script.
struct ChangeTriggers {
    enum class Change { none, replace, add, remove };
    std::string script;
    Change change = Change::none;
    std::string items = "[]";  ///< JSON array, checked
};
/// Replaces the crons of a Worker, which run its scheduled handler.
struct PutSchedules {
    std::string script;
    std::vector<std::string> crons;  ///< see api::Cron
};

// --- workflow bindings
// ---------------------------------------------------------------------------------------
struct GetInstance {
    std::string workflow, id;
};
struct CreateInstances {
    std::vector<CreateInstance> instances;
};
/// What user code asks of an instance or a workflow. The core fills in `workflow`.
struct BindingCall {
    using Operation = std::variant<GetInstance, CreateInstances, PauseInstance, ResumeInstance,
                                   TerminateInstance, RestartInstance, DeleteInstance, SendEvent>;
    std::string binding;  ///< its name in `env`
    api::Result<Operation> operation;
};
/// Calls of user code, in order. A binding of the caller's version is what permits them.
struct CallBindings {
    ScriptVersionKey caller;
    std::vector<BindingCall> calls;
};

using Request =
    std::variant<CreateInstance, PauseInstance, ResumeInstance, TerminateInstance, RestartInstance,
                 DeleteInstance, TerminateBatch, TerminateAll, AskTermination, SendEvent, ChangeAccount,
                 ChangeTriggers, PutWorkflow, DeleteWorkflow, PutScriptVersion, PutGraphs, EditSecrets,
                 DeployScriptVersion, PatchScript, DeleteScript, PutSchedules, CallBindings>;

// --- answers
// -----------------------------------------------------------------------------------------------------
struct InstanceCreated {
    std::string id, workflowUuid, versionUuid;
    api::Status status = api::Status::queued;
    api::TriggerSource trigger = api::TriggerSource::api;
};
struct InstanceChanged {
    std::string id;
    api::Status status = api::Status::queued;
    api::Time time{};
};
struct WorkflowPut {
    WorkflowRow workflow;
    std::string versionUuid;
    bool terminating = false;  ///< all its instances are being ended
};
struct ScriptVersionPut {
    ScriptVersionRow version;
    std::string deploymentUuid;
};
struct Done {
    api::Time time{};
};
/// Of TerminateBatch, TerminateAll and AskTermination.
struct Termination {
    bool running = false;  ///< all instances of the workflow are being ended, since before this was asked
    int terminated = 0;    ///< by this request
};
struct Triggers {
    std::string items;  ///< JSON array
    int removed = 0;
};

struct BindingAnswer {
    std::optional<api::Error> error;
    std::vector<std::optional<api::Error>>
        created;                       ///< of CreateInstances: one for each, nothing when it exists now
    std::optional<InstanceRow> found;  ///< of GetInstance
    std::string workflow;              ///< what the binding stands for
};
struct BindingAnswers {
    std::vector<BindingAnswer> answers;  ///< one for each call
};

using Answer = std::variant<InstanceCreated, InstanceChanged, WorkflowPut, ScriptVersionPut, Done,
                            Termination, AccountRow, Triggers, BindingAnswers>;
using Reply = api::Result<Answer>;
/// Called exactly once, after the commit, on the core thread: hand over and return.
using ReplyHandler = std::function<void(Reply)>;

}  // namespace stepwell::engine
