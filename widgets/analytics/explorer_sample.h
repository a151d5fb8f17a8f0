#pragma once

#include "models/api/time.h"

#include <QString>

namespace stepwell {

/// What the explorer starts with: instances begun, by hour and workflow.
QString sampleDocument();
/// Its variables for the last 24 hours, as JSON text.
QString sampleVariables(const std::string& account, api::Time now);

}  // namespace stepwell
