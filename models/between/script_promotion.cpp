#include "models/between/script_promotion.h"

#include "models/api/asset_key.h"
#include "models/between/persistence.h"
#include "models/between/script_binding_plan.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace stepwell::between {

using json = nlohmann::ordered_json;

namespace {

std::string dumped(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json objectOf(const std::string& text) {
    auto value = parseBounded<json>(text);
    return value.is_object() ? value : json::object();
}

std::string inQuotes(const std::string& name) {
    return '"' + name + '"';
}

std::string counted(std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

/// "2 modules, 1 source map and 1 secret": what is none is left out.
std::string contentsOf(const std::vector<ScriptModule>& modules, std::size_t secrets) {
    const auto maps = static_cast<std::size_t>(
        std::count_if(modules.begin(), modules.end(), [](const auto& one) { return one.isSourceMap(); }));
    std::vector<std::string> parts{counted(modules.size() - maps, "module", "modules")};
    if (maps > 0) parts.push_back(counted(maps, "source map", "source maps"));
    if (secrets > 0) parts.push_back(counted(secrets, "secret", "secrets"));
    std::string text = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i)
        text += (i + 1 < parts.size() ? ", " : " and ") + parts[i];
    return text;
}

// --- the difference
// --------------------------------------------------------------------------------------------

void addItem(std::vector<site::Item>& items, const std::string& path, const std::string& bytes) {
    items.push_back({path,
                     static_cast<std::int64_t>(bytes.size()),
                     api::assetKey(bytes, path).hex(),
                     {site::Content::Kind::memory, {}, std::make_shared<const std::string>(bytes)}});
}

std::string settingLines(const std::string& settingsJson) {
    std::string lines;
    const auto settings = objectOf(settingsJson);
    for (const auto& [key, value] : settings.items())
        lines += key + ": " + (value.is_string() ? value.get<std::string>() : dumped(value)) + '\n';
    return lines;
}

std::string workflowLine(const ScriptWorkflow& workflow) {
    const auto settings = objectOf(workflow.settingsJson);
    return workflow.name + ": class " + workflow.className +
           (settings.empty() ? "" : ", " + dumped(settings));
}

std::string linesOf(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    std::string lines;
    for (const auto& text : texts)
        lines += text + '\n';
    return lines;
}

std::string workflowLines(const std::vector<ScriptWorkflow>& workflows) {
    std::vector<std::string> texts;
    for (const auto& workflow : workflows)
        texts.push_back(workflowLine(workflow));
    return linesOf(std::move(texts));
}

struct Sides {
    std::vector<site::Item> before;
    std::vector<site::Item> after;

    void add(const std::string& name, const std::string& was, const std::string& is) {
        if (!was.empty()) addItem(before, name, was);
        if (!is.empty()) addItem(after, name, is);
    }
};

void addModules(std::vector<site::Item>& items, const ScriptState& state) {
    for (const auto& module : state.modules)
        if (!module.isSourceMap()) addItem(items, '/' + module.name, module.bytes);
}

// --- workflows
// -------------------------------------------------------------------------------------------------

bool isWordCharacter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

/// Whether the name occurs in the code at all. Where it does not, no class can be called so.
bool namesClass(const ScriptState& state, const std::string& name) {
    for (const auto& module : state.modules) {
        if (module.isSourceMap()) continue;
        const auto& text = module.bytes;
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
            const bool begins = at == 0 || !isWordCharacter(text[at - 1]);
            const auto end = at + name.size();
            if (begins && (end == text.size() || !isWordCharacter(text[end]))) return true;
        }
    }
    return false;
}

const ScriptWorkflow* find(const std::vector<ScriptWorkflow>& list, const std::string& name) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
    return found == list.end() ? nullptr : &*found;
}

/// What the target has beside: it stays, with or without a class.
std::vector<ScriptWorkflow> workflowsAfter(const ScriptState& source, const ScriptState& target,
                                           const PromotionEnd& to, PromotionPlan& plan) {
    auto after = source.workflows;
    for (const auto& theirs : target.workflows) {
        if (find(source.workflows, theirs.name) != nullptr) continue;
        after.push_back(theirs);
        if (!namesClass(source, theirs.className))
            plan.warnings.push_back("The workflow " + inQuotes(theirs.name) + " on " + to.name +
                                    " loses its class " + inQuotes(theirs.className) +
                                    ": the code does not have it, and its instances cannot go on.");
    }
    return after;
}

void noteTakeovers(const ScriptState& source, const ScriptState& target, const std::string& targetName,
                   PromotionPlan& plan) {
    for (const auto& there : target.allWorkflows)
        if (find(source.workflows, there.name) != nullptr && !there.scriptName.empty() &&
            there.scriptName != targetName)
            plan.takeovers.push_back("The workflow " + inQuotes(there.name) + " is taken from the script " +
                                     inQuotes(there.scriptName) + '.');
}

// --- the deployment
// --------------------------------------------------------------------------------------------

