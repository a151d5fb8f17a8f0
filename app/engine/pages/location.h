#pragma once

#include "app/engine/pages/redirects_file.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepwell::engine::pages {

/// Where a request was sent to. `path` and `query` are as a URL parser gives them, `query` with its `?`.
struct RequestUrl {
    std::string_view scheme;
    std::string_view host;  ///< with port
    std::string path;
    std::string query;
};

RequestUrl requestUrl(std::string_view scheme, std::string_view host, std::string_view target);

/// A redirect's target as seen from a request.
struct Destination {
    std::string path;      ///< on this site, for a rule that serves another path
    std::string location;  ///< of the answer: a path on this site, else a whole URL
};

/// Whether the target of a rule, as it is written, is a path: neither a URL nor `//` and a host.
bool leadsToThisSite(std::string_view target);

/// Nothing when the target is no URL. The query of the request is kept unless the target has its own.
std::optional<Destination> destinationOf(const RedirectRules::Match& match, const RequestUrl& request);

/// `reference`, a URL, a path or what comes behind a folder, as a whole URL seen from `base`. Nothing when it
/// is none, or is of another scheme than http and https.
std::optional<std::string> absoluteUrl(std::string_view reference, std::string_view base);

}  // namespace stepwell::engine::pages
