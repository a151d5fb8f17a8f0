#pragma once

#include "app/engine/pages/rule_message.h"
#include "app/engine/pages/rule_pattern.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepwell::engine::pages {

/// One block of `_headers`.
struct HeaderRule {
    std::string path;  ///< encoded; with `https://host` in front for one host
    std::vector<std::pair<std::string, std::string>> set;  ///< names in lower case, in the order of the file
    std::vector<std::string> removed;                      ///< names as written

    friend bool operator==(const HeaderRule&, const HeaderRule&) = default;
};

/// A parsed `_headers`: at most 101 rules, one per path.
struct HeadersFile {
    std::vector<HeaderRule> rules;
    std::vector<RuleMessage> invalid;
};

/// Never fails: lines that say nothing are told in `invalid`. Names and values that HTTP cannot carry, and
/// headers that frame a message, are among them.
HeadersFile parseHeadersFile(std::string_view text);

/// Header rules ready to be matched. Immutable: any thread.
class HeaderRules {
  public:
    HeaderRules() = default;
    explicit HeaderRules(const std::vector<HeaderRule>& rules);

    bool empty() const { return rules_.empty(); }

    /// What a rule that matches does, values filled in.
    struct Match {
        const HeaderRule* rule;  ///< lives as long as these rules
        std::vector<std::pair<std::string_view, std::string>> set;
    };
    /// All rules that match, in the order of the file. `host` without port, `path` encoded.
    std::vector<Match> match(std::string_view host, std::string_view path) const;

  private:
    struct Compiled {
        HeaderRule rule;
        RulePattern pattern;
    };
    std::vector<Compiled> rules_;
};

}  // namespace stepwell::engine::pages
