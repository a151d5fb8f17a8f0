#include "models/site/site_hashing.h"

#include <sys/stat.h>

#include <algorithm>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace stepwell::site {

namespace {

constexpr std::size_t pieceBytes = 192 * 1024;  ///< a multiple of what the hasher takes at once
constexpr std::size_t mostKnown = 1'000'000;
constexpr std::size_t filesAtOnce = 4;  ///< that a thread takes: small files cost little each

enum class Outcome : std::uint8_t { hashed, privateKey, unreadable };

class OpenFile {
  public:
    explicit OpenFile(const std::string& path)
        : m_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~OpenFile() {
        if (m_fd >= 0) ::close(m_fd);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    bool isOpen() const { return m_fd >= 0; }
    /// Bytes read, 0 at the end, below 0 when it cannot be read.
    ssize_t read(char* to, std::size_t size) const {
        ssize_t got = 0;
        do
            got = ::read(m_fd, to, size);
        while (got < 0 && errno == EINTR);
        return got;
    }

  private:
    int m_fd;
};

/// One thread's share of the work.
class Worker {
  public:
    Worker(LocalSite& site, const std::vector<std::size_t>& unknown, KeyCache& cache, HashProgress& progress,
           const Stop& stop, std::atomic<std::size_t>& next, std::vector<Outcome>& outcomes)
        : m_site(site)
        , m_unknown(unknown)
        , m_cache(cache)
        , m_progress(progress)
        , m_stop(stop)
        , m_next(next)
        , m_outcomes(outcomes) {}

    void run() {
        hashAll();
        m_cache.put(m_hashed, m_started);
    }

  private:
    void hashAll() {
        for (;;) {
            const auto from = m_next.fetch_add(filesAtOnce);
            if (from >= m_unknown.size()) return;
            const auto end = std::min(from + filesAtOnce, m_unknown.size());
            for (auto i = from; i < end; ++i) {
                if (m_stop) return;
                m_outcomes[m_unknown[i]] = hash(m_site.files[m_unknown[i]]);
                ++m_progress.files;
            }
        }
    }

    Outcome hash(LocalFile& file) {
        const OpenFile source(file.disk);
        if (!source.isOpen()) return Outcome::unreadable;
        bool isKey = false;
        for (std::int64_t at = 0;;) {
            const auto got = source.read(m_piece.data(), m_piece.size());
            if (got < 0) return Outcome::unreadable;
            if (got == 0) break;
            const std::string_view bytes(m_piece.data(), static_cast<std::size_t>(got));
            if (at == 0) isKey = api::beginsPrivateKey(bytes);
            m_hasher.add(bytes);
            at += got;
            m_progress.bytes += got;
            // A short read that ends where the file did when it was scanned is the end: small files need no
            // other.
            const bool isEnd = at == file.stamp.size && static_cast<std::size_t>(got) < m_piece.size();
            if (isEnd || m_stop) break;
        }
        file.key = m_hasher.finish(file.path);
        if (!m_stop) m_hashed.emplace_back(&file, isKey);
        return isKey ? Outcome::privateKey : Outcome::hashed;
    }

    LocalSite& m_site;
    const std::vector<std::size_t>& m_unknown;  ///< which files are to be read
    KeyCache& m_cache;
    HashProgress& m_progress;
    const Stop& m_stop;
    std::atomic<std::size_t>& m_next;
    std::vector<Outcome>& m_outcomes;
    std::vector<std::pair<const LocalFile*, bool>> m_hashed;  ///< and whether it is a private key
    std::chrono::system_clock::time_point m_started = std::chrono::system_clock::now();
    api::AssetHasher m_hasher;
    std::vector<char> m_piece = std::vector<char>(pieceBytes);
};

/// Gives the files that are known their keys; returns which ones are not. All at once: a look at each takes
/// so little that threads would mostly wait for one another.
std::vector<std::size_t> recallKeys(LocalSite& site, const KeyCache& cache, HashProgress& progress,
                                    std::vector<Outcome>& outcomes) {
    std::vector<std::size_t> unknown;
    const auto found = cache.find(site.files);
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!found[i]) {
            unknown.push_back(i);
            continue;
        }
        site.files[i].key = found[i]->key;
        if (found[i]->isPrivateKey) outcomes[i] = Outcome::privateKey;
        bytes += site.files[i].stamp.size;
    }
    const auto known = static_cast<std::int64_t>(found.size() - unknown.size());
    progress.bytes += bytes;
    progress.files += known;
    progress.known += known;
    return unknown;
}

