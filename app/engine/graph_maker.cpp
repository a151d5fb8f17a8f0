#include "app/engine/graph_maker.h"

#include <algorithm>

namespace stepwell::engine {

void GraphMaker::make(ScriptVersionKey version, const std::string& className, Done done) {
    {
        const std::lock_guard lock(m_mutex);
        auto& waiting = m_waiting[version];
        waiting.push_back({className, std::move(done)});
        if (waiting.size() > 1) return;
    }
    auto source = m_parts.load(version);
    if (!source)
        return finish(version,
                      api::fail(404, api::code::versionNotFound, "The code of this version is gone."));
    m_parts.analyse(std::move(*source), [this, version](api::Result<std::vector<ClassGraph>> graphs) {
        finish(version, std::move(graphs));
    });
}

void GraphMaker::finish(ScriptVersionKey version, api::Result<std::vector<ClassGraph>> graphs) {
    if (!graphs || graphs->empty()) return answer(version, graphs);
    m_parts.store(PutGraphs{version, *graphs}, [this, version, graphs](const Reply& stored) {
        if (stored) return answer(version, graphs);
        answer(version, tl::unexpected(stored.error()));
    });
}

void GraphMaker::answer(ScriptVersionKey version, const api::Result<std::vector<ClassGraph>>& graphs) {
    std::vector<Waiting> waiting;
    {
        const std::lock_guard lock(m_mutex);
        waiting = std::move(m_waiting[version]);
        m_waiting.erase(version);
    }
    for (const auto& [className, done] : waiting) {
        if (!graphs) {
            done(tl::unexpected(graphs.error()));
            continue;
        }
        const auto found = std::find_if(graphs->begin(), graphs->end(),
                                        [&](const auto& graph) { return graph.className == className; });
        done(found != graphs->end()
                 ? *found
                 : ClassGraph{className, {}, "The bundle exports no workflow class \"" + className + "\"."});
    }
}

}  // namespace stepwell::engine
