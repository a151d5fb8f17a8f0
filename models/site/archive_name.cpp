#include "models/site/archive_name.h"

#include "models/api/site_rules.h"
#include "models/site/archive.h"

#include <array>
#include <cstdint>

namespace stepwell::site {

namespace {

constexpr std::size_t longestPath = 4096;
constexpr std::size_t longestPart = 255;

/// CP437 from 0x80 on.
constexpr std::array<char16_t, 128> upperHalf = {
    u'Ç', u'ü', u'é', u'â', u'ä', u'à', u'å', u'ç', u'ê', u'ë', u'è', u'ï', u'î', u'ì', u'Ä', u'Å',  //
    u'É', u'æ', u'Æ', u'ô', u'ö', u'ò', u'û', u'ù', u'ÿ', u'Ö', u'Ü', u'¢', u'£', u'¥', u'₧', u'ƒ',  //
    u'á', u'í', u'ó', u'ú', u'ñ', u'Ñ', u'ª', u'º', u'¿', u'⌐', u'¬', u'½', u'¼', u'¡', u'«', u'»',  //
    u'░', u'▒', u'▓', u'│', u'┤', u'╡', u'╢', u'╖', u'╕', u'╣', u'║', u'╗', u'╝', u'╜', u'╛', u'┐',  //
    u'└', u'┴', u'┬', u'├', u'─', u'┼', u'╞', u'╟', u'╚', u'╔', u'╩', u'╦', u'╠', u'═', u'╬', u'╧',  //
    u'╨', u'╤', u'╥', u'╙', u'╘', u'╒', u'╓', u'╫', u'╪', u'┘', u'┌', u'█', u'▄', u'▌', u'▐', u'▀',  //
    u'α', u'ß', u'Γ', u'π', u'Σ', u'σ', u'µ', u'τ', u'Φ', u'Θ', u'Ω', u'δ', u'∞', u'φ', u'ε', u'∩',  //
    u'≡', u'±', u'≥', u'≤', u'⌠', u'⌡', u'÷', u'≈', u'°', u'∙', u'·', u'√', u'ⁿ', u'²', u'■', u'\u00a0'};

void putUtf8(std::string& out, char16_t c) {
    if (c >= 0x800) {
        out += static_cast<char>(0xE0U | c >> 12U);
        out += static_cast<char>(0x80U | (c >> 6U & 0x3FU));
        out += static_cast<char>(0x80U | (c & 0x3FU));
    } else {
        out += static_cast<char>(0xC0U | c >> 6U);
        out += static_cast<char>(0x80U | (c & 0x3FU));
    }
}

/// Bytes of the character at the front, 0 when it is not valid.
std::size_t characterLength(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = at(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xC0U) != 0x80) return 0;
    const auto second = at(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : length;
}

bool isDrive(std::string_view path) {
    const auto letter = path.empty() ? '\0' : static_cast<char>(path[0] | 0x20);
    return path.size() >= 2 && path[1] == ':' && letter >= 'a' && letter <= 'z';
}

/// Backslashes count too: what another system takes for a step upwards is not let through either.
bool leadsUp(std::string_view path) {
    while (!path.empty()) {
        const auto end = path.find_first_of("/\\");
        if (path.substr(0, end) == "..") return true;
        if (end == std::string_view::npos) break;
        path.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = characterLength(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string decodedName(std::string_view raw) {
    if (isUtf8(raw)) return std::string(raw);
    std::string text;
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            text += c;
        else
            putUtf8(text, upperHalf.at(byte - 0x80U));
    }
    return text;
}

bool isPackersJunk(std::string_view path) {
    if (path == "__MACOSX" || path.starts_with("__MACOSX/") ||
        path.find("/__MACOSX/") != std::string_view::npos)
        return true;
    const auto name = api::baseNameOf(path);
    return name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini" || name.starts_with("._");
}

tl::expected<std::string, std::string> safePath(std::string_view path) {
    if (path.size() > longestPath) return tl::unexpected(std::string("has a path longer than 4,096 bytes"));
    if (path.find('\0') != std::string_view::npos)
        return tl::unexpected(std::string("has a NUL in its name"));
    if (path.starts_with('/') || path.starts_with('\\') || isDrive(path))
        return tl::unexpected(std::string("has an absolute path"));
    if (leadsUp(path)) return tl::unexpected(std::string("leads out of the archive"));
    std::string safe;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        const auto part = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (part.empty() || part == ".") continue;
        if (part.size() > longestPart) return tl::unexpected(std::string("has a name longer than 255 bytes"));
        if (!safe.empty()) safe += '/';
        safe += part;
    }
    return safe;
}

}  // namespace stepwell::site
