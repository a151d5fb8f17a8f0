#include "app/engine/pages/site_packs.h"

#include <sys/random.h>

#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t bufferBytes = 256 * 1024;
constexpr std::size_t nameLength = 16;
constexpr std::uint64_t keyMask = 0x7fffffffffffffffULL;

std::string nameOf(PackKey key) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name(nameLength, '0');
    auto value = static_cast<std::uint64_t>(key.value);
    for (auto digit = name.rbegin(); digit != name.rend(); ++digit, value >>= 4U)
        *digit = digits[value & 15U];
    return name;
}

PackKey keyOf(const std::string& name) {
    std::int64_t value = 0;
    const auto* end = name.data() + name.size();
    const auto read = std::from_chars(name.data(), end, value, 16);
    return read.ec == std::errc() && read.ptr == end && name.size() == nameLength ? PackKey{value}
                                                                                  : PackKey{};
}

PackKey randomKey() {
    std::uint64_t value = 0;
    // Neither fails nor falls short once the system's source is seeded.
    while (value == 0) {
        if (getrandom(&value, sizeof value, 0) != sizeof value) value = 0;
        value &= keyMask;
    }
    return PackKey{static_cast<std::int64_t>(value)};
}

}  // namespace

std::filesystem::path PackFolder::path(PackKey key) const {
    return m_dir / nameOf(key);
}

std::filesystem::path PackFolder::path(const BlobPlace& place, const std::string& digest) const {
    return place.pack ? path(place.pack) : m_oldDir / digest.substr(0, 2) / digest.substr(2);
}

void PackFolder::remove(PackKey key) const {
    std::error_code ignored;
    std::filesystem::remove(path(key), ignored);
}

std::vector<PackKey> PackFolder::files() const {
    std::vector<PackKey> found;
    std::error_code error;
    for (std::filesystem::directory_iterator it(m_dir, error), end; !error && it != end; it.increment(error))
        if (const auto key = keyOf(it->path().filename().string())) found.push_back(key);
    // Asked after the folder was read: what is not open now was never to be, or has its rows.
    std::erase_if(found, [this](PackKey key) { return isOpen(key); });
    return found;
}

void PackFolder::removeLeftovers() const {
    const auto own = ".new-" + std::to_string(::getpid()) + '-';
    std::error_code error;
    for (std::filesystem::directory_iterator dir(m_oldDir, error), end; !error && dir != end;
         dir.increment(error)) {
        std::error_code inner;
        for (std::filesystem::directory_iterator file(*dir, inner); !inner && file != end;
             file.increment(inner)) {
            const auto name = file->path().filename().string();
            std::error_code ignored;
            if (name.starts_with(".new-") && !name.starts_with(own))
                std::filesystem::remove(file->path(), ignored);
        }
    }
}

bool PackFolder::isOpen(PackKey key) const {
    const std::lock_guard lock(m_mutex);
    return m_open.count(key) > 0;
}

PackKey PackFolder::begin() {
    const std::lock_guard lock(m_mutex);
    for (;;) {
        std::error_code ignored;
        const auto key = randomKey();
        if (std::filesystem::exists(path(key), ignored) || !m_open.insert(key).second) continue;
        return key;
    }
}

void PackFolder::end(PackKey key) {
    const std::lock_guard lock(m_mutex);
    m_open.erase(key);
}

PackWriter::~PackWriter() {
    if (!m_key) return;
    if (!m_kept) m_folder.remove(m_key);
    m_folder.end(m_key);
}

api::Result<void> PackWriter::open() {
    std::error_code ignored;
    std::filesystem::create_directories(m_folder.dir(), ignored);
    m_key = m_folder.begin();
    m_file.emplace(m_folder.path(m_key), O_WRONLY | O_CREAT | O_EXCL);
    if (!m_file->valid()) return failed();
    return {};
}

tl::unexpected<api::Error> PackWriter::failed() {
    auto error = unwritten(m_folder.path(m_key));
    m_folder.m_state.failed(error.value());
    return error;
}

api::Result<void> PackWriter::flush() {
    if (!m_file->write(m_waiting)) return failed();
    m_waiting.clear();
    return {};
}

api::Result<BlobPlace> PackWriter::add(std::string_view bytes) {
    if (!m_key)
        if (auto opened = open(); !opened) return tl::unexpected(opened.error());
    const BlobPlace place{m_key, m_bytes, static_cast<std::int64_t>(bytes.size())};
    m_waiting += bytes;
    m_bytes += place.bytes;
    if (m_waiting.size() >= bufferBytes)
        if (auto flushed = flush(); !flushed) return tl::unexpected(flushed.error());
    return place;
}

api::Result<void> PackWriter::sync() {
    if (!m_key) return {};
    if (auto flushed = flush(); !flushed) return flushed;
    if (!m_file->sync() || !syncFolder(m_folder.dir()) || !syncFolder(m_folder.dir().parent_path()))
        return failed();
    m_folder.m_state.worked();
    return {};
}

}  // namespace stepwell::engine::pages
