#include "app/engine/pages/site_forms.h"

#include "app/engine/store/blob_store.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

namespace stepwell::engine::pages {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t prefix = 2;        ///< hex digits that name a folder
constexpr std::int64_t block = 4096;     ///< what a small file takes on most disks
constexpr std::size_t part = 64 * 1024;  ///< read at once
constexpr std::string_view title = "stepwell forms 1";
constexpr std::size_t sizeDigits = 10, digestDigits = 64;
/// The title, then a size and a digest for each form, and the end of the line.
constexpr std::size_t headerBytes = title.size() + 2 * (1 + sizeDigits + 1 + digestDigits) + 1;

struct Header {
    KeptForms kept;
    std::string gzipDigest;
    std::string brotliDigest;
};

std::string formField(std::string_view form) {
    auto size = std::to_string(form.size());
    size.insert(0, sizeDigits - size.size(), '0');
    return ' ' + size + ' ' + sha256Hex(form);
}

std::optional<Header> parseHeader(std::string_view line) {
    if (line.size() != headerBytes || !line.starts_with(title) || !line.ends_with('\n')) return std::nullopt;
    line.remove_prefix(title.size());
    Header header;
    const auto takeField = [&line](std::uint32_t& bytes, std::string& digest) {
        const auto size = line.substr(1, sizeDigits);
        const auto read = std::from_chars(size.data(), size.data() + size.size(), bytes);
        digest = line.substr(1 + sizeDigits + 1, digestDigits);
        const bool spaced = line[0] == ' ' && line[1 + sizeDigits] == ' ';
        line.remove_prefix(1 + sizeDigits + 1 + digestDigits);
        return spaced && read.ec == std::errc() && read.ptr == size.data() + size.size();
    };
    const bool whole =
        takeField(header.kept.gzip, header.gzipDigest) && takeField(header.kept.brotli, header.brotliDigest);
    return whole ? std::optional(std::move(header)) : std::nullopt;
}

/// False when the file ends before.
bool readAt(const DurableFile& file, std::uint64_t start, char* to, std::size_t bytes) {
    while (bytes > 0) {
        const auto read = ::pread(file.descriptor(), to, bytes, static_cast<off_t>(start));
        if (read < 0 && errno == EINTR) continue;
        if (read <= 0) return false;
        to += read;
        start += static_cast<std::uint64_t>(read);
        bytes -= static_cast<std::size_t>(read);
    }
    return true;
}

/// Nothing when the file is not as long as its first line says.
std::optional<Header> readHeader(const DurableFile& file) {
    std::array<char, headerBytes> line{};
    struct stat status {};
    if (!file.valid() || ::fstat(file.descriptor(), &status) != 0) return std::nullopt;
    if (!readAt(file, 0, line.data(), line.size())) return std::nullopt;
    auto header = parseHeader({line.data(), line.size()});
    if (!header) return std::nullopt;
    const auto bytes = headerBytes + std::uint64_t{header->kept.gzip} + header->kept.brotli;
    return static_cast<std::uint64_t>(status.st_size) == bytes ? std::move(header) : std::nullopt;
}

bool holds(const FormFolder::Opened& form, const std::string& digest) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!hash || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1) return false;
    std::array<char, part> piece{};
    for (std::uint64_t done = 0; done < form.bytes;) {
        const auto count = std::min<std::uint64_t>(piece.size(), form.bytes - done);
        if (!readAt(*form.file, form.start + done, piece.data(), count)) return false;
        EVP_DigestUpdate(hash.get(), piece.data(), count);
        done += count;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> found{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(hash.get(), found.data(), &size);
    return hexOf({found.data(), size}) == digest;
}

std::int64_t bytesOnDisk(std::uint64_t bytes) {
    return (static_cast<std::int64_t>(bytes) + block - 1) / block * block;
}

/// What `shrink` goes by; one that fails makes it go a little earlier.
void touch(const DurableFile& file) {
    ::futimens(file.descriptor(), nullptr);
}

/// Calls `visit(file, digest)` for every file, the digest empty for what is none.
template <class Visit>
void visitFiles(const fs::path& dir, const std::atomic<bool>& stop, Visit visit) {
    std::error_code error;
    for (fs::directory_iterator folder(dir, error), end; !error && folder != end; folder.increment(error)) {
        std::error_code inner;
        for (fs::directory_iterator file(*folder, inner); !inner && file != end; file.increment(inner)) {
            if (stop) return;
            const auto digest = folder->path().filename().string() + file->path().filename().string();
            visit(*file, digest.size() == digestDigits ? digest : std::string());
        }
    }
}

}  // namespace

