#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepwell::engine::pages {

/// What placeholders and the splat of a pattern stood for, in the order of the pattern. The texts look into
/// the pattern and into what was matched.
using Captures = std::vector<std::pair<std::string_view, std::string_view>>;

/// The path of a rule: `*` stands for any text, `:name` for one or more characters but `/` (and `.` in the
/// host part). Anchored at both ends, case-sensitive.
class RulePattern {
  public:
    /// Nothing for a path that names one placeholder twice, or has more than some sixty of them: such a rule
    /// matches nothing.
    static std::optional<RulePattern> compile(std::string_view path);

    /// Whether the pattern has a host: then it is matched against `https://` + host name + path.
    bool hasHost() const { return hasHost_; }
    /// Nothing when it does not match. As much as possible goes to the left. The time is bounded by the
    /// product of both lengths.
    std::optional<Captures> match(std::string_view text) const;

  private:
    enum class Kind { literal, splat, pathPart, hostPart };
    struct Token {
        Kind kind;
        std::string text;  ///< of a literal; else the name
    };
    struct Run;

    /// For patterns of one capture or none, when text begins and ends as they do: the lengths of that.
    std::optional<Captures> matchOne(std::string_view text, std::size_t before, std::size_t after) const;
    static void splitAt(std::vector<Token>& tokens, std::string_view name, Kind kind);

    std::vector<Token> tokens_;
    bool hasHost_ = false;
};

/// `text` with `:name` of every capture replaced by what it stands for. Names that were not captured stay.
/// Nothing when the result would be longer than 32 KiB.
std::optional<std::string> withCaptures(std::string_view text, const Captures& captures);

}  // namespace stepwell::engine::pages
