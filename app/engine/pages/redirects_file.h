#pragma once

#include "app/engine/pages/rule_message.h"
#include "app/engine/pages/rule_pattern.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stepwell::engine::pages {

/// One line of `_redirects`.
struct RedirectRule {
    std::string from;  ///< encoded path
    std::string to;    ///< path or https URL, with query and fragment
    int status = 302;  ///< 200 (serve another path), 301, 302, 303, 307 or 308
    std::size_t lineNumber = 0;

    friend bool operator==(const RedirectRule&, const RedirectRule&) = default;
};

/// A parsed `_redirects`: at most 2,000 static rules and 100 dynamic ones, one per path.
struct RedirectsFile {
    std::vector<RedirectRule> staticRules;   ///< found by path alone
    std::vector<RedirectRule> dynamicRules;  ///< matched in order, when no static rule has the path
    std::vector<RuleMessage> invalid;
    std::vector<RuleMessage> notes;  ///< about rules that hold, but could be had cheaper
};

/// Never fails: lines that say nothing are told in `invalid`.
RedirectsFile parseRedirectsFile(std::string_view text);

/// Redirects ready to be matched: one hash probe for all static rules. Immutable: any thread.
class RedirectRules {
  public:
    RedirectRules() = default;
    RedirectRules(const std::vector<RedirectRule>& staticRules,
                  const std::vector<RedirectRule>& dynamicRules);
    explicit RedirectRules(const RedirectsFile& file)
        : RedirectRules(file.staticRules, file.dynamicRules) {}

    bool empty() const { return static_.empty() && dynamic_.empty(); }

    struct Match {
        const RedirectRule* rule;  ///< lives as long as these rules
        bool dynamic = false;
        std::string target;  ///< of the rule, with what its placeholders stand for
    };
    /// `host` with port, as in the Host header; `path` encoded.
    std::optional<Match> match(std::string_view host, std::string_view path) const;

  private:
    struct Compiled {
        RedirectRule rule;
        RulePattern pattern;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    const RedirectRule* findStatic(std::string_view host, std::string_view path) const;

    std::unordered_map<std::string, RedirectRule, Hash, std::equal_to<>> static_;
    bool anyHosts_ = false;  ///< some static path has a host in front
    std::vector<Compiled> dynamic_;
};

}  // namespace stepwell::engine::pages