fs::path FormFolder::path(const std::string& digest) const {
    return m_dir / digest.substr(0, prefix) / digest.substr(prefix);
}

std::optional<KeptForms> FormFolder::find(const std::string& digest) const {
    const DurableFile file(path(digest), O_RDONLY);
    const auto header = readHeader(file);
    if (!header) return std::nullopt;
    touch(file);
    return header->kept;
}

std::optional<FormFolder::Opened> FormFolder::open(const std::string& digest, Encoding encoding) {
    Opened form;
    form.file = std::make_shared<const DurableFile>(path(digest), O_RDONLY);
    if (!form.file->valid()) return std::nullopt;
    if (const auto header = readHeader(*form.file)) {
        const bool isGzip = encoding == Encoding::gzip;
        form.start = headerBytes + (isGzip ? 0 : header->kept.gzip);
        form.bytes = header->kept.bytesOf(encoding);
        if (form.bytes > 0 && holds(form, isGzip ? header->gzipDigest : header->brotliDigest)) {
            touch(*form.file);
            return form;
        }
    }
    remove(digest);
    return std::nullopt;
}

api::Result<KeptForms> FormFolder::put(const std::string& digest, std::string_view gzip,
                                       std::string_view brotli) {
    static std::atomic<int> counter{0};
    const auto target = path(digest);
    const auto aside =
        target.parent_path() / (".new-" + std::to_string(::getpid()) + '-' + std::to_string(++counter));
    std::error_code ignored;
    fs::create_directories(target.parent_path(), ignored);
    const auto header = std::string(title) + formField(gzip) + formField(brotli) + '\n';
    bool written = false;
    {
        const DurableFile file(aside, O_WRONLY | O_CREAT | O_EXCL);
        written = file.valid() && file.write(header) && file.write(gzip) && file.write(brotli);
    }
    removeFile(target);  // one that was not whole
    if (!written || ::rename(aside.c_str(), target.c_str()) != 0) {
        auto error = unwritten(target);
        fs::remove(aside, ignored);
        return error;
    }
    m_bytes += bytesOnDisk(header.size() + gzip.size() + brotli.size());
    return KeptForms{static_cast<std::uint32_t>(gzip.size()), static_cast<std::uint32_t>(brotli.size())};
}

void FormFolder::remove(const std::string& digest) {
    removeFile(path(digest));
}

void FormFolder::removeFile(const fs::path& file) {
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    if (!error && fs::remove(file, error) && !error) m_bytes -= bytesOnDisk(bytes);
}

void FormFolder::sweep(const std::function<bool(const std::string& digest)>& isNeeded,
                       const std::atomic<bool>& stop) {
    visitFiles(m_dir, stop, [&](const fs::directory_entry& file, const std::string& digest) {
        std::error_code error;
        const auto bytes = file.file_size(error);
        if (error) return;
        m_bytes += bytesOnDisk(bytes);
        if (digest.empty() || !isNeeded(digest)) removeFile(file.path());
    });
}

void FormFolder::shrink(std::int64_t most, const std::atomic<bool>& stop) {
    if (m_bytes <= most) return;
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    visitFiles(m_dir, stop, [&](const fs::directory_entry& file, const std::string&) {
        std::error_code error;
        if (const auto used = file.last_write_time(error); !error) files.emplace_back(used, file.path());
    });
    std::sort(files.begin(), files.end());
    for (const auto& [used, file] : files) {
        if (m_bytes <= most || stop) return;
        removeFile(file);
    }
}

}  // namespace stepwell::engine::pages
