#pragma once

#include "models/api/error.h"

/// Refusals that several kinds of request share.
namespace stepwell::engine {

tl::unexpected<api::Error> noScript(const std::string& name);
tl::unexpected<api::Error> noWorkflow(const std::string& name);
tl::unexpected<api::Error> noInstance(const std::string& id);

}  // namespace stepwell::engine
