#include "app/engine/http/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace stepwell::engine::http {

namespace {

constexpr std::size_t mostPairs = 64;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Bytes that a lead byte announces and the range its second byte must lie in (overlong forms, surrogates and
/// values above U+10FFFF are outside).
struct Lead {
    std::size_t length;
    unsigned char low, high;
};
Lead leadOf(unsigned char c) {
    if (c < 0x80) return {1, 0, 0};
    if (c < 0xC2) return {0, 0, 0};
    if (c < 0xE0) return {2, 0x80, 0xBF};
    if (c == 0xE0) return {3, 0xA0, 0xBF};
    if (c == 0xED) return {3, 0x80, 0x9F};
    if (c < 0xF0) return {3, 0x80, 0xBF};
    if (c == 0xF0) return {4, 0x90, 0xBF};
    if (c < 0xF4) return {4, 0x80, 0xBF};
    if (c == 0xF4) return {4, 0x80, 0x8F};
    return {0, 0, 0};
}

}  // namespace

std::optional<std::string> percentDecode(std::string_view text, bool plusIsSpace) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plusIsSpace) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hexDigit(text[i + 1]);
            const int low = hexDigit(text[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::optional<Pairs> parseQuery(std::string_view query) {
    Pairs pairs;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto item = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (item.empty()) continue;
        if (pairs.size() == mostPairs) return std::nullopt;
        const auto equals = std::min(item.find('='), item.size());
        auto key = percentDecode(item.substr(0, equals), true);
        auto value = percentDecode(item.substr(std::min(equals + 1, item.size())), true);
        if (!key || !value) return std::nullopt;
        pairs.emplace_back(std::move(*key), std::move(*value));
    }
    return pairs;
}

std::string toBase64Url(std::string_view bytes) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(c);
        count += 8;
        while (count >= 6) {
            count -= 6;
            out += alphabet[bits >> static_cast<unsigned>(count) & 63U];
        }
    }
    if (count > 0) out += alphabet[bits << static_cast<unsigned>(6 - count) & 63U];
    return out;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> static_cast<unsigned>(count) & 255U);
        }
    }
    return out;
}

std::size_t utf8Length(std::string_view text) {
    if (text.empty()) return 0;
    const auto lead = leadOf(static_cast<unsigned char>(text[0]));
    if (lead.length <= 1) return lead.length;
    if (text.size() < lead.length) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    if (second < lead.low || second > lead.high) return 0;
    for (std::size_t i = 2; i < lead.length; ++i)
        if (!isContinuation(text[i])) return 0;
    return lead.length;
}

std::string_view firstCharacters(std::string_view utf8, std::size_t characters) {
    if (utf8.size() <= characters) return utf8;
    std::size_t end = 0;
    for (std::size_t seen = 0; seen < characters && end < utf8.size(); ++seen)
        end += std::max<std::size_t>(1, utf8Length(utf8.substr(end)));
    return utf8.substr(0, end);
}

}  // namespace stepwell::engine::http
