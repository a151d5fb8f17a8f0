#pragma once

#include "models/api/time.h"

#include <QString>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace stepwell {

/// What a backend may have or lack.
enum class Feature {
    workflows,
    triggerInstance,
    changeStatus,
    restartFromStep,
    sendEvent,
    deleteInstances,
    deleteWorkflow,
    graph,
    logs,
    stepOutput,
    scripts,
    uploadScript,
    secrets,
    crons,
    sites,
    siteUpload,
    siteFiles,
    siteRules,
    siteRequests,
    analytics,
    liveStream,
    tokens,
    audit,
    retention
};
inline constexpr std::size_t featureCount = static_cast<std::size_t>(Feature::retention) + 1;

/// Whether a feature can be used, and if not, why: one sentence for a tooltip.
struct Support {
    bool available = true;
    QString reason = {};  ///< empty when available
    friend bool operator==(const Support&, const Support&) = default;
};
using SupportTable = std::array<Support, featureCount>;

/// Set while answers come from what was seen before: the backend cannot be reached.
struct Freshness {
    std::optional<api::Time> shownFrom =
        {};               ///< when the oldest of what is shown was true; nothing: all is new
    QString reason = {};  ///< why it is not newer
    friend bool operator==(const Freshness&, const Freshness&) = default;
};

/// Requests that a backend takes in a window of time, and how many of them this program has used.
struct RequestBudget {
    QString name;  ///< "REST", "GraphQL"
    int used = 0;
    int allowed = 0;
    std::chrono::seconds window{0};
    std::optional<api::Time> blockedUntil = {};  ///< no request is sent before
    friend bool operator==(const RequestBudget&, const RequestBudget&) = default;
};

}  // namespace stepwell
