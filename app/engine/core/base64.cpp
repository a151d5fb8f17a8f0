#include "app/engine/core/base64.h"

#include <array>
#include <cstdint>

namespace stepwell::engine {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t noDigit = 64;

constexpr std::array<std::uint8_t, 256> digits() {
    std::array<std::uint8_t, 256> table{};
    table.fill(noDigit);
    for (std::uint8_t i = 0; i < alphabet.size(); ++i)
        table.at(static_cast<unsigned char>(alphabet[i])) = i;
    return table;
}

}  // namespace

std::string toBase64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t at) -> std::uint32_t {
            return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
        };
        const std::uint32_t group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
        out += alphabet[group >> 18U];
        out += alphabet[group >> 12U & 63U];
        out += i + 1 < bytes.size() ? alphabet[group >> 6U & 63U] : '=';
        out += i + 2 < bytes.size() ? alphabet[group & 63U] : '=';
    }
    return out;
}

std::string fromBase64(std::string_view text) {
    static constexpr auto table = digits();
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const auto digit = table.at(static_cast<unsigned char>(c));
        if (digit == noDigit) break;
        group = group << 6U | digit;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(group >> bits & 0xFFU);
    }
    return out;
}

}  // namespace stepwell::engine
