#pragma once

#include "app/engine/pages/headers_file.h"
#include "app/engine/pages/redirects_file.h"
#include "models/api/asset_key.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepwell::engine::pages {

/// How bytes are sent; also what is kept beside an asset.
enum class Encoding : std::uint8_t { identity, gzip, brotli };

/// A file of a deployment.
struct Asset {
    api::AssetKey key;
    std::uint64_t size = 0;        ///< bytes, as uploaded
    std::string_view contentType;  ///< as uploaded; lives as long as the manifest
    std::uint32_t gzip = 0;        ///< bytes of the compressed form that is kept; 0: none is
    std::uint32_t brotli = 0;
    bool formsKnown = true;  ///< false: what is kept is still to be found
};

/// The files of one deployment, by path. A path is raw, starts with `/`, and is compared byte by byte.
class Manifest {
  public:
    virtual ~Manifest() = default;
    /// One probe, no list is walked.
    virtual std::optional<Asset> find(std::string_view path) const = 0;
};

/// What is known of the `Link` header of HTML files (early hints).
class KnownLinks {
  public:
    virtual ~KnownLinks() = default;
    /// The header; empty when the file has no links to tell of, nothing when it was not scanned yet.
    virtual std::optional<std::string> linkOf(const api::AssetKey& key) const = 0;
};

/// Everything a deployment says about its answers. The parts outlive the lookup; those that are null say
/// nothing.
struct Site {
    const Manifest* manifest = nullptr;  ///< not null
    const RedirectRules* redirects = nullptr;
    const HeaderRules* headers = nullptr;
    const KnownLinks* links = nullptr;
    bool preview = false;  ///< reached under a host of two labels: search engines are kept out
    bool strict = false;   ///< answer as the original does where it is known to lack something: no ranges
};

/// The parts of a request that decide its answer. Headers that are absent are nothing.
struct AssetRequest {
    std::string_view method = "GET";
    std::string_view target;  ///< as sent: path and query
    std::string_view scheme = "http";
    std::string_view host;  ///< the Host header, with port
    std::optional<std::string_view> ifNoneMatch, range, ifRange, acceptEncoding;
    bool authorized = false;  ///< has an Authorization header
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// What to answer. Without `asset` the body is `text`, which mostly is empty.
struct AssetAnswer {
    int status = 404;
    /// In the order they are sent; names are not in one case. What frames the message is left to the sender:
    /// no Content-Length, no Date.
    HeaderList headers;
    std::optional<Asset> asset;
    Encoding encoding = Encoding::identity;  ///< the form of the asset to send
    std::uint64_t from = 0, length = 0;      ///< the bytes to send, in that form
    std::string text;
    bool anyPath = false;       ///< the page of a single-page app, which answers every path without a file
    bool scanForLinks = false;  ///< HTML whose links are not known yet: see early_hints.h
    /// The client takes compressed forms, and those of this asset are still to be found: the answer that is
    /// right until then is this one.
    std::optional<api::AssetKey> findForms;
};

/// Why an answer is what it is, step by step, in plain language.
using Trace = std::vector<std::string>;

/// Reads nothing but what it is given. Neither blocks nor throws, provided that the manifest does not.
/// `trace` costs nothing when it is null.
AssetAnswer lookUp(const Site& site, const AssetRequest& request, Trace* trace = nullptr);

/// The value of a header of an answer, whatever the case of its name.
std::optional<std::string_view> headerOf(const HeaderList& headers, std::string_view name);

}  // namespace stepwell::engine::pages
