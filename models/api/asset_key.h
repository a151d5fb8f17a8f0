#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepwell::api {

/// What an asset of a site is stored under, computed by whoever uploads it: 32 lower-case hex digits in the
/// API. It is half a BLAKE3 digest over the base64 text of the bytes and the extension of the file name.
struct AssetKey {
    std::array<std::uint8_t, 16> bytes{};

    std::string hex() const;
    friend bool operator==(const AssetKey&, const AssetKey&) = default;
};

/// Nothing unless the text is exactly 32 lower-case hex digits.
std::optional<AssetKey> parseAssetKey(std::string_view hex);

/// The part of a file name that goes into its key: "gz" of "a.b/archive.tar.gz", nothing of ".htaccess",
/// "name." and "name". Case is kept.
std::string_view extensionOf(std::string_view path);

/// Computes the key of one file whose bytes come in pieces; the whole is never held. Not thread-safe; one
/// hasher serves one file after the other without allocating again.
class AssetHasher {
  public:
    AssetHasher();
    ~AssetHasher();
    AssetHasher(AssetHasher&&) noexcept;
    AssetHasher& operator=(AssetHasher&&) noexcept;

    void add(std::string_view bytes);
    /// `path` is the name of the file, with or without folders, in UTF-8. Afterwards the hasher is fresh.
    AssetKey finish(std::string_view path);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

AssetKey assetKey(std::string_view bytes, std::string_view path);

}  // namespace stepwell::api

namespace std {
template <>
struct hash<stepwell::api::AssetKey> {
    /// The key is a digest: any of its bytes will do.
    std::size_t operator()(const stepwell::api::AssetKey& key) const noexcept {
        std::size_t value = 0;
        std::memcpy(&value, key.bytes.data(), sizeof value);
        return value;
    }
};
}  // namespace std