std::string percent(double share) {
    std::ostringstream text;
    text << share << " %";
    return text.str();
}

/// "80 % 1a2b3c4d, 20 % 5e6f7a8b"
std::string sharesOf(const std::vector<DeployedVersion>& split) {
    constexpr std::size_t shownOfId = 8;
    std::string text;
    for (const auto& version : split)
        text +=
            (text.empty() ? "" : ", ") + percent(version.percentage) + ' ' + version.id.substr(0, shownOfId);
    return text;
}

void noteSplits(const BindingPlan::Ends& ends, PromotionPlan& plan) {
    if (!ends.source.split.empty())
        plan.warnings.push_back("The deployment of " + inQuotes(ends.sourceName) + " on " + ends.from.name +
                                " is split between versions: " + sharesOf(ends.source.split) +
                                ". Its code is told of one of them; look whether it is the one you mean.");
    if (!ends.target.split.empty())
        plan.warnings.push_back("The deployment of " + inQuotes(ends.targetName) + " on " + ends.to.name +
                                " is split between versions: " + sharesOf(ends.target.split) +
                                ". Promoting ends that: what is sent takes 100 % at once.");
}

// --- the upload
// ------------------------------------------------------------------------------------------------

std::string metadataOf(const ScriptState& source, const BindingPlan& bindings, const std::string& origin) {
    auto metadata = objectOf(source.settingsJson);
    metadata["main_module"] = source.mainModule;
    metadata["bindings"] = parseBounded<json>(bindings.sent());
    metadata["keep_bindings"] = json::array({"secret_text", "secret_key"});
    metadata["annotations"] = {{"workers/message", ("Promoted from " + origin).substr(0, 100)}};
    return dumped(metadata);
}

/// All that the difference was made of, in short.
std::string fingerprintOf(const ScriptState& state) {
    auto all = json::array({state.exists, state.mainModule, state.settingsJson, state.crons});
    for (const auto& module : state.modules)
        if (!module.isSourceMap())
            all.push_back({module.name, module.contentType, api::assetKey(module.bytes, {}).hex()});
    for (const auto& binding : state.bindings)
        all.push_back(binding.json);
    all.push_back(workflowLines(state.workflows));
    std::vector<std::string> owners;
    for (const auto& workflow : state.allWorkflows)
        owners.push_back(workflow.name + '/' + workflow.scriptName);
    all.push_back(linesOf(std::move(owners)));
    all.push_back(sharesOf(state.split));
    return dumped(all);
}

void noteForm(const ScriptState& source, PromotionPlan& plan) {
    if (source.mainModule.empty() || source.modules.empty())
        plan.obstacles.push_back("The script is in the service worker format, without modules, and cannot be "
                                 "promoted. Change it to an ES module first.");
}

}  // namespace

PromotionPlan planScript(const PromotionEnd& from, const ScriptState& source, const std::string& sourceName,
                         const PromotionEnd& to, const ScriptState& target, const std::string& targetName) {
    PromotionPlan plan;
    plan.isNew = !target.exists;
    noteForm(source, plan);
    if (from.isSamePlace(to) && sourceName == targetName)
        plan.obstacles.emplace_back("This is the script itself: choose another backend or another name.");
    const BindingPlan::Ends ends{from, source, sourceName, to, target, targetName};
    const BindingPlan bindings(ends, plan);
    noteTakeovers(source, target, targetName, plan);
    noteSplits(ends, plan);

    Sides sides;
    addModules(sides.before, target);
    addModules(sides.after, source);
    sides.add("Bindings", BindingPlan::linesOf(target.bindings), bindings.linesAfter());
    sides.add("Settings", settingLines(target.settingsJson), settingLines(source.settingsJson));
    sides.add("Workflows", workflowLines(target.workflows),
              workflowLines(workflowsAfter(source, target, to, plan)));
    sides.add("Crons", linesOf(target.crons), linesOf(source.crons));
    plan.difference = std::make_shared<const site::Difference>(
        site::differenceOf(std::move(sides.before), std::move(sides.after)));

    auto order = std::make_shared<ScriptOrder>();
    order->script = targetName;
    order->metadataJson = metadataOf(source, bindings, sourceName + " on " + from.name);
    order->modules = source.modules;
    plan.sent = contentsOf(source.modules, plan.missing.size());
    order->workflows = source.workflows;
    order->changesCrons = source.crons != target.crons;
    order->crons = source.crons;
    order->targetBefore = fingerprintOf(target);
    plan.script = std::move(order);
    return plan;
}

// --- the steps
// -------------------------------------------------------------------------------------------------

