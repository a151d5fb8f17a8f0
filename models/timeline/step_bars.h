#pragma once

#include "models/timeline/layout.h"

/// From a step as the backend tells it to what is drawn of it: pure functions.
namespace stepwell::timeline {

/// What the bars of a step depend on besides the step.
struct RunFrame {
    api::Time origin{};
    std::optional<Moment> end;  ///< the instance ended: nothing is open any more
};

Entry makeEntry(const api::Step& step, const RunFrame& frame);
/// The requests outside any step, as an entry with index -1.
Entry makeOutsideEntry(const std::vector<api::OutboundRequest>& requests, const RunFrame& frame);
/// Differs when the drawing of the step may differ.
std::size_t fingerprint(const api::Step& step);
std::size_t fingerprint(const std::vector<api::OutboundRequest>& requests);

/// "reserve-item-12" and "reserve-item 7-1" are both "reserve-item": without its counter and one number
/// before it.
QString baseName(const QString& name);
/// "charge-card-12" -> {"charge-card", 12}; a name without a counter has count 1.
std::pair<QString, int> splitCounter(const QString& name);
/// "payments.example/v1/charges": host and path, no query.
QString shortAddress(const QString& url);

}  // namespace stepwell::timeline
