#include "models/import/ignore_patterns.h"

#include <algorithm>

namespace stepwell {

namespace {

/// What is left of a set behind its bracket, and whether `c` is in it; the glob stays when it has no end.
bool takeSet(std::string_view& glob, char c) {
    auto rest = glob.substr(1);
    const bool negated = !rest.empty() && (rest.front() == '!' || rest.front() == '^');
    if (negated) rest.remove_prefix(1);
    const auto end = rest.find(']', 1);
    if (end == std::string_view::npos) {
        const bool same = c == '[';
        glob.remove_prefix(1);
        return same;
    }
    const auto set = rest.substr(0, end);
    glob = rest.substr(end + 1);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        const bool range = i + 2 < set.size() && set[i + 1] == '-';
        found = found || (range ? set[i] <= c && c <= set[i + 2] : set[i] == c);
        if (range) i += 2;
    }
    return found != negated && c != '/';
}

enum class Takes { inPart, anything, wholeParts };

/// Where to go on when a later character does not fit.
struct Retry {
    std::string_view glob;
    std::string_view path;
    Takes takes = Takes::inPart;
    bool any = false;  ///< there is a star to go back to
};

/// Goes back to the star and lets it take one more.
bool goBack(Retry& retry, std::string_view& glob, std::string_view& path) {
    if (!retry.any || retry.path.empty()) return false;
    std::size_t more = 1;
    if (retry.takes == Takes::inPart && retry.path.front() == '/') return false;
    if (retry.takes == Takes::wholeParts) {
        const auto slash = retry.path.find('/');
        if (slash == std::string_view::npos) return false;
        more = slash + 1;
    }
    retry.path.remove_prefix(more);
    glob = retry.glob;
    path = retry.path;
    return true;
}

/// One `*` of a part goes back to itself, and when that does not help to the `**` before it: two places to go
/// back to are enough, so no pattern takes long.
bool globMatches(std::string_view glob, std::string_view path) {
    Retry star, stars;
    for (;;) {
        if (glob.starts_with("**")) {
            const bool parts = glob.starts_with("**/");
            glob.remove_prefix(parts ? 3 : 2);
            stars = {glob, path, parts ? Takes::wholeParts : Takes::anything, true};
            star = {};
            continue;
        }
        if (glob.starts_with('*')) {
            glob.remove_prefix(1);
            star = {glob, path, Takes::inPart, true};
            continue;
        }
        if (path.empty() && glob.empty()) return true;
        bool fits = false;
        if (!path.empty() && !glob.empty()) {
            const char c = path.front();
            if (glob.front() == '[') {
                fits = takeSet(glob, c);
            } else {
                if (glob.front() == '\\' && glob.size() > 1) glob.remove_prefix(1);
                fits = glob.front() == c || (glob.front() == '?' && c != '/');
                glob.remove_prefix(1);
            }
            path.remove_prefix(1);
        }
        if (fits) continue;
        if (goBack(star, glob, path)) continue;
        if (!goBack(stars, glob, path)) return false;
        star = {};
    }
}

std::string_view nameOf(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

IgnorePatterns::IgnorePatterns(const std::vector<std::string>& lines) {
    for (std::string_view line : lines) {
        while (line.ends_with(' ') && !line.ends_with("\\ "))
            line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        Pattern pattern;
        pattern.taken = line.front() != '!';
        if (!pattern.taken) line.remove_prefix(1);
        pattern.folder = line.ends_with('/');
        if (pattern.folder) line.remove_suffix(1);
        pattern.rooted = line.find('/') != std::string_view::npos;
        if (line.starts_with('/')) line.remove_prefix(1);
        pattern.glob = line;
        if (!line.empty()) m_patterns.push_back(std::move(pattern));
    }
}

bool IgnorePatterns::matchesAlone(std::string_view path, Kind kind) const {
    bool matched = false;
    for (const auto& pattern : m_patterns) {
        if (pattern.folder && kind == Kind::file) continue;
        if (matched == pattern.taken) continue;
        if (globMatches(pattern.glob, pattern.rooted ? path : nameOf(path))) matched = pattern.taken;
    }
    return matched;
}

bool IgnorePatterns::matches(std::string_view path) const {
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1))
        if (matchesAlone(path.substr(0, slash), Kind::folder)) return true;
    return matchesAlone(path, Kind::file);
}

}  // namespace stepwell
