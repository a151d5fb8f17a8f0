#include "models/site/key_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <type_traits>
#include <unistd.h>

namespace stepwell::site {

namespace fs = std::filesystem;

namespace {

/// A number and not a text: on a machine with another order of bytes it is another one, as a newer version
/// is.
constexpr std::uint64_t version = 0x5357'4B45'5953'0001;
constexpr std::string_view ending = ".keys";
constexpr std::string_view halfEnding = ".new";
constexpr auto halfAge = std::chrono::hours(1);  ///< a file half written by whoever was killed

/// A file is this, and the entries after it. Both are as they lie in memory.
struct Head {
    std::uint64_t version = 0;
    std::uint64_t bytes = 0;  ///< of the entries
    api::AssetKey check;      ///< their digest
};

/// Followed by the path in the site.
struct Entry {
    FileStamp stamp;
    api::AssetKey key;
    std::uint32_t pathBytes = 0;
    std::uint32_t isPrivateKey = 0;
};
static_assert(std::has_unique_object_representations_v<Entry>, "no byte of it is undefined");
static_assert(std::has_unique_object_representations_v<Head>);

template <class T>
void append(std::string& to, const T& value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
bool take(std::string_view& from, T& value) {
    if (from.size() < sizeof value) return false;
    std::memcpy(&value, from.data(), sizeof value);
    from.remove_prefix(sizeof value);
    return true;
}

std::string contentOf(const fs::path& file, std::uintmax_t most) {
    std::error_code failed;
    const auto size = fs::file_size(file, failed);
    if (failed || size > most) return {};
    std::string content(size, '\0');
    std::ifstream source(file, std::ios::binary);
    source.read(content.data(), static_cast<std::streamsize>(size));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(source.gcount(), 0)));
    return content;
}

/// The entries when they are whole, else nothing.
std::string_view checkedEntries(std::string_view content) {
    Head head;
    if (!take(content, head) || head.version != version || head.bytes != content.size()) return {};
    return api::assetKey(content, {}) == head.check ? content : std::string_view();
}

std::vector<std::pair<LocalFile, bool>> filesIn(std::string_view entries, const std::string& root) {
    std::vector<std::pair<LocalFile, bool>> files;
    files.reserve(entries.size() / (sizeof(Entry) + 16));
    Entry entry;
    while (take(entries, entry) && entry.pathBytes <= entries.size()) {
        LocalFile file;
        file.path = entries.substr(0, entry.pathBytes);
        file.disk = root + '/' + file.path;
        file.stamp = entry.stamp;
        file.key = entry.key;
        entries.remove_prefix(entry.pathBytes);
        files.emplace_back(std::move(file), entry.isPrivateKey != 0);
    }
    return files;
}

/// Under another name until it is whole. There is no wait for the disk: what a power cut leaves behind does
/// not pass the check.
bool replace(const fs::path& file, const std::string& head, const std::string& entries) {
    std::string half = file.native() + ".XXXXXX" + std::string(halfEnding);
    const int fd = ::mkostemps(half.data(), static_cast<int>(halfEnding.size()), O_CLOEXEC);
    if (fd < 0) return false;
    bool isWritten = true;
    for (std::string_view rest : {std::string_view(head), std::string_view(entries)})
        while (isWritten && !rest.empty()) {
            const auto put = ::write(fd, rest.data(), rest.size());
            isWritten = put > 0 || (put < 0 && errno == EINTR);
            if (put > 0) rest.remove_prefix(static_cast<std::size_t>(put));
        }
    isWritten = ::close(fd) == 0 && isWritten && ::rename(half.c_str(), file.c_str()) == 0;
    if (!isWritten) ::unlink(half.c_str());
    return isWritten;
}

}  // namespace

fs::path KeyStore::fileOf(const std::string& root) const {
    return m_place / (api::assetKey(root, {}).hex() + std::string(ending));
}

void KeyStore::load(const std::string& root, KeyCache& cache) const {
    const auto file = fileOf(root);
    const auto content = contentOf(file, m_limits.fileBytes);
    const auto entries = checkedEntries(content);
    if (entries.empty()) return;
    cache.recall(filesIn(entries, root));
    ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);  // it was of use today
}

void KeyStore::save(const std::string& root, const LocalSite& site, KeyCache& cache) const {
    if (!cache.takeNews()) return;
    std::string entries;
    entries.reserve(site.files.size() * (sizeof(Entry) + 24));
    for (const auto& file : site.files) {
        const auto known = cache.find(file);
        if (!known || file.disk.size() != root.size() + 1 + file.path.size()) continue;
        append(entries, Entry{file.stamp, known->key, static_cast<std::uint32_t>(file.path.size()),
                              known->isPrivateKey ? 1U : 0U});
        entries += file.path;
    }
    if (entries.empty() || entries.size() + sizeof(Head) > m_limits.fileBytes) return;
    std::string head;
    append(head, Head{version, entries.size(), api::assetKey(entries, {})});
    std::error_code failed;
    fs::create_directories(m_place, failed);
    if (failed || !replace(fileOf(root), head, entries)) return;
    dropOld();
}

void KeyStore::dropOld() const {
    struct Old {
        fs::path path;
        fs::file_time_type used;
        std::uintmax_t bytes = 0;
    };
    std::vector<Old> all;
    const auto now = fs::file_time_type::clock::now();
    std::error_code failed;
    for (fs::directory_iterator entry(m_place, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        const auto& path = entry->path();
        std::error_code gone;
        const auto used = entry->last_write_time(gone);
        const auto bytes = gone ? 0 : entry->file_size(gone);
        if (gone) continue;
        if (path.extension() == halfEnding && now - used > halfAge) fs::remove(path, gone);
        if (path.extension() == ending) all.push_back({path, used, bytes});
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.used > b.used; });
    std::uintmax_t bytes = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        bytes += all[i].bytes;
        const bool isOver =
            i >= m_limits.folders || bytes > m_limits.bytes || now - all[i].used > m_limits.age;
        std::error_code gone;
        if (isOver) fs::remove(all[i].path, gone);
    }
}

}  // namespace stepwell::site