namespace {

std::string metadataWith(const ScriptOrder& order, const Secrets& secrets) {
    auto metadata = objectOf(order.metadataJson);
    for (const auto& [name, text] : secrets)
        metadata["bindings"].push_back({{"type", "secret_text"}, {"name", name}, {"text", text}});
    return dumped(metadata);
}

/// By name; source maps are not told by everybody.
std::map<std::string, std::string> codeOf(const std::vector<ScriptModule>& modules) {
    std::map<std::string, std::string> code;
    for (const auto& module : modules)
        if (!module.isSourceMap()) code[module.name] = module.bytes;
    return code;
}

/// Whether the upload of this run may have arrived, though its answer was lost.
using Unclear = std::shared_ptr<bool>;

api::Result<std::string> check(const PromotionEnd& to, const ScriptOrder& order, const Unclear& isUnclear,
                               const std::shared_ptr<StopFlag>& stop) {
    const auto now = ScriptClient(to, stop).state(order.script);
    if (!now) return tl::unexpected(now.error());
    const bool isAsBefore = fingerprintOf(*now) == order.targetBefore;
    if (!isAsBefore && *isUnclear && codeOf(now->modules) == codeOf(order.modules))
        return std::string("What was sent before has arrived");
    if (!isAsBefore)
        return api::fail(0, planOutdated, "The script on " + to.name + " was changed meanwhile.");
    return now->exists ? std::string("It is as it was compared with") : std::string("The name is free");
}

api::Result<std::string> upload(const PromotionEnd& to, const ScriptOrder& order, const Secrets& secrets,
                                const Unclear& isUnclear, const std::shared_ptr<StopFlag>& stop,
                                const Course::Report& report) {
    report.items(0, static_cast<std::int64_t>(order.modules.size()));
    const auto progress = [&report](std::int64_t done, std::int64_t all) {
        if (all > 0) report.bytes(done, all);
    };
    const auto sent = persist(Repeat::verbs, *stop, saying(report), [&] {
        // The client ends within the statement, and with it whoever reports.
        return ScriptClient(to, stop).upload(order.script, metadataWith(order, secrets), order.modules,
                                             progress);
    });
    const bool mayBeThere = !sent && (*stop || sent.error().http == 0 || sent.error().http >= 500);
    *isUnclear = *isUnclear || mayBeThere;
    if (!sent && *stop)
        return api::fail(0, client::stoppedCode,
                         "Cancelled while it was sent: the script is there wholly or not at all.");
    if (mayBeThere)
        return api::fail(
            sent.error().http, sent.error().code,
            sent.error().message +
                " It may have arrived all the same, wholly or not at all: trying again is safe.");
    if (!sent) return tl::unexpected(sent.error());
    report.items(static_cast<std::int64_t>(order.modules.size()),
                 static_cast<std::int64_t>(order.modules.size()));
    return contentsOf(order.modules, secrets.size());
}

/// Those that were refused do not keep others from being declared.
api::Result<std::string> declare(const PromotionEnd& to, const ScriptOrder& order,
                                 std::vector<std::string>& declared, const std::shared_ptr<StopFlag>& stop,
                                 const Course::Report& report) {
    ScriptClient client(to, stop);
    std::string refused;
    const auto all = static_cast<std::int64_t>(order.workflows.size());
    for (const auto& workflow : order.workflows) {
        report.items(static_cast<std::int64_t>(declared.size()), all);
        if (std::find(declared.begin(), declared.end(), workflow.name) != declared.end()) continue;
        const auto put = persist(Repeat::verbs, *stop, saying(report),
                                 [&] { return client.putWorkflow(workflow, order.script); });
        if (!put && *stop) return tl::unexpected(put.error());
        if (put)
            declared.push_back(workflow.name);
        else
            refused += (refused.empty() ? "" : " ") + workflow.name + ": " + put.error().message;
    }
    report.items(static_cast<std::int64_t>(declared.size()), all);
    if (!refused.empty()) return api::fail(0, api::code::internal, refused);
    return counted(declared.size(), "workflow", "workflows");
}

}  // namespace

void addScriptSteps(Course& course, const PromotionEnd& to, const std::shared_ptr<const ScriptOrder>& order,
                    const Secrets& secrets) {
    const auto stop = course.stopFlag();
    const auto isUnclear = std::make_shared<bool>(false);
    course.add("Check the target", Course::Touch::guards,
               [=](const auto&) { return check(to, *order, isUnclear, stop); });
    course.add("Upload the script", Course::Touch::changes,
               [=](const auto& report) { return upload(to, *order, secrets, isUnclear, stop, report); });
    if (!order->workflows.empty())
        course.add("Declare its workflows", Course::Touch::changes,
                   [=, declared = std::make_shared<std::vector<std::string>>()](const auto& report) {
                       return declare(to, *order, *declared, stop, report);
                   });
    if (order->changesCrons)
        course.add("Set its crons", Course::Touch::changes,
                   [=](const auto& report) -> api::Result<std::string> {
                       ScriptClient client(to, stop);
                       const auto set = persist(Repeat::verbs, *stop, saying(report),
                                                [&] { return client.setCrons(order->script, order->crons); });
                       if (!set) return tl::unexpected(set.error());
                       return counted(order->crons.size(), "cron", "crons");
                   });
}

}  // namespace stepwell::between
