#include "app/engine/pages/headers_file.h"

#include "app/engine/pages/rule_lines.h"
#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace stepwell::engine::pages {

namespace {

/// Rules that are finished when the next begins; the one that is open then still counts.
constexpr std::size_t mostRules = 100;

bool isTokenCharacter(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

bool isHeaderName(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), isTokenCharacter);
}

/// UTF-8 whose characters all fit in a byte, without control characters.
bool isHeaderValue(std::string_view value) {
    constexpr unsigned highestLead = 0xC3;  // of U+00C0 to U+00FF
    const auto fits = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return c == '\t' || (byte >= 0x20U && byte < 0x7FU) || (byte >= 0x80U && byte <= highestLead);
    };
    return std::all_of(value.begin(), value.end(), fits) && isUtf8(value);
}

/// A rule of these would break the message itself.
bool framesTheMessage(std::string_view name) {
    constexpr std::array<std::string_view, 8> names = {
        "connection", "content-length",    "keep-alive", "proxy-connection",
        "te",         "transfer-encoding", "trailer",    "upgrade"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// "/..." or "scheme://..."
bool looksLikePath(std::string_view line) {
    if (line.starts_with('/')) return true;
    const auto mark = line.find("://", 1);
    return mark != std::string_view::npos && words(line.substr(0, mark)).front().size() == mark;
}

class Parser {
  public:
    explicit Parser(std::string_view text)
        : lines_(text) {}

    HeadersFile parse() {
        while (lines_.next(file_.invalid)) {
            const auto line = lines_.line();
            if (looksLikePath(line)) {
                if (finished_ >= mostRules) {
                    report(file_.invalid, {{}, {}, tooMany()});
                    break;
                }
                closeRule(lines_.number());
                openRule(line);
            } else if (line.find(':') != std::string_view::npos) {
                addHeader(line);
            } else {
                addRemoval(line);
            }
        }
        closeRule({});
        return std::move(file_);
    }

  private:
    enum class State { noRule, inRule, skipping };

    std::string tooMany() const {
        return "Maximum number of rules supported is 100. Skipping remaining " +
               std::to_string(lines_.remaining()) + " lines of the file.";
    }

    void complain(std::string reason) {
        report(file_.invalid, {lines_.number(), std::string(lines_.line()), std::move(reason)});
    }

    void openRule(std::string_view line) {
        state_ = State::skipping;
        auto path = ruleUrl(line, Hosts::withoutPort, Tails::dropped);
        if (!path) return complain(std::move(path.error()));
        const auto stars = std::count(path->begin(), path->end(), '*');
        if (stars > 1) return complain("Only one wildcard is allowed in a path: leave one * in it.");
        if (stars == 1 && path->find(":splat") != std::string::npos)
            return complain(
                "Cannot combine a wildcard with :splat in a path: that is what the wildcard is called.");
        state_ = State::inRule;
        open_ = HeaderRule{std::move(*path), {}, {}};
        openLine_ = line;
    }

    /// `lineNumber` is that of the next path: what the original reports for a rule without headers.
    void closeRule(std::optional<std::size_t> lineNumber) {
        if (state_ != State::inRule) return;
        state_ = State::noRule;
        if (open_.set.empty() && open_.removed.empty())
            return report(file_.invalid,
                          {lineNumber, std::string(openLine_), "No headers specified for this path."});
        ++finished_;
        const auto [place, isNew] = places_.emplace(open_.path, file_.rules.size());
        if (isNew)
            file_.rules.push_back(std::move(open_));
        else
            file_.rules[place->second] = std::move(open_);
    }

    void addRemoval(std::string_view line) {
        constexpr std::string_view mark = "! ";
        if (state_ == State::skipping) return;
        if (state_ == State::noRule)
            return complain("Expected a path beginning with / before anything else.");
        if (!line.starts_with(mark)) return complain("Expected a colon-separated header pair (name: value).");
        const auto name = line.substr(mark.size());
        if (!isHeaderName(name)) return complain("No header can have this name.");
        open_.removed.emplace_back(name);
    }

    void addHeader(std::string_view line) {
        if (state_ == State::skipping) return;
        const auto colon = line.find(':');
        const auto name = lowered(trimmed(line.substr(0, colon)));
        const auto value = trimmed(line.substr(colon + 1));
        if (name.find(' ') != std::string::npos) return complain("Header name cannot include spaces.");
        if (name.empty()) return complain("No header name specified before the colon.");
        if (value.empty()) return complain("No header value specified behind the colon.");
        if (state_ == State::noRule)
            return complain("Path should come before header (" + name + ": " + std::string(value) + ").");
        if (!isHeaderName(name)) return complain("No header can have this name.");
        if (!isHeaderValue(value))
            return complain("A header can carry only characters up to U+00FF, and no control characters.");
        if (framesTheMessage(name)) return complain("This header is set by the server alone.");
        const auto same = std::find_if(open_.set.begin(), open_.set.end(),
                                       [&](const auto& set) { return set.first == name; });
        if (same == open_.set.end())
            open_.set.emplace_back(name, value);
        else
            same->second.append(", ").append(value);
    }

    RuleLines lines_;
    HeadersFile file_;
    std::unordered_map<std::string, std::size_t> places_;  ///< of a path among the rules
    std::size_t finished_ = 0;                             ///< also those that replaced an earlier one
    State state_ = State::noRule;
    HeaderRule open_;
    std::string_view openLine_;
};

/// A host header holds more than a name of a host only when it has a port: the name itself holds no colon.
std::string_view withoutPort(std::string_view host) {
    return host.substr(0, host.find(':'));
}

}  // namespace

HeadersFile parseHeadersFile(std::string_view text) {
    return Parser(text).parse();
}

HeaderRules::HeaderRules(const std::vector<HeaderRule>& rules) {
    for (const auto& rule : rules)
        if (auto pattern = RulePattern::compile(rule.path)) rules_.push_back({rule, std::move(*pattern)});
}

std::vector<HeaderRules::Match> HeaderRules::match(std::string_view host, std::string_view path) const {
    std::vector<Match> found;
    std::string withHost;
    for (const auto& [rule, pattern] : rules_) {
        if (pattern.hasHost() && withHost.empty())
            withHost.append("https://").append(lowered(withoutPort(host))).append(path);
        const auto captures = pattern.match(pattern.hasHost() ? withHost : path);
        if (!captures) continue;
        auto& match = found.emplace_back(Match{&rule, {}});
        for (const auto& [name, value] : rule.set)
            if (auto filled = withCaptures(value, *captures))
                match.set.emplace_back(name, std::move(*filled));
    }
    return found;
}

}  // namespace stepwell::engine::pages
