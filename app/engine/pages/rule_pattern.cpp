#include "app/engine/pages/rule_pattern.h"

#include <algorithm>
#include <unordered_set>

namespace stepwell::engine::pages {

namespace {

constexpr std::string_view scheme = "https://";
/// Of a pattern; its match costs one bit for each token and each character of the path.
constexpr std::size_t mostTokens = 128;
/// Of what placeholders are filled into: a request must not blow it up.
constexpr std::size_t longestFilled = 32 * 1024;
/// Characters with a meaning in regular expressions, one of which ends a placeholder of the host part.
constexpr std::string_view endsHostPlaceholder = "-/\\^$+?.()|[]{}";

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isNameCharacter(char c) {
    return isLetter(c) || (c >= '0' && c <= '9') || c == '_';
}

/// The name of the placeholder whose colon is at `colon`; empty when there is none.
std::string_view nameAt(std::string_view text, std::size_t colon) {
    const auto begin = colon + 1;
    if (begin >= text.size() || !isLetter(text[begin])) return {};
    auto end = begin;
    while (end < text.size() && isNameCharacter(text[end]))
        ++end;
    return text.substr(begin, end - begin);
}

std::vector<std::string> hostPlaceholders(std::string_view path) {
    std::vector<std::string> names;
    const auto end = std::min(path.find('/', scheme.size()), path.size());
    for (auto colon = path.find(':', scheme.size()); colon < end; colon = path.find(':', colon + 1)) {
        const auto name = nameAt(path, colon);
        const auto after = colon + 1 + name.size();
        if (name.empty() || after >= path.size()) continue;
        if (endsHostPlaceholder.find(path[after]) != std::string_view::npos) names.emplace_back(name);
    }
    return names;
}

/// Replaces `:name` everywhere; false when the text gets too long.
bool fill(std::string& text, std::string_view name, std::string_view value) {
    const std::string wanted = ':' + std::string(name);
    std::string plain(value);
    // The original hands the value to a replacing function to which two dollars mean one.
    for (auto at = plain.find("$$"); at != std::string::npos; at = plain.find("$$", at + 1))
        plain.erase(at, 1);
    std::string out;
    std::size_t from = 0;
    for (auto at = text.find(wanted); at != std::string::npos; at = text.find(wanted, from)) {
        out.append(text, from, at - from).append(plain);
        from = at + wanted.size();
        if (out.size() > longestFilled) return false;
    }
    out.append(text, from);
    text = std::move(out);
    return text.size() <= longestFilled;
}

}  // namespace

void RulePattern::splitAt(std::vector<Token>& tokens, std::string_view name, Kind kind) {
    const std::string wanted = ':' + std::string(name);
    std::vector<Token> out;
    for (auto& token : tokens) {
        if (token.kind != Kind::literal) {
            out.push_back(std::move(token));
            continue;
        }
        std::size_t from = 0;
        for (auto at = token.text.find(wanted); at != std::string::npos; at = token.text.find(wanted, from)) {
            out.push_back({Kind::literal, token.text.substr(from, at - from)});
            out.push_back({kind, std::string(name)});
            from = at + wanted.size();
        }
        out.push_back({Kind::literal, token.text.substr(from)});
    }
    tokens = std::move(out);
}

std::optional<RulePattern> RulePattern::compile(std::string_view path) {
    RulePattern pattern;
    pattern.hasHost_ = path.starts_with(scheme);
    auto& tokens = pattern.tokens_;
    for (auto star = path.find('*'), from = std::size_t{0};; star = path.find('*', from)) {
        tokens.push_back({Kind::literal, std::string(path.substr(from, star - from))});
        if (star == std::string_view::npos) break;
        tokens.push_back({Kind::splat, "splat"});
        from = star + 1;
    }
    if (tokens.size() > mostTokens) return std::nullopt;
    if (pattern.hasHost_)
        for (const auto& name : hostPlaceholders(path))
            splitAt(tokens, name, Kind::hostPart);
    std::vector<std::string> names;
    for (const auto& token : tokens)
        if (token.kind == Kind::literal)
            for (auto colon = token.text.find(':'); colon != std::string::npos;
                 colon = token.text.find(':', colon + 1))
                if (const auto name = nameAt(token.text, colon); !name.empty()) names.emplace_back(name);
    for (const auto& name : names) {
        splitAt(tokens, name, Kind::pathPart);
        if (tokens.size() > mostTokens) return std::nullopt;
    }
    std::erase_if(tokens,
                  [](const Token& token) { return token.kind == Kind::literal && token.text.empty(); });
    std::unordered_set<std::string_view> seen;
    for (const auto& token : tokens)
        if (token.kind != Kind::literal && !seen.insert(token.text).second) return std::nullopt;
    return pattern;
}

/// One text matched against the tokens: a table says from where the rest of the tokens matches the rest of
/// the text.
struct RulePattern::Run {
    const std::vector<Token>& tokens;
    std::string_view text;
    std::size_t width = text.size() + 1;
    std::vector<bool> fits = std::vector<bool>((tokens.size() + 1) * width);

