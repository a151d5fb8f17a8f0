#pragma once

#include "models/between/promotion_plan.h"

#include <nlohmann/json_fwd.hpp>

namespace stepwell::between {

/// How the bindings of a script are taken to a target: what is sent, what is asked for, what stands in the
/// way.
class BindingPlan {
  public:
    struct Ends {
        const PromotionEnd& from;
        const ScriptState& source;
        std::string sourceName;
        const PromotionEnd& to;
        const ScriptState& target;
        std::string targetName;
    };
    BindingPlan(const Ends& ends, PromotionPlan& plan);

    /// For the metadata of the upload: JSON array.
    const std::string& sent() const { return m_sent; }
    /// What the target has afterwards, a line each.
    std::string linesAfter() const;
    static std::string linesOf(const std::vector<ScriptBinding>& bindings);

  private:
    void take(const ScriptBinding& binding);
    void takeSecret(const ScriptBinding& binding);
    void takeWorkflow(const ScriptBinding& binding);
    void takeOther(const ScriptBinding& binding);
    void send(const nlohmann::ordered_json& binding);
    void keepTheirSecrets();

    const Ends& m_ends;
    PromotionPlan& m_plan;
    std::vector<ScriptBinding> m_after;
    std::vector<std::string> m_items;
    std::string m_sent;
};

}  // namespace stepwell::between
