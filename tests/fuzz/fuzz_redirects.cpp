// A _redirects file behind the target of a request: the first line is the target, the rest the file.
#include "app/engine/pages/location.h"
#include "app/engine/pages/redirects_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace stepwell::engine::pages;

namespace {

constexpr std::size_t mostStatic = 2000, mostDynamic = 100, mostMessages = 1001;

void require(bool holds) {
    if (!holds) std::abort();
}

void checkLocation(const RedirectRules::Match& match, const Destination& destination) {
    const auto& location = destination.location;
    require(destination.path.starts_with('/'));
    require(std::none_of(location.begin(), location.end(),
                         [](char c) { return c == '\x7F' || static_cast<unsigned char>(c) <= 0x20U; }));
    // Whatever stands in the request, a rule for a path of this site leads to this site.
    if (match.dynamic && leadsToThisSite(match.rule->to))
        require(location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(input.find('\n'), input.size());
    const auto file = parseRedirectsFile(input.substr(std::min(end + 1, input.size())));
    require(file.staticRules.size() <= mostStatic && file.dynamicRules.size() <= mostDynamic);
    require(file.invalid.size() <= mostMessages);
    for (const auto& rule : file.staticRules)
        require(rule.from.starts_with('/') && (rule.to.starts_with('/') || rule.to.starts_with("https://")));
    const RedirectRules rules(file);
    const auto url = requestUrl("http", "site.localhost:8790", input.substr(0, end));
    require(url.path.starts_with('/'));
    const auto match = rules.match(url.host, url.path);
    if (!match) return 0;
    if (const auto destination = destinationOf(*match, url)) checkLocation(*match, *destination);
    return 0;
}
