#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace stepwell::engine::pages {

/// What the parser of `_headers` or `_redirects` has to say about a line: kept with the deployment, shown to
/// the person who wrote it.
struct RuleMessage {
    std::optional<std::size_t> lineNumber;  ///< counted from 1
    std::string line;                       ///< as written; empty for lines that are too long
    std::string reason;

    friend bool operator==(const RuleMessage&, const RuleMessage&) = default;
};

}  // namespace stepwell::engine::pages