void noteOutcomes(LocalSite& site, const std::vector<Outcome>& outcomes) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < site.files.size(); ++i) {
        auto& file = site.files[i];
        if (outcomes[i] == Outcome::privateKey) {
            std::erase_if(site.findings, [&](const auto& finding) { return finding.path == file.path; });
            site.findings.push_back({Concern::privateKey, file.path, file.stamp.size});
        }
        if (outcomes[i] == Outcome::unreadable) {
            site.findings.push_back({Concern::unreadable, file.path, file.stamp.size});
            site.bytes -= file.stamp.size;
            continue;
        }
        if (kept != i) site.files[kept] = std::move(file);
        ++kept;
    }
    site.files.resize(kept);
}

}  // namespace

std::optional<KeyCache::Hashed> KeyCache::find(const LocalFile& file) const {
    const std::shared_lock lock(m_mutex);
    return known(file);
}

std::vector<std::optional<KeyCache::Hashed>> KeyCache::find(const std::vector<LocalFile>& files) const {
    std::vector<std::optional<Hashed>> found;
    found.reserve(files.size());
    const std::shared_lock lock(m_mutex);
    for (const auto& file : files)
        found.push_back(known(file));
    return found;
}

std::optional<KeyCache::Hashed> KeyCache::known(const LocalFile& file) const {
    const auto known = m_known.find(file.disk);
    if (known == m_known.end() || known->second.stamp != file.stamp) return std::nullopt;
    if (known->second.extension != api::extensionOf(file.path)) return std::nullopt;
    return known->second.hashed;
}

void KeyCache::keep(const LocalFile& file, bool isPrivateKey) {
    if (m_known.size() >= mostKnown) m_known.clear();
    m_known[file.disk] = {file.stamp, std::string(api::extensionOf(file.path)), {file.key, isPrivateKey}};
}

void KeyCache::put(const std::vector<std::pair<const LocalFile*, bool>>& files,
                   std::chrono::system_clock::time_point started) {
    const auto newest = std::chrono::nanoseconds(started.time_since_epoch()) - m_settled;
    const std::lock_guard lock(m_mutex);
    for (const auto& [file, isPrivateKey] : files) {
        const auto changed = std::max(file->stamp.modifiedNs, file->stamp.changedNs);
        if (changed > newest.count()) continue;
        keep(*file, isPrivateKey);
        m_hasNews = true;
    }
}

void KeyCache::recall(const std::vector<std::pair<LocalFile, bool>>& files) {
    const std::lock_guard lock(m_mutex);
    m_known.reserve(std::min(mostKnown, m_known.size() + files.size()));
    for (const auto& [file, isPrivateKey] : files)
        keep(file, isPrivateKey);
}

bool hashFiles(LocalSite& site, KeyCache& cache, HashProgress& progress, const Stop& stop) {
    std::vector<Outcome> outcomes(site.files.size(), Outcome::hashed);
    const auto unknown = recallKeys(site, cache, progress, outcomes);
    std::atomic<std::size_t> next = 0;
    const auto share = [&] { Worker(site, unknown, cache, progress, stop, next, outcomes).run(); };
    const auto useful = (unknown.size() + filesAtOnce - 1) / filesAtOnce;
    const auto threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 64);
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < std::min(useful, threads); ++i)
            helpers.emplace_back(share);
        if (useful > 0) share();
    }
    if (stop) return false;
    noteOutcomes(site, outcomes);
    return true;
}

}  // namespace stepwell::site
