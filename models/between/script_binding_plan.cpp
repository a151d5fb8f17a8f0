#include "models/between/script_binding_plan.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::between {

using json = nlohmann::ordered_json;

namespace {

json objectOf(const std::string& text) {
    auto value = parseBounded<json>(text);
    return value.is_object() ? value : json::object();
}

std::string textOf(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string dumped(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string inQuotes(const std::string& name) {
    return '"' + name + '"';
}

/// What it stands for; of secrets nothing.
std::string valueOf(const ScriptBinding& binding) {
    auto object = objectOf(binding.json);
    if (binding.type == "plain_text") return dumped(json(textOf(object, "text")));
    if (binding.type == "json") return object.contains("json") ? dumped(object["json"]) : std::string();
    if (binding.isSecret()) return {};
    object.erase("name");
    object.erase("type");
    return dumped(object);
}

bool isOurs(BackendKind kind) {
    return kind != BackendKind::cloudflare;
}

}  // namespace

BindingPlan::BindingPlan(const Ends& ends, PromotionPlan& plan)
    : m_ends(ends)
    , m_plan(plan) {
    for (const auto& binding : ends.source.bindings)
        take(binding);
    keepTheirSecrets();
    m_sent = "[";
    for (const auto& item : m_items)
        m_sent.append(m_sent.size() > 1 ? "," : "").append(item);
    m_sent += ']';
}

void BindingPlan::send(const json& binding) {
    m_items.push_back(dumped(binding));
    m_after.push_back({textOf(binding, "name"), textOf(binding, "type"), dumped(binding)});
}

void BindingPlan::take(const ScriptBinding& binding) {
    if (binding.type == "plain_text" || binding.type == "json") return send(objectOf(binding.json));
    if (binding.isSecret()) return takeSecret(binding);
    if (binding.type == "workflow") return takeWorkflow(binding);
    takeOther(binding);
}

/// What the target has stays as it is there: nobody can read it, here or there.
void BindingPlan::takeSecret(const ScriptBinding& binding) {
    const auto* theirs = m_ends.target.binding(binding.name);
    if (theirs != nullptr && theirs->isSecret()) return;  // see keepTheirSecrets
    if (binding.type == "secret_key") {
        m_plan.obstacles.push_back("The key " + inQuotes(binding.name) +
                                   " cannot be typed: add it to the script on " + m_ends.to.name + " first.");
        return;
    }
    m_plan.missing.push_back(binding.name);
    m_after.push_back(binding);
}

void BindingPlan::keepTheirSecrets() {
    for (const auto& binding : m_ends.target.bindings) {
        if (!binding.isSecret()) continue;
        const auto taken = std::any_of(m_after.begin(), m_after.end(),
                                       [&](const auto& one) { return one.name == binding.name; });
        if (taken) continue;  // a variable has taken the name
        m_plan.kept.push_back(binding.name);
        m_after.push_back(binding);
    }
    std::sort(m_after.begin(), m_after.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

void BindingPlan::takeWorkflow(const ScriptBinding& binding) {
    auto object = objectOf(binding.json);
    const auto owner = textOf(object, "script_name");
    const bool isOwn = owner.empty() || owner == m_ends.sourceName;
    if (isOwn) {
        object.erase("script_name");
        return send(object);
    }
    const auto workflow = textOf(object, "workflow_name");
    const auto& there = m_ends.target.allWorkflows;
    const bool exists = std::any_of(there.begin(), there.end(), [&](const auto& one) {
        return one.name == workflow && one.scriptName == owner;
    });
    if (!exists)
        m_plan.warnings.push_back("The binding " + inQuotes(binding.name) + " leads to the workflow " +
                                  inQuotes(workflow) + " of the script " + inQuotes(owner) + ", which " +
                                  m_ends.to.name + " does not have: promote that script too.");
    send(object);
}

/// What points at something of an account means nothing in another one.
void BindingPlan::takeOther(const ScriptBinding& binding) {
    if (isOurs(m_ends.to.kind)) {
        m_plan.obstacles.push_back("The binding " + inQuotes(binding.name) + " is of type " + binding.type +
                                   ", which " + m_ends.to.name + " does not support.");
        return;
    }
    if (m_ends.from.isSamePlace(m_ends.to) || binding.type == "service") return send(objectOf(binding.json));
    const auto* theirs = m_ends.target.binding(binding.name);
    if (theirs != nullptr && theirs->type == binding.type) {
        m_items.push_back(dumped({{"type", "inherit"}, {"name", binding.name}}));
        m_after.push_back(*theirs);
        return;
    }
    m_plan.obstacles.push_back(
        "The binding " + inQuotes(binding.name) + " (" + binding.type +
        ") points at something of the account that it comes from. Add a binding of this "
        "name and type to the script on " +
        m_ends.to.name + " first: it is kept.");
}

std::string BindingPlan::linesAfter() const {
    return linesOf(m_after);
}

std::string BindingPlan::linesOf(const std::vector<ScriptBinding>& bindings) {
    std::string lines;
    for (const auto& binding : bindings) {
        const auto value = valueOf(binding);
        lines += binding.name + " (" + binding.type + ')' + (value.empty() ? "" : ": " + value) + '\n';
    }
    return lines;
}

}  // namespace stepwell::between
