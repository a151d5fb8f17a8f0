#pragma once

#include "app/engine/pages/asset_lookup.h"
#include "app/engine/pages/location.h"

#include <optional>
#include <string>
#include <string_view>

/// The parts of a lookup: first the file of a path, then the answer that sends it. Used by lookUp() alone.
namespace stepwell::engine::pages {

/// Steps are put into words only when someone listens.
class Steps {
  public:
    explicit Steps(Trace* trace)
        : trace_(trace) {}
    /// `parts` are strung together.
    template <class... Parts>
    void tell(const Parts&... parts) const {
        if (trace_ == nullptr) return;
        std::string step;
        (step.append(parts), ...);
        trace_->push_back(std::move(step));
    }

  private:
    Trace* trace_;
};

/// What a path leads to.
struct Found {
    std::optional<Asset> asset;
    std::string redirect;  ///< path of a redirect 308, raw and without query; when there is no asset
};

/// `path` is decoded.
Found findFile(const Manifest& manifest, std::string_view path, const Steps& steps);

/// The nearest `404.html` at or above the folder of a path.
std::optional<Asset> findErrorPage(const Manifest& manifest, std::string_view path, const Steps& steps);

/// 200, 206, 304, 406 or 416 with the headers of its own.
AssetAnswer assetAnswer(const Site& site, const AssetRequest& request, const Asset& asset,
                        const Steps& steps);
/// 404 with the page.
AssetAnswer errorPageAnswer(const AssetRequest& request, const Asset& page);
AssetAnswer redirectAnswer(int status, std::string location);

/// What `_headers` says about a request.
using HeaderMatches = std::vector<HeaderRules::Match>;

/// Whether it says that files go as they are: they are compressed already, or are not to be changed.
bool keepsPlain(const HeaderMatches& matches);

/// Adds what every answer below 500 carries, and what `_headers` says.
void addCommonHeaders(AssetAnswer& answer, const Site& site, const HeaderMatches& matches,
                      const Steps& steps);

/// Replaces all headers of the name.
void setHeader(HeaderList& headers, std::string_view name, std::string value);
void removeHeader(HeaderList& headers, std::string_view name);

}  // namespace stepwell::engine::pages
