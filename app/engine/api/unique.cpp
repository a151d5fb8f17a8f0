#include "app/engine/api/unique.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include <array>

namespace stepwell::engine::rest {

namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";

void appendHex(std::string& out, unsigned char byte) {
    out += hexDigits[byte >> 4U];
    out += hexDigits[byte & 15U];
}

}  // namespace

std::string newUuid() {
    std::array<unsigned char, 16> bytes{};
    // Up to 256 bytes the call neither fails nor falls short once the system's source is seeded.
    while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        appendHex(out, bytes[i]);
    }
    return out;
}

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string out;
    for (unsigned int i = 0; i < size; ++i)
        appendHex(out, digest[i]);
    return out;
}

}  // namespace stepwell::engine::rest