    static bool stops(Kind kind, char c) {
        return (c == '/' && kind != Kind::splat) || (c == '.' && kind == Kind::hostPart);
    }

    bool fitsAt(std::size_t token, std::size_t at) const { return fits[token * width + at]; }

    void fillLiteral(std::size_t token) {
        const auto& literal = tokens[token].text;
        if (literal.size() > text.size()) return;
        for (std::size_t at = 0; at + literal.size() <= text.size(); ++at)
            if (fitsAt(token + 1, at + literal.size()) && text.substr(at).starts_with(literal))
                fits[token * width + at] = true;
    }

    void fillCapture(std::size_t token) {
        const auto kind = tokens[token].kind;
        bool reachable = false;  // some end further right, without a stop in between
        for (std::size_t at = width; at-- > 0;) {
            if (kind == Kind::splat) {
                reachable = reachable || fitsAt(token + 1, at);
            } else {
                reachable =
                    at < text.size() && !stops(kind, text[at]) && (reachable || fitsAt(token + 1, at + 1));
            }
            fits[token * width + at] = reachable;
        }
    }

    Captures captures() const {
        Captures found;
        std::size_t at = 0;
        for (std::size_t token = 0; token < tokens.size(); ++token) {
            const auto& [kind, name] = tokens[token];
            if (kind == Kind::literal) {
                at += name.size();
                continue;
            }
            auto end = at;
            while (end < text.size() && !stops(kind, text[end]))
                ++end;
            while (!fitsAt(token + 1, end))
                --end;
            found.emplace_back(name, text.substr(at, end - at));
            at = end;
        }
        return found;
    }
};

std::optional<Captures> RulePattern::matchOne(std::string_view text, std::size_t before,
                                              std::size_t after) const {
    const auto capture =
        std::find_if(tokens_.begin(), tokens_.end(), [](auto& token) { return token.kind != Kind::literal; });
    if (text.size() < before + after) return std::nullopt;
    const auto middle = text.substr(before, text.size() - before - after);
    if (capture == tokens_.end()) return middle.empty() ? std::optional<Captures>(Captures{}) : std::nullopt;
    const auto stops = [&](char c) { return Run::stops(capture->kind, c); };
    if (middle.empty() && capture->kind != Kind::splat) return std::nullopt;
    if (std::any_of(middle.begin(), middle.end(), stops)) return std::nullopt;
    return Captures{{capture->text, middle}};
}

std::optional<Captures> RulePattern::match(std::string_view text) const {
    if (tokens_.empty()) return text.empty() ? std::optional<Captures>(Captures{}) : std::nullopt;
    const auto& first = tokens_.front();
    const auto& last = tokens_.back();
    const auto before = first.kind == Kind::literal ? first.text.size() : 0;
    const auto after = last.kind == Kind::literal && tokens_.size() > 1 ? last.text.size() : 0;
    if (before > 0 && !text.starts_with(first.text)) return std::nullopt;
    if (after > 0 && !text.ends_with(last.text)) return std::nullopt;
    // Most patterns have one star or placeholder: what is left in the middle is what it stands for.
    const std::size_t literals = (before > 0 ? 1U : 0U) + (after > 0 ? 1U : 0U);
    if (tokens_.size() <= literals + 1) return matchOne(text, before, after);
    Run run{tokens_, text};
    run.fits[tokens_.size() * run.width + text.size()] = true;
    for (std::size_t token = tokens_.size(); token-- > 0;) {
        if (tokens_[token].kind == Kind::literal)
            run.fillLiteral(token);
        else
            run.fillCapture(token);
    }
    if (!run.fitsAt(0, 0)) return std::nullopt;
    return run.captures();
}

std::optional<std::string> withCaptures(std::string_view text, const Captures& captures) {
    std::string out(text);
    if (text.find(':') == std::string_view::npos) return out;
    for (const auto& [name, value] : captures)
        if (!fill(out, name, value)) return std::nullopt;
    return out;
}

}  // namespace stepwell::engine::pages
