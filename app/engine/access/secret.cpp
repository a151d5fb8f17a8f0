#include "app/engine/access/secret.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include <array>

namespace stepwell::engine::access {

namespace {

template <std::size_t size>
std::string randomHex() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, size> bytes{};
    // Up to 256 bytes the call neither fails nor falls short once the system's source is seeded.
    while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
    std::string out;
    out.reserve(2 * size);
    for (const auto byte : bytes) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

}  // namespace

std::string newSecret() {
    return std::string(tokenPrefix) + randomHex<32>();
}

std::string newId() {
    return randomHex<16>();
}

std::string hashOf(std::string_view secret) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(secret.data(), secret.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace stepwell::engine::access
