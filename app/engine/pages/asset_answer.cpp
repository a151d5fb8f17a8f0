#include "app/engine/pages/asset_answer.h"

#include "app/engine/pages/accept_encoding.h"
#include "app/engine/pages/byte_range.h"
#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <unordered_set>

namespace stepwell::engine::pages {

namespace {

constexpr int okStatus = 200, partialStatus = 206, permanentStatus = 308, notModified = 304, notFound = 404,
              notAcceptable = 406, rangeStatus = 416;
constexpr std::size_t usualHeaders = 10;
constexpr std::string_view cacheControl = "public, max-age=0, must-revalidate";
constexpr std::string_view varies = "Accept-Encoding";

AssetAnswer answerOf(int status) {
    AssetAnswer answer;
    answer.status = status;
    answer.headers.reserve(usualHeaders);
    return answer;
}

bool isUnchanged(const AssetRequest& request, std::string_view tag) {
    if (!request.ifNoneMatch) return false;
    auto known = *request.ifNoneMatch;
    if (known.starts_with("W/")) known.remove_prefix(2);
    return known == tag;
}

/// The range to send; nothing when the whole is sent.
std::optional<ByteRange> rangeOf(const Site& site, const AssetRequest& request, const Asset& asset,
                                 std::string_view tag) {
    if (site.strict || !request.range || !equalsIgnoringCase(request.method, "GET")) return std::nullopt;
    if (request.ifRange && *request.ifRange != tag) return std::nullopt;
    if (!acceptsIdentity(request.acceptEncoding)) return std::nullopt;
    return parseRange(*request.range, asset.size);
}

/// The encoding chosen, and what it says to caches. The parts of a text that is sent in several forms are of
/// one form.
void describeForm(AssetAnswer& answer, const Asset& asset) {
    if (answer.encoding != Encoding::identity)
        answer.headers.emplace_back("Content-Encoding", nameOf(answer.encoding));
    if (asset.gzip > 0 || asset.brotli > 0) answer.headers.emplace_back("Vary", varies);
}

std::uint64_t bytesOf(const Asset& asset, Encoding encoding) {
    switch (encoding) {
    case Encoding::gzip:
        return asset.gzip;
    case Encoding::brotli:
        return asset.brotli;
    case Encoding::identity:
        break;
    }
    return asset.size;
}

std::optional<api::AssetKey> formsToFind(const AssetRequest& request, const Asset& asset) {
    return asset.formsKnown || !acceptsCompressed(request.acceptEncoding) ? std::nullopt
                                                                          : std::optional(asset.key);
}

/// 406: the client takes no form that there is.
AssetAnswer refusal(const AssetRequest& request, const Asset& asset) {
    auto answer = answerOf(notAcceptable);
    answer.findForms = formsToFind(request, asset);
    return answer;
}

void describeCaching(AssetAnswer& answer, const AssetRequest& request) {
    const bool encoded = answer.encoding != Encoding::identity;
    const bool cacheable = !request.authorized && !request.range;
    if (!encoded && !cacheable) return;
    std::string value = encoded ? "no-transform" : "";
    if (encoded && cacheable) value += ", ";
    if (cacheable) value += cacheControl;
    answer.headers.emplace_back("Cache-Control", std::move(value));
}

std::string contentRange(const ByteRange& range, std::uint64_t size) {
    const auto whole = std::to_string(size);
    if (!range.satisfiable) return "bytes */" + whole;
    return "bytes " + std::to_string(range.from) + '-' + std::to_string(range.from + range.length - 1) + '/' +
           whole;
}

bool isHtml(const Asset& asset) {
    constexpr std::string_view type = "text/html";
    return equalsIgnoringCase(asset.contentType.substr(0, type.size()), type);
}

/// The type that came with the upload; nothing of it that would end the header early. Texts that do not say
/// otherwise are UTF-8, as with the original's local server.
std::string typeOf(const Asset& asset) {
    const auto breaks = [](char c) { return c == '\x7F' || static_cast<unsigned char>(c) < 0x20U; };
    const auto& type = asset.contentType;
    const bool bad = type.empty() || std::any_of(type.begin(), type.end(), breaks);
    if (bad) return "application/octet-stream";
    constexpr std::string_view text = "text/";
    const bool saysIt = lowered(type).find("charset") != std::string::npos;
    const bool isText = equalsIgnoringCase(std::string_view(type).substr(0, text.size()), text);
    return isText && !saysIt ? std::string(type) + "; charset=utf-8" : std::string(type);
}

/// Early hints: what the page will want, once that is known.
void addLinks(AssetAnswer& answer, const Site& site) {
    if (site.links == nullptr || answer.status != okStatus || !answer.asset || !isHtml(*answer.asset)) return;
    auto link = site.links->linkOf(answer.asset->key);
    if (!link)
        answer.scanForLinks = true;
    else if (!link->empty())
        setHeader(answer.headers, "Link", std::move(*link));
}

/// Joins the value to the one that is there; a second cookie is a header of its own.
void addHeader(HeaderList& headers, std::string_view name, const std::string& value) {
    const auto same = std::find_if(headers.begin(), headers.end(), [name](const auto& header) {
        return equalsIgnoringCase(header.first, name);
    });
    if (same == headers.end() || name == "set-cookie")
        headers.emplace_back(name, value);
    else
        same->second.append(", ").append(value);
}

bool contains(std::string_view text, std::string_view part) {
    return lowered(text).find(part) != std::string::npos;
}

/// What a rule says about other things may not make a compressed form look like the plain one to caches.
void keepVarying(AssetAnswer& answer) {
    if (!answer.asset || (answer.asset->gzip == 0 && answer.asset->brotli == 0)) return;
    const auto vary = headerOf(answer.headers, "Vary");
    if (vary && (contains(*vary, "accept-encoding") || vary->find('*') != std::string_view::npos)) return;
    addHeader(answer.headers, "Vary", std::string(varies));
}

/// The first rule that sets a name replaces what was there, later ones add to it.
void applyRules(AssetAnswer& answer, const HeaderMatches& matches, const Steps& steps) {
    std::unordered_set<std::string_view> isSet;
    for (const auto& match : matches) {
        steps.tell("The rule ", match.rule->path, " of _headers applies");
        for (const auto& name : match.rule->removed)
            removeHeader(answer.headers, name);
        for (const auto& [name, value] : match.set) {
            if (isSet.insert(name).second)
                setHeader(answer.headers, name, value);
            else
                addHeader(answer.headers, name, value);
        }
    }
}

}  // namespace

void removeHeader(HeaderList& headers, std::string_view name) {
    std::erase_if(headers, [&](const auto& header) { return equalsIgnoringCase(header.first, name); });
}

void setHeader(HeaderList& headers, std::string_view name, std::string value) {
    removeHeader(headers, name);
    headers.emplace_back(name, std::move(value));
}

std::optional<std::string_view> headerOf(const HeaderList& headers, std::string_view name) {
    for (const auto& [key, value] : headers)
        if (equalsIgnoringCase(key, name)) return value;
    return std::nullopt;
}

AssetAnswer redirectAnswer(int status, std::string location) {
    auto answer = answerOf(status);
    if (status != permanentStatus) {
        answer.text = "Redirecting to " + location;
        answer.headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
    }
    answer.headers.emplace_back("Location", std::move(location));
    return answer;
}

AssetAnswer assetAnswer(const Site& site, const AssetRequest& request, const Asset& asset,
                        const Steps& steps) {
    const auto encoding = chooseEncoding(request.acceptEncoding, asset);
    if (!encoding) {
        steps.tell("The client accepts no form that the file is kept in: 406");
        return refusal(request, asset);
    }
    const std::string tag = '"' + asset.key.hex() + '"';
    if (isUnchanged(request, tag)) {
        steps.tell("The client has this very file already: 304");
        return answerOf(notModified);
    }
    const auto range = rangeOf(site, request, asset, tag);
    if (range && !range->satisfiable) {
        steps.tell("The range asked for lies behind the end of the file: 416");
        auto answer = answerOf(rangeStatus);
        answer.headers.emplace_back("Content-Range", contentRange(*range, asset.size));
        return answer;
    }
    auto answer = answerOf(range ? partialStatus : okStatus);
    answer.asset = asset;
    answer.encoding = range ? Encoding::identity : *encoding;
    answer.from = range ? range->from : 0;
    answer.length = range ? range->length : bytesOf(asset, *encoding);
    if (!range) answer.findForms = formsToFind(request, asset);
    answer.headers.emplace_back("Content-Type", typeOf(asset));
    // A compressed form has other bytes than those that the tag stands for.
    answer.headers.emplace_back("ETag", answer.encoding == Encoding::identity ? tag : "W/" + tag);
    describeForm(answer, asset);
    describeCaching(answer, request);
    // Ranges are of the plain bytes: who goes on with a compressed body would join two things.
    if (!site.strict && answer.encoding == Encoding::identity)
        answer.headers.emplace_back("Accept-Ranges", "bytes");
    if (range) answer.headers.emplace_back("Content-Range", contentRange(*range, asset.size));
    if (site.preview) answer.headers.emplace_back("X-Robots-Tag", "noindex");
    return answer;
}

AssetAnswer errorPageAnswer(const AssetRequest& request, const Asset& page) {
    const auto encoding = chooseEncoding(request.acceptEncoding, page);
    if (!encoding) return refusal(request, page);
    auto answer = answerOf(notFound);
    answer.asset = page;
    answer.encoding = *encoding;
    answer.length = bytesOf(page, *encoding);
    answer.findForms = formsToFind(request, page);
    answer.headers.emplace_back("Content-Type", typeOf(page));
    describeForm(answer, page);
    return answer;
}

bool keepsPlain(const HeaderMatches& matches) {
    constexpr std::string_view encoding = "content-encoding";
    const auto says = [&](const HeaderRules::Match& match) {
        return std::any_of(match.set.begin(), match.set.end(),
                           [&](const auto& header) {
                               return header.first == encoding || (header.first == "cache-control" &&
                                                                   contains(header.second, "no-transform"));
                           }) ||
               std::any_of(match.rule->removed.begin(), match.rule->removed.end(),
                           [&](const auto& name) { return equalsIgnoringCase(name, encoding); });
    };
    return std::any_of(matches.begin(), matches.end(), says);
}

void addCommonHeaders(AssetAnswer& answer, const Site& site, const HeaderMatches& matches,
                      const Steps& steps) {
    if (headerOf(answer.headers, "Content-Type"))
        answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
    answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
    answer.headers.emplace_back("Referrer-Policy", "strict-origin-when-cross-origin");
    addLinks(answer, site);
    applyRules(answer, matches, steps);
    keepVarying(answer);
    if (answer.status == notFound) setHeader(answer.headers, "Cache-Control", "no-store");
}

}  // namespace stepwell::engine::pages
