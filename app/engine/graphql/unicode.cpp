#include "app/engine/graphql/unicode.h"

#include <cstdint>
#include <optional>

namespace stepwell::engine::graphql {

namespace {

constexpr std::string_view simpleEscapes = "\"\\/bfnrt";
constexpr std::string_view simpleValues = "\"\\/\b\f\n\r\t";
constexpr std::size_t fixedEscape = 6;  // \uXXXX
constexpr std::uint32_t lastCodePoint = 0x10FFFF;

constexpr bool isLeading(std::uint32_t code) {
    return code >= 0xD800 && code <= 0xDBFF;
}
constexpr bool isTrailing(std::uint32_t code) {
    return code >= 0xDC00 && code <= 0xDFFF;
}
constexpr bool isScalar(std::uint32_t code) {
    return code <= lastCodePoint && !isLeading(code) && !isTrailing(code);
}

/// The number that hexadecimal digits write; at most 2^28, so that it cannot overflow. Nothing when one is no
/// digit.
std::optional<std::uint32_t> hex(std::string_view digits) {
    if (digits.empty()) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : digits) {
        const bool number = c >= '0' && c <= '9';
        const char letter = static_cast<char>(c | 0x20);
        if (!number && (letter < 'a' || letter > 'f')) return std::nullopt;
        if (value > lastCodePoint) continue;
        value = value * 16 + static_cast<std::uint32_t>(number ? c - '0' : letter - 'a' + 10);
    }
    return value;
}

struct Escape {
    std::uint32_t code = 0;
    std::size_t length = 0;
};

std::optional<std::uint32_t> fixed(std::string_view text) {
    if (text.size() < fixedEscape || !text.starts_with("\\u")) return std::nullopt;
    return hex(text.substr(2, 4));
}

std::optional<Escape> braced(std::string_view text) {
    const auto end = text.find('}');
    if (end == std::string_view::npos) return std::nullopt;
    const auto code = hex(text.substr(3, end - 3));
    if (!code || !isScalar(*code)) return std::nullopt;
    return Escape{*code, end + 1};
}

std::optional<Escape> read(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    if (const auto simple = simpleEscapes.find(text[1]); simple != std::string_view::npos)
        return Escape{static_cast<unsigned char>(simpleValues[simple]), 2};
    if (text.starts_with("\\u{")) return braced(text);
    const auto code = fixed(text);
    if (!code) return std::nullopt;
    if (isScalar(*code)) return Escape{*code, fixedEscape};
    const auto second = fixed(text.substr(fixedEscape));
    if (!isLeading(*code) || !second || !isTrailing(*second)) return std::nullopt;
    return Escape{0x10000 + ((*code - 0xD800) << 10) + (*second - 0xDC00), 2 * fixedEscape};
}

void appendUtf8(std::string& out, std::uint32_t code) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace

std::size_t utf8Length(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    // Too long a form, a surrogate, or beyond the last code point.
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
    if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
    return length;
}

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = utf8Length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::size_t escapeLength(std::string_view text) {
    const auto escape = read(text);
    return escape ? escape->length : 0;
}

void appendEscaped(std::string& out, std::string_view escape) {
    if (const auto read_ = read(escape)) appendUtf8(out, read_->code);
}

}  // namespace stepwell::engine::graphql
