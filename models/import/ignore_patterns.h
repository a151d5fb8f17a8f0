#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepwell {

/// Patterns as in .gitignore: `*` and `?` stay in one part of a path, `**` crosses them, `[a-z]` is a set, a
/// slash at the end means folders, one before that ties the pattern to the root, `!` takes paths back, the
/// last match counts, and what lies in a folder that matches does too.
class IgnorePatterns {
  public:
    explicit IgnorePatterns(const std::vector<std::string>& lines);
    bool empty() const { return m_patterns.empty(); }
    /// Whether a file matches; `path` relative, with `/` between its parts.
    bool matches(std::string_view path) const;

  private:
    struct Pattern {
        std::string glob;
        bool taken = true;  ///< not one that begins with `!`
        bool folder = false;
        bool rooted = false;
    };
    enum class Kind { file, folder };
    bool matchesAlone(std::string_view path, Kind kind) const;

    std::vector<Pattern> m_patterns;
};

}  // namespace stepwell
