#pragma once

#include "models/backend.h"
#include "models/backends/backend_spec.h"

#include <memory>

namespace stepwell {

/// A backend of the kind that the spec names; it starts talking at once. `token` is empty for wrangler dev.
std::unique_ptr<Backend> makeBackend(const BackendSpec& spec, const QString& token);

}  // namespace stepwell
