#include "app/engine/pages/rule_lines.h"

#include "app/engine/pages/url_text.h"

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t longestLine = 2000;
constexpr std::size_t mostMessages = 1000;
constexpr std::string_view scheme = "https://";

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool endsInPort(std::string_view host) {
    const auto colon = host.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == host.size()) return false;
    return std::all_of(host.begin() + static_cast<std::ptrdiff_t>(colon) + 1, host.end(), isDigit);
}

/// A path with what may follow it.
std::string tailOf(std::string_view text, Tails tails) {
    const auto tail = parseUrlTail(text, Backslash::isText);
    return tails == Tails::kept ? tail.path + tail.query + tail.fragment : tail.path;
}

/// What stands between `https://`, with any more slashes, and the next slash; empty when the token has no
/// such start.
std::string_view hostOf(std::string_view token) {
    if (!token.starts_with(scheme)) return {};
    token.remove_prefix(std::min(token.find_first_not_of('/', scheme.size()), token.size()));
    return token.substr(0, token.find('/'));
}

}  // namespace

bool RuleLines::advance() {
    if (atEnd_) return false;
    const auto end = rest_.find('\n');
    line_ = trimmed(rest_.substr(0, end));
    atEnd_ = end == std::string_view::npos;
    rest_.remove_prefix(atEnd_ ? rest_.size() : end + 1);
    ++number_;
    return true;
}

bool RuleLines::next(std::vector<RuleMessage>& invalid) {
    while (advance()) {
        if (line_.empty() || line_.starts_with('#')) continue;
        if (line_.size() <= longestLine || utf16Length(line_) <= longestLine) return true;
        report(invalid,
               {number_,
                {},
                "Ignoring line " + std::to_string(number_) + " as it exceeds the maximum allowed length of " +
                    std::to_string(longestLine) + " characters."});
    }
    return false;
}

std::size_t RuleLines::remaining() const {
    if (atEnd_) return 1;
    return static_cast<std::size_t>(std::count(rest_.begin(), rest_.end(), '\n')) + 2;
}

void report(std::vector<RuleMessage>& messages, RuleMessage message) {
    if (messages.size() < mostMessages)
        messages.push_back(std::move(message));
    else if (messages.size() == mostMessages)
        messages.push_back({{}, {}, "More lines are wrong than are told here."});
}

tl::expected<std::string, std::string> ruleUrl(std::string_view token, Hosts hosts, Tails tails) {
    const auto host = hostOf(token);
    if (!host.empty()) {
        const auto shown = '"' + std::string(token) + '"';
        if (hosts == Hosts::refused)
            return tl::unexpected("Only relative URLs are allowed here, beginning with /: " + shown + '.');
        if (hosts == Hosts::withoutPort && endsInPort(host))
            return tl::unexpected("Specifying ports is not supported: " + shown + '.');
        auto path = token.substr(static_cast<std::size_t>(host.data() - token.data()) + host.size());
        if (path.starts_with('/')) path.remove_prefix(1);  // of two slashes behind the host one stays
        return std::string(scheme) + std::string(host) + tailOf(path, tails);
    }
    if (token.starts_with('/') || hosts == Hosts::refused) return tailOf(token, tails);
    return tl::unexpected(
        std::string("URLs should either be relative, beginning with /, or begin with https:// and a host."));
}

bool isDynamic(std::string_view path) {
    if (path.find('*') != std::string_view::npos) return true;
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    for (auto colon = path.find(':'); colon != std::string_view::npos; colon = path.find(':', colon + 1))
        if (colon + 1 < path.size() && isLetter(path[colon + 1])) return true;
    return false;
}

}  // namespace stepwell::engine::pages
