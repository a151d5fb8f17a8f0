#include "app/engine/store/blob_store.h"

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace stepwell::engine {

namespace {

/// A file descriptor that closes itself.
class File {
  public:
    File(const std::filesystem::path& path, int flags)
        : m_fd(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (m_fd >= 0) ::close(m_fd);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    bool valid() const { return m_fd >= 0; }
    bool sync() const { return ::fsync(m_fd) == 0; }
    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto written = ::write(m_fd, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

  private:
    int m_fd;
};

tl::unexpected<api::Error> failed(const std::filesystem::path& path) {
    return api::fail(507, api::code::storage,
                     "Could not write " + path.string() + ": " + std::strerror(errno) +
                         ". Nothing was stored; make room on the disk and try again.");
}

bool syncFolder(const std::filesystem::path& dir) {
    const File folder(dir, O_RDONLY | O_DIRECTORY);
    return folder.valid() && folder.sync();
}

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
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        hex += digits[digest.at(i) >> 4U];
        hex += digits[digest.at(i) & 0xFU];
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
        if (!syncFolder(target.parent_path()) || !syncFolder(m_dir)) return failed(target);
        return digest;
    }
    std::filesystem::create_directories(target.parent_path(), error);
    const auto temporary = temporaryFor(target);
    {
        const File file(temporary, O_WRONLY | O_CREAT | O_EXCL);
        if (!file.valid() || !file.write(bytes) || !file.sync()) {
            const auto result = failed(target);
            std::filesystem::remove(temporary, error);
            return result;
        }
    }
    if (::rename(temporary.c_str(), target.c_str()) != 0 || !syncFolder(target.parent_path()) ||
        !syncFolder(m_dir))
        return failed(target);
    return digest;
}

BlobBatch::~BlobBatch() {
    std::error_code ignored;
    for (const auto& file : m_written)
        std::filesystem::remove(file.temporary, ignored);
}

api::Result<std::string> BlobBatch::add(std::string_view bytes) {
    const auto digest = sha256Hex(bytes);
    const auto target = m_store.path(digest);
    if (!m_targets.insert(target).second) return digest;
    std::error_code error;
    std::filesystem::create_directories(target.parent_path(), error);
    m_folders.insert(target.parent_path());
    if (std::filesystem::exists(target, error)) return digest;
    m_written.push_back({temporaryFor(target), target});
    const File file(m_written.back().temporary, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.valid() || !file.write(bytes)) return failed(target);
    return digest;
}

api::Result<void> BlobBatch::commit() {
    for (const auto& file : m_written)
        if (!File(file.temporary, O_RDONLY).sync()) return failed(file.target);
    for (const auto& file : m_written)
        if (::rename(file.temporary.c_str(), file.target.c_str()) != 0) return failed(file.target);
    m_written.clear();
    for (const auto& folder : m_folders)
        if (!syncFolder(folder)) return failed(folder);
    if (!m_folders.empty() && !syncFolder(m_store.dir())) return failed(m_store.dir());
    return {};
}

}  // namespace stepwell::engine
