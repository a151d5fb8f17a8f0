#pragma once

#include "app/engine/pages/site_tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The long lists of the Pages API, as nearly every client writes them: strings of printable ASCII without
/// escapes and nothing else. They are read as they lie there, without a tree of values. Nothing when a text
/// is anything else, be it valid or not: then whoever reads JSON of every form has its turn, and finds the
/// words for what is wrong.
namespace stepwell::engine::rest {

/// `{"hashes":["32 hex digits", ...]}`.
std::optional<std::vector<std::string>> plainHashes(std::string_view body);

/// `{"/path":"32 hex digits", ...}` in the order of the text.
std::optional<std::vector<pages::ManifestEntry>> plainManifest(std::string_view text);

}  // namespace stepwell::engine::rest
