#pragma once

#include "models/between/course.h"
#include "models/between/promotion_plan.h"
#include "models/between/site_state.h"

namespace stepwell::between {

/// What would become of a project at the target. `branch` empty: that of production. Pure.
PromotionPlan planSite(const PromotionEnd& from, const SiteState& source, const PromotionEnd& to,
                       const SiteTarget& target, const std::string& project, const std::string& branch);

/// All of a target that a promotion takes the place of or changes, in short: another text means that somebody
/// was there meanwhile. Pure.
std::string fingerprintOf(const SiteTarget& target);

/// What a course of a site came to; written by its thread, read when it is over.
struct SiteMade {
    api::SiteDeployment deployment;
    std::int64_t fetched = 0;       ///< files that were got from the source
    std::int64_t uploaded = 0;      ///< files that were sent
    std::int64_t alreadyThere = 0;  ///< files that the target had
};

/// The steps that do it: whether the target is as it was compared with, the project, what is missing,
/// fetching that, settings, upload, publishing.
void addSiteSteps(Course& course, const PromotionEnd& from, const PromotionEnd& to,
                  const std::shared_ptr<const SiteOrder>& order, const Secrets& secrets,
                  const std::shared_ptr<SiteMade>& made);

}  // namespace stepwell::between
