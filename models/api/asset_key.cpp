#include "models/api/asset_key.h"

#include "models/api/base64_text.h"

#include <algorithm>
#include <blake3.h>

namespace stepwell::api {

namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";

/// Bytes whose base64 text goes to BLAKE3 at once: a power of two of its chunks of 1,024, so that all SIMD
/// lanes have work, and small enough for the cache.
constexpr std::size_t pieceBytes = 48 * 1024;

int valueOf(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

}  // namespace

std::string AssetKey::hex() const {
    std::string text(bytes.size() * 2, '0');
    auto* to = text.data();
    for (const std::uint8_t byte : bytes) {
        *to++ = hexDigits[byte >> 4U];
        *to++ = hexDigits[byte & 15U];
    }
    return text;
}

std::optional<AssetKey> parseAssetKey(std::string_view hex) {
    AssetKey key;
    if (hex.size() != key.bytes.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < key.bytes.size(); ++i) {
        const int high = valueOf(hex[2 * i]);
        const int low = valueOf(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        key.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return key;
}

std::string_view extensionOf(std::string_view path) {
    const auto slash = path.rfind('/');
    const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return name.substr(dot + 1);
}

struct AssetHasher::State {
    blake3_hasher hasher;
    std::size_t waiting = 0;  ///< bytes in `piece` that are not hashed yet
    std::array<char, pieceBytes> piece;
    std::array<char, base64Length(pieceBytes)> text;

    void hash(std::string_view bytes) {
        writeBase64(bytes, text.data());
        blake3_hasher_update(&hasher, text.data(), base64Length(bytes.size()));
    }
};

AssetHasher::AssetHasher()
    : state_(std::make_unique_for_overwrite<State>()) {
    blake3_hasher_init(&state_->hasher);
}

AssetHasher::~AssetHasher() = default;
AssetHasher::AssetHasher(AssetHasher&&) noexcept = default;
AssetHasher& AssetHasher::operator=(AssetHasher&&) noexcept = default;

void AssetHasher::add(std::string_view bytes) {
    auto& state = *state_;
    while (!bytes.empty()) {
        if (state.waiting == 0 && bytes.size() >= pieceBytes) {
            state.hash(bytes.substr(0, pieceBytes));
            bytes.remove_prefix(pieceBytes);
            continue;
        }
        const auto taken = std::min(bytes.size(), pieceBytes - state.waiting);
        std::copy_n(bytes.data(), taken, state.piece.data() + state.waiting);
        state.waiting += taken;
        bytes.remove_prefix(taken);
        if (state.waiting < pieceBytes) return;
        state.hash({state.piece.data(), pieceBytes});
        state.waiting = 0;
    }
}

AssetKey AssetHasher::finish(std::string_view path) {
    auto& state = *state_;
    state.hash({state.piece.data(), state.waiting});
    const auto extension = extensionOf(path);
    blake3_hasher_update(&state.hasher, extension.data(), extension.size());
    AssetKey key;
    blake3_hasher_finalize(&state.hasher, key.bytes.data(), key.bytes.size());
    blake3_hasher_reset(&state.hasher);
    state.waiting = 0;
    return key;
}

AssetKey assetKey(std::string_view bytes, std::string_view path) {
    AssetHasher hasher;
    hasher.add(bytes);
    return hasher.finish(path);
}

}  // namespace stepwell::api
