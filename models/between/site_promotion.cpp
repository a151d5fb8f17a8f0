#include "models/between/site_promotion.h"

#include "models/api/asset_key.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::between {

using json = nlohmann::ordered_json;

namespace {

std::string dumped(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

const api::SiteConfig& configOf(const api::SiteProject& project, bool production) {
    return production ? project.production : project.preview;
}

const api::SiteVariable* find(const std::vector<api::SiteVariable>& list, const std::string& name) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
    return found == list.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts)
        all += (all.empty() ? "" : ", ") + text;
    return all;
}

std::string linesOf(const api::SiteConfig& config) {
    std::string lines;
    if (!config.compatibilityDate.empty()) lines += "compatibility_date: " + config.compatibilityDate + '\n';
    if (!config.compatibilityFlags.empty())
        lines += "compatibility_flags: " + joined(config.compatibilityFlags) + '\n';
    for (const auto& variable : config.variables)
        lines += variable.name +
                 (variable.secret ? " (secret)" : " (variable): " + dumped(json(variable.value))) + '\n';
    return lines;
}

site::Item settingsItem(const std::string& lines) {
    return {"Settings",
            static_cast<std::int64_t>(lines.size()),
            api::assetKey(lines, {}).hex(),
            {site::Content::Kind::memory, {}, std::make_shared<const std::string>(lines)}};
}

/// What the settings of the target are made to be: those of the source over what it has.
class SettingsPlan {
  public:
    SettingsPlan(const SiteState& source, const api::SiteConfig& theirs, PromotionPlan& plan)
        : m_after(theirs)
        , m_plan(plan) {
        const bool production = source.deployment.environment == api::SiteEnvironment::production;
        const auto& ours = configOf(source.project, production);
        takeCompatibility(ours, theirs);
        // As they were when it was made: that is what runs.
        for (const auto& variable : source.deployment.variables)
            take(variable);
        for (const auto& name : source.codeSecrets)
            takeSecret(name);
        std::sort(m_after.variables.begin(), m_after.variables.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
    }

    const api::SiteConfig& after() const { return m_after; }
    const json& change() const { return m_change; }

  private:
    void takeCompatibility(const api::SiteConfig& ours, const api::SiteConfig& theirs) {
        if (!ours.compatibilityDate.empty() && ours.compatibilityDate != theirs.compatibilityDate)
            m_change["compatibility_date"] = m_after.compatibilityDate = ours.compatibilityDate;
        if (ours.compatibilityFlags == theirs.compatibilityFlags) return;
        m_after.compatibilityFlags = ours.compatibilityFlags;
        m_change["compatibility_flags"] = ours.compatibilityFlags;
    }
    void set(const api::SiteVariable& variable) {
        std::erase_if(m_after.variables, [&](const auto& one) { return one.name == variable.name; });
        m_after.variables.push_back(variable);
    }
    void take(const api::SiteVariable& variable) {
        if (variable.secret) return takeSecret(variable.name);
        const auto* theirs = find(m_after.variables, variable.name);
        if (theirs != nullptr && *theirs == variable) return;
        m_change["env_vars"][variable.name] = {{"type", "plain_text"}, {"value", variable.value}};
        set(variable);
    }
    void takeSecret(const std::string& name) {
        const auto* theirs = find(m_after.variables, name);
        if (theirs != nullptr && theirs->secret) {
            m_plan.kept.push_back(name);
            return;
        }
        m_plan.missing.push_back(name);
        set({name, {}, true});
    }

    api::SiteConfig m_after;
    PromotionPlan& m_plan;
    json m_change = json::object();
};

void noteDomains(const PromotionEnd& from, const SiteState& source, PromotionPlan& plan) {
    std::vector<std::string> own;
    for (const auto& domain : source.project.domains)
        if (domain != source.project.subdomain) own.push_back(domain);
    if (!own.empty())
        plan.warnings.push_back("Domains stay where they are, on " + from.name + ": " + joined(own) + ".");
}

std::string branchOf(const SiteState& source, const SiteTarget& target, const std::string& branch) {
    if (!branch.empty()) return branch;
    return target.project ? target.project->productionBranch : source.project.productionBranch;
}

}  // namespace

std::string fingerprintOf(const SiteTarget& target) {
    if (!target.project) return {};
    const auto& project = *target.project;
    return dumped(json::array({project.productionBranch, target.comparedWith, linesOf(project.production),
                               linesOf(project.preview)}));
}

PromotionPlan planSite(const PromotionEnd& from, const SiteState& source, const PromotionEnd& to,
                       const SiteTarget& target, const std::string& project, const std::string& branch) {
    PromotionPlan plan;
    plan.isNew = !target.project;
    if (from.isSamePlace(to) && project == source.project.name)
        plan.obstacles.emplace_back("This is the site itself: choose another backend or another name.");
    if (target.project && target.project->fromGit)
        plan.obstacles.push_back("The project " + project + " on " + to.name +
                                 " is built from a repository: nothing can be uploaded to it.");
    noteDomains(from, source, plan);

    auto order = std::make_shared<SiteOrder>();
    order->project = project;
    order->isNew = plan.isNew;
    order->branch = branchOf(source, target, branch);
    order->productionBranch =
        target.project ? target.project->productionBranch : source.project.productionBranch;
    const bool production = order->branch == order->productionBranch;
    const auto theirs = target.project ? configOf(*target.project, production) : api::SiteConfig{};
    const SettingsPlan settings(source, theirs, plan);

    auto before = target.items;
    auto after = site::itemsOf(source.files);
    for (auto& item : site::itemsOf(source.parts))
        after.push_back(std::move(item));
    if (const auto lines = linesOf(theirs); !lines.empty()) before.push_back(settingsItem(lines));
    if (const auto lines = linesOf(settings.after()); !lines.empty()) after.push_back(settingsItem(lines));
    if (target.isKnown)
        plan.difference =
            std::make_shared<const site::Difference>(site::differenceOf(std::move(before), std::move(after)));
    else
        plan.unseen = to.name + " does not tell which files are there. All of the " +
                      std::to_string(source.files.size()) +
                      " files will be, and only those that it lacks are sent.";

    order->environment = production ? "production" : "preview";
    order->settingsJson = dumped(settings.change());
    order->comparedWith = target.comparedWith;
    order->targetBefore = fingerprintOf(target);
    order->sourceProject = source.project.name;
    order->sourceDeployment = source.deployment.id;
    order->files = source.files;
    order->headers = source.headers;
    order->redirects = source.redirects;
    order->routes = source.routes;
    order->workerBundle = source.code;
    order->routingConfig = source.routingConfig;
    order->commitHash = source.deployment.commitHash;
    order->commitMessage = source.deployment.commitMessage.empty()
                               ? "Promoted from " + source.project.name + " on " + from.name
                               : source.deployment.commitMessage;
    plan.site = std::move(order);
    return plan;
}

}  // namespace stepwell::between
