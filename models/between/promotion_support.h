#pragma once

#include "models/backend.h"

namespace stepwell::between {

/// What is promoted.
enum class PromotionKind { script, site };

/// Whether a backend can be promoted from and to, as far as is known beforehand; if not, why. GUI thread.
Support canGive(const Backend& backend, PromotionKind kind);
Support canTake(const Backend& backend, PromotionKind kind);

}  // namespace stepwell::between
