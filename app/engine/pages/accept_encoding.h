#pragma once

#include "app/engine/pages/asset_lookup.h"

#include <optional>
#include <string_view>

namespace stepwell::engine::pages {

/// The form to send an asset in: the kept one that the client likes best, brotli before gzip. Nothing when it
/// takes none of them, and not the plain one either.
std::optional<Encoding> chooseEncoding(std::optional<std::string_view> acceptEncoding, const Asset& asset);

/// Whether the client takes an asset as it is.
bool acceptsIdentity(std::optional<std::string_view> acceptEncoding);

/// Whether the client takes a compressed form.
bool acceptsCompressed(std::optional<std::string_view> acceptEncoding);

/// As in Content-Encoding.
std::string_view nameOf(Encoding encoding);

}  // namespace stepwell::engine::pages
