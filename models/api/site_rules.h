#pragma once

#include <cstdint>
#include <string_view>

/// Which files of a folder become files of a site: what wrangler decides, and what to be careful with.
namespace stepwell::api {

inline constexpr std::int64_t largestSiteFile = std::int64_t{25} * 1024 * 1024;  ///< bytes; equal passes
inline constexpr std::int64_t usualMostSiteFiles = 20'000;  ///< when an upload token does not say

/// Whether wrangler passes over the entry, with all that is below it. `path` is relative to the folder that
/// is uploaded ("a/node_modules"), with slashes. Patterns do not look into folders whose names begin with a
/// dot.
bool isIgnoredInSite(std::string_view path);

/// Whether what is passed over rules the site, and so is not simply left out.
bool rulesSite(std::string_view path);

/// What makes a file one that people upload by mistake.
enum class SiteConcern {
    none,
    secrets,    ///< .env, .dev.vars and the like
    git,        ///< a repository that the rules of ignoring do not catch
    key,        ///< looks like a private key by its name
    sourceMap,  ///< shows the sources
};
/// By the path alone.
SiteConcern concernOf(std::string_view path);
/// Whether the text at the start of a file is that of a private key.
bool beginsPrivateKey(std::string_view bytes);

/// The last part of a path.
std::string_view baseNameOf(std::string_view path);

}  // namespace stepwell::api
