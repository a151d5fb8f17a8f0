#include "app/engine/store/blob_store.h"

#include "app/engine/store/durable_file.h"

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <fcntl.h>
#include <unistd.h>

namespace stepwell::engine {

namespace {

/// Beside the target, so that a rename puts it in place.
std::filesystem::path temporaryFor(const std::filesystem::path& target) {
    static std::atomic<int> counter{0};
    return target.parent_path() / (".new-" + std::to_string(::getpid()) + "-" + std::to_string(++counter));
}

}  // namespace

std::string sha256Hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return hexOf({digest.data(), size});
}

std::string hexOf(std::span<const unsigned char> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        hex += digits[byte >> 4U];
        hex += digits[byte & 0xFU];
    }
    return hex;
}

std::filesystem::path BlobStore::path(const std::string& digest) const {
    return m_dir / digest.substr(0, 2) / digest.substr(2);
}

api::Result<std::string> BlobStore::put(std::string_view bytes) const {
    const auto digest = sha256Hex(bytes);
    const auto target = path(digest);
    std::error_code error;
    if (std::filesystem::exists(target, error)) {
        // Its bytes are safe, but whoever put them may not have come to the folders yet.
        if (!syncFolder(target.parent_path()) || !syncFolder(m_dir)) return unwritten(target);
        return digest;
    }
    std::filesystem::create_directories(target.parent_path(), error);
    const auto temporary = temporaryFor(target);
    {
        const DurableFile file(temporary, O_WRONLY | O_CREAT | O_EXCL);
        if (!file.valid() || !file.write(bytes) || !file.sync()) {
            const auto result = unwritten(target);
            std::filesystem::remove(temporary, error);
            return result;
        }
    }
    if (::rename(temporary.c_str(), target.c_str()) != 0 || !syncFolder(target.parent_path()) ||
        !syncFolder(m_dir))
        return unwritten(target);
    return digest;
}

}  // namespace stepwell::engine
