#pragma once

#include "models/api/time.h"

#include <optional>
#include <string_view>

namespace stepwell::engine {

/// How long a final instance is kept.
struct Retention {
    std::optional<api::Milliseconds> success;
    std::optional<api::Milliseconds> error;
};

/// Reads JSON `{success_retention?, error_retention?}`, each milliseconds or a duration text. What is not
/// such a thing counts as absent: the form was checked where it came in.
Retention retentionOf(std::string_view json);

}  // namespace stepwell::engine
