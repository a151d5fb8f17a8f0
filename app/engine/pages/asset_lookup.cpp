#include "app/engine/pages/asset_lookup.h"

#include "app/engine/pages/asset_answer.h"
#include "app/engine/pages/location.h"
#include "app/engine/pages/url_text.h"

namespace stepwell::engine::pages {

namespace {

constexpr int proxyStatus = 200, permanentStatus = 308, methodStatus = 405, internalStatus = 500;

AssetAnswer plainAnswer(int status) {
    AssetAnswer answer;
    answer.status = status;
    return answer;
}

/// One request on its way through the rules.
class Lookup {
  public:
    Lookup(const Site& site, const AssetRequest& request, Trace* trace)
        : site_(site)
        , request_(request)
        , url_(requestUrl(request.scheme, request.host, request.target))
        , steps_(trace) {
        if (site.headers != nullptr && !site.headers->empty())
            matches_ = site.headers->match(url_.host, url_.path);
        plain_ = keepsPlain(matches_);
    }

    AssetAnswer run() {
        auto answer = decide();
        if (answer.status < internalStatus) addCommonHeaders(answer, site_, matches_, steps_);
        return answer;
    }

  private:
    AssetAnswer decide() {
        const std::string* path = &url_.path;
        std::optional<Destination> destination;
        if (site_.redirects != nullptr && !site_.redirects->empty()) {
            const auto match = site_.redirects->match(url_.host, url_.path);
            if (!match) {
                steps_.tell("No rule of _redirects matches ", url_.path);
            } else {
                tellRule(*match->rule);
                destination = destinationOf(*match, url_);
                if (!destination) return brokenTarget(match->target);
                if (match->rule->status != proxyStatus)
                    return redirectAnswer(match->rule->status, std::move(destination->location));
                path = &destination->path;
            }
        }
        if (!equalsIgnoringCase(request_.method, "GET") && !equalsIgnoringCase(request_.method, "HEAD")) {
            steps_.tell("Files take only GET and HEAD: 405");
            return plainAnswer(methodStatus);
        }
        return serve(*path);
    }

    void tellRule(const RedirectRule& rule) const {
        steps_.tell("Line ", std::to_string(rule.lineNumber), " of _redirects matches: ", rule.from, " ",
                    rule.to, " ", std::to_string(rule.status));
    }

    AssetAnswer brokenTarget(const std::string& target) const {
        steps_.tell("The target ", target, " is no URL: 500");
        return plainAnswer(internalStatus);
    }

    AssetAnswer serve(const std::string& encoded) {
        const bool escaped = encoded.find('%') != std::string::npos;
        const auto decoded = escaped ? percentDecoded(encoded) : std::nullopt;
        if (escaped && !decoded) steps_.tell("The path has a broken escape and is taken as it is");
        const std::string& path = decoded ? *decoded : encoded;
        const auto found = findFile(*site_.manifest, path, steps_);
        if (found.asset) return assetAnswer(site_, request_, form(*found.asset), steps_);
        if (found.redirect.empty()) return nothingFound(path);
        // Escaped, and with one slash in front: so it stays on this host.
        return redirectAnswer(permanentStatus, collapsedFront(escapedSegments(found.redirect)) + url_.query);
    }

    AssetAnswer nothingFound(std::string_view path) {
        steps_.tell("No file answers ", path);
        if (const auto page = findErrorPage(*site_.manifest, path, steps_))
            return errorPageAnswer(request_, form(*page));
        if (const auto index = site_.manifest->find("/index.html")) {
            steps_.tell("So this is a single-page app, and /index.html answers every path");
            auto answer = assetAnswer(site_, request_, form(*index), steps_);
            answer.anyPath = true;
            return answer;
        }
        return {};
    }

    /// The asset without the forms in which it may not be sent.
    Asset form(Asset asset) const {
        if (!plain_) return asset;
        asset.gzip = asset.brotli = 0;
        asset.formsKnown = true;
        return asset;
    }

    const Site& site_;
    const AssetRequest& request_;
    RequestUrl url_;
    Steps steps_;
    HeaderMatches matches_;
    bool plain_ = false;
};

}  // namespace

AssetAnswer lookUp(const Site& site, const AssetRequest& request, Trace* trace) {
    return Lookup(site, request, trace).run();
}

}  // namespace stepwell::engine::pages
