#pragma once

#include "models/api/types.h"
#include "models/between/end_link.h"

#include <string>
#include <vector>

/// Scripts as they are moved between backends. No Qt; what asks a backend blocks and belongs on a thread of
/// its own.
namespace stepwell::between {

struct ScriptModule {
    std::string name;
    std::string contentType;
    std::string bytes;

    bool isSourceMap() const { return contentType == "application/source-map"; }
};

/// What the script finds in its `env`, as its backend tells it: secrets without their text.
struct ScriptBinding {
    std::string name;
    std::string type;
    std::string json;  ///< the whole of it, an object

    bool isSecret() const { return type == "secret_text" || type == "secret_key"; }
};

struct ScriptWorkflow {
    std::string name;
    std::string className;
    std::string settingsJson = "{}";  ///< limits, schedules, concurrency, default_retention
};

/// A version that takes a share of what is asked of a script.
struct DeployedVersion {
    std::string id;
    double percentage = 100;
};

/// All that is promoted of a script, as it is deployed at one backend.
struct ScriptState {
    bool exists = false;
    std::string mainModule;  ///< empty: it is no ES module
    std::vector<ScriptModule> modules;
    std::vector<ScriptBinding> bindings;
    std::string settingsJson =
        "{}";  ///< compatibility and the like: what goes with an upload beside bindings
    std::vector<std::string> crons;
    std::vector<ScriptWorkflow> workflows;  ///< that it defines
    /// Between which versions its deployment is split; empty: it is not, or that is not told.
    std::vector<DeployedVersion> split;
    /// All of the account, also those of other scripts.
    std::vector<api::Workflow> allWorkflows;

    const ScriptBinding* binding(const std::string& name) const;
};

/// The calls of a promotion of scripts, over a link of its own. Each blocks until it is answered or `stop` is
/// set. Any thread.
class ScriptClient {
  public:
    ScriptClient(const PromotionEnd& end, std::shared_ptr<const StopFlag> stop)
        : m_link(end, std::move(stop)) {}

    /// `exists` is false when there is none of this name; its workflows are listed all the same.
    api::Result<ScriptState> state(const std::string& script);
    /// The script as one request: it is there wholly or not at all.
    api::Result<void> upload(const std::string& script, const std::string& metadataJson,
                             const std::vector<ScriptModule>& modules, client::Progress progress);
    api::Result<void> putWorkflow(const ScriptWorkflow& workflow, const std::string& script);
    api::Result<void> setCrons(const std::string& script, const std::vector<std::string>& crons);

  private:
    api::Result<bool> readContent(const std::string& script, ScriptState& state);
    api::Result<void> readSettings(const std::string& script, ScriptState& state);
    api::Result<void> readCrons(const std::string& script, ScriptState& state);
    api::Result<void> readSplit(const std::string& script, ScriptState& state);
    api::Result<void> readWorkflows(const std::string& script, ScriptState& state);
    api::Result<ScriptWorkflow> workflowOf(const api::Workflow& workflow);

    EndLink m_link;
};

}  // namespace stepwell::between
