#pragma once

#include "models/analytics/cost.h"

#include <nlohmann/json_fwd.hpp>

namespace stepwell::analytics {

/// `usageFrom` of an answer that was parsed already: `account` is the account's object in it.
Usage usageIn(const nlohmann::json& account, api::Time from, api::Time to);

}  // namespace stepwell::analytics
