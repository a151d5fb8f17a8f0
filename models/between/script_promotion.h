#pragma once

#include "models/between/course.h"
#include "models/between/promotion_plan.h"

namespace stepwell::between {

/// What would become of a script at the target. `source` exists. Pure; takes milliseconds.
PromotionPlan planScript(const PromotionEnd& from, const ScriptState& source, const std::string& sourceName,
                         const PromotionEnd& to, const ScriptState& target, const std::string& targetName);

/// The steps that do it: check, upload, workflows, crons. `order` and `secrets` are shared with the course
/// and go with it.
void addScriptSteps(Course& course, const PromotionEnd& to, const std::shared_ptr<const ScriptOrder>& order,
                    const Secrets& secrets);

}  // namespace stepwell::between
