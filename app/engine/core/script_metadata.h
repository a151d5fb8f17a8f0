#pragma once

#include "models/api/error.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stepwell::engine {

/// The metadata of a version with secrets set (a text) or removed (none). Errors name the binding: 404 for a
/// secret to be removed that is not there, 400 when another binding has the name.
api::Result<std::string>
withSecrets(const std::string& metadata,
            const std::vector<std::pair<std::string, std::optional<std::string>>>& changes);

/// A UUID (version 8) made of two others: the same for the same two, so that a turn can name what it makes
/// without a random source.
std::string derivedUuid(const std::string& one, const std::string& other);

}  // namespace stepwell::engine
