#pragma once

#include "app/engine/pages/asset_lookup.h"

#include <atomic>
#include <string>
#include <string_view>

namespace stepwell::engine::pages {

/// Whether files of this type become smaller, and are large enough for that to be worth anything.
bool isCompressible(std::string_view contentType, std::uint64_t bytes);

/// Whether a form of `form` bytes saves enough of `bytes` to be kept: a twentieth.
bool isWorthKeeping(std::uint64_t form, std::uint64_t bytes);

/// Takes some seconds for a large text. Empty when `stop` was set meanwhile, or memory is short.
std::string compressed(std::string_view bytes, Encoding encoding, const std::atomic<bool>& stop);

}  // namespace stepwell::engine::pages
