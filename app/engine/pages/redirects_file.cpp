#include "app/engine/pages/redirects_file.h"

#include "app/engine/pages/rule_lines.h"
#include "app/engine/pages/status_text.h"
#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mostStatic = 2000;
constexpr std::size_t mostDynamic = 100;
constexpr int foundStatus = 302;
constexpr int proxyStatus = 200;
constexpr std::array<int, 6> statuses = {200, 301, 302, 303, 307, 308};

bool isRelative(std::string_view to) {
    return !to.starts_with("https://");
}

bool leadsInCircles(std::string_view from, std::string_view to) {
    return isRelative(to) && (to.ends_with("/index") || to.ends_with("/index.html")) &&
           (from.ends_with('/') || from.ends_with("/*"));
}

class Parser {
  public:
    explicit Parser(std::string_view text)
        : lines_(text) {}

    RedirectsFile parse() {
        while (!full_ && lines_.next(file_.invalid))
            readLine(words(withoutComment(lines_.line())));
        return std::move(file_);
    }

  private:
    void complain(std::string reason) {
        report(file_.invalid, {lines_.number(), std::string(lines_.line()), std::move(reason)});
    }

    void readLine(const std::vector<std::string_view>& tokens) {
        if (tokens.size() != 2 && tokens.size() != 3)
            return complain("Expected exactly 2 or 3 whitespace-separated tokens. Got " +
                            std::to_string(tokens.size()) + '.');
        auto from = ruleUrl(tokens[0], Hosts::refused, Tails::dropped);
        if (!from) return complain(std::move(from.error()));
        const bool dynamic = dynamic_ > 0 || isDynamic(*from);  // behind a dynamic rule the order counts
        if (!count(dynamic)) return;
        auto to = ruleUrl(tokens[1], Hosts::withPort, Tails::kept);
        if (!to) return complain(std::move(to.error()));
        const auto status = tokens.size() == 3 ? numberOf(tokens[2]) : foundStatus;
        if (std::find(statuses.begin(), statuses.end(), status) == statuses.end())
            return complain("Valid status codes are 200, 301, 302, 303, 307 and 308. Got " +
                            std::string(tokens[2]) + '.');
        RedirectRule rule;
        rule.from = std::move(*from);
        rule.to = std::move(*to);
        rule.status = status;
        rule.lineNumber = lines_.number();
        keep(std::move(rule));
    }

    /// False when there is no room for one more rule of the kind. A line counts even when it turns out to be
    /// wrong.
    bool count(bool dynamic) {
        if (!dynamic) {
            if (++static_ <= mostStatic) return true;
            report(file_.invalid, {{},
                                   {},
                                   "Maximum number of static rules supported is 2000. Skipping line " +
                                       std::to_string(lines_.number()) + '.'});
            return false;
        }
        if (++dynamic_ <= mostDynamic) return true;
        report(file_.invalid, {{},
                               {},
                               "Maximum number of dynamic rules supported is 100. Skipping remaining " +
                                   std::to_string(lines_.remaining()) + " lines of the file."});
        full_ = true;
        return false;
    }

    void keep(RedirectRule rule) {
        if (leadsInCircles(rule.from, rule.to))
            return complain("Infinite loop detected: " + rule.to +
                            " is answered with a redirect back to its folder.");
        if (!seen_.insert(rule.from).second)
            return complain("Ignoring duplicate rule for path " + rule.from + '.');
        if (rule.status == proxyStatus && !isRelative(rule.to))
            return complain("Proxy (200) redirects can only point to relative paths. Got " + rule.to + '.');
        // It is counted behind any dynamic line, but kept behind those that hold.
        const bool dynamic = !file_.dynamicRules.empty() || isDynamic(rule.from);
        if (dynamic && !isDynamic(rule.from))
            report(file_.notes, {rule.lineNumber, std::string(lines_.line()),
                                 "This rule would be found faster above all rules with * or placeholders."});
        (dynamic ? file_.dynamicRules : file_.staticRules).push_back(std::move(rule));
    }

    RuleLines lines_;
    RedirectsFile file_;
    std::unordered_set<std::string> seen_;
    std::size_t static_ = 0, dynamic_ = 0;  ///< lines counted, wrong ones included
    bool full_ = false;
};

}  // namespace

RedirectsFile parseRedirectsFile(std::string_view text) {
    return Parser(text).parse();
}

RedirectRules::RedirectRules(const std::vector<RedirectRule>& staticRules,
                             const std::vector<RedirectRule>& dynamicRules) {
    static_.reserve(staticRules.size());
    for (const auto& rule : staticRules) {
        anyHosts_ = anyHosts_ || !rule.from.starts_with('/');
        static_.emplace(rule.from, rule);
    }
    for (const auto& rule : dynamicRules) {
        auto pattern = RulePattern::compile(rule.from);
        if (!pattern) continue;
        auto& compiled = dynamic_.emplace_back();
        compiled.rule = rule;
        compiled.pattern = std::move(*pattern);
    }
}

const RedirectRule* RedirectRules::findStatic(std::string_view host, std::string_view path) const {
    const auto find = [this](std::string_view key) {
        const auto found = static_.find(key);
        return found == static_.end() ? nullptr : &found->second;
    };
    const auto* anywhere = find(path);
    if (!anyHosts_) return anywhere;
    const auto* here = find("https://" + lowered(host) + std::string(path));
    if (here == nullptr || anywhere == nullptr) return here == nullptr ? anywhere : here;
    return here->lineNumber < anywhere->lineNumber ? here : anywhere;
}

std::optional<RedirectRules::Match> RedirectRules::match(std::string_view host, std::string_view path) const {
    if (const auto* rule = findStatic(host, path)) return Match{rule, false, rule->to};
    std::string withHost;
    for (const auto& [rule, pattern] : dynamic_) {
        if (pattern.hasHost() && withHost.empty())
            withHost.append("https://").append(lowered(host.substr(0, host.find(':')))).append(path);
        const auto captures = pattern.match(pattern.hasHost() ? withHost : path);
        if (!captures) continue;
        if (auto target = withCaptures(rule.to, *captures)) return Match{&rule, true, std::move(*target)};
    }
    return std::nullopt;
}

}  // namespace stepwell::engine::pages
