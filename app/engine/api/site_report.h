#pragma once

#include "app/engine/pages/site_log.h"

namespace stepwell::engine::rest {

/// What the driver says of an answered request, see "Requests of sites" in the driver protocol. User code may
/// have printed it: whatever is not as it should be is left out, and all of it is bounded.
pages::SiteLog::Answered readReport(const std::string& details);

}  // namespace stepwell::engine::rest
