#include "app/engine/core/core.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine {

namespace {

using Json = nlohmann::json;

std::string textOf(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace

/// A version never changes, so what its metadata says is read once.
const std::map<std::string, Core::BoundWorkflow>& Core::bindingsOf(ScriptVersionKey version) {
    const auto known = m_bindings.find(version);
    if (known != m_bindings.end()) return known->second;
    std::map<std::string, BoundWorkflow> bound;
    const auto row = m_transaction->scriptVersion(version);
    const auto metadata = parseBounded<Json>(row ? row->metadata : "{}");
    if (metadata.is_object() && metadata.contains("bindings") && metadata["bindings"].is_array())
        for (const auto& binding : metadata["bindings"]) {
            if (!binding.is_object() || textOf(binding, "type") != "workflow") continue;
            const auto script = textOf(binding, "script_name");
            bound[textOf(binding, "name")] = {textOf(binding, "workflow_name"),
                                              script.empty() ? row->scriptName : script};
        }
    return m_bindings.emplace(version, std::move(bound)).first->second;
}

api::Result<std::string> Core::boundWorkflow(ScriptVersionKey caller, const std::string& binding) {
    const auto& bindings = bindingsOf(caller);
    const auto bound = bindings.find(binding);
    if (bound == bindings.end())
        return api::fail(403, api::code::authentication,
                         "This version of the Worker has no workflow binding \"" + binding + "\"");
    const auto& [name, script] = bound->second;
    const auto* found = workflow(name);
    if (found == nullptr)
        return api::fail(404, api::code::workflowNotFound,
                         "The binding \"" + binding + "\" stands for the workflow \"" + name +
                             "\", and no workflow is called so. Deploy the Worker \"" + script + "\" first");
    if (found->scriptName != script)
        return api::fail(403, api::code::authentication,
                         "The binding \"" + binding + "\" stands for the workflow \"" + name +
                             "\" of the Worker \"" + script +
                             "\", but that workflow belongs to the Worker \"" + found->scriptName +
                             "\". Set script_name of the binding");
    return name;
}

BindingAnswer Core::answerCall(ScriptVersionKey caller, const BindingCall& call) {
    BindingAnswer answer;
    if (!call.operation) {
        answer.error = call.operation.error();
        return answer;
    }
    const auto name = boundWorkflow(caller, call.binding);
    if (!name) {
        answer.error = name.error();
        return answer;
    }
    answer.workflow = *name;
    if (const auto* create = std::get_if<CreateInstances>(&*call.operation)) {
        for (auto instance : create->instances) {
            instance.workflow = *name;
            instance.trigger = api::TriggerSource::binding;
            const auto reply = handle(instance);
            answer.created.push_back(reply ? std::nullopt : std::optional(reply.error()));
        }
        return answer;
    }
    if (const auto* get = std::get_if<GetInstance>(&*call.operation)) {
        auto row = findInstance(*name, get->id);
        if (row)
            answer.found = std::move(*row);
        else
            answer.error = row.error();
        return answer;
    }
    const auto reply = std::visit(
        [&](auto verb) -> Reply {
            if constexpr (requires { verb.workflow; }) {
                verb.workflow = *name;
                if constexpr (requires { handle(verb); }) return handle(verb);
            }
            return api::fail(500, api::code::internal, "not a verb");
        },
        *call.operation);
    if (!reply) answer.error = reply.error();
    return answer;
}

Reply Core::handle(const CallBindings& request) {
    BindingAnswers answers;
    answers.answers.reserve(request.calls.size());
    for (const auto& call : request.calls)
        answers.answers.push_back(answerCall(request.caller, call));
    return Answer{std::move(answers)};
}

}  // namespace stepwell::engine
