#pragma once

#include <string>
#include <string_view>

namespace stepwell::engine::pages {

/// The `Link` header that tells of what an HTML page will want: its preconnect, preload and modulepreload
/// links. Empty when it has none. `pageUrl` is what a `base` element of the page is seen from. Reads at most
/// `mostHtml` bytes.
std::string linkHeaderOf(std::string_view html, std::string_view pageUrl);

inline constexpr std::size_t mostHtml = std::size_t{1} << 20U;

}  // namespace stepwell::engine::pages
