#pragma once

#include "app/engine/core/commands.h"
#include "app/engine/runtime/runtime.h"

#include <map>
#include <mutex>

namespace stepwell::engine {

/// Has bundles analysed when their step graphs are asked for the first time, and the results stored. Asks
/// for the same bundle wait for one analysis. Thread-safe.
class GraphMaker {
  public:
    struct Source {
        Bundle bundle;
        std::vector<std::string> classNames;
    };
    struct Parts {
        std::function<std::optional<Source>(ScriptVersionKey)> load;
        std::function<void(Source, std::function<void(api::Result<std::vector<ClassGraph>>)>)> analyse;
        std::function<void(PutGraphs, ReplyHandler)> store;
    };
    using Done = std::function<void(api::Result<ClassGraph>)>;

    explicit GraphMaker(Parts parts)
        : m_parts(std::move(parts)) {}

    /// `done` is called once, on any thread; after the commit when there is something to store.
    void make(ScriptVersionKey version, const std::string& className, Done done);

  private:
    struct Waiting {
        std::string className;
        Done done;
    };
    void finish(ScriptVersionKey version, api::Result<std::vector<ClassGraph>> graphs);
    void answer(ScriptVersionKey version, const api::Result<std::vector<ClassGraph>>& graphs);

    const Parts m_parts;
    std::mutex m_mutex;
    std::map<ScriptVersionKey, std::vector<Waiting>> m_waiting;  ///< guarded by m_mutex
};

}  // namespace stepwell::engine
