#include "app/engine/core/refusals.h"

namespace stepwell::engine {

tl::unexpected<api::Error> noScript(const std::string& name) {
    return api::fail(404, api::code::scriptNotFound,
                     "workers.api.error.script_not_found: no Worker is called \"" + name +
                         "\"; upload it first");
}

tl::unexpected<api::Error> noWorkflow(const std::string& name) {
    return api::fail(404, api::code::workflowNotFound,
                     "workflows.api.error.workflow.not_found: no workflow is called \"" + name + "\"");
}

tl::unexpected<api::Error> noInstance(const std::string& id) {
    return api::fail(404, api::code::instanceNotFound,
                     "workflows.api.error.instance.not_found: no instance is called \"" + id + "\"");
}

}  // namespace stepwell::engine
