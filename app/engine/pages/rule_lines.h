#pragma once

#include "app/engine/pages/rule_message.h"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What the parsers of `_headers` and `_redirects` share.
namespace stepwell::engine::pages {

/// A file of rules, line by line.
class RuleLines {
  public:
    explicit RuleLines(std::string_view text)
        : rest_(text) {}

    /// Goes to the next line that is neither empty nor a comment; false at the end. Lines that are too long
    /// are passed over, and reported.
    bool next(std::vector<RuleMessage>& invalid);

    std::string_view line() const { return line_; }  ///< trimmed
    std::size_t number() const { return number_; }   ///< counted from 1
    /// Lines from this one to the end of the file.
    std::size_t remaining() const;

  private:
    bool advance();

    std::string_view rest_;
    std::string_view line_;
    std::size_t number_ = 0;
    bool atEnd_ = false;
};

/// Adds a message; after a thousand, one more says that others are left out.
void report(std::vector<RuleMessage>& messages, RuleMessage message);

enum class Hosts { refused, withoutPort, withPort };
enum class Tails { dropped, kept };  ///< query and fragment

/// A path, or a path behind `https://` and a host, as it is stored and compared. The reason why it is none
/// otherwise.
tl::expected<std::string, std::string> ruleUrl(std::string_view token, Hosts hosts, Tails tails);

/// Whether the path of a rule has a `*` or a placeholder.
bool isDynamic(std::string_view path);

}  // namespace stepwell::engine::pages
