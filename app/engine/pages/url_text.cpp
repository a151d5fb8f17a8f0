#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace stepwell::engine::pages {

namespace {

constexpr std::string_view upperHex = "0123456789ABCDEF";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Bytes of the white space at the front; 0 when there is none.
std::size_t spaceAtFront(std::string_view text) {
    constexpr std::array<std::string_view, 8> wide = {"\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
                                                      "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
                                                      "\xE3\x80\x80", "\xEF\xBB\xBF"};
    if (text.empty()) return 0;
    const char c = text.front();
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (static_cast<unsigned char>(c) < 0x80U) return 0;
    for (const auto space : wide)
        if (text.starts_with(space)) return space.size();
    // U+2000 to U+200A
    if (!text.starts_with("\xE2\x80") || text.size() < 3) return 0;
    const auto last = static_cast<unsigned char>(text[2]);
    return last >= 0x80U && last <= 0x8AU ? 3 : 0;
}

std::size_t spaceAtBack(std::string_view text) {
    for (std::size_t length = 1; length <= std::min<std::size_t>(3, text.size()); ++length)
        if (spaceAtFront(text.substr(text.size() - length)) == length) return length;
    return 0;
}

/// Bytes of the well-formed character at the front, 0 when there is none.
std::size_t characterLength(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (text.empty()) return 0;
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() < length) return 0;
    // The second byte keeps out overlong forms, surrogates and what lies above U+10FFFF.
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (at(1) < low || at(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((at(i) & 0xC0U) != 0x80U) return 0;
    return length;
}

void addEscape(std::string& out, char c) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += upperHex[byte >> 4U];
    out += upperHex[byte & 15U];
}

bool isPrintable(char c) {
    return static_cast<unsigned char>(c) >= 0x20U && static_cast<unsigned char>(c) < 0x7FU;
}

void addEscaped(std::string& out, std::string_view text, std::string_view escaped) {
    for (const char c : text) {
        if (isPrintable(c) && escaped.find(c) == std::string_view::npos)
            out += c;
        else
            addEscape(out, c);
    }
}

/// What a URL parser drops before it looks.
std::string cleaned(std::string_view text) {
    const auto isControl = [](char c) { return c >= '\0' && c <= ' '; };
    while (!text.empty() && isControl(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isControl(text.back()))
        text.remove_suffix(1);
    std::string out(text);
    std::erase_if(out, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return out;
}

/// 1 for ".", 2 for "..", also when written with escapes; else 0.
int dotsOf(std::string_view segment) {
    int dots = 0;
    while (!segment.empty()) {
        const std::size_t length = segment.front() == '.'                            ? 1
                                   : equalsIgnoringCase(segment.substr(0, 3), "%2e") ? 3
                                                                                     : 0;
        if (length == 0 || ++dots > 2) return 0;
        segment.remove_prefix(length);
    }
    return dots;
}

/// Characters that stand for themselves everywhere in a URL. Not `%`, which may begin a dot segment.
constexpr std::array<bool, 256> plainCharacters() {
    std::array<bool, 256> table{};
    constexpr std::string_view marks = "-._~!$&()*+,;=:@/?";
    for (unsigned c = 0; c < table.size(); ++c)
        table[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   (c < 0x80U && marks.find(static_cast<char>(c)) != std::string_view::npos);
    return table;
}
constexpr std::array<bool, 256> isPlainCharacter = plainCharacters();

std::string normalizedPath(std::string_view path, Backslash backslash) {
    constexpr std::string_view escaped = " \"<>`{}";
    const std::string_view slashes = backslash == Backslash::isSlash ? "/\\" : "/";
    if (!path.empty() && slashes.find(path.front()) != std::string_view::npos) path.remove_prefix(1);
    std::string out;
    for (bool last = false; !last;) {
        const auto end = path.find_first_of(slashes);
        last = end == std::string_view::npos;
        const auto segment = path.substr(0, end);
        path.remove_prefix(last ? path.size() : end + 1);
        const int dots = dotsOf(segment);
        if (dots == 2 && !out.empty()) out.resize(out.rfind('/'));
        if (dots == 0 || last) out += '/';
        if (dots == 0) addEscaped(out, segment, escaped);
    }
    return out;
}

/// Whether a target is a path, and perhaps a query, that a URL parser leaves as it is. Most are.
bool isPlain(std::string_view target) {
    if (!target.starts_with('/')) return false;
    char before = 0;
    for (const char c : target) {
        if (!isPlainCharacter[static_cast<unsigned char>(c)] || (before == '/' && c == '.')) return false;
        before = c;
    }
    return true;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (const auto space = spaceAtFront(text))
        text.remove_prefix(space);
    while (const auto space = spaceAtBack(text))
        text.remove_suffix(space);
    return text;
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    for (text = trimmed(text); !text.empty();) {
        std::size_t end = 0;
        while (end < text.size() && spaceAtFront(text.substr(end)) == 0)
            ++end;
        found.push_back(text.substr(0, end));
        text.remove_prefix(end);
        while (const auto space = spaceAtFront(text))
            text.remove_prefix(space);
    }
    return found;
}

std::string_view withoutComment(std::string_view text) {
    for (auto hash = text.find('#'); hash != std::string_view::npos; hash = text.find('#', hash + 1)) {
        const auto before = text.substr(0, hash);
        if (spaceAtBack(before) > 0) return trimmed(before);
    }
    return text;
}

std::size_t utf16Length(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
    }
    return units;
}

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = characterLength(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string lowered(std::string_view ascii) {
    std::string out(ascii);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool equalsIgnoringCase(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

UrlTail parseUrlTail(std::string_view text, Backslash backslash) {
    if (isPlain(text)) {
        const auto mark = std::min(text.find('?'), text.size());
        const auto query = text.substr(mark);
        return {std::string(text.substr(0, mark)), std::string(query == "?" ? "" : query), {}};
    }
    const bool special = backslash == Backslash::isSlash;
    const std::string clean = cleaned(text);
    std::string_view rest = clean;
    UrlTail tail;
    if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
        if (hash + 1 < rest.size()) addEscaped(tail.fragment += '#', rest.substr(hash + 1), " \"<>`");
        rest = rest.substr(0, hash);
    }
    if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
        const std::string_view escaped = special ? " \"#<>'" : " \"#<>";
        if (mark + 1 < rest.size()) addEscaped(tail.query += '?', rest.substr(mark + 1), escaped);
        rest = rest.substr(0, mark);
    }
    tail.path = normalizedPath(rest, backslash);
    return tail;
}

std::optional<std::string> percentDecoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    if (!isUtf8(out)) return std::nullopt;
    return out;
}

std::string escapedSegments(std::string_view path) {
    constexpr std::string_view plain = "-_.!~*'()/";
    std::string out;
    out.reserve(path.size());
    for (const char c : path) {
        const bool letter = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
        if (letter || plain.find(c) != std::string_view::npos)
            out += c;
        else
            addEscape(out, c);
    }
    return out;
}

std::string collapsedFront(std::string_view path) {
    const auto before = path.size();
    while (!path.empty()) {
        const auto front = path.substr(0, 3);
        std::size_t length = spaceAtFront(path);
        if (path.front() == '/' || path.front() == '\\') length = 1;
        for (const std::string_view escape : {"%2f", "%5c", "%09"})
            if (equalsIgnoringCase(front, escape)) length = escape.size();
        if (length == 0) break;
        path.remove_prefix(length);
    }
    return path.size() == before ? std::string(path) : "/" + std::string(path);
}

}  // namespace stepwell::engine::pages
