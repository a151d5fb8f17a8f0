#include "widgets/analytics/explorer_sample.h"

#include "models/text.h"

#include <nlohmann/json.hpp>

namespace stepwell {

QString sampleDocument() {
    return QStringLiteral(R"(# Instances begun in the last 24 hours, by hour and workflow.
query InstancesByHour($accountTag: string!, $from: Time!, $to: Time!) {
  viewer {
    accounts(filter: { accountTag: $accountTag }) {
      begun: workflowsAdaptiveGroups(
        limit: 1000
        filter: { datetimeHour_geq: $from, datetimeHour_leq: $to, eventType: "WORKFLOW_START" }
        orderBy: [datetimeHour_ASC]
      ) {
        count
        dimensions { datetimeHour workflowName }
      }
    }
  }
}
)");
}

QString sampleVariables(const std::string& account, api::Time now) {
    const auto hour = std::chrono::floor<std::chrono::hours>(now);
    const auto text = [](auto time) {
        return api::toIso(std::chrono::time_point_cast<api::Milliseconds>(time));
    };
    const nlohmann::ordered_json variables{
        {"accountTag", account}, {"from", text(hour - std::chrono::hours{24})}, {"to", text(hour)}};
    return toQt(variables.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace stepwell
